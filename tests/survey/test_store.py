"""The store: a batch counts wholly or not at all, and each key once, whoever writes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import insert, select, text

from survey.answers import Record, for_analysis
from survey.errors import StudyError
from survey.readings import HANOI
from survey.schema import journal, schema_version
from survey.staging import NewBatch, Place, Sealed, StagedFlag, StagedProblem, StagedRecord
from survey.store import Store

AT = datetime(2026, 11, 24, 9, 30, tzinfo=HANOI)
NEW = NewBatch(file_sha256="f" * 64, file_name="a.csv", kind="csv", recipe="r" * 64, mapping="{}")


@pytest.fixture
def store(address):
    with Store.open(address) as opened:
        yield opened


def staged(key: str, row: int = 1, **answers: str) -> StagedRecord:
    record = Record(key=key, uuid=key, instrument="i", version="1", answers=answers)
    return StagedRecord(row=row, record=record, content=f"c{key}", likeness=f"l{key}")


def problem(key: str, row: int) -> StagedProblem:
    return StagedProblem(row=row, line=row + 1, instrument="i", key=key, cells={"k1": "x"},
                         problems=[{"rule": "type"}])  # fmt: skip


def fill(store, *keys: str, recipe: str = "r", quarantined=()) -> Sealed:
    place = store.begin(NewBatch(file_sha256="f" * 64, file_name="a.csv", kind="csv",
                                 recipe=recipe, mapping="{}"), at=AT)  # fmt: skip
    rows = [staged(key, row) for row, key in enumerate(keys, start=1)]
    problems = [problem(key, 100 + at) for at, key in enumerate(quarantined)]
    place = store.add(place, rows_done=200, accepted=rows, quarantined=problems)
    return store.seal(place, notes=[], at=AT)


def keys(store) -> list[str]:
    return [record.key for record in store.accepted()]


def test_rows_are_invisible_until_their_batch_is_sealed(store):
    place = store.begin(NEW, at=AT)
    place = store.add(place, rows_done=1, accepted=[staged("u1", k1="a")], quarantined=[])
    assert keys(store) == []
    assert store.contents_of(["u1"], instrument="i") == {}
    assert store.seal(place, notes=[], at=AT) == Sealed(batch=1, accepted=1, quarantined=0)
    (record,) = store.accepted()
    assert record == Record(key="u1", uuid="u1", instrument="i", version="1", answers={"k1": "a"})
    assert store.contents_of(["u1", "u2"], instrument="i") == {"u1": "cu1"}
    assert store.alike(["lu1"], instrument="i") == {"lu1": "u1"}
    assert store.alike(["lu1"], instrument="other") == {}


def test_an_interrupted_batch_goes_on_from_its_checkpoint(store):
    place = store.begin(NEW, at=AT)
    store.add(place, rows_done=1000, accepted=[staged("u1")], quarantined=[])
    again = store.begin(NEW, at=AT)
    assert (again.batch, again.rows_done) == (place.batch, 1000)


def test_an_interrupted_batch_is_left_behind_once_the_study_has_moved_on(store):
    place = store.begin(NEW, at=AT)
    store.add(place, rows_done=1000, accepted=[staged("u1")], quarantined=[])
    fill(store, "u1", "u2", recipe="other")
    again = store.begin(NEW, at=AT)
    assert (again.batch, again.rows_done) == (3, 0)
    assert keys(store) == ["u1", "u2"]


def test_of_two_processes_on_one_batch_the_slower_goes_on_where_the_faster_is(store):
    place = store.begin(NEW, at=AT)
    other = store.begin(NEW, at=AT)
    ahead = store.add(place, rows_done=1, accepted=[staged("u1")], quarantined=[])
    behind = store.add(other, rows_done=1, accepted=[staged("u1")], quarantined=[])
    assert ahead == behind == Place(batch=1, rows_done=1)
    assert store.seal(ahead, notes=[], at=AT) == Sealed(batch=1, accepted=1, quarantined=0)
    assert not store.add(other, rows_done=2, accepted=[staged("u2", 2)], quarantined=[]).open
    assert store.seal(behind, notes=[], at=AT) == Sealed(batch=None, accepted=0, quarantined=0)
    assert keys(store) == ["u1"]


def test_a_batch_that_is_undone_while_it_is_filled_stops_its_import(store):
    place = store.begin(NEW, at=AT)
    store.undo(place.batch, at=AT)
    with pytest.raises(StudyError) as stopped:
        store.add(place, rows_done=1, accepted=[staged("u1")], quarantined=[])
    assert stopped.value.text() == (
        "Batch 1 was undone by another process; this import stops. Import the file again if it "
        "shall count."
    )


def test_a_key_counts_once_though_two_batches_staged_it(store):
    one = store.begin(NEW, at=AT)
    one = store.add(one, rows_done=1, accepted=[staged("u1", k1="first")], quarantined=[])
    assert fill(store, "u1", "u2", recipe="other") == Sealed(batch=2, accepted=2, quarantined=0)
    assert store.seal(one, notes=[], at=AT) == Sealed(batch=None, accepted=0, quarantined=0)
    assert keys(store) == ["u1", "u2"]
    assert [batch.state for batch in store.list_batches()] == ["empty", "sealed"]


def test_eight_writers_of_the_same_keys_leave_each_key_once(address):
    def write(number: int) -> int:
        with Store.open(address) as store:
            sealed = fill(store, *(f"u{at}" for at in range(200)), recipe=f"r{number}")
        return sealed.accepted

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(write, range(8))) == 200
    with Store.open(address) as store:
        assert len(keys(store)) == 200


def test_undo_frees_the_keys_of_accepted_and_quarantined_rows(store):
    fill(store, "u1", quarantined=["q1"])
    assert store.quarantined(["q1", "q2"], instrument="i") == {"q1"}
    assert store.undo(1, at=AT) == 2
    assert (keys(store), store.quarantined(["q1"], instrument="i")) == ([], frozenset())
    assert fill(store, "u1", quarantined=["q1"]) == Sealed(batch=2, accepted=1, quarantined=1)


def test_an_interrupted_batch_can_be_undone_and_is_not_taken_up_again(store):
    place = store.begin(NEW, at=AT)
    store.add(place, rows_done=1, accepted=[staged("u1")], quarantined=[])
    assert store.undo(place.batch, at=AT) == 0
    assert store.begin(NEW, at=AT).rows_done == 0


def test_every_change_stands_in_the_journal(store):
    fill(store, "u1")
    store.undo(1, at=AT)
    with store.engine.connect() as connection:
        lines = connection.execute(select(journal.c.event, journal.c.at)).all()
    assert [line.event for line in lines] == ["opened", "sealed", "undone"]
    assert {line.at for line in lines} == {"2026-11-24T09:30:00+07:00"}


def test_flags_are_kept_with_the_batch(store):
    place = store.begin(NEW, at=AT)
    place = store.add(place, rows_done=1, accepted=[staged("u1")], quarantined=[])
    store.seal(place, notes=[StagedFlag(row=1, rule="qc_speeder", path="end", value="9")], at=AT)
    with store.engine.connect() as connection:
        rows = connection.execute(text("SELECT batch, row, rule, path, value FROM flags")).all()
    assert rows == [(1, 1, "qc_speeder", "end", "9")]


def test_what_is_committed_is_on_the_disk(store, engine_name):
    with store.engine.connect() as connection:
        if engine_name == "postgresql":
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
            return
        settings = [connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                    for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")]  # fmt: skip
    assert settings == ["wal", 2, 1, 1]


def test_a_store_of_a_later_version_is_not_opened(address):
    with Store.open(address) as store, store.engine.begin() as connection:
        connection.execute(insert(schema_version).values(version=99))
    with pytest.raises(StudyError, match=r"schema 99; this one knows 2.*Install the newer"):
        Store.open(address)


def test_a_file_that_is_no_store_is_refused_in_words(tmp_path):
    path = tmp_path / "store.db"
    path.write_bytes(b"no database" * 100)
    with pytest.raises(StudyError, match=r"store\.db: The store cannot be opened"):
        Store.open(path)


def test_answers_that_were_not_to_be_given_leave_the_analysis_at_any_depth():
    inner = {"a/r/x": "1", "a/r/y": "2"}
    record = Record(key="k", uuid=None, instrument="i", version="1",
                    answers={"a/b": "1", "a/c": "2", "a/r": [inner, inner]},
                    not_relevant=("a/b", "a/r[2]/y"))  # fmt: skip
    assert for_analysis(record).answers == {"a/c": "2", "a/r": [inner, {"a/r/x": "1"}]}
