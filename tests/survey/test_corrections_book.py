"""Accepted records given out in a workbook, corrected there, taken in again as corrections."""

import openpyxl
import pytest

from survey.corrections import Correction, correct, history
from survey.corrections_book import write_records
from survey.digest import digest
from survey.errors import ImportRejected, StudyError
from survey.imports import check_files, import_files, undo_batch
from survey.store import Store
from tests.survey.test_quarantine import mend

UUID = "00000000-0000-4000-8000-{:012}".format
WHY = "Gọi lại hỏi hộ ông Hòa"


@pytest.fixture
def book(study, kobo, respond, now, tmp_path):
    """The workbook of a study with three accepted records."""
    import_files(study, [kobo([respond(n) for n in (1, 2, 3)])], now=now)
    path = tmp_path / "phieu.xlsx"
    assert write_records(study, path) == 3
    return path


def answers(study, number):
    with Store.open(study.store_path) as store:
        return next(one.answers for one in store.accepted() if one.key == UUID(number))


def counts(report):
    return report.rows, report.accepted, report.quarantined, report.duplicates


def test_changed_cells_become_a_batch_of_corrections_with_old_new_who_and_why(study, book, now):
    before = digest(study)
    mended = mend(book, {(2, "ca_nhan/nam_sinh"): "1985", (2, "_why"): WHY,
                         (3, "kien_thuc/k1"): "sai"})  # fmt: skip
    (checked,) = check_files(study, [mended], now=now)
    assert (counts(checked), checked.batch) == ((3, 2, 0, 1), None)
    said = [(one.row, one.note.message.text("en")) for one in checked.notes]
    assert said == [
        (1, "'ca_nhan/nam_sinh': 1951 -> 1985"), (1, "'ca_nhan/tuoi': 75 -> 41"),
        (2, "'kien_thuc/k1': kb -> sai"),
    ]  # fmt: skip
    assert digest(study) == before
    (stored,) = import_files(study, [mended], now=now, by="Lan")
    assert (counts(stored), stored.batch) == ((3, 2, 0, 1), 2)
    with Store.open(study.store_path) as store:
        assert store.list_batches()[-1].file_name == "sua.xlsx"
    assert answers(study, 1)["ca_nhan/tuoi"] == "41"
    assert [(one.place, one.old, one.new, one.why, one.who) for one in history(study, UUID(2))] == [
        ("kien_thuc/k1", "kb", "sai", WHY, "Lan")
    ]
    undo_batch(study, "2", now=now)
    assert digest(study) == before
    (again,) = import_files(study, [mended], now=now, by="Lan")
    assert again.batch == 3


def test_the_same_workbook_again_changes_nothing_and_one_without_changes_stores_nothing(
    study, book, now
):
    (idle,) = import_files(study, [book], now=now, by="Lan")
    assert (counts(idle), idle.batch) == ((3, 0, 0, 3), None)
    mended = mend(book, {(2, "ca_nhan/dia_chi"): "Tổ 9", (2, "_why"): WHY})
    import_files(study, [mended], now=now, by="Lan")
    after = digest(study)
    (again,) = import_files(study, [mended], now=now, by="Lan")
    assert (counts(again), again.batch, digest(study)) == ((3, 0, 0, 3), None, after)


def test_an_emptied_cell_takes_the_answer_out_and_a_formula_stays_text(study, book, now):
    mended = mend(book, {(2, "ca_nhan/dia_chi"): "", (2, "_why"): WHY,
                         (3, "ca_nhan/dia_chi"): "'=1+1"})  # fmt: skip
    import_files(study, [mended], now=now, by="Lan")
    assert "ca_nhan/dia_chi" not in answers(study, 1)
    assert answers(study, 2)["ca_nhan/dia_chi"] == "'=1+1"


