"""Kappa and alpha against their definitions, and their errors against the jackknife."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.agreement import alpha, kappa
from analysis.design import Design, Sample
from analysis.errors import AnalysisError
from analysis.estimates import Estimates
from analysis.replicates import ReplicateDesign
from tests.analysis.samples import cluster_sample

DESIGN = Design(weights="w", strata=("h",), psu=("psu",))
ITEMS = ("i1", "i2", "i3")


def rated(**shape: int) -> pd.DataFrame:
    """Two raters who agree on half the people, and three items with something in common."""
    data, rng = cluster_sample(8, **shape), np.random.default_rng(8)
    again = rng.choice(["a", "b", "c"], len(data))
    data["g2"] = np.where(rng.random(len(data)) < 0.5, data["g"], again)
    for name in ITEMS:
        data[name] = data["y"] + rng.normal(0, 2, len(data))
    return data


def both(sample: Sample) -> list[Estimates]:
    return [kappa(sample, of=("g", "g2")), alpha(sample, of=ITEMS)]


def test_kappa_is_agreement_beyond_chance_in_the_weighted_table() -> None:
    data = rated()
    p = pd.crosstab(data["g"], data["g2"], values=data["w"], aggfunc="sum", normalize=True)
    chance = float((p.sum(axis=1) * p.sum(axis=0)).sum())
    expected = (np.trace(p) - chance) / (1 - chance)
    assert both(Sample.of(data, DESIGN))[0][0].estimate == pytest.approx(expected, rel=1e-12)


def test_alpha_is_that_of_the_weighted_covariances() -> None:
    data = rated()
    v = np.cov(data[list(ITEMS)].T, aweights=data["w"])
    expected = 1.5 * (1 - np.trace(v) / v.sum())
    assert both(Sample.of(data, DESIGN))[1][0].estimate == pytest.approx(expected, rel=1e-12)


def test_their_errors_agree_with_the_jackknife() -> None:
    data = rated(strata=3, psus=25, rows=8)
    sample = Sample.of(data, DESIGN)
    jackknife = Sample.of(data, replace(DESIGN, replicates=ReplicateDesign(kind="jkn", mse=True)))
    assert jackknife.replicates is not None
    again = np.array([
        [found[0].estimate for found in both(replace(sample, weights=weights + 1e-12))]
        for weights in jackknife.replicates.weights()
    ], dtype=np.float64)  # fmt: skip
    full = np.array([found[0].estimate for found in both(sample)], dtype=np.float64)
    covariance, _ = jackknife.replicates.covariance(again, full)
    errors = [found[0].se for found in both(sample)]
    assert errors == pytest.approx(list(np.sqrt(np.diag(covariance))), rel=0.05)


def test_levels_that_one_variable_lacks_count_and_constant_answers_are_refused() -> None:
    data = rated().assign(g3=lambda d: d["g2"].replace("c", "b"), one="a")
    found = kappa(Sample.of(data, DESIGN), of=("g", "g3"))[0]
    assert found.estimate is not None
    assert found.estimate < 0.5
    with pytest.raises(AnalysisError, match="all rows have the same level"):
        kappa(Sample.of(data, DESIGN), of=("one", "one"))
    with pytest.raises(AnalysisError, match="alpha is of two items or more"):
        alpha(Sample.of(data, DESIGN), of=("y",))
