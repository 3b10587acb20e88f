"""Paper forms typed in twice: what agrees counts, what differs waits for a third person."""

import openpyxl
import pytest

from survey.double_entry import Difference, compare_entries, enter_twice
from survey.errors import ImportRejected
from survey.imports import import_files
from survey.quarantine import listed
from survey.quarantine_book import write_quarantine
from survey.store import Store

HEADINGS = ["Mã phiếu", "gioi_tinh", "nam_sinh", "dia_chi", "k1", "tranh_chap"]


def paper(code, **changes):
    answers = {"gioi_tinh": "nu", "nam_sinh": "1970", "dia_chi": "Tổ 1", "k1": "dung",
               "tranh_chap": "khong"} | changes  # fmt: skip
    return [code, *answers.values()]


@pytest.fixture
def entries(as_csv):
    """Two clerks' files: P1 agrees, P2 and P3 differ, P4 stands in one alone, P5 breaks a rule."""
    lan = [paper("P1"), paper("P2", k1="sai"), paper("P3", dia_chi="Tổ 3"), paper("P4"),
           paper("P5", nam_sinh="1870")]  # fmt: skip
    minh = [paper("P5", nam_sinh="1870"), paper("P3", dia_chi="Tổ 8"), paper("P2"), paper("P1")]
    return as_csv([HEADINGS, *lan], name="lan.csv"), as_csv([HEADINGS, *minh], name="minh.csv")


def enter(study, entries, now):
    return enter_twice(study, entries, code="Mã phiếu", now=now, by="hoa")


def accepted(study) -> dict[str, dict]:
    with Store.open(study.store_path) as store:
        return {record.key: record.answers for record in store.accepted()}


def waiting(study) -> dict[str, list[str]]:
    with Store.open(study.store_path) as store:
        return {row.uuid: [one.rule for one in row.problems] for row in listed(store)}


def counts(found) -> tuple[int, int, int, int]:
    return len(found.agreed), len(found.differing), len(found.once), len(found.faulty)


def test_the_differences_are_listed_and_nothing_is_written(study, entries, now):
    before = sorted(study.folder.rglob("*"))
    found = compare_entries(study, entries, code="Mã phiếu", now=now)
    assert counts(found) == (1, 2, 1, 1)
    assert found.differences == (
        Difference(code="P2", place="kien_thuc/k1", first="sai", second="dung"),
        Difference(code="P3", place="ca_nhan/dia_chi", first="Tổ 3", second="Tổ 8"),
    )
    assert sorted(study.folder.rglob("*")) == before


def test_only_forms_that_agree_and_hold_are_accepted(study, entries, now):
    found = enter(study, entries, now)
    assert found.batch == 1
    assert list(accepted(study)) == ["P1"]
    assert waiting(study) == {"P2": ["entries_differ"], "P3": ["entries_differ"],
                              "P4": ["entered_once"], "P5": ["constraint"]}  # fmt: skip


def test_the_same_entries_again_add_nothing(study, entries, now):
    enter(study, entries, now)
    again = enter(study, entries, now)
    assert (counts(again), again.known, again.batch) == ((0, 2, 1, 1), 1, None)
    assert len(waiting(study)) == 4


def test_a_third_person_decides_in_the_workbook_and_undecided_forms_wait(
    study, entries, now, tmp_path
):
    enter(study, entries, now)
    write_quarantine(study, tmp_path / "q.xlsx")
    book = openpyxl.load_workbook(tmp_path / "q.xlsx")
    sheet = book.worksheets[0]
    column = {cell.value: cell.column for cell in sheet[1]}
    shown = [sheet.cell(line, column["kien_thuc/k1"]).value for line in range(2, 6)]
    assert "sai ≠ dung" in shown
    sheet.cell(2 + shown.index("sai ≠ dung"), column["kien_thuc/k1"], "sai")
    for line in range(2, 6):  # a change elsewhere decides nothing
        sheet.cell(line, column["ca_nhan/gioi_tinh"], "nam")
    book.save(tmp_path / "q.xlsx")
    (report,) = import_files(study, [tmp_path / "q.xlsx"], now=now)
    assert report.accepted == 1
    assert accepted(study)["P2"]["kien_thuc/k1"] == "sai"
    assert sorted(waiting(study)) == ["P3", "P4", "P5"]


def test_a_form_that_was_entered_once_is_accepted_when_the_second_entry_agrees(
    study, entries, as_csv, now
):
    enter(study, entries, now)
    late = as_csv([HEADINGS, paper("P4")], name="late.csv")
    found = enter(study, (entries[0], late), now)
    assert len(found.agreed) == 1
    assert sorted(accepted(study)) == ["P1", "P4"]
    assert "P4" not in waiting(study)


def test_a_code_that_stands_twice_in_a_file_refuses_it(study, as_csv, entries, now):
    twice = as_csv([HEADINGS, paper("P1"), paper("P2"), paper("P1")], name="twice.csv")
    with pytest.raises(ImportRejected) as refused:
        compare_entries(study, (entries[0], twice), code="Mã phiếu", now=now)
    assert refused.value.text() == (
        "twice.csv, row 4: The form 'P1' stands here twice, or its row cannot be read. Each form "
        "stands once in each of the two files."
    )