def test_several_reasons_hold_each_for_its_own_line_and_none_may_be_missing(study, book, now):
    mended = mend(book, {
        (2, "ca_nhan/dia_chi"): "Tổ 8", (2, "_why"): "a",
        (3, "ca_nhan/dia_chi"): "Tổ 9", (3, "_why"): "b", (4, "ca_nhan/dia_chi"): "Tổ 7",
    })  # fmt: skip
    with pytest.raises(ImportRejected) as refused:
        check_files(study, [mended], now=now)
    assert refused.value.text() == (
        f"{UUID(3)}: The correction gives no reason. Say why the answer changes: it is kept with "
        "the old value."
    )


def test_a_line_that_breaks_a_rule_keeps_all_corrections_out_and_says_why(study, book, now):
    mended = mend(book, {(2, "ca_nhan/nam_sinh"): "2528", (2, "_why"): WHY,
                         (3, "ca_nhan/dia_chi"): "Tổ 9"})  # fmt: skip
    before = digest(study)
    with pytest.raises(ImportRejected, match="With '2528' at 'ca_nhan/nam_sinh'"):
        import_files(study, [mended], now=now, by="Lan")
    assert digest(study) == before


def test_a_record_that_was_corrected_since_is_not_turned_back(study, book, now):
    correct(study, [Correction(record=UUID(1), place="ca_nhan/dia_chi", value="Tổ 5", why="x")],
            by="Bình", now=now)  # fmt: skip
    mended = mend(book, {(2, "kien_thuc/k1"): "dung", (2, "_why"): WHY})
    with pytest.raises(ImportRejected) as refused:
        import_files(study, [mended], now=now, by="Lan")
    assert refused.value.text() == (
        "sua.xlsx, row 2, column '_accepted': The record was corrected since this workbook was "
        "written. Write the workbook anew with 'hieuluat records'."
    )
    assert answers(study, 1)["ca_nhan/dia_chi"] == "Tổ 5"


def test_strange_and_repeated_lines_are_named(study, book, now):
    mended = mend(book, {(2, "_accepted"): "nobody", (3, "_accepted"): UUID(3)})
    with pytest.raises(ImportRejected) as refused:
        check_files(study, [mended], now=now)
    assert [one.what.text("en") for one in refused.value.problems] == [
        "No accepted record has this key or id.",
        "The record was corrected since this workbook was written.", f"Row '{UUID(3)}' stands here twice.",
    ]  # fmt: skip


def test_a_refused_workbook_keeps_the_other_files_out(study, book, kobo, respond, now):
    before = digest(study)
    mended = mend(book, {(2, "ca_nhan/nam_sinh"): "2528", (2, "_why"): WHY})
    with pytest.raises(ImportRejected):
        import_files(study, [kobo([respond(9)], name="b.csv"), mended], now=now, by="Lan")
    assert digest(study) == before


def test_named_records_alone_are_written_and_computed_cells_are_locked(study, book, tmp_path):
    path = tmp_path / "one.xlsx"
    assert write_records(study, path, names=[f"uuid:{UUID(2)}"]) == 1
    sheet = openpyxl.load_workbook(path).worksheets[0]
    heading = {cell.value: cell.column for cell in sheet[1]}
    locked = {name: sheet.cell(2, at).protection.locked for name, at in heading.items()}
    assert sheet.cell(2, 1).value == UUID(2)
    assert [locked[one] for one in ("_accepted", "_state", "ca_nhan/tuoi")] == [True] * 3
    assert [locked[one] for one in ("_why", "ca_nhan/nam_sinh")] == [False] * 2
    with pytest.raises(StudyError, match="No accepted record has this key or id"):
        write_records(study, path, names=["nobody"])


def test_nobody_signs_for_corrections_that_nobody_makes(study, book, now):
    mended = mend(book, {(2, "ca_nhan/dia_chi"): "Tổ 9", (2, "_why"): WHY})
    with pytest.raises(StudyError, match="Say who decides"):
        import_files(study, [mended], now=now)
