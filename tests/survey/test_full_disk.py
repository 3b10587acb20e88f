"""A disk that is full and a store that stays locked: told in words, nothing lost, and gone on with."""

import os
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from survey import database
from survey.digest import digest
from survey.errors import StudyError
from survey.imports import import_files, undo_batch
from survey.store import Store

ROWS = 3000
GO_ON = (
    "Nothing that was there is lost. Make room on the disk, or see that the folder may be written "
    "to; then run the command again: an import goes on where it stopped.\n"
)


def imported(folder: Path, file: Path, *, room: int | None = None) -> subprocess.CompletedProcess:
    """Run the command where no file can grow beyond `room` bytes."""
    limits = (resource.RLIM_INFINITY if room is None else room, resource.RLIM_INFINITY)
    return subprocess.run(
        [sys.executable, "-m", "reports", "import", folder, file, "--yes", "--language", "en"],
        check=False, capture_output=True, text=True, timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limits),
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip


@pytest.fixture
def before(study, kobo, respond, now):
    """The study with one small batch, and its digest."""
    import_files(study, [kobo([respond(1)], name="first.csv")], now=now)
    return digest(study)


@pytest.fixture
def file(kobo, respond) -> Path:
    return kobo([respond(number, dia_chi="x" * 200) for number in range(1, ROWS + 1)])


def batches(study) -> list[tuple[str, int]]:
    with Store.open(study.store_path) as store:
        return [(one.state, one.accepted) for one in store.list_batches()]


def test_a_disk_without_room_for_the_original_refuses_before_any_row(study, before, file):
    refused = imported(study.folder, file, room=100_000)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.endswith(f": It cannot be written (File too large). {GO_ON}")
    assert len(refused.stderr.splitlines()) == 1
    assert digest(study) == before
    assert batches(study) == [("sealed", 1)]
    assert len(list(study.inbox.iterdir())) == 1


def test_an_import_that_filled_the_disk_is_finished_when_there_is_room(study, before, file):
    room = file.stat().st_size + 100_000
    refused = imported(study.folder, file, room=room)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"store.db: It cannot be written (disk I/O error). {GO_ON}"
    assert digest(study) == before
    assert batches(study) == [("sealed", 1), ("open", 0)]
    done = imported(study.folder, file)
    assert done.returncode == 0, done.stderr
    assert batches(study) == [("sealed", 1), ("sealed", ROWS - 1)]


@pytest.fixture
def lock(study, before, monkeypatch):
    """Another program in the midst of writing, and little patience."""
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    other = sqlite3.connect(study.store_path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.close()


LOCKED = (
    "store.db: Another program has been writing to the store for over {seconds} seconds. Nothing "
    "that was there is lost. Wait until it is done, or close it; then run the command again: an "
    "import goes on where it stopped."
)


def test_a_store_that_stays_locked_refuses_an_import_and_an_undo(study, before, lock, kobo, respond, now):  # fmt: skip
    file = kobo([respond(2)], name="second.csv")
    with pytest.raises(StudyError) as refused:
        import_files(study, [file], now=now)
    assert refused.value.text() == LOCKED.format(seconds=0)
    with pytest.raises(StudyError) as refused:
        undo_batch(study, "1", now=now)
    assert refused.value.text() == LOCKED.format(seconds=0)
    assert digest(study) == before
