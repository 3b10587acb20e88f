"""A file of 20,000 responses to 80 questions, checked and stored, a tenth of it for quarantine.

python tests/benchmarks/bench_store.py [POSTGRESQL_URL]

Printed beside their bars: seconds and memory of the whole import, and by how much sealing the batch
grows from a quarter of the rows to all of them (4 is in proportion, 16 is the square).
"""

import csv
import resource
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from survey.founding import new_study
from survey.imports import import_files
from survey.readings import HANOI
from survey.store import Store
from survey.study import Study

ROWS, QUESTIONS = 20_000, 80
SECONDS, MEGABYTES = 15.0, 600.0
CODES = ("1", "2", "3", "4", "kb")
HEAD = """kind: instrument
id: lon
version: "1"
title: {vi: Phiếu lớn}
languages: [vi]
choice_lists:
  muc:
"""


def definition() -> str:
    """Eighty closed questions, every tenth asked only after an answer to the one before."""
    lines = [HEAD, *(f'    - {{code: "{code}", label: {{vi: "Mức {code}"}}}}\n' for code in CODES)]
    lines.append("items:\n")
    for number in range(1, QUESTIONS + 1):
        skip = f", show_if: \"${{q{number - 1}}} != 'kb'\"" if number % 10 == 0 else ""
        lines.append(f"  - {{id: q{number}, type: single, choices: muc, required: true"
                     f", label: {{vi: Câu {number}}}{skip}}}\n")  # fmt: skip
    return "".join(lines)


def write(path: Path, rows: int) -> Path:
    """Responses of which every tenth has a code that does not exist."""
    rng = Random(20261124)
    with path.open("w", encoding="utf-8", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(["_uuid", *(f"q{at}" for at in range(1, QUESTIONS + 1))])
        for number in range(rows):
            answers = rng.choices(CODES[:4], k=QUESTIONS)
            if number % 10 == 0:
                answers[rng.randrange(QUESTIONS - 1)] = "9"
            lines.writerow([f"00000000-0000-4000-8000-{number:012}", *answers])
    return path


class _Clocked:
    """Sums the time that a method of the store takes, until it is given back."""

    def __init__(self, name: str) -> None:
        self.seconds = 0.0
        self.name, self.method = name, getattr(Store, name)

    def __enter__(self) -> "_Clocked":
        def timed(*given: Any, **named: Any) -> Any:
            begin = time.perf_counter()
            try:
                return self.method(*given, **named)
            finally:
                self.seconds += time.perf_counter() - begin

        setattr(Store, self.name, timed)
        return self

    def __exit__(self, *_: object) -> None:
        setattr(Store, self.name, self.method)


def study_in(folder: Path, place: str | None) -> Study:
    """A study of the form, its store a file or a schema on a server."""
    form = folder.parent / "lon.yaml"
    form.write_text(definition(), encoding="utf-8")
    made = new_study(folder, instruments=(str(form),))
    if place is None:
        return made
    settings = folder / "study.yaml"
    text = settings.read_text(encoding="utf-8").replace("store: store.db", f"store: {place}")
    settings.write_text(text, encoding="utf-8")
    return Study.open(folder)


def imported(folder: Path, rows: int, place: str | None) -> tuple[float, float]:
    """Seconds of an import, and of sealing in it."""
    file = write(folder / f"{rows}.csv", rows)
    study = study_in(folder / f"study{rows}", place)
    begin = time.perf_counter()
    with _Clocked("seal") as sealing:
        (report,) = import_files(study, [file], now=lambda: datetime.now(HANOI))
    seconds = time.perf_counter() - begin
    if (report.accepted, report.quarantined) != (rows * 9 // 10, rows // 10):
        raise SystemExit(f"{report.accepted} accepted, {report.quarantined} quarantined")
    return seconds, sealing.seconds


def main(place: str | None) -> None:
    """Import a quarter, then all, and print."""
    with tempfile.TemporaryDirectory() as name:
        _, quarter = imported(Path(name), ROWS // 4, place)
        whole, sealing = imported(Path(name), ROWS, place)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{ROWS} x {QUESTIONS} stored: {whole:.1f} s (bar {SECONDS:.0f} s), "
          f"{memory:.0f} MB (bar {MEGABYTES:.0f} MB)")  # fmt: skip
    print(f"sealing: {sealing:.2f} s; {sealing / quarter:.1f} times that of a quarter of the rows "
          "(in proportion: 4)")  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
