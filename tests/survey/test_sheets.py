"""Workbooks that staff fill: what is written can be read back, and every bad cell is named."""

import openpyxl
import pytest

from survey.disposition_file import BOOK, LAYOUT, read_outcomes
from survey.dispositions import outcome_rates
from survey.errors import ImportRejected
from survey.sheets.template import NOTES, write_template


def fill(path, title, *rows):
    book = openpyxl.load_workbook(path)
    for row in rows:
        book[title].append(row)
    book.save(path)
    return path


@pytest.fixture
def template(tmp_path):
    write_template(tmp_path / "dispositions.xlsx", BOOK)
    return tmp_path / "dispositions.xlsx"


def test_a_template_has_vietnamese_headings_notes_and_lists_of_what_may_be_chosen(template):
    book = openpyxl.load_workbook(template)
    assert book.sheetnames == [NOTES, "Kết quả tiếp cận"]
    sheet = book["Kết quả tiếp cận"]
    assert [cell.value for cell in sheet[1]] == [one.heading["vi"] for one in LAYOUT.fields]
    (rule,) = sheet.data_validations.dataValidation
    assert "I - phỏng vấn xong" in rule.formula1
    notes = [row[0].value for row in book[NOTES].iter_rows()]
    assert {"Mã đơn vị mẫu", "Kết quả cuối cùng"} <= set(notes)


def test_the_same_template_is_the_same_bytes(template, tmp_path):
    write_template(tmp_path / "again.xlsx", BOOK)
    assert (tmp_path / "again.xlsx").read_bytes() == template.read_bytes()


def test_outcomes_are_read_by_letter_word_or_number(template):
    fill(template, "Kết quả tiếp cận",
         ["001", "I", "1,5", "A", "D1"], ["002", "R - từ chối hoặc bỏ giữa chừng", "2", "A", "D1"],
         ["003", "2.25", 3, "B", "D2"], ["004", "ne", "1", "B", None])  # fmt: skip
    found = read_outcomes(template)
    assert [(one.unit, one.outcome, one.weight) for one in found.cases] == [
        ("001", "I", 1.5), ("002", "R", 2), ("003", "NC", 3), ("004", "NE", 1),
    ]  # fmt: skip
    assert found.weighted
    assert outcome_rates(found.cases).rates["RR1"] == pytest.approx(1 / 3)


def test_a_csv_with_english_headings_is_read_the_same(tmp_path):
    path = tmp_path / "outcomes.csv"
    path.write_text("unit,outcome,extra\n001,I,x\n002,P,y\n", encoding="utf-8")
    found = read_outcomes(path)
    assert ([one.outcome for one in found.cases], found.weighted) == (["I", "P"], False)


def test_every_bad_cell_is_told_at_once_with_sheet_line_column_and_cure(template):
    fill(template, "Kết quả tiếp cận",
         ["001", "I", "0"], [None, "X", "1"], ["001", "I", "1.000"])  # fmt: skip
    with pytest.raises(ImportRejected) as caught:
        read_outcomes(template)
    place = "dispositions.xlsx, sheet 'Kết quả tiếp cận', line"
    assert caught.value.text().splitlines() == [
        f"{place} 2, column 'Quyền số thiết kế': '0' is not a number above 0. "
        "Write digits, without separators of thousands.",
        f"{place} 3, column 'Mã đơn vị mẫu': the cell is empty. Fill it in.",
        f"{place} 3, column 'Kết quả cuối cùng': 'X' is no outcome. "
        "Use one of: I, P, R, NC, O, UH, UO, NE, or AAPOR's number.",
        f"{place} 4, column 'Quyền số thiết kế': '1.000' is not a number above 0. "
        "Write digits, without separators of thousands.",
        f"{place} 4: case '001' stands in line 2 already. Keep its final outcome alone.",
    ]


def test_a_missing_column_is_named_with_the_heading_most_like_it(tmp_path):
    path = tmp_path / "outcomes.csv"
    path.write_text("Mã đơn vị mẫu,Kết quả cuối,Địa bàn\n001,I,A\n", encoding="utf-8")
    with pytest.raises(ImportRejected) as caught:
        read_outcomes(path)
    assert caught.value.text() == (
        "outcomes.csv: there is no column 'Kết quả cuối cùng'. Did you mean 'Kết quả cuối'?"
    )


def test_a_file_without_such_a_sheet_is_refused_with_the_names_of_those_wanted(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ImportRejected) as caught:
        read_outcomes(path)
    assert caught.value.text() == (
        "other.csv: No sheet of this file is one of: Kết quả tiếp cận. "
        "Keep the headings of the template."
    )
