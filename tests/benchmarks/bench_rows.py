"""Cost against rows, from 10^4 to 10^7: it must grow with the rows and not with rows x domains."""

import sys

import numpy as np
import pandas as pd
import population
from matplotlib.figure import Figure
from race import BUILD, Entrant

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
TASKS = ("mean", "domains", "rake")


def _best(n: int) -> dict[str, float]:
    file, targets = population.write(n, BUILD), BUILD / f"targets_{n}.json"
    population.write_targets(pd.read_parquet(file), targets)
    with Entrant("hieuluat", (sys.executable, "ours.py", file, targets)) as side:
        return {task: min(side.lap(task)["seconds"] for _ in range(4)) for task in TASKS}


def _main() -> None:
    taken = pd.DataFrame({n: _best(n) for n in SIZES}).T
    slope = np.log10(taken.iloc[-1] / taken.iloc[-2])
    print("\nseconds by rows (126 domains throughout)")
    print(taken.to_string(float_format=lambda x: f"{x:.4f}"))
    print("times ten rows take 10 to the power of " + ", ".join(
        f"{task} {power:.2f}" for task, power in slope.items()) + "   [bar: 1.0]")  # fmt: skip
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot(xscale="log", yscale="log", xlabel="rows", ylabel="seconds")
    for task in TASKS:
        axes.plot(taken.index, taken[task], marker="o", label=task)
    axes.plot(SIZES, [taken.loc[SIZES[-1]].max() * n / SIZES[-1] for n in SIZES], "k:",
              label="proportional")  # fmt: skip
    axes.legend()
    figure.savefig(BUILD / "cost_by_rows.png", dpi=150)
    print(f"plot: {BUILD / 'cost_by_rows.png'}")


if __name__ == "__main__":
    _main()
