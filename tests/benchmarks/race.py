"""Races: the same task on every side in turn, so that a busy machine slows all of them alike.

Everything is printed as a ratio to hieuluat in the same run. Nothing is asserted: a time depends on
the machine, a ratio hardly, and a reader judges both against the bar that is printed beside them.
"""

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, Self

import pandas as pd
import population

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BUILD = ROOT / "build" / "benchmarks"
_SLOW = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
"""Set on some machines for old builds of OpenBLAS; they slow a current numpy several times."""
SVY = "svy==0.35.0"


class Entrant:
    """One side of a race, in a process of its own that has loaded the data."""

    def __init__(self, name: str, command: Sequence[str | Path]) -> None:
        """Start the process; it is ready when it answers its first task."""
        self.name = name
        ours = {key: value for key, value in os.environ.items() if key not in _SLOW}
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True, cwd=HERE, env=ours | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(HERE)))},
        )  # fmt: skip

    def lap(self, task: str) -> dict[str, Any]:
        """Do the task once."""
        streams = self.process.stdin, self.process.stdout
        if streams[0] is None or streams[1] is None:
            return {}
        print(task, file=streams[0], flush=True)
        answer = streams[1].readline()
        return json.loads(answer) if answer else {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.wait()


class Field:
    """The sides that are here, on one sample; those that are not are named."""

    def __init__(self, n: int, rivals: Sequence[str]) -> None:
        """Make the sample and its targets, and what each rival needs to start."""
        self.file = population.write(n, BUILD)
        self.targets = BUILD / f"targets_{n}.json"
        if not self.targets.exists():
            population.write_targets(pd.read_parquet(self.file), self.targets)
        print(f"\nn = {n:,}, {population.STRATA} strata, {population.PSUS:,} PSUs, "
              f"{population.COMMUNES} domains")  # fmt: skip
        self.sides = {"hieuluat": self._side("hieuluat", sys.executable, "ours.py", self.file)}
        makers = {"svy": self._svy, "R survey": self._r}
        for name in rivals:
            side = makers[name]()
            if side is None:
                print(f"{name}: absent on this machine, left out")
            else:
                self.sides[name] = side

    def _side(self, name: str, program: str | Path, script: str, file: Path) -> Entrant:
        return Entrant(name, (program, HERE / script, file, self.targets))

    def _svy(self) -> Entrant | None:
        folder = BUILD / "svy"
        python = folder / "bin" / "python"
        if not python.exists():
            venv.create(folder, with_pip=True)
        found = subprocess.run([python, "-m", "pip", "install", "--quiet", SVY], check=False)
        return None if found.returncode else self._side("svy", python, "rival_svy.py", self.file)

    def _r(self) -> Entrant | None:
        program = shutil.which("Rscript")
        if program is None:
            return None
        known = subprocess.run([program, "-e", "library(survey)"], check=False, capture_output=True)
        if known.returncode:
            return None
        table = self.file.with_suffix(".csv")
        if not table.exists():
            wanted = ["stratum", "psu", "commune", "w", "y"]
            pd.read_parquet(self.file, columns=wanted).to_csv(table, index=False)
        return self._side("R survey", program, "rival_r.R", table)

    def race(self, title: str, entries: Sequence[tuple[str, str]], *, laps: int, bar: str) -> None:
        """Run `entries` of (side, task) in turn, the first being ours, and print the ratios."""
        present = [entry for entry in entries if entry[0] in self.sides]
        for side, task in present:
            self.sides[side].lap(task)
        taken: dict[tuple[str, str], list[dict[str, Any]]] = {entry: [] for entry in present}
        for _ in range(laps):
            for side, task in present:
                taken[side, task].append(self.sides[side].lap(task))
        show(title, {f"{side}: {task}": runs for (side, task), runs in taken.items()}, bar=bar)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for side in self.sides.values():
            side.__exit__()


def show(title: str, taken: dict[str, list[dict[str, Any]]], *, bar: str) -> None:
    """Print each side's time with its ratio to the first: least, median, and of the processor."""
    print(f"\n{title}   [bar: {bar}]")
    first = _times(next(iter(taken.values())))
    for name, runs in taken.items():
        times = _times(runs)
        shown = "  ".join(
            f"{kind} {times[kind]:8.4f} s x{times[kind] / first[kind]:7.2f}" for kind in times
        )
        memory = max((run["megabytes"] or 0.0) for run in runs)
        check = ", ".join(f"{k} {v:.10g}" for k, v in runs[0]["check"].items())
        print(f"  {name:<27} {shown}  {memory:5.0f} MB  {check}")


def _times(runs: list[dict[str, Any]]) -> dict[str, float]:
    wall = [run["seconds"] for run in runs]
    return {"min": min(wall), "median": median(wall), "cpu": min(run["cpu"] for run in runs)}
