"""Files through the whole importer: counts, duplicates, undo, and what is refused."""

from datetime import datetime

import pytest
from sqlalchemy import select

from survey.database import exists
from survey.digest import digest
from survey.errors import ImportRejected, StudyError
from survey.imports import Reading, check_files, import_files, undo_batch
from survey.schema import metadata
from survey.store import Store

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def counts(report) -> tuple[int, int, int, int]:
    return report.rows, report.accepted, report.quarantined, report.duplicates


def everything_in(address) -> str:
    """Every cell of every table."""
    with Store.open(address) as store, store.engine.connect() as connection:
        return repr([connection.execute(select(table)).all() for table in metadata.sorted_tables])


def rules(report) -> list[tuple[int, str, str]]:
    return [(one.row, one.fault.path, one.fault.rule) for one in report.faults]


def notes(report) -> list[tuple[int | None, str]]:
    return [(one.row, one.note.rule) for one in report.notes]


@pytest.fixture
def responses(respond):
    return [
        respond(1),
        respond(2, nam_sinh="1899", tuoi="127"),
        respond(3, k1="dugn"),
        respond(4, nguon="tv khong"),
        respond(5, gioi_tinh=""),
        respond(6, nam_sinh="2528", tuoi="-502"),
        respond(7, nguon="loa", nguon_khac="thừa"),
        respond(8, a1="5", a2="5", a3="5"),
        respond(9, a1="3", a2="3", a3="3"),
        respond(10, end="2026-09-11T08:10:30.000+07:00"),
        respond(11),
        respond(11),
        respond(1, _uuid="00000000-0000-4000-8000-000000000099"),
    ]


def test_every_row_is_accepted_quarantined_or_a_duplicate(study, kobo, responses, now):
    (report,) = check_files(study, [kobo(responses)], now=now)
    assert counts(report) == (13, 7, 5, 1)
    assert rules(report) == [
        (2, "ca_nhan/nam_sinh", "constraint"),
        (3, "kien_thuc/k1", "unknown_choice"),
        (4, "kien_thuc/nguon", "constraint"),
        (5, "ca_nhan/gioi_tinh", "required_missing"),
        (6, "ca_nhan/nam_sinh", "constraint"),
    ]
    assert notes(report) == [
        (7, "not_relevant"),
        (8, "qc_straightline"),
        (10, "qc_speeder"),
        (13, "near_duplicate_of:00000000-0000-4000-8000-000000000001"),
    ]
    assert [one.fault.proposal for one in report.faults] == [None, "dung", None, None, "1985"]
    assert (report.kind, report.encoding, report.delimiter) == ("kobo", "utf-8", ";")


def test_a_check_run_writes_nothing_and_says_what_the_import_says(study, kobo, responses, now):
    file = kobo(responses)
    before = sorted(study.folder.rglob("*"))
    (checked,) = check_files(study, [file], now=now)
    assert sorted(study.folder.rglob("*")) == before
    (stored,) = import_files(study, [file], now=now)
    assert stored.batch == 1
    checked_json, stored_json = checked.as_json("vi"), stored.as_json("vi")
    assert checked_json | {"batch": "1"} == stored_json


def test_headings_with_and_without_groups_give_the_same_digest(
    tmp_path, found, form_file, kobo, responses, now
):
    digests = set()
    for groups in (True, False):
        for multiple in ("both", "single", "split"):
            study = found(tmp_path / f"{groups}{multiple}", instruments=[str(form_file)])
            file = kobo(responses, name=f"{groups}{multiple}.csv", groups=groups, multiple=multiple)
            (report,) = import_files(study, [file], now=now)
            assert counts(report) == (13, 7, 5, 1)
            digests.add(digest(study))
    assert len(digests) == 1
    assert digests != {EMPTY}


def test_the_same_file_again_adds_nothing(study, kobo, responses, now):
    file = kobo(responses)
    import_files(study, [file], now=now)
    before = digest(study)
    (again,) = import_files(study, [file], now=now)
    assert counts(again) == (13, 0, 0, 13)
    assert again.batch is None
    assert digest(study) == before


def test_undo_restores_the_digest_and_the_file_imports_as_new(study, kobo, responses, respond, now):
    import_files(study, [kobo([respond(50)], name="first.csv")], now=now)
    before = digest(study)
    file = kobo(responses)
    (stored,) = import_files(study, [file], now=now)
    after = digest(study)
    assert after != before
    assert undo_batch(study, str(stored.batch), now=now) == 12
    assert digest(study) == before
    (again,) = import_files(study, [file], now=now)
    assert counts(again) == (13, 7, 5, 1)
    assert digest(study) == after


