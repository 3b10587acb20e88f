"""Imports killed at random moments: nothing is lost, nothing doubled, and replaying adds nothing."""

import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from survey.digest import digest
from survey.imports import import_files
from survey.journal import verify_journal
from survey.readings import HANOI
from survey.store import Store
from survey.study import Study

KILLS = int(os.environ.get("KILLS", "20"))
KILLS_OF_ONE = 5
"""How often one import is begun and killed before it may come to its end."""
KILLS_BY_CALL = int(os.environ.get("KILLS_BY_CALL", "25"))
"""How many of the moments are tried, by chance; all of them where it is large enough."""
PARTS = 2
"""Into how many tests they are parted, for as many cores."""


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
    """A file of so many rows, a tenth of them for quarantine, and as many empty studies as asked."""

    def written(rows: int) -> Path:
        return kobo([respond(at, k1="kb" if at % 10 else "") for at in range(1, rows + 1)])

    def make(name: str) -> Study:
        target = tmp_path / name
        target.mkdir()
        (target / "study.yaml").write_bytes((study.folder / "study.yaml").read_bytes())
        (target / "instruments").symlink_to(study.folder / "instruments")
        return Study.open(target)

    return written, make


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


@pytest.mark.parametrize(
    ("rows", "kills"),
    [(2_000, 3), pytest.param(20_000, KILLS, marks=pytest.mark.heavy)],
)
def test_an_import_killed_at_random_moments_loses_and_doubles_nothing(server, copies, rows, kills):
    written, make = copies
    file, clean = written(rows), make("clean")
    begin = time.perf_counter()
    import_files(clean, [file], now=now)
    duration = time.perf_counter() - begin
    expected, nothing = digest(clean), digest(make("empty"))
    rng = random.Random(20261124)
    phases = Counter[str]()
    runs = 0
    while phases.total() < kills:
        runs += 1
        study = make(f"run{runs}")
        for _ in range(KILLS_OF_ONE):
            if killed(server, study, file, after=rng.uniform(0, duration)):
                phases[phase_of(study)] += 1
            assert digest(study) in (nothing, expected)
        import_files(study, [file], now=now)
        check_whole(study, file, rows=rows, expected=expected)
        shutil.rmtree(study.folder)
    sys.stdout.write(f"{phases.total()} killed of {runs * KILLS_OF_ONE} begun: {dict(phases)}\n")
    assert phases["writing"] >= kills // 4


def phase_of(study: Study) -> str:
    """How far the import of a study that holds nothing else has come."""
    if not study.store_path.exists():
        return "reading"
    with Store.open(study.store_path) as store:
        states = {one.state for one in store.list_batches()}
    return "writing" if "open" in states else "sealed" if states else "reading"


def check_whole(study: Study, file: Path, *, rows: int, expected: str) -> None:
    """Assert that a study holds the whole import once, and that replaying it adds nothing."""
    assert digest(study) == expected
    with Store.open(study.store_path) as store:
        keys = [record.key for record in store.accepted()]
        counts = [(one.accepted, one.quarantined) for one in store.list_batches() if one.accepted]
        with store.engine.connect() as connection:
            sound = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
    assert len(keys) == len(set(keys)) == rows * 9 // 10
    assert (counts, sound) == ([(rows * 9 // 10, rows // 10)], "ok")
    assert verify_journal(study).faults == ()
    (again,) = import_files(study, [file], now=now)
    assert (again.accepted, again.quarantined, again.duplicates) == (0, 0, rows)


CALLS = ("fsync", "fdatasync", "pwrite64", "rename", "unlink", "ftruncate")
"""By which SQLite and this program change what is on the disk."""


def run_stopped_import(folder: str, file: str) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)
    import_files(Study.open(Path(folder)), [Path(file)], now=now)


def traced(server, study: Study, file: Path, *options: str) -> int:
    """Import under strace, which tells or kills by system calls; the import's exit code.

    It is attached to a process that has all in memory and stands still: a start of Python for each
    moment would take longer than the import.
    """
    process = server.Process(target=run_stopped_import, args=(str(study.folder), str(file)))
    process.start()
    wait_for(process.pid, "State:\tT")
    tracer = subprocess.Popen(["strace", "-qq", *options, "-p", str(process.pid)],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    wait_for(process.pid, f"TracerPid:\t{tracer.pid}")
    os.kill(process.pid, signal.SIGCONT)
    process.join()
    tracer.wait()
    return process.exitcode


def may_trace() -> bool:
    command = ["strace", "-qq", "-o", os.devnull, "true"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def wait_for(process: int, told: str) -> None:
    """Wait until the system says so of a process."""
    deadline = time.monotonic() + 60
    while told not in Path(f"/proc/{process}/status").read_text():
        assert time.monotonic() < deadline, told
        time.sleep(0.005)


def calls_of(server, study: Study, file: Path, log: Path) -> list[tuple[str, int]]:
    """Every system call that changes the disk in a clean import, each by name and number."""
    assert traced(server, study, file, "-e", f"trace={','.join(CALLS)}", "-o", str(log)) == 0
    counts = Counter(
        line.partition("(")[0] for line in log.read_text(errors="replace").splitlines()
    )
    return [(name, at) for name in CALLS for at in range(1, counts[name] + 1)]


@pytest.mark.heavy
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not here")
@pytest.mark.parametrize("part", range(PARTS))
def test_an_import_killed_at_any_change_of_the_disk_loses_and_doubles_nothing(
    server, copies, tmp_path, part
):
    if not may_trace():
        pytest.skip("strace may not trace here")
    rows, written, make = 1_200, *copies
    file, clean = written(rows), make("clean")
    moments = calls_of(server, clean, file, tmp_path / "calls")
    assert {name for name, _ in moments} >= {"pwrite64", "rename"}
    expected, nothing = digest(clean), digest(make("empty"))
    chosen = random.Random(20261124).sample(moments, k=min(len(moments), KILLS_BY_CALL))
    ended, phases = Counter[int](), Counter[str]()
    own = chosen[part::PARTS]
    for name, at in own:
        study = make(f"{name}{at}")
        how = f"inject={name}:signal=KILL:when={at}"
        ended[traced(server, study, file, "-e", f"trace={name}", "-e", how)] += 1
        phases[phase_of(study)] += 1
        assert digest(study) in (nothing, expected), (name, at)
        import_files(study, [file], now=now)
        check_whole(study, file, rows=rows, expected=expected)
        shutil.rmtree(study.folder)
    sys.stdout.write(f"{len(own)} of {len(moments)} moments, ended {dict(ended)}: {dict(phases)}\n")
    assert ended[-signal.SIGKILL] > 0.9 * len(own)
