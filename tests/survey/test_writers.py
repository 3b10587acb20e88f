"""Many processes that submit the same interviews at once: each counts once, nobody is turned away."""

import multiprocessing
import os
from datetime import datetime
from pathlib import Path

import pytest

from instruments.guarded import Budget
from survey.imports import import_files
from survey.journal import verify_journal
from survey.readings import HANOI
from survey.store import Store
from survey.study import Study

pytestmark = pytest.mark.heavy
WRITERS, ROWS = 8, int(os.environ.get("WRITERS_ROWS", "2000"))


def now() -> datetime:
    return datetime(2026, 11, 24, tzinfo=HANOI)


def patient(_: Path) -> Budget:
    """Time for eight readers on two cores: what is tried here is the store, not how fast files are."""
    return Budget(seconds=60, patience=280.0)


def submit(folder: str, file: str, barrier, results) -> None:
    study = Study.open(Path(folder))
    Budget.for_file = patient
    barrier.wait()
    try:
        (report,) = import_files(study, [Path(file)], now=now)
    except BaseException as error:
        results.put(repr(error))
        return
    results.put((report.rows, report.accepted, report.duplicates))


def submitted(study, files) -> list[object]:
    """What each of the processes says that import these files at the same moment."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["survey.imports", "survey.study"])
    barrier, results = context.Barrier(len(files)), context.Queue()
    processes = [context.Process(target=submit, args=(str(study.folder), str(file), barrier, results))
                 for file in files]  # fmt: skip
    for process in processes:
        process.start()
    told = [results.get(timeout=300) for _ in processes]
    for process in processes:
        process.join()
    return told


def check(study, told) -> None:
    assert [one for one in told if isinstance(one, str)] == []
    assert sum(accepted for _, accepted, _ in told) == ROWS
    assert all(accepted + duplicates == rows == ROWS for rows, accepted, duplicates in told)
    with Store.open(study.store_path) as store:
        keys = [record.key for record in store.accepted()]
    assert len(keys) == len(set(keys)) == ROWS
    assert verify_journal(study).faults == ()


def test_eight_processes_with_the_same_interviews_in_other_files(study, kobo, respond):
    rows = [respond(at) for at in range(1, ROWS + 1)]
    files = [kobo([*rows[at:], *rows[:at]], name=f"{at}.csv") for at in range(WRITERS)]
    check(study, submitted(study, files))


def test_eight_processes_with_the_same_file(study, kobo, respond):
    file = kobo([respond(at) for at in range(1, ROWS + 1)])
    check(study, submitted(study, [file] * WRITERS))
