"""The commands `form` and `convert`, as a user calls them."""

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
import xlsxwriter
from click.testing import CliRunner, Result

from instruments.errors import DefinitionError
from instruments.forms.cli import COMMANDS
from instruments.library import find
from instruments.load import load_instrument
from instruments.xlsform.losses import losses
from tests.instruments.feature_forms import FORMS, table, workbook

FEATURES = Path(__file__).parent / "features"


def call(name: str, *arguments: object) -> Result:
    return CliRunner().invoke(COMMANDS[name], [*map(str, arguments), "--language", "en"])


def book(path: Path, sheets: dict[str, str]) -> Path:
    with xlsxwriter.Workbook(path) as made:
        for name, text in sheets.items():
            page = made.add_worksheet(name)
            for number, cells in enumerate(table(text)):
                for at, cell in enumerate(cells):
                    page.write_string(number, at, cell)
    return path


@pytest.mark.parametrize(
    ("kind", "begins"), [("xform", "<?xml"), ("html", "<!doctype html>"), ("xlsform", "PK")]
)
def test_a_shipped_instrument_becomes_a_form_by_its_id(
    kind: str, begins: str, tmp_path: Path
) -> None:
    target = tmp_path / "form"
    result = call("form", "residents", "--to", kind, "-o", target, "--format", "json")
    assert result.exit_code == 0, result.output
    assert target.read_bytes().startswith(begins.encode())
    losses = json.loads(result.stdout)["losses"]
    assert losses
    assert all("in the order of the form" in loss["what"] for loss in losses)


def test_what_a_form_cannot_do_is_named_with_its_place(tmp_path: Path) -> None:
    result = call(
        "form",
        FEATURES / "rotation.yaml",
        "--to",
        "xform",
        "-o",
        tmp_path / "f.xml",
        "--format",
        "json",
    )
    assert json.loads(result.stdout)["losses"] == [
        {"where": "khoi", "what": "Parts are asked in the order of the form, not in one drawn for each respondent."},
        {"where": "nguon", "what": "Options are shown in the order of the form: clients of XLSForm can shuffle only all"
                                   " of them, and this question keeps some in place or turns them in another way."},
    ]  # fmt: skip
    soft = call(
        "form",
        FEATURES / "checks.yaml",
        "--to",
        "xform",
        "-o",
        tmp_path / "f.xml",
        "--format",
        "json",
    )
    assert [loss["where"] for loss in json.loads(soft.stdout)["losses"]] == ["tuoi"]


def test_the_language_of_a_preview_is_the_one_asked_for(tmp_path: Path) -> None:
    call("form", "residents", "--to", "html", "-o", tmp_path / "f.html")
    assert '<html lang="en">' in (tmp_path / "f.html").read_text(encoding="utf-8")


def test_a_missing_folder_is_a_sentence_and_not_a_trace(tmp_path: Path) -> None:
    result = call("form", "residents", "--to", "html", "-o", tmp_path / "no" / "f.html")
    assert isinstance(result.exception, DefinitionError)
    assert "There is no folder" in str(result.exception)


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_is_wholly_covered_converts_without_losses(name: str, tmp_path: Path) -> None:
    path = workbook(name, tmp_path)
    result = call("convert", path, "-o", tmp_path / "i.yaml", "--format", "json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["losses"] == []
    assert load_instrument(tmp_path / "i.yaml") == load_instrument(path)


def test_public_forms_convert_and_name_what_is_left_out(shared: Path, tmp_path: Path) -> None:
    found = {}
    for path in sorted((shared / "xlsforms").glob("*.xls*")):
        result = call("convert", path, "-o", tmp_path / "i.yaml", "--format", "json")
        assert result.exit_code == 0, result.output
        found[path.stem] = json.loads(result.stdout)["losses"]
        assert load_instrument(tmp_path / "i.yaml") == load_instrument(path)
    assert {name for name, left in found.items() if left} == {"kpi__good_eats_multilang"}
    assert [loss["where"] for loss in found["kpi__good_eats_multilang"]] == [
        "kpi__good_eats_multilang.xls, sheet 'choices', row 4",
        "kpi__good_eats_multilang.xls, sheet 'license'",
    ]


def test_every_row_sheet_and_cell_that_is_left_out_is_named(tmp_path: Path) -> None:
    path = book(tmp_path / "f.xlsx", {
        "survey": """
        | type | name | label | disabled | remark |   |
        | text | a    | A     |          | kept   | x |
        | text | b    | B     | yes      |        |   |
        |      |      |       |          | gone   |   |
        """,
        "choices": """
        | list_name | name | label |
        |           |      | Lost  |
        """,
        "settings": """
        | form_id |
        | f       |
        | g       |
        """,
        "notes": """
        | a |
        | b |
        """,
    })  # fmt: skip
    assert [loss.text() for loss in losses(path)] == [
        "f.xlsx, sheet 'survey', row 2, column 6: The cell has no heading and was left out.",
        "f.xlsx, sheet 'survey', row 3: The row is disabled and was left out.",
        "f.xlsx, sheet 'survey', row 4: The row has no type and was left out.",
        "f.xlsx, sheet 'choices', row 2: The choice has no list and was left out.",
        "f.xlsx, sheet 'settings', row 3: Only the first row of settings holds; this one was left out.",
        "f.xlsx, sheet 'notes': The sheet is not part of a form and was left out.",
    ]
    assert load_instrument(path).items[0].settings == {"remark": "kept"}


def test_a_file_of_another_kind_is_refused_with_the_cure(tmp_path: Path) -> None:
    result = call("convert", find("residents"), "-o", tmp_path / "i.yaml")
    assert str(result.exception) == (
        "residents.yaml: This is not an XLSForm. Give a file that ends in .xlsx or .xls."
    )


def test_the_workbook_has_the_sheets_of_a_form_and_ours(tmp_path: Path) -> None:
    call("form", "residents", "--to", "xlsform", "-o", tmp_path / "f.xlsx")
    with ZipFile(tmp_path / "f.xlsx") as archive:
        names = archive.read("xl/workbook.xml").decode()
    assert [names.index(f'name="{name}"') for name in ("survey", "choices", "settings", "hieuluat")]


def test_paper_is_printed_for_each_code_and_its_edition(tmp_path: Path) -> None:
    target = tmp_path / "f.pdf"
    options = (
        "--to",
        "paper",
        "-o",
        target,
        "--code",
        "1",
        "--code",
        "2",
        "--edition",
        "interviewer",
    )
    result = call("form", FEATURES / "interviewer.yaml", *options)
    assert result.exit_code == 0, result.output
    assert target.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("kind", "begins"), [("ddi", "<?xml"), ("surveyjs", "{"), ("spss", "* Encoding: UTF-8.")]
)
def test_other_programs_get_their_file_and_losses_are_counted(
    kind: str, begins: str, tmp_path: Path
) -> None:
    target = tmp_path / "f"
    result = call("form", "residents", "--to", kind, "-o", target, "--format", "json")
    assert result.exit_code == 0, result.output
    assert target.read_text(encoding="utf-8").startswith(begins)
    assert json.loads(result.stdout)["losses"]