def test_digest_of_an_empty_study_is_that_of_nothing(study, kobo, respond, now):
    assert digest(study) == EMPTY
    (stored,) = import_files(study, [kobo([respond(1)])], now=now)
    undo_batch(study, str(stored.batch), now=now)
    assert digest(study) == EMPTY


def test_a_row_that_was_a_duplicate_of_an_undone_batch_comes_with_its_file_again(
    study, kobo, respond, now
):
    both = kobo([respond(1), respond(2)], name="b.csv")
    (first,) = import_files(study, [kobo([respond(1)], name="a.csv")], now=now)
    (second,) = import_files(study, [both], now=now)
    assert counts(second) == (2, 1, 0, 1)
    undo_batch(study, str(first.batch), now=now)
    (again,) = import_files(study, [both], now=now)
    assert counts(again) == (2, 1, 0, 1)
    with Store.open(study.store_path) as store:
        assert [record.key[-1] for record in store.accepted()] == ["1", "2"]


def test_undoing_nothing_names_what_can_be_undone(study, kobo, respond, now):
    with pytest.raises(StudyError, match="Nothing has been imported yet"):
        undo_batch(study, "1", now=now)
    import_files(study, [kobo([respond(1)])], now=now)
    for batch in ("7", "first"):
        with pytest.raises(StudyError, match="Batches that can be undone: 1"):
            undo_batch(study, batch, now=now)


def test_a_repaired_row_is_accepted_after_its_quarantine(study, kobo, respond, now):
    (bad,) = import_files(study, [kobo([respond(1, k1="")], name="bad.csv")], now=now)
    (good,) = import_files(study, [kobo([respond(1)], name="good.csv")], now=now)
    assert counts(bad) == (1, 0, 1, 0)
    assert counts(good) == (1, 1, 0, 0)


def test_a_known_id_with_other_answers_stays_as_it_was_and_is_reported(study, kobo, respond, now):
    import_files(study, [kobo([respond(1)], name="a.csv")], now=now)
    before = digest(study)
    (changed,) = import_files(study, [kobo([respond(1, k1="kb")], name="b.csv")], now=now)
    assert counts(changed) == (1, 0, 0, 1)
    assert notes(changed) == [(1, "differs_from_stored:00000000-0000-4000-8000-000000000001")]
    assert digest(study) == before


def test_near_duplicates_are_found_in_earlier_batches_too(study, kobo, respond, now):
    import_files(study, [kobo([respond(1)], name="a.csv")], now=now)
    (report,) = import_files(study, [kobo([respond(1, _uuid="other")], name="b.csv")], now=now)
    assert notes(report) == [(1, "near_duplicate_of:00000000-0000-4000-8000-000000000001")]


def test_several_files_in_one_run_know_of_each_other(study, kobo, respond, now):
    files = [kobo([respond(1)], name="a.csv"), kobo([respond(1), respond(2)], name="b.csv")]
    checked = check_files(study, files, now=now)
    stored = import_files(study, files, now=now)
    assert [counts(one) for one in checked] == [(1, 1, 0, 0), (2, 1, 0, 1)]
    assert [counts(one) for one in stored] == [(1, 1, 0, 0), (2, 1, 0, 1)]


def test_one_refused_file_keeps_all_of_them_out(study, kobo, respond, as_csv, now):
    files = [kobo([respond(1)]), as_csv([["a", "b"], ["1", "2"]])]
    with pytest.raises(ImportRejected, match="Column 'a' belongs to no question of the form"):
        import_files(study, files, now=now)
    assert not exists(study.store_path)
    assert not study.inbox.exists()


def test_an_id_column_that_is_partly_empty_refuses_the_file(study, kobo, respond, now):
    file = kobo([respond(1), respond(2, _uuid=""), respond(3), respond(4, _uuid=" ")])
    with pytest.raises(ImportRejected) as refusal:
        import_files(study, [file], now=now)
    assert str(refusal.value) == (
        "kobo.csv: Column '_uuid' identifies the records, but is empty in 2 of 4: rows 2, 4. "
        "Fill it, or leave it out with --mapping ('_uuid: null'): records are then known by all "
        "their cells."
    )
    assert not exists(study.store_path)


