"""Stores of every earlier schema open, count what they counted, and are what a new one is."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from survey import migrations
from survey.answers import hash_of_set
from survey.database import open_engine
from survey.schema import VERSION, batches, journal, quarantine, schema_version
from survey.store import Store

DATA = Path(__file__).parent / "data"
DIGEST_OF_1 = "3a16630321e6f1c9c69c40bb38b6914a60bb8b12da14b9ee8fc6287dbaae5ff8"
"""What the first version of the program printed of the store of schema 1."""


@pytest.fixture
def first(tmp_path):
    """The store of schema 1, as the program of that time left it."""
    path = tmp_path / "store.db"
    with sqlite3.connect(path) as connection:
        connection.executescript((DATA / "store_1.sql").read_text(encoding="utf-8"))
    connection.close()
    return path


def columns(engine) -> dict[str, list[tuple[str, str, bool]]]:
    inspector = inspect(engine)
    return {
        name: sorted((one["name"], str(one["type"]), one["nullable"])
                     for one in inspector.get_columns(name))
        for name in inspector.get_table_names()
    }  # fmt: skip


def test_every_schema_before_the_present_one_has_its_golden_store():
    kept = sorted(int(path.stem.rpartition("_")[2]) for path in DATA.glob("store_*.sql"))
    assert kept == list(range(1, VERSION + 1))


def test_an_earlier_store_opens_with_the_same_digest_batches_and_quarantine(first):
    with Store.open(first) as store:
        covered = ([one.uuid or "", one.version, one.answers] for one in store.accepted())
        assert hash_of_set(covered) == DIGEST_OF_1
        assert [(one.state, one.accepted, one.quarantined) for one in store.list_batches()] == [
            ("sealed", 2, 2), ("undone", 0, 0), ("sealed", 2, 0),
        ]  # fmt: skip


def test_an_earlier_store_becomes_what_a_new_one_is(first, tmp_path):
    old, new = open_engine(first), open_engine(tmp_path / "new.db")
    assert columns(old) == columns(new)
    with old.connect() as connection:
        assert connection.execute(select(schema_version.c.version)).scalars().all() == [1, 2]
        assert all(len(one) == 64 for one in connection.execute(select(journal.c.hash)).scalars())
        assert all(len(one) == 64 for one in connection.execute(select(batches.c.chain)).scalars())
        ids = connection.execute(select(quarantine.c.uuid)).scalars().all()
    assert ids == [f"00000000-0000-4000-8000-00000000000{number}" for number in (2, 3)]
    old.dispose()
    new.dispose()


def test_a_migration_that_stops_half_way_leaves_the_store_as_it_was(first, monkeypatch):
    before = sqlite3.connect(first).iterdump()

    def stop(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(migrations, "_chain_journal", stop)
    with pytest.raises(KeyboardInterrupt):
        open_engine(first)
    assert list(sqlite3.connect(first).iterdump()) == list(before)
    monkeypatch.undo()
    with Store.open(first) as store:
        assert len(list(store.accepted())) == 4


def test_the_present_schema_is_that_of_its_golden_store(tmp_path):
    path = tmp_path / "store.db"
    with sqlite3.connect(path) as connection:
        script = (DATA / f"store_{VERSION}.sql").read_text(encoding="utf-8")
        connection.executescript(script)
    connection.close()
    kept, new = open_engine(path), open_engine(tmp_path / "new.db")
    assert columns(kept) == columns(new)
    with kept.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM standing")).scalar() == 6
    kept.dispose()
    new.dispose()
