"""The ledger's cost is that of the rows that move, and undoing brings back all that stood before."""

from contextlib import contextmanager
from datetime import datetime

import pytest

from survey.answers import Record
from survey.quarantine import listed
from survey.readings import HANOI
from survey.staging import NewBatch, StagedProblem, StagedRecord
from survey.store import Store

AT = datetime(2026, 11, 24, 9, 30, tzinfo=HANOI)
STEP = 1000


@pytest.fixture
def store(address):
    with Store.open(address) as opened:
        yield opened


def good(row, key, *, mends=None):
    record = Record(key=key, uuid=key, instrument="i", version="1", answers={"k1": "a"})
    return StagedRecord(row=row, record=record, content=f"c{key}", likeness=None, mends=mends)


def bad(row, key, *, content="1"):
    return StagedProblem(row=row, line=row, instrument="i", key=f"{key}:{content}", uuid=key,
                         cells={"k1": "x"}, problems=[{"rule": "type"}])  # fmt: skip


def stage(store, accepted=(), quarantined=(), *, recipe):
    place = store.begin(NewBatch(file_sha256="f" * 64, file_name="a.csv", kind="csv",
                                 recipe=recipe, mapping="{}"), at=AT)  # fmt: skip
    rows = len(accepted) + len(quarantined)
    return store.add(place, rows_done=rows, accepted=accepted, quarantined=quarantined)


def waiting(store):
    return [one.id for one in listed(store)]


@contextmanager
def counted(store):
    """How many thousand steps SQLite's own machine takes: the same number at each run."""
    steps = []
    with store.engine.connect() as connection:
        driver = connection.connection.driver_connection
    driver.set_progress_handler(lambda: steps.append(1), STEP)
    yield steps
    driver.set_progress_handler(None, STEP)


def steps_of_a_life(tmp_path, rows):
    """The steps of an import with rows in quarantine, their repair, and both undone."""
    keys = [f"u{at:06}" for at in range(rows)]
    with Store.open(tmp_path / f"{rows}.db") as store:
        first = stage(store, [good(at, key) for at, key in enumerate(keys)],
                      [bad(rows + at, f"q{key}") for at, key in enumerate(keys)], recipe="1")  # fmt: skip
        with counted(store) as sealing:
            store.seal(first, notes=[], at=AT)
        second = stage(store, [good(at, f"q{key}", mends=(1, rows + at))
                               for at, key in enumerate(keys)], recipe="2")  # fmt: skip
        with counted(store) as mending:
            store.seal(second, notes=[], at=AT)
        assert waiting(store) == []
        with counted(store) as undoing:
            store.undo(2, at=AT)
            assert len(listed(store, limit=None)) == rows
            store.undo(1, at=AT)
        assert waiting(store) == []
    return [len(one) for one in (sealing, mending, undoing)]


def test_sealing_mending_and_undoing_take_steps_in_proportion_to_the_rows(tmp_path):
    few, many = steps_of_a_life(tmp_path, 300), steps_of_a_life(tmp_path, 2400)
    assert min(few) >= 1
    ratios = [more / less for more, less in zip(many, few, strict=True)]
    assert max(ratios) < 8 * 2.5, ratios


def test_a_second_faulty_copy_returns_when_the_record_goes_with_the_batch_it_rested_on(store):
    store.seal(stage(store, quarantined=[bad(1, "u")], recipe="1"), notes=[], at=AT)
    store.seal(stage(store, quarantined=[bad(1, "u", content="2")], recipe="2"), notes=[], at=AT)
    assert waiting(store) == [(1, 1), (2, 1)]
    store.seal(stage(store, [good(1, "u", mends=(1, 1))], recipe="3"), notes=[], at=AT)
    assert waiting(store) == []
    assert store.undo(1, at=AT) == 1
    assert waiting(store) == [(2, 1)]
    assert list(store.accepted()) == []


def test_a_row_stays_settled_while_its_record_counts_by_another_batch(store):
    store.seal(stage(store, quarantined=[bad(1, "u")], recipe="1"), notes=[], at=AT)
    late = stage(store, [good(1, "u"), good(2, "v")], recipe="2")
    store.seal(stage(store, [good(1, "u")], recipe="3"), notes=[], at=AT)
    store.seal(late, notes=[], at=AT)
    store.undo(late.batch, at=AT)
    assert (waiting(store), [one.key for one in store.accepted()]) == ([], ["u"])
    store.undo(3, at=AT)
    assert waiting(store) == [(1, 1)]
