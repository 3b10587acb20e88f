"""XLSForms of ours read back as the same instrument, and keep from clients what is not theirs."""

import re
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
import xlsxwriter
from hypothesis import given, settings

from instruments.errors import DefinitionError
from instruments.forms.sheets import to_sheets
from instruments.forms.xlsform import to_xlsform
from instruments.library import find
from instruments.load import load_instrument
from instruments.model import Instrument, Item
from instruments.workbook import read_workbook
from tests.instruments.drawn_instruments import instruments

Tables = dict[str, list[list[str]]]


@pytest.fixture(scope="module")
def residents() -> Instrument:
    return load_instrument(find("residents"))


def saved(content: bytes, folder: Path) -> Path:
    path = folder / "form.xlsx"
    path.write_bytes(content)
    return path


def tables(path: Path) -> Tables:
    return {
        name: [list(sheet.headings), *([row.cells.get(at, "") for at in range(len(sheet.headings))] for row in sheet.rows)]
        for name, sheet in read_workbook(path).items()
    }  # fmt: skip


def write(given: Tables, path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in given.items():
            page = book.add_worksheet(name)
            for number, cells in enumerate(rows):
                for at, cell in enumerate(cells):
                    page.write_string(number, at, cell)
    return path


def test_the_shipped_questionnaire_reads_back_equal(residents: Instrument, tmp_path: Path) -> None:
    assert load_instrument(saved(to_xlsform(residents), tmp_path)) == residents


@given(instruments())
@settings(max_examples=100)
def test_any_instrument_reads_back_equal(
    tmp_path_factory: pytest.TempPathFactory, instrument: Instrument
) -> None:
    folder = tmp_path_factory.mktemp("form")
    assert load_instrument(saved(to_xlsform(instrument), folder)) == instrument


def test_keys_and_what_goes_with_them_are_on_our_own_sheet_alone(
    residents: Instrument, tmp_path: Path
) -> None:
    found = tables(saved(to_xlsform(residents), tmp_path))
    own = found.pop("hieuluat")
    fields = {row[1] for row in own[1:]}
    assert {"key", "law", "dimension", "topic", "missing", "reviewed", "source"} <= fields
    assert sorted(found) == ["choices", "settings", "survey"]
    headings = {heading.partition("::")[0] for name in found for heading in found[name][0]}
    assert headings == {
        "type", "name", "label", "hint", "required", "relevant", "constraint", "constraint_message",
        "choice_filter", "appearance", "list_name", "huyen_cu", "form_title", "form_id", "version",
        "default_language", "guidance_hint", "calculation",
    }  # fmt: skip


def test_equal_instruments_give_equal_bytes(residents: Instrument) -> None:
    assert to_xlsform(residents) == to_xlsform(residents)


def test_no_cell_is_a_formula_or_a_link() -> None:
    texts = ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2", "https://example.org", "{=A1}", "  x"]
    items = tuple(
        Item(id=f"q{at}", type="text", label={"vi": text}) for at, text in enumerate(texts)
    )
    made = Instrument(id="i", version="=1", title={"vi": "=2"}, languages=("vi",), items=items)
    with ZipFile(BytesIO(to_xlsform(made))) as archive:
        sheets = {
            name: archive.read(name).decode() for name in archive.namelist() if "sheet" in name
        }
    assert not any(re.search("<f>|<f |<hyperlink", sheet) for sheet in sheets.values())
    shown = to_sheets(made)
    assert [row.cells["label::Tiếng Việt (vi)"] for row in shown.survey] == texts


def test_a_cell_changed_after_the_export_is_not_overruled_in_silence(
    residents: Instrument, tmp_path: Path
) -> None:
    found = tables(saved(to_xlsform(residents), tmp_path))
    at = found["survey"][0].index("constraint")
    row = next(row for row in found["survey"] if row[1] == "can_tim_hieu")
    row[at] = "count-selected(.) <= 5"
    path = write(found, tmp_path / "changed.xlsx")
    with pytest.raises(DefinitionError) as refused:
        load_instrument(path)
    assert re.fullmatch(
        r"changed\.xlsx, sheet 'hieuluat', row \d+: 'checks' of 'tiep_can/can_tim_hieu' was changed on"
        r" another sheet after this row was written\. Remove the row, or export the form anew\.",
        refused.value.text(),
    )


def test_a_question_removed_after_the_export_is_named(
    residents: Instrument, tmp_path: Path
) -> None:
    found = tables(saved(to_xlsform(residents), tmp_path))
    found["survey"] = [row for row in found["survey"] if row[1] != "gt1"]
    with pytest.raises(DefinitionError, match="The form has no part 'kien_thuc/gt1'"):
        load_instrument(write(found, tmp_path / "changed.xlsx"))


def test_a_question_added_after_the_export_joins_the_instrument(
    residents: Instrument, tmp_path: Path
) -> None:
    found = tables(saved(to_xlsform(residents), tmp_path))
    width = len(found["survey"][0])
    row = {"type": "integer", "name": "them", "label::Tiếng Việt (vi)": "Thêm"}
    found["survey"].append([row.get(heading, "") for heading in found["survey"][0]][:width])
    changed = load_instrument(write(found, tmp_path / "changed.xlsx"))
    assert changed.items[:-1] == residents.items
    assert changed.items[-1] == Item(id="them", type="integer", label={"vi": "Thêm"})


def test_a_value_that_does_not_hold_is_named_by_its_row(
    residents: Instrument, tmp_path: Path
) -> None:
    found = tables(saved(to_xlsform(residents), tmp_path))
    at = next(at for at, row in enumerate(found["hieuluat"]) if row[1] == "key")
    found["hieuluat"][at][2] = '[{"credit": {"z": 1}}]'
    with pytest.raises(
        DefinitionError, match=rf"sheet 'hieuluat', row {at + 1}: The key 'z' is no option"
    ):
        load_instrument(write(found, tmp_path / "changed.xlsx"))


@pytest.mark.parametrize("row", [["", "", "1", ""], ["", "version", "{", ""]])
def test_a_row_that_says_nothing_is_refused(
    row: list[str], residents: Instrument, tmp_path: Path
) -> None:
    found = tables(saved(to_xlsform(residents), tmp_path))
    found["hieuluat"].append(row)
    with pytest.raises(DefinitionError, match="The row is not complete"):
        load_instrument(write(found, tmp_path / "changed.xlsx"))


def test_a_text_too_long_for_a_cell_is_refused_with_its_place() -> None:
    item = Item(id="q", type="text", label={"vi": "a" * 32_768})
    made = Instrument(id="i", version="1", title={"vi": "x"}, languages=("vi",), items=(item,))
    with pytest.raises(DefinitionError) as refused:
        to_xlsform(made)
    assert refused.value.text() == (
        "sheet 'survey', row 2, column 'label::Tiếng Việt (vi)': A cell of a workbook holds no more"
        " than 32767 characters. Shorten the text or divide it."
    )
