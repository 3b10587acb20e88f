"""svy's side of the race (PyPI `svy`); runs in an environment of its own."""

import json
import sys
from pathlib import Path

import polars as pl
import svy
from worker import Task, serve

MARGINS = ("sex", "age", "educ", "region", "tenure")


def tasks(file: Path, totals: Path) -> dict[str, Task]:
    """Everything that is timed, by the names that all sides share."""
    data = pl.read_parquet(file)
    targets = {
        name: {int(level): total for level, total in levels.items()}
        for name, levels in json.loads(totals.read_text(encoding="utf-8")).items()
    }
    made: dict[str, object] = {}

    def sample() -> object:
        return svy.Sample(data, svy.Design(stratum="stratum", psu="psu", wgt="w"))

    def replicated() -> object:
        return sample().weighting.create_bs_wgts(n_reps=200, rstate=1)

    def replicates() -> object:
        kept = made.setdefault("replicates", None) or replicated()
        made["replicates"] = kept
        return kept.estimation.mean("y", method="replication", by="commune")

    bound = sample()
    return {
        "domains": (lambda: bound.estimation.prop("y", by="commune"), _sums),
        "domains cold": (lambda: sample().estimation.prop("y", by="commune"), _sums),
        "mean": (lambda: bound.estimation.mean("y"), _sums),
        "rake": (lambda: bound.weighting.rake(controls=targets, tol=1e-6, max_iter=200), _worst),
        "replicates": (replicates, _sums),
        "replicates cold": (
            lambda: replicated().estimation.mean("y", method="replication", by="commune"), _sums
        ),
    }  # fmt: skip


def _sums(found: object) -> dict[str, float]:
    table = found.to_polars()
    if "y" in table.columns:
        table = table.filter(pl.col("y") == 1)
    return {"estimates": float(table["est"].sum()), "errors": float(table["se"].sum())}


def _worst(found: object) -> dict[str, float]:
    return {"weights": float(found.data["rk_wgt"].sum())}


if __name__ == "__main__":
    serve(tasks(*map(Path, sys.argv[1:3])))
