"""hieuluat's side of the race, with the bare sums that any estimator must make (the floor)."""

import json
import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from worker import Task, serve

from analysis.design import Design, Sample
from analysis.estimate import mean, proportion
from analysis.estimates import Estimates
from analysis.replicates import ReplicateDesign
from analysis.weighting.adjustment import Calibration
from analysis.weighting.margins import Margin
from analysis.weighting.rake import Stopping, rake

DESIGN = Design(weights="w", strata=("stratum",), psu=("psu",))


def tasks(data: pd.DataFrame, targets: dict[str, dict[str, float]]) -> dict[str, Task]:
    """Everything that is timed."""
    bound = Sample.of(data, DESIGN)
    margins = [
        Margin(name=name, variables=(name,), targets={(k,): v for k, v in totals.items()})
        for name, totals in targets.items()
    ]
    factors = ReplicateDesign(kind="rao_wu", count=200, seed=1)
    repeated = Design(weights="w", strata=("stratum",), psu=("psu",), replicates=factors)
    resampled = Sample.of(data, repeated)
    return {
        "floor numpy": _floor_numpy(data),
        "floor duckdb": _floor_duckdb(data),
        "domains": (lambda: proportion(bound, of="y", equals=1, by="commune"), _sums),
        "domains cold": (
            lambda: proportion(Sample.of(data, DESIGN), of="y", equals=1, by="commune"), _sums
        ),
        "mean": (lambda: mean(bound, of="y"), _sums),
        "rake": (lambda: rake(bound, margins, stopping=Stopping(tolerance=1e-6)), _worst),
        "replicates": (lambda: mean(resampled, of="y", by="commune"), _sums),
        "replicates cold": (
            lambda: mean(Sample.of(data, repeated), of="y", by="commune"), _sums
        ),
    }  # fmt: skip


def _floor_numpy(data: pd.DataFrame) -> Task:
    psu = data["psu"].to_numpy(np.int64) - 1
    commune = data["commune"].to_numpy(np.int64) - 1
    w, y = data["w"].to_numpy(), data["y"].to_numpy(np.float64)
    communes, size = int(commune.max()) + 1, (int(psu.max()) + 1) * (int(commune.max()) + 1)

    def run() -> list[np.ndarray]:
        key = psu * communes + commune
        return [np.bincount(key, weights=one, minlength=size) for one in (w, w * y)]

    return run, lambda sums: {"total": float(sums[1].sum())}


def _floor_duckdb(data: pd.DataFrame) -> Task:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE people AS SELECT * FROM data")
    query = "SELECT psu, commune, sum(w), sum(w * y) AS wy FROM people GROUP BY psu, commune"
    return (
        lambda: connection.execute(query).fetchnumpy(),
        lambda found: {"total": float(found["wy"].sum())},
    )


def _sums(found: Estimates) -> dict[str, float]:
    return {
        "estimates": float(sum(row.estimate or 0 for row in found)),
        "errors": float(sum(row.se or 0 for row in found)),
    }


def _worst(found: Calibration) -> dict[str, float]:
    return {"worst": found.reweighted.worst}


if __name__ == "__main__":
    file, totals = map(Path, sys.argv[1:3])
    serve(tasks(pd.read_parquet(file), json.loads(totals.read_text(encoding="utf-8"))))
