"""Receipts, deletion by them, retention, and what a snapshot says of its batches since."""

import re
from datetime import date, datetime

import pytest

from survey.contacts import Vault
from survey.corrections import Correction, correct
from survey.digest import digest
from survey.errors import StudyError
from survey.imports import check_files, import_files, undo_batch
from survey.journal import verify_journal
from survey.quarantine import count
from survey.readings import HANOI
from survey.receipts import receipt_code, receipts, record_of_code, secret_of
from survey.retention import expire, retention_ends
from survey.schema import metadata
from survey.snapshot import freeze
from survey.snapshot_status import snapshot_status
from survey.store import Store
from survey.study import Study
from survey.withdrawal import forget

UUID = "00000000-0000-4000-8000-{:012}".format
CANARY = "Ngõ Hoàng Yến 7"


@pytest.fixture
def filled(study, kobo, respond, now):
    rows = [respond(1, dia_chi=CANARY, k1=""), respond(2)]
    import_files(study, [kobo(rows, name="first.csv")], now=now)
    import_files(study, [kobo([respond(1, dia_chi=CANARY)], name="second.csv")], now=now)
    wanted = Correction(record=UUID(1), place="ca_nhan/dia_chi", value=f"{CANARY}B", why="lỗi chữ")
    correct(study, [wanted], by="lan", now=now)
    return study


def code_of(study, number=1) -> str:
    return next(one.code for one in receipts(study) if one.key == UUID(number))


def everything(study) -> str:
    """All that is on the disk of the study, and in its tables."""
    found = [path.read_bytes().decode("utf-8", "ignore")
             for path in study.folder.rglob("*") if path.is_file()]  # fmt: skip
    with Store.open(study.store_path) as store, store.engine.connect() as connection:
        found += [
            repr(connection.execute(table.select()).all()) for table in metadata.sorted_tables
        ]
    return "\n".join(found)


def test_a_receipt_code_is_the_same_each_time_and_another_for_each_record(filled):
    codes = [one.code for one in receipts(filled)]
    assert codes == [one.code for one in receipts(filled)]
    assert len(set(codes)) == 2
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", one)
               for one in codes)  # fmt: skip
    assert (filled.folder / "secret.key").stat().st_mode & 0o777 == 0o600


def test_no_two_of_a_hundred_thousand_records_share_a_code():
    codes = {receipt_code(b"s" * 32, instrument="i", key=str(at)) for at in range(100_000)}
    assert len(codes) == 100_000


def test_a_code_without_hyphens_in_small_letters_with_o_for_zero_is_understood(filled):
    written = code_of(filled).replace("-", " ").lower().replace("0", "o").replace("1", "l")
    assert record_of_code(filled, written).key == UUID(1)


def test_nothing_of_a_person_who_withdrew_is_left_and_the_journal_still_holds(filled, now):
    snapshot = freeze(filled)
    assert CANARY in everything(filled)
    forgotten = forget(filled, code_of(filled), now=now, by="lan")
    assert (forgotten.rows, len(forgotten.originals), forgotten.snapshots) == (
        2, 2, (snapshot.hash,),
    )  # fmt: skip
    assert CANARY not in everything(filled)
    assert verify_journal(filled).faults == ()
    with Store.open(filled.store_path) as store:
        assert [record.key for record in store.accepted()] == [UUID(2)]
        assert count(store) == 0


def test_a_record_that_was_withdrawn_does_not_come_back_with_its_file(filled, kobo, respond, now):
    forget(filled, code_of(filled), now=now)
    before = digest(filled)
    file = kobo([respond(1, dia_chi=CANARY)], name="again.csv")
    (checked,) = check_files(filled, [file], now=now)
    (stored,) = import_files(filled, [file], now=now)
    for report in (checked, stored):
        assert (report.accepted, report.duplicates) == (0, 1)
        assert [one.note.rule for one in report.notes] == ["withdrawn"]
    undo_batch(filled, "1", now=now)
    assert digest(filled) != before
    assert CANARY not in everything(filled)
    assert verify_journal(filled).faults == ()


def test_an_unknown_code_is_told_in_words(filled, now):
    with pytest.raises(StudyError) as refused:
        forget(filled, "0000-0000-0000", now=now)
    assert refused.value.text() == (
        "No record has this receipt code. Look at it again: twelve letters and digits. A record "
        "that was withdrawn already has no code any longer."
    )


def test_a_code_of_another_study_opens_nothing(filled, now):
    other = receipt_code(b"x" * 32, instrument="nhan_thuc", key=UUID(1))
    assert other != receipt_code(secret_of(filled), instrument="nhan_thuc", key=UUID(1))
    with pytest.raises(StudyError, match="No record has this receipt code"):
        forget(filled, other, now=now)


def with_retention(study, text) -> Study:
    path = study.folder / "study.yaml"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{text}\n", encoding="utf-8")
    return Study.open(study.folder)


def test_contact_data_and_originals_go_when_their_time_is_over_and_not_before(filled, now):
    study = with_retention(filled, "retention: {contact_days: 30}")
    wave = study.settings.wave.model_copy(update={"ends": date(2026, 10, 31)})
    study = Study.with_settings(study.folder, study.settings.model_copy(update={"wave": wave}))
    Vault(study).keep(1, {1: {"lien_he/ho_ten": "Nguyễn Văn A"}})
    assert retention_ends(study) == date(2026, 11, 30)
    with pytest.raises(StudyError, match="Contact data are kept until 2026-11-30"):
        expire(study, now=now)
    before = digest(study)
    gone = expire(study, now=lambda: datetime(2026, 12, 1, tzinfo=HANOI), by="lan")
    assert (gone.contacts, gone.originals) == (1, 2)
    assert list(study.inbox.iterdir()) == []
    assert Vault(study).forget_all() == 0
    assert digest(study) == before
    assert verify_journal(study).faults == ()


def test_a_study_that_sets_no_time_says_how_to(filled, now):
    wave = filled.settings.wave.model_copy(update={"ends": None})
    study = Study.with_settings(filled.folder, filled.settings.model_copy(update={"wave": wave}))
    with pytest.raises(StudyError) as refused:
        expire(study, now=now)
    assert refused.value.text() == (
        "study.yaml: No time is set after which contact data are deleted. Set it: 'retention: "
        "{contact_days: 90}'.\n"
        "study.yaml: The wave has no end. Set 'ends' below 'wave'."
    )


def test_a_snapshot_names_its_batches_and_tells_when_one_was_undone_since(filled, now):
    snapshot = freeze(filled)
    assert snapshot_status(filled, snapshot.hash).batches == (1, 2, 3)
    assert snapshot_status(filled, snapshot.hash).holds
    undo_batch(filled, "3", now=now)
    status = snapshot_status(filled, snapshot.hash)
    assert (status.undone, status.kept, status.holds) == ((3,), True, False)
    wanted = Correction(record=UUID(1), place="ca_nhan/dia_chi", value=f"{CANARY}B", why="lại")
    correct(filled, [wanted], by="lan", now=now)
    assert freeze(filled).hash == snapshot.hash
    assert snapshot_status(filled, snapshot.hash).batches == (1, 2, 4)
    assert snapshot_status(filled, snapshot.hash).holds
