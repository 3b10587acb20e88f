"""Quarantine worked off: given out in a coloured workbook, mended there, taken in again."""

import openpyxl
import pytest

from survey.digest import digest
from survey.errors import ImportRejected
from survey.imports import check_files, import_files, undo_batch
from survey.quarantine import count, listed
from survey.quarantine_book import write_quarantine
from survey.store import Store

GOOD = {"nam_sinh": "1985", "tuoi": "41"}
UUID = "00000000-0000-4000-8000-{:012}".format


@pytest.fixture
def bad(respond):
    return [
        respond(1),
        respond(2, nam_sinh="2528", tuoi="-502"),
        respond(3, k1="dugn"),
        respond(4, gioi_tinh="", dia_chi="=1+1"),
    ]


@pytest.fixture
def book(study, kobo, bad, now, tmp_path):
    """The workbook of a study with three rows in quarantine."""
    import_files(study, [kobo(bad)], now=now)
    path = tmp_path / "cach_ly.xlsx"
    assert write_quarantine(study, path) == 3
    return path


def mend(path, changes, *, name="sua.xlsx"):
    """Change cells by (line, heading), as a person does in a spreadsheet program."""
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.worksheets[0]
    column = {cell.value: cell.column for cell in sheet[1]}
    for (line, heading), value in changes.items():
        sheet.cell(line, column[heading], value)
    target = path.with_name(name)
    workbook.save(target)
    return target


def in_quarantine(study) -> list[tuple[int, int]]:
    with Store.open(study.store_path) as store:
        rows = listed(store)
        assert count(store) == len(rows)
    return [row.id for row in rows]


def counts(report) -> tuple[int, int, int, int]:
    return report.rows, report.accepted, report.quarantined, report.duplicates


def test_the_list_of_quarantine_has_each_row_with_its_reasons_by_page(study, book):
    with Store.open(study.store_path) as store:
        first, second = listed(store, limit=2)
        (third,) = listed(store, offset=2)
        assert count(store) == count(store, batch=1) == 3
        assert count(store, batch=2) == 0
    assert [row.uuid for row in (first, second, third)] == [UUID(2), UUID(3), UUID(4)]
    (problem,) = first.problems
    assert (problem.path, problem.value, problem.rule) == ("ca_nhan/nam_sinh", "2528", "constraint")
    assert (problem.hint, problem.message.text("vi")) == ("1985", "Năm sinh từ 1920 đến 2008")
    assert first.given["ca_nhan/nam_sinh"] == first.cells["ca_nhan/nam_sinh"] == "2528"


