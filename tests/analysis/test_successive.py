"""Successive difference replication against its closed form, and what it is for."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.design import Design, Sample
from analysis.errors import AnalysisError
from analysis.estimate import mean, total
from analysis.replicates import ReplicateDesign
from tests.analysis.samples import cluster_sample

SDR = ReplicateDesign(kind="sdr")


def listed(seed: int, sizes: list[int]) -> pd.DataFrame:
    """PSUs in list order with a trend along the list, by strata of the given sizes."""
    rng = np.random.default_rng(seed)
    n = sum(sizes)
    return pd.DataFrame({
        "h": np.repeat(np.arange(len(sizes)), sizes), "w": rng.uniform(1, 9, n), "N": 40 * n,
        "y": np.arange(n) + rng.normal(0, 3, n), "place": np.arange(n),
    })  # fmt: skip


def squared_differences(z: pd.Series) -> float:
    """½ Σ (z_i - z_(i+1))², the last followed by the first."""
    return float(np.square(z.to_numpy() - np.roll(z.to_numpy(), -1)).sum() / 2)


@given(st.lists(st.integers(2, 9), min_size=1, max_size=6), st.integers(0, 99))
def test_the_variance_of_a_total_is_half_the_squared_differences_of_neighbours(
    sizes: list[int], seed: int
) -> None:
    data = listed(seed, sizes)
    design = Design(weights="w", strata=("h",), replicates=SDR)
    row = total(Sample.of(data, design), of="y")[0]
    z = data["w"] * data["y"]
    expected = sum(squared_differences(part) for _, part in z.groupby(data["h"]))
    assert row.se == pytest.approx(np.sqrt(expected), rel=1e-10)
    assert row.df == sum(sizes) - len(sizes)


def test_a_column_gives_the_order_and_the_fpc_shrinks_the_variance() -> None:
    data = listed(1, [9, 12])
    shuffled = data.sample(frac=1, random_state=4)
    made = replace(SDR, order="place")
    design = Design(weights="w", strata=("h",), replicates=SDR)
    one = total(Sample.of(data, design), of="y")[0]
    two = total(Sample.of(shuffled, replace(design, replicates=made)), of="y")[0]
    assert two.se == pytest.approx(one.se, rel=1e-12)
    data["N"] = data["h"].map({0: 18, 1: 24})
    half = total(Sample.of(data, replace(design, fpc=("N",))), of="y")[0]
    assert half.se == pytest.approx((one.se or 0) / np.sqrt(2), rel=1e-12)


def test_it_follows_a_trend_that_the_jackknife_takes_for_error() -> None:
    data = listed(2, [60])
    errors = {
        kind: mean(Sample.of(data, Design(weights="w", replicates=ReplicateDesign(kind=kind))),
                   of="y")[0].se or 0.0
        for kind in ("sdr", "jk1")
    }  # fmt: skip
    assert errors["sdr"] < 0.5 * errors["jk1"]


def test_clusters_and_rows_taken_twice_come_near_the_stratified_variance() -> None:
    data = cluster_sample(6, strata=4, psus=150, rows=2)
    design = Design(weights="w", strata=("h",), psu=("psu",))
    linear = mean(Sample.of(data, design), of="y")[0]
    made = Sample.of(data, replace(design, replicates=SDR))
    assert len(made.replicates or ()) == 256
    assert mean(made, of="y")[0].se == pytest.approx(linear.se, rel=0.15)


@pytest.mark.parametrize(
    ("change", "said"),
    [({"h": [0, 0, 0, 1]}, "has no neighbour on the list"),
     ({"place": [1, 2, np.nan, 4]}, "row 3 has no value of 'place'")],
)  # fmt: skip
def test_a_list_that_has_gaps_is_refused(change: dict[str, list[float]], said: str) -> None:
    data = listed(3, [4]).assign(**change)
    made = replace(SDR, order="place")
    with pytest.raises(AnalysisError, match=said):
        Sample.of(data, Design(weights="w", strata=("h",), replicates=made))
