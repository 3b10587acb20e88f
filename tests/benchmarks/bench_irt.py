"""Calibration of item models, 30 items, against the peers that can be installed.

`IRT_PEERS` names the Python of an environment that has `mirt` and `girth`; without it one is made
under build/. The log-likelihood of every side's parameters is worked out by the same code here.
"""

import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from ours_irt import bound
from race import BUILD, HERE, Entrant

from analysis.irt.items import Grid, ItemParameters, Model
from analysis.irt.persons import known_persons
from analysis.irt.population import Population

PEERS = ("mirt==1.2.0", "girth==0.8.0")
TWO = ("mirt 2pl", "mirt 2pl fast", "mirt 2pl exact", "girth 2pl")
FIVE = ("mirt grm", "mirt grm fast", "mirt grm exact", "girth grm")
LAPS = {"hieuluat": 5, "peers": 1}
ITEMS, STEPS = 30, 4


def main() -> None:
    """Write the answers, run the sides in turn and print what they took."""
    folder = BUILD / "irt"
    write(folder)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # threads that wait for work count as work
    ours = Entrant("hieuluat", (sys.executable, HERE / "ours_irt.py", folder))
    python = peers()
    theirs = None if python is None else Entrant("peers", (python, HERE / "rival_irt.py", folder))
    with ours:
        race("2PL, 100,000 persons by 30 items", folder / "two.npy", bar="best peer of equal "
             "accuracy at least x15", model="2pl",
             entries=[*((ours, task) for task in ("2pl weighted", "2pl", "2pl 21 nodes", "2pl numpy")),
                      *((theirs, task) for task in TWO if theirs)])  # fmt: skip
        race("GRM of 5 categories, 100,000 by 30", folder / "five.npy", bar="the same, x10",
             model="grm", entries=[*((ours, task) for task in ("grm weighted", "grm")),
                                   *((theirs, task) for task in FIVE if theirs)])  # fmt: skip
        alone(ours)
    if theirs is not None:
        theirs.__exit__()


def race(
    title: str, file: Path, *, bar: str, model: Model, entries: Sequence[tuple[Entrant, str]]
) -> None:
    """One model on all sides; ratios are to the first task, parameters to the second."""
    print(f"\n{title}   [bar: {bar}]")
    first, target = None, {}
    for place, (side, task) in enumerate(entries):
        laps = [side.lap(task) for _ in range(LAPS[side.name])]
        cpu, check = min(lap["cpu"] for lap in laps), laps[-1]["check"]
        first = first or cpu
        values = {key: value for key, value in check.items() if "." in key}
        target = values if place == 1 else target
        apart = max((abs(values[key] - target[key]) for key in target), default=np.nan)
        print(f"  {side.name:<9}{task:<16} cpu {cpu:8.3f} s  x{cpu / first:7.2f}  "
              f"passes {check.get('passes', np.nan):5.0f}  log-likelihood unweighted "
              f"{likelihood(file, model, values):.3f}  parameters apart {apart:.1e}")  # fmt: skip


def alone(ours: Entrant) -> None:
    """What no peer does: a million persons, replicates, errors."""
    print("\nAlone   [bar: a million in the time of a handful of passes; 80 replicates under 10 s; "
          "memory under twice the data]")  # fmt: skip
    data = (ITEMS + 8) * 10**6 / 2**20
    ours.lap("one pass")
    for task in ("one pass", "2pl many", "80 replicates", "2pl errors"):
        lap = ours.lap(task)
        check = {key: value for key, value in lap["check"].items() if "." not in key}
        print(f"  {task:<16} cpu {lap['cpu']:8.3f} s  {lap['megabytes']:6.0f} MB  {check}")
        if task == "2pl many":
            print(f"  {'':<16} beyond answers and weights of {data:.0f} MB: "
                  f"x{lap['megabytes'] / data:.2f}")  # fmt: skip


def likelihood(file: Path, model: Model, values: dict[str, float]) -> float:
    """The log-likelihood of anybody's parameters under N(0, 1), unweighted."""
    steps = range(1, 1 + (STEPS if model == "grm" else 1))
    items = [
        ItemParameters.of_thresholds(f"i{j}", model, slope=values[f"i{j}.0"],
                                     thresholds=[values[f"i{j}.{k}"] for k in steps])
        for j in range(ITEMS)
    ]  # fmt: skip
    nodes = Grid.of(121, 8.0).nodes
    return float(
        known_persons(bound(file), items, Population.normal(nodes)).log_likelihoods().sum()
    )


def write(folder: Path, seed: int = 1) -> None:
    """Answers of simulated persons: slopes log-normal, thresholds and traits normal."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, persons, steps in (("two", 10**5, 1), ("five", 10**5, STEPS), ("many", 10**6, 1)):
        if (folder / f"{name}.npy").exists():
            continue
        rng = np.random.default_rng(seed)
        slopes = np.exp(rng.normal(0.2, 0.3, ITEMS))
        thresholds = np.sort(rng.normal(0, 1, (ITEMS, steps)), axis=1) + 0.2 * np.arange(steps)
        codes = np.zeros((persons, ITEMS), dtype=np.int8)
        theta = rng.normal(size=persons)[:, None]
        chance = rng.random((persons, ITEMS))
        for step in thresholds.T:
            codes += chance < 1 / (1 + np.exp(-slopes * (theta - step)))
        np.save(folder / f"{name}.npy", codes)


def peers() -> str | Path | None:
    """The Python of the peers' environment; None, said aloud, where it cannot be had."""
    if given := os.environ.get("IRT_PEERS"):
        return given
    python = BUILD / "irt_peers" / "bin" / "python"
    if not python.exists():
        venv.create(BUILD / "irt_peers", with_pip=True)
    command = [python, "-m", "pip", "install", "--quiet", *PEERS]
    if subprocess.run(command, check=False).returncode:
        print("mirt, girth: absent on this machine, left out")
        return None
    return python


if __name__ == "__main__":
    main()
