"""Every message of every package has a Vietnamese translation that keeps its places."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from unicodedata import is_normalized

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

ROOT = Path(__file__).parents[1]
PACKAGES = pytest.mark.parametrize("package", ["instruments", "survey", "analysis", "reports"])


def said(package: str) -> dict[str, str]:
    """Every literal template that a package says, with the file that says it."""
    readers = {"*.py": lambda text: _templates(ast.parse(text)), "*.j2": _on_pages}
    return {
        template: str(path.relative_to(ROOT))
        for pattern, templates in readers.items()
        for path in sorted((ROOT / package).rglob(pattern))
        for template in templates(path.read_text(encoding="utf-8"))
    }


def _templates(tree: ast.AST) -> Iterator[str]:
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "say":
            template = call.args[0]
            assert isinstance(template, ast.Constant), ast.unparse(call)
            assert isinstance(template.value, str), ast.unparse(call)
            yield template.value


def _on_pages(text: str) -> Iterator[str]:
    """What a page's template says."""
    for call in Environment().parse(text).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "say":
            template = call.args[0]
            assert isinstance(template, nodes.Const), template
            yield template.value


def translated(package: str) -> dict[str, str]:
    """The package's Vietnamese catalog."""
    with (ROOT / package / "locale" / "vi.po").open("rb") as stream:
        catalog = read_po(stream, locale="vi")
    return {str(entry.id): str(entry.string) for entry in catalog if entry.id}


def places(template: str) -> set[str]:
    """The named places of a template."""
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


@PACKAGES
def test_every_message_is_translated(package):
    catalog = translated(package)
    missing = {text: where for text, where in said(package).items() if not catalog.get(text)}
    assert missing == {}


@PACKAGES
def test_every_translation_keeps_the_places_of_its_message(package):
    changed = {
        text: shown for text, shown in translated(package).items() if places(text) != places(shown)
    }
    assert changed == {}


@PACKAGES
def test_no_translation_is_left_of_a_message_that_nobody_says(package):
    assert set(translated(package)) - set(said(package)) == set()


@PACKAGES
def test_every_translation_is_in_normal_form_c(package):
    assert [text for text in translated(package).values() if not is_normalized("NFC", text)] == []


def test_no_two_packages_translate_one_message_differently():
    seen: dict[str, str] = {}
    for package in ("instruments", "survey", "analysis", "reports"):
        for text, shown in translated(package).items():
            assert seen.setdefault(text, shown) == shown, text


def test_no_digit_of_a_report_is_typed_into_its_sentences():
    catalog = translated("reports")
    typed = [text for pair in catalog.items() for text in pair if re.search(r"\d", text)]
    assert typed == []
