"""Goodness of fit: against the classical test, and by simulation of its level."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.design import Design, Sample
from analysis.errors import AnalysisError
from analysis.goodness_of_fit import goodness_of_fit
from analysis.spec import run_spec
from tests.analysis.samples import cluster_sample

SHARES = {"a": 0.5, "b": 0.3, "c": 0.2}


def test_with_equal_weights_and_no_clusters_it_is_nearly_pearsons_test() -> None:
    data = cluster_sample(9, strata=1, psus=500, rows=1).assign(w=1.0)
    found = goodness_of_fit(
        Sample.of(data, Design(weights="w")), of="g", expected=SHARES, test="Chisq"
    )
    counts = data["g"].value_counts().sort_index()
    p = np.array(list(SHARES.values()))
    classical = stats.chisquare(counts, p * len(data))
    assert found.df == pytest.approx(2, rel=0.02)
    assert found.statistic == pytest.approx(classical.statistic, rel=0.1)
    assert found.p == pytest.approx(classical.pvalue, abs=0.02)


def test_under_clustering_the_true_shares_are_rejected_as_seldom_as_promised() -> None:
    rng, rejected = np.random.default_rng(3), 0
    for _ in range(300):
        groups = rng.choice(["a", "b", "c"], 40, p=list(SHARES.values()))
        own = rng.choice(["a", "b", "c"], (40, 10), p=list(SHARES.values()))
        g = np.where(rng.random((40, 10)) < 0.5, groups[:, None], own).ravel()
        data = pd.DataFrame({"psu": np.repeat(np.arange(40), 10), "g": g, "w": 1.0})
        sample = Sample.of(data, Design(weights="w", psu=("psu",)))
        rejected += goodness_of_fit(sample, of="g", expected=SHARES).p < 0.05
    assert 4 <= rejected <= 28


def test_shares_of_other_levels_and_shares_that_the_design_fixes_are_refused() -> None:
    data = cluster_sample(9)
    with pytest.raises(AnalysisError, match="not positive numbers for the levels a, b, c"):
        goodness_of_fit(Sample.of(data, Design(weights="w")), of="g", expected={"a": 1.0})
    fixed = Sample.of(data.assign(w=1.0), Design(weights="w", strata=("h",)))
    with pytest.raises(AnalysisError, match="the design fixes the shares of 'h'"):
        goodness_of_fit(fixed, of="h", expected=dict.fromkeys(("s0", "s1", "s2", "s3"), 1.0))


def test_a_spec_names_the_shares_by_level(tmp_path: Path) -> None:
    cluster_sample(9).to_csv(tmp_path / "d.csv", index=False)
    asked = {"id": "a", "statistic": "gofchisq", "of": "g", "shares": SHARES}
    spec = {"data": "d.csv", "design": {"weights": "w"}, "estimates": [asked]}
    (tmp_path / "s.yaml").write_text(json.dumps(spec))
    row = run_spec(tmp_path / "s.yaml").document["estimates"][0]["rows"][0]
    assert len(row["df"]) == 2
    assert 0 < row["p"] < 1
