"""A person leaves an interview out of analyses and takes it in again, on every kind of store."""

import pytest

from survey.digest import digest
from survey.errors import StudyError
from survey.exclusions import exclude, exclusions, include
from survey.imports import import_files, undo_batch
from survey.journal import verify_journal
from survey.store import Store

KEY = "00000000-0000-4000-8000-{:012}".format


@pytest.fixture
def filled(study, kobo, respond, now):
    import_files(study, [kobo([respond(n) for n in (1, 2, 3)])], now=now)
    return study


def left_out(study):
    with Store.open(study.store_path) as store:
        return sorted(key for _, key in exclusions(store))


def test_an_exclusion_holds_once_is_taken_back_and_stays_in_the_journal(filled, now):
    before = digest(filled)
    assert exclude(filled, [KEY(1)], why="Bịa", by="Lan", now=now) == [KEY(1)]
    assert exclude(filled, [KEY(1)], why="Bịa", by="Lan", now=now) == []
    assert left_out(filled) == [KEY(1)]
    assert digest(filled) == before
    assert include(filled, [KEY(1)], why="Nhầm", by="Bình", now=now) == [KEY(1)]
    assert left_out(filled) == []
    assert verify_journal(filled).faults == ()


def test_an_exclusion_outlives_undo_and_import(filled, kobo, respond, now):
    exclude(filled, [KEY(2)], why="Bịa", by="Lan", now=now)
    undo_batch(filled, "1", now=now)
    import_files(filled, [kobo([respond(n) for n in (1, 2, 3)])], now=now)
    assert left_out(filled) == [KEY(2)]


def test_a_key_that_does_not_count_cannot_be_left_out(filled, now):
    with pytest.raises(StudyError):
        exclude(filled, ["nobody"], why="Bịa", by="Lan", now=now)
    assert left_out(filled) == []
