"""Standard errors after each step of weighting, against the jackknife that runs the step again."""

import numpy as np
import pandas as pd
import pytest

from analysis.design import Design, Sample
from analysis.estimate import mean, total
from analysis.replicates import ReplicateDesign
from analysis.weighting.margins import Margin
from analysis.weighting.rake import rake
from tests.analysis.samples import cluster_sample

LINEAR = Design(weights="w", strata=("h",), psu=("psu",))
JACKKNIFE = Design(
    weights="w", strata=("h",), psu=("psu",), replicates=ReplicateDesign(kind="jkn", mse=True)
)


def sample_data() -> pd.DataFrame:
    """Many PSUs, and an outcome that hangs on two variables which hang together."""
    data = cluster_sample(3, strata=10, psus=20, rows=6)
    rng = np.random.default_rng(5)
    data["g2"] = np.where(
        rng.random(len(data)) < 0.7, data["g"], rng.choice(list("abc"), len(data))
    )
    data["y"] = (
        data["g"].map({"a": 0, "b": 4, "c": 9}) + data["g2"].map({"a": 0, "b": 3, "c": -5})
        + 0.5 * data["y"]
    )  # fmt: skip
    return data


def shifted(data: pd.DataFrame, variable: str, factors: tuple[float, ...]) -> Margin:
    """A margin whose categories are some way from the sample's, with the sample's total."""
    sums = data.groupby(variable)["w"].sum() * np.array(factors)
    sums *= data["w"].sum() / sums.sum()
    return Margin(name=variable, variables=(variable,),
                  targets={(str(level),): float(size) for level, size in sums.items()})  # fmt: skip


def test_after_two_calibrations_in_turn_only_what_the_second_fixed_is_without_error() -> None:
    data = sample_data()
    first, second = shifted(data, "g", (1.3, 0.8, 0.9)), shifted(data, "g2", (0.8, 1.1, 1.3))
    linear, jackknife = (
        rake(rake(Sample.of(data, design), [first]).sample, [second]).sample
        for design in (LINEAR, JACKKNIFE)
    )
    assert [row.se for row in total(linear, of="g2")] == [0, 0, 0]
    for variable in ("g", "x", "y"):
        for estimate in (mean, total):
            errors = [row.se for row in estimate(linear, of=variable)]
            again = [row.se for row in estimate(jackknife, of=variable)]
            assert errors == pytest.approx(again, rel=0.02), variable
