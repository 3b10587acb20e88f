"""Imports killed at random moments: nothing is lost, nothing doubled, and replaying adds nothing."""

import multiprocessing
import random
import signal
import time
from datetime import datetime
from pathlib import Path

import pytest

from survey.digest import digest
from survey.imports import import_files
from survey.readings import HANOI
from survey.store import Store
from survey.study import Study

ROWS = 5000


def now() -> datetime:
    return datetime(2026, 11, 24, tzinfo=HANOI)


def run_import(folder: str, file: str, started) -> None:
    started.set()
    import_files(Study.open(Path(folder)), [Path(file)], now=now)


@pytest.fixture(scope="module")
def server():
    """Processes that start at once: what an import needs is loaded before they fork."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["survey.imports", "survey.study"])
    return context


@pytest.fixture
def copies(study, tmp_path, kobo, respond):
    """The file to import, and as many empty studies as are asked for."""
    rows = [respond(number, k1="" if number % 10 == 0 else "kb") for number in range(1, ROWS + 1)]
    file = kobo(rows)

    def make(name: str) -> Study:
        target = tmp_path / name
        target.mkdir()
        (target / "study.yaml").write_bytes((study.folder / "study.yaml").read_bytes())
        (target / "instruments").symlink_to(study.folder / "instruments")
        return Study.open(target)

    return file, make


def killed(server, study: Study, file: Path, *, after: float) -> bool:
    """Start an import and kill it `after` seconds; whether it was killed before its end."""
    started = server.Event()
    process = server.Process(target=run_import, args=(str(study.folder), str(file), started))
    process.start()
    started.wait()
    time.sleep(after)
    process.kill()
    process.join()
    return process.exitcode == -signal.SIGKILL


@pytest.mark.parametrize("kills", [10, pytest.param(40, marks=pytest.mark.heavy)])
def test_an_import_killed_at_random_moments_loses_and_doubles_nothing(server, copies, kills):
    file, make = copies
    clean = make("clean")
    begin = time.perf_counter()
    import_files(clean, [file], now=now)
    duration = time.perf_counter() - begin
    expected, nothing = digest(clean), digest(make("empty"))
    rng = random.Random(20261124)
    done = runs = 0
    while done < kills:
        runs += 1
        study = make(f"run{runs}")
        while killed(server, study, file, after=rng.uniform(0, duration)):
            done += 1
            assert digest(study) in (nothing, expected)
        assert digest(study) == expected
        with Store.open(study.store_path) as store:
            keys = [record.key for record in store.accepted()]
            counts = [(one.accepted, one.quarantined) for one in store.list_batches()]
            with store.engine.connect() as connection:
                sound = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
        assert len(keys) == len(set(keys)) == ROWS * 9 // 10
        assert (counts, sound) == ([(ROWS * 9 // 10, ROWS // 10)], "ok")
        (again,) = import_files(study, [file], now=now)
        assert (again.accepted, again.quarantined, again.duplicates) == (0, 0, ROWS)