def test_the_workbook_colours_what_is_wrong_says_why_and_locks_what_names_the_row(book):
    sheet = openpyxl.load_workbook(book).worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    assert headings[:4] == ["_quarantine", "_file", "_line", "_problems"]
    assert [sheet.cell(line, 1).value for line in (2, 3, 4)] == ["1:2", "1:3", "1:4"]
    wrong = sheet.cell(2, headings.index("ca_nhan/nam_sinh") + 1)
    assert wrong.comment.text == (
        "ca_nhan/nam_sinh: Năm sinh từ 1920 đến 2008 (constraint) Có phải ý là '1985'?"
    )
    right = sheet.cell(2, headings.index("kien_thuc/k1") + 1)
    assert right.comment is None
    assert wrong.fill.fgColor.rgb != right.fill.fgColor.rgb
    assert sheet.protection.sheet
    assert (sheet.cell(2, 1).protection.locked, wrong.protection.locked) == (True, False)
    assert sheet.cell(1, headings.index("kien_thuc/k1") + 1).comment.text == "Đúng hay sai?"
    formulas = [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert formulas == []


def test_mended_lines_are_accepted_and_untouched_ones_stay(study, book, now):
    path = mend(book, {(2, "ca_nhan/nam_sinh"): 1985, (2, "ca_nhan/tuoi"): "41"})
    (checked,) = check_files(study, [path], now=now)
    (stored,) = import_files(study, [path], now=now)
    assert counts(checked) == counts(stored) == (3, 1, 0, 2)
    assert stored.kind == "excel"
    assert in_quarantine(study) == [(1, 3), (1, 4)]
    with Store.open(study.store_path) as store:
        assert [record.uuid for record in store.accepted()] == [UUID(1), UUID(2)]


def test_a_study_with_mended_rows_has_the_digest_of_one_whose_rows_were_right(
    study, found, kobo, bad, book, now
):
    changes = {(2, "ca_nhan/nam_sinh"): 1985, (2, "ca_nhan/tuoi"): "41",
               (3, "kien_thuc/k1"): "dung", (4, "ca_nhan/gioi_tinh"): "nu"}  # fmt: skip
    import_files(study, [mend(book, changes)], now=now)
    right = [bad[0], bad[1] | GOOD, bad[2] | {"k1": "dung"}, bad[3] | {"gioi_tinh": "nu"}]
    other = found(book.parent / "other")
    import_files(other, [kobo(right, name="right.csv")], now=now)
    assert digest(study) == digest(other)
    assert in_quarantine(study) == []


def test_the_same_workbook_again_adds_nothing_and_undo_returns_the_row_to_quarantine(
    study, book, now
):
    before = digest(study)
    path = mend(book, {(3, "kien_thuc/k1"): "dung"})
    (stored,) = import_files(study, [path], now=now)
    (again,) = import_files(study, [path], now=now)
    assert (counts(again), again.batch) == ((3, 0, 0, 3), None)
    undo_batch(study, str(stored.batch), now=now)
    assert digest(study) == before
    assert in_quarantine(study) == [(1, 2), (1, 3), (1, 4)]
    (third,) = import_files(study, [path], now=now)
    assert counts(third) == (3, 1, 0, 2)


def test_undoing_the_file_takes_the_mended_rows_along(study, book, kobo, bad, now):
    path = mend(book, {(3, "kien_thuc/k1"): "dung"})
    (mended,) = import_files(study, [path], now=now)
    undo_batch(study, "1", now=now)
    with Store.open(study.store_path) as store:
        assert list(store.accepted()) == []
    undo_batch(study, str(mended.batch), now=now)
    assert in_quarantine(study) == []
    (again,) = import_files(study, [kobo(bad)], now=now)
    assert counts(again) == (4, 1, 3, 0)


def test_a_line_that_still_does_not_hold_is_told_again_and_stays(study, book, now):
    path = mend(book, {(3, "kien_thuc/k1"): "sia"})
    (report,) = import_files(study, [path], now=now)
    assert counts(report) == (3, 0, 0, 3)
    assert [(one.row, one.fault.rule, one.fault.proposal) for one in report.faults] == [
        (2, "unknown_choice", None)
    ]
    assert in_quarantine(study) == [(1, 2), (1, 3), (1, 4)]


def test_a_row_that_came_right_from_its_source_leaves_quarantine(study, book, kobo, bad, now):
    (report,) = import_files(study, [kobo([bad[1] | GOOD], name="again.csv")], now=now)
    assert counts(report) == (1, 1, 0, 0)
    assert in_quarantine(study) == [(1, 3), (1, 4)]
    path = mend(book, {(2, "ca_nhan/nam_sinh"): 1986, (2, "ca_nhan/tuoi"): "40"})
    (late,) = import_files(study, [path], now=now)
    assert counts(late) == (3, 0, 0, 3)
    undo_batch(study, str(report.batch), now=now)
    assert in_quarantine(study) == [(1, 2), (1, 3), (1, 4)]


def test_rows_without_an_id_are_mended_under_the_key_of_their_file(study, as_csv, now, tmp_path):
    lines = [["gioi_tinh", "nam_sinh", "k1", "tranh_chap"], ["nam", "1870", "dung", "khong"]]
    file = as_csv(lines)
    import_files(study, [file], now=now)
    write_quarantine(study, tmp_path / "q.xlsx")
    path = mend(tmp_path / "q.xlsx", {(2, "ca_nhan/nam_sinh"): "1970"})
    (report,) = import_files(study, [path], now=now)
    assert counts(report) == (1, 1, 0, 0)
    (again,) = import_files(study, [file], now=now)
    assert counts(again) == (1, 0, 0, 1)
    with Store.open(study.store_path) as store:
        assert [record.uuid for record in store.accepted()] == [None]


def test_ragged_rows_are_listed_apart_with_file_and_line(study, tmp_path, kobo, respond, now):
    lines = kobo([respond(1), respond(2), respond(3)]).read_text(encoding="utf-8").splitlines()
    file = tmp_path / "ragged.csv"
    file.write_text("\n".join([lines[0], lines[1] + ';"thừa"', *lines[2:]]), encoding="utf-8")
    import_files(study, [file], now=now)
    assert write_quarantine(study, tmp_path / "q.xlsx") == 1
    first, second = openpyxl.load_workbook(tmp_path / "q.xlsx").worksheets
    assert first.max_row == 1
    assert [cell.value for cell in second[2]][:2] == ["ragged.csv", "2"]


def test_lines_that_name_no_quarantined_row_or_one_twice_refuse_the_workbook(study, book, now):
    path = mend(book, {(2, "_quarantine"): "7:7", (4, "_quarantine"): "1:3"})
    with pytest.raises(ImportRejected) as refused:
        import_files(study, [path], now=now)
    assert refused.value.text() == (
        "sua.xlsx, row 2, column '_quarantine': '7:7' names no quarantined row of this study. "
        "Leave this column as it was written; write the workbook anew with 'hieuluat quarantine' "
        "if need be.\n"
        "sua.xlsx, row 4, column '_quarantine': Row '1:3' stands here twice. Keep one of the lines."
    )