def test_headings_alone_are_no_error_and_no_record(study, kobo, now):
    (report,) = import_files(study, [kobo([])], now=now)
    assert counts(report) == (0, 0, 0, 0)
    assert report.batch is None


def test_ragged_rows_alone_go_to_quarantine(study, tmp_path, kobo, respond, now):
    lines = kobo([respond(1), respond(2), respond(3)]).read_text(encoding="utf-8").splitlines()
    lines[1] += ';"thừa"'
    lines[3] = ";".join(lines[3].split(";")[:-4])
    file = tmp_path / "ragged.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    (report,) = import_files(study, [file], now=now)
    assert counts(report) == (3, 1, 2, 0)
    assert rules(report) == [(1, "", "ragged"), (3, "", "ragged")]
    assert report.faults[0].fault.message.text() == "The row has 28 cells; the heading has 27."
    (again,) = import_files(study, [file], now=now)
    assert counts(again) == (3, 0, 0, 3)


def test_rows_of_an_unknown_version_are_checked_against_the_newest_and_flagged(
    study, kobo, respond, now
):
    (report,) = import_files(study, [kobo([respond(1, __version__="vX"), respond(2)])], now=now)
    assert counts(report) == (2, 2, 0, 0)
    assert notes(report) == [(None, "unknown_version")]
    with Store.open(study.store_path) as store:
        assert [record.version for record in store.accepted()] == ["vX", "1"]


def test_each_row_is_checked_against_the_version_it_was_collected_with(
    tmp_path, found, form_file, kobo, respond, now
):
    newer = tmp_path / "newer.yaml"
    text = form_file.read_text(encoding="utf-8").replace('version: "1"', 'version: "2"')
    newer.write_text(text.replace("- {code: kb,", "- {code: ko,"), encoding="utf-8")
    study = found(tmp_path / "two", instruments=[str(form_file), str(newer)])
    rows = [respond(2, k1="kb"), respond(5, k1="kb", __version__="2"),
            respond(8, k1="ko", __version__="2")]  # fmt: skip
    (report,) = import_files(study, [kobo(rows)], now=now)
    assert rules(report) == [(2, "kien_thuc/k1", "unknown_choice")]


def test_an_answer_to_a_question_of_another_version_is_kept_and_set_aside(
    tmp_path, found, form_file, kobo, respond, now
):
    newer = tmp_path / "newer.yaml"
    text = form_file.read_text(encoding="utf-8").replace('version: "1"', 'version: "2"')
    lines = [line for line in text.splitlines() if "dia_chi" not in line]
    newer.write_text("\n".join(lines), encoding="utf-8")
    study = found(tmp_path / "two", instruments=[str(form_file), str(newer)])
    (report,) = import_files(study, [kobo([respond(1, __version__="2")])], now=now)
    assert notes(report) == [(1, "not_relevant")]
    with Store.open(study.store_path) as store:
        (record,) = store.accepted()
    assert record.answers["ca_nhan/dia_chi"] == "Tổ 1"
    assert record.not_relevant == ("ca_nhan/dia_chi",)


def test_an_item_that_moved_to_another_group_is_found_by_its_id_in_each_version(
    tmp_path, found, form_file, kobo, respond, now
):
    newer = tmp_path / "newer.yaml"
    text = form_file.read_text(encoding="utf-8").replace('version: "1"', 'version: "2"')
    newer.write_text(text.replace("id: kien_thuc", "id: hieu_biet"), encoding="utf-8")
    study = found(tmp_path / "two", instruments=[str(form_file), str(newer)])
    rows = [respond(1), respond(2, __version__="2")]
    (report,) = import_files(study, [kobo(rows, groups=False)], now=now)
    assert counts(report) == (2, 2, 0, 0)
    assert notes(report) == []
    with Store.open(study.store_path) as store:
        answers = [record.answers for record in store.accepted()]
    assert (answers[0]["kien_thuc/k1"], answers[1]["hieu_biet/k1"]) == ("sai", "kb")


def test_a_source_without_a_required_question_is_taken_and_flagged(study, as_csv, respond, now):
    paths = ["ca_nhan/gioi_tinh", "ca_nhan/nam_sinh", "trai_nghiem/tranh_chap", "_uuid"]
    rows = [[respond(n)[path.rpartition("/")[2]] for path in paths] for n in (1, 2)]
    (report,) = import_files(study, [as_csv([paths, *rows])], now=now)
    assert counts(report) == (2, 2, 0, 0)
    assert [(one.note.rule, one.note.path) for one in report.notes] == [
        ("column_missing", "kien_thuc/k1"), ("column_missing", "kien_thuc/nguon_khac"),
    ]  # fmt: skip


