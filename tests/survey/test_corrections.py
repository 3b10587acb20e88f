"""Corrections: the old value stays, with who, when and why; each can be undone at any time."""

import pytest

from survey.corrections import Correction, correct, history
from survey.digest import digest
from survey.errors import StudyError
from survey.imports import import_files, undo_batch
from survey.journal import verify_journal
from survey.snapshot import freeze
from survey.store import Store

UUID = "00000000-0000-4000-8000-{:012}".format
WHY = "Nghe lại băng ghi âm"


@pytest.fixture
def filled(study, kobo, respond, now):
    rows = [respond(1), respond(2, tranh_chap="co", ngay="2026-08-02"), respond(3)]
    import_files(study, [kobo(rows)], now=now)
    return study


@pytest.fixture
def mend(filled, now):
    """Correct one answer of a record."""

    def run(place, value, *, record=1, why=WHY, by="lan"):
        wanted = Correction(record=UUID(record), place=place, value=value, why=why)
        return correct(filled, [wanted], by=by, now=now)

    return run


def answers(study, record=1):
    with Store.open(study.store_path) as store:
        return next(one.answers for one in store.accepted() if one.uuid == UUID(record))


def test_a_correction_counts_and_keeps_the_old_value_with_who_when_and_why(filled, mend):
    made = mend("kien_thuc/k1", "dung")
    assert made.batch == 2
    assert answers(filled)["kien_thuc/k1"] == "dung"
    (change,) = history(filled, UUID(1))
    assert (change.old, change.new, change.who, change.at, change.why, change.undone) == (
        "sai", "dung", "lan", "2026-11-24T09:30:00+07:00", WHY, False,
    )  # fmt: skip
    assert verify_journal(filled).faults == ()


def test_the_digest_is_that_of_a_study_imported_with_the_right_answer(
    filled, mend, found, kobo, respond, now
):
    mend("kien_thuc/k1", "dung")
    other = found(filled.folder.parent / "other")
    rows = [respond(1, k1="dung"), respond(2, tranh_chap="co", ngay="2026-08-02"), respond(3)]
    import_files(other, [kobo(rows, name="right.csv")], now=now)
    assert digest(filled) == digest(other)
    assert freeze(filled).hash == freeze(other).hash


def test_undoing_corrections_in_any_order_restores_every_digest(filled, mend, now):
    none = digest(filled)
    mend("kien_thuc/k1", "dung")
    first = digest(filled)
    mend("thai_do/a1", "5")
    both = digest(filled)
    assert undo_batch(filled, "2", now=now) == 1
    assert answers(filled)["thai_do/a1"] == "5"
    undo_batch(filled, "3", now=now)
    assert digest(filled) == none
    mend("kien_thuc/k1", "dung")
    assert digest(filled) == first
    mend("thai_do/a1", "5")
    assert digest(filled) == both


def test_undoing_the_import_takes_its_corrections_along(filled, mend, kobo, respond, now):
    mend("kien_thuc/k1", "dung")
    undo_batch(filled, "1", now=now)
    with Store.open(filled.store_path) as store:
        assert list(store.accepted()) == []
    import_files(filled, [kobo([respond(1)], name="again.csv")], now=now)
    assert answers(filled)["kien_thuc/k1"] == "sai"


def test_the_file_of_a_corrected_record_imported_again_adds_and_flags_nothing(
    filled, mend, kobo, respond, now
):
    mend("kien_thuc/k1", "dung")
    before = digest(filled)
    (again,) = import_files(filled, [kobo([respond(1)], name="again.csv")], now=now)
    assert (again.accepted, again.duplicates, again.notes) == (0, 1, ())
    assert digest(filled) == before


def test_what_is_calculated_from_a_corrected_answer_is_calculated_anew(filled, mend):
    made = mend("ca_nhan/nam_sinh", "1990")
    assert [(one.place, one.old, one.new) for one in made.edits] == [
        ("ca_nhan/nam_sinh", "1951", "1990"), ("ca_nhan/tuoi", "75", "36"),
    ]  # fmt: skip


def test_an_answer_that_a_correction_makes_irrelevant_leaves_the_analysis_alone(filled, mend):
    mend("trai_nghiem/tranh_chap", "khong", record=2)
    assert answers(filled, 2)["trai_nghiem/ngay"] == "2026-08-02"
    frame = freeze(filled).frame().set_index("_uuid")
    assert frame.loc[UUID(2), "trai_nghiem/tranh_chap"] == "khong"
    assert frame["trai_nghiem/ngay"].isna().all()


def test_an_answer_can_be_taken_away(filled, mend):
    mend("ca_nhan/dia_chi", "")
    assert "ca_nhan/dia_chi" not in answers(filled)


def test_a_correction_that_does_not_hold_is_refused_whole_with_every_reason(filled, now):
    before = digest(filled)
    wanted = [
        Correction(record=UUID(1), place="kien_thuc/k1", value="dung", why=WHY),
        Correction(record=UUID(2), place="kien_thuc/k1", value="dugn", why=WHY),
        Correction(record=UUID(3), place="kien_thuc/k9", value="1", why=" "),
        Correction(record="nobody", place="kien_thuc/k1", value="dung", why=WHY),
    ]
    with pytest.raises(StudyError) as refused:
        correct(filled, wanted, by="", now=now)
    assert refused.value.text().splitlines() == [
        "--by: It is empty. Say who decides.",
        f"{UUID(3)}: The correction gives no reason. Say why the answer changes: it is kept with the "
        "old value.",
        "nobody: No accepted record has this key or id. Exports name each record in the column "
        "'_record'.",
        f"{UUID(2)}: With 'dugn' at 'kien_thuc/k1' the record does not hold: 'dugn' is not an option "
        "of this question. Did you mean 'dung'?",
        f"{UUID(3)}: The form has no place 'kien_thuc/k9'. Did you mean 'kien_thuc/k1'?",
    ]
    assert digest(filled) == before


def test_a_correction_that_changes_nothing_says_so(mend):
    with pytest.raises(StudyError, match="It has these answers already"):
        mend("kien_thuc/k1", "sai")


def test_a_place_in_a_roster_is_named_with_its_number(filled, mend, now):
    from survey.answers import Record
    from survey.staging import NewBatch, StagedRecord

    steps = [{"trai_nghiem/buoc/viec": "toa_an"}, {"trai_nghiem/buoc/viec": "hoa_giai"}]
    record = Record(key=UUID(7), uuid=UUID(7), instrument="nhan_thuc", version="1",
                    answers=answers(filled, 2) | {"trai_nghiem/buoc": steps})  # fmt: skip
    with Store.open(filled.store_path) as store:
        place = store.begin(NewBatch(file_sha256="0" * 64, file_name="web", kind="web", recipe="w",
                                     mapping="{}"), at=now())  # fmt: skip
        staged = StagedRecord(row=1, record=record, content="c", likeness=None)
        place = store.add(place, rows_done=1, accepted=[staged], quarantined=[])
        store.seal(place, notes=[], at=now())
    mend("trai_nghiem/buoc[2]/viec", "toa_an", record=7)
    assert [one["trai_nghiem/buoc/viec"] for one in answers(filled, 7)["trai_nghiem/buoc"]] == [
        "toa_an", "toa_an",
    ]  # fmt: skip
