"""Messages of this package exist in Vietnamese, with the same places, in normal form C."""

import ast
from pathlib import Path
from string import Formatter
from unicodedata import is_normalized

import pytest
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).parents[2] / "instruments"


def templates() -> list[str]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say":
                assert isinstance(node.args[0], ast.Constant), f"{path.name}, line {node.lineno}"
                found.append(node.args[0].value)
    return list(dict.fromkeys(found))


def places(template: str) -> set[tuple[str, str]]:
    return {(name, spec or "") for _, name, spec, _ in Formatter().parse(template) if name}


@pytest.fixture(scope="module")
def catalog() -> dict[str, str]:
    with (PACKAGE / "locale" / "vi.po").open("rb") as stream:
        return {str(entry.id): str(entry.string) for entry in read_po(stream) if entry.id}


def test_every_message_is_translated(catalog: dict[str, str]) -> None:
    assert [template for template in templates() if not catalog.get(template)] == []


def test_a_translation_has_the_places_of_its_message(catalog: dict[str, str]) -> None:
    wrong = [one for one, told in catalog.items() if places(one) != places(told)]
    assert wrong == []


def test_translations_are_in_normal_form(catalog: dict[str, str]) -> None:
    assert [told for told in catalog.values() if not is_normalized("NFC", told)] == []