def test_equal_rows_without_id_time_or_number_are_kept_and_flagged(study, as_csv, now):
    lines = [["gioi_tinh", "nam_sinh", "k1", "tranh_chap"], ["nam", "1970", "dung", "khong"],
             ["nu", "1971", "sai", "khong"], ["nam", "1970", "dung", "khong"]]  # fmt: skip
    (report,) = import_files(study, [as_csv(lines)], now=now)
    assert counts(report) == (3, 3, 0, 0)
    assert (3, "near_duplicate_of:row 1") in notes(report)
    before = digest(study)
    (again,) = import_files(study, [as_csv(lines, name="copy.csv")], now=now)
    assert counts(again) == (3, 0, 0, 3)
    (more,) = import_files(study, [as_csv([*lines, lines[1]], name="longer.csv")], now=now)
    assert counts(more) == (4, 1, 0, 3)
    undo_batch(study, str(more.batch), now=now)
    assert digest(study) == before


def test_equal_rows_with_a_time_are_one_record(study, as_csv, now):
    row = ["2026-09-01T08:00:00", "nam", "1970", "dung", "khong"]
    lines = [["start", "gioi_tinh", "nam_sinh", "k1", "tranh_chap"], row, row]
    (report,) = import_files(study, [as_csv(lines)], now=now)
    assert counts(report) == (2, 1, 0, 1)


def test_the_original_file_is_kept_under_its_hash(study, kobo, respond, now):
    file = kobo([respond(1)])
    import_files(study, [file], now=now)
    (kept,) = study.inbox.iterdir()
    assert kept.read_bytes() == file.read_bytes()
    with Store.open(study.store_path) as store:
        assert [batch.file_sha256 for batch in store.list_batches()] == [kept.name]


def test_what_the_mapping_leaves_out_reaches_no_table_of_the_store(study, as_csv, now):
    lines = [["Họ tên", "gioi_tinh", "nam_sinh", "k1", "tranh_chap", "_uuid"],
             ["Nguyễn Thị Canary", "nu", "1970", "dung", "khong", "u1"],
             ["Trần Văn Canary", "nu", "1870", "dung", "khong", "u2"],
             ["Lê Canary", "nu"]]  # fmt: skip
    reading = Reading(mapping={"Họ tên": None})
    (report,) = import_files(study, [as_csv(lines)], now=now, reading=reading)
    assert counts(report) == (3, 1, 2, 0)
    assert "Canary" not in everything_in(study.store_path)


def test_a_workbook_with_numbers_and_dates_gives_the_digest_of_the_text(
    tmp_path, found, form_file, kobo, respond, now
):
    import csv

    import xlsxwriter

    rows = [respond(n, tranh_chap="co", ngay=f"2026-08-{n:02}") for n in range(1, 12)]
    text = kobo(rows)
    path = tmp_path / "kobo.xlsx"
    with (
        xlsxwriter.Workbook(path, {"strings_to_numbers": True}) as book,
        text.open(encoding="utf-8", newline="") as stream,
    ):
        sheet, days = book.add_worksheet("T1"), book.add_format({"num_format": "yyyy-mm-dd"})
        lines = list(csv.reader(stream, delimiter=";"))
        at = lines[0].index("trai_nghiem/ngay")
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
            if number:
                sheet.write_datetime(number, at, datetime.fromisoformat(line[at]), days)
    digests = []
    for file in (text, path):
        study = found(tmp_path / file.suffix[1:], instruments=[str(form_file)])
        (report,) = import_files(study, [file], now=now)
        assert counts(report) == (11, 11, 0, 0)
        digests.append(digest(study))
    assert digests[0] == digests[1]


def test_a_study_with_two_instruments_asks_which_one_is_answered(
    tmp_path, found, form_file, kobo, respond, now
):
    other = tmp_path / "other.yaml"
    text = form_file.read_text(encoding="utf-8").replace("id: nhan_thuc", "id: can_bo")
    other.write_text(text, encoding="utf-8")
    study = found(tmp_path / "two", instruments=[str(form_file), str(other)])
    file = kobo([respond(1)])
    with pytest.raises(StudyError, match="with --instrument: nhan_thuc, can_bo"):
        check_files(study, [file], now=now)
    (report,) = check_files(study, [file], now=now, reading=Reading(instrument="can_bo"))
    assert report.accepted == 1
