"""Quantiles and the laws of their rules; tails of the tests that rest on mixtures of chi-squares."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.design import Design, Sample
from analysis.errors import AnalysisError
from analysis.formula import parse_formula
from analysis.hypothesis_tests import chisq, ranktest, ttest
from analysis.mixtures import exact_tail, saddlepoint_tail, satterthwaite_tail
from analysis.quantiles import QuantileOptions, Rule, quantile
from tests.analysis.samples import cluster_sample

DESIGN = Design(weights="w", strata=("h",), psu=("psu",))
RULES: dict[Rule, str] = {
    "hf1": "inverted_cdf", "hf2": "averaged_inverted_cdf", "hf4": "interpolated_inverted_cdf",
    "hf5": "hazen", "hf6": "weibull", "hf7": "linear", "hf8": "median_unbiased",
    "hf9": "normal_unbiased",
}  # fmt: skip


def estimates(data: pd.DataFrame, rule: Rule, probs: tuple[float, ...]) -> list[float]:
    how = QuantileOptions(probs=probs, rule=rule)
    return [float(row.estimate) for row in quantile(Sample.of(data, DESIGN), of=("y",), how=how)]


@pytest.mark.parametrize("rule", RULES)
def test_under_equal_weights_the_rules_are_those_of_hyndman_and_fan(rule: Rule) -> None:
    data = cluster_sample().assign(w=1.0)
    probs = (0.05, 0.25, 0.5, 0.77, 0.95)
    wanted = np.quantile(data["y"], probs, method=RULES[rule])
    assert estimates(data, rule, probs) == pytest.approx(wanted, rel=1e-12)


@given(st.integers(0, 20), st.sampled_from(["math", "school", "hf3", *RULES]))
def test_quantiles_grow_with_the_probability(seed: int, rule: Rule) -> None:
    found = estimates(cluster_sample(seed), rule, (0.1, 0.3, 0.5, 0.7, 0.9))
    assert found == sorted(found)


@pytest.mark.parametrize("rule", ["math", "school", "shahvaish", "hf3", *RULES])
def test_a_domain_of_one_row_has_its_value_at_every_probability(rule: Rule) -> None:
    data = cluster_sample()
    where = np.arange(len(data)) == 17
    how = QuantileOptions(probs=(0.1, 0.9), rule=rule)
    rows = quantile(Sample.of(data, DESIGN), of=("y",), where=where, how=how)
    assert [row.estimate for row in rows] == [data["y"][17]] * 2
    assert all(row.ci == (None, None) and "one_psu" in row.flags for row in rows)


def test_a_limit_outside_the_distribution_is_missing_and_never_clamped() -> None:
    how = QuantileOptions(probs=(0.001,), rule="math")
    row = quantile(Sample.of(cluster_sample(), DESIGN), of=("y",), how=how)[0]
    assert row.ci[0] is None
    assert row.se is None
    assert "no_limit" in row.flags


@pytest.mark.parametrize("df", [8.5, 40.0, np.inf])
def test_the_exact_tail_agrees_with_simulation(df: float) -> None:
    rng = np.random.default_rng(5)
    weights, n = np.array([2.0, 1.0, 0.4]), 400_000
    sums = (weights[:, None] * rng.chisquare(1, (3, n))).sum(axis=0)
    under = np.ones(n) if np.isinf(df) else rng.chisquare(df, n) / df
    share = (sums > 9.0 * under).mean()
    assert exact_tail(9.0, weights, df) == pytest.approx(share, abs=4 * np.sqrt(share / n))
    assert saddlepoint_tail(9.0, weights, df) == pytest.approx(share, rel=0.15)


def test_equal_weights_make_a_chi_square_of_every_tail() -> None:
    weights, wanted = np.ones(3), stats.chi2.sf(7.0, 3)
    assert exact_tail(7.0, weights, np.inf) == pytest.approx(wanted, rel=1e-8)
    assert satterthwaite_tail(7.0, weights, np.inf) == pytest.approx(wanted, rel=1e-12)


def test_every_correction_of_a_table_agrees_that_chance_is_chance() -> None:
    """Over simulated tables without association the p-values are about uniform."""
    small = [
        chisq(Sample.of(cluster_sample(seed, psus=12, rows=6), DESIGN), of=("g", "sex")).p < 0.1
        for seed in range(150)
    ]
    assert 0.04 < np.mean(small) < 0.18


def test_a_test_of_groups_that_are_not_two_says_what_to_use() -> None:
    sample = Sample.of(cluster_sample(), DESIGN)
    with pytest.raises(AnalysisError, match=r"the groups are not two\. Use ranktest or glm\."):
        ttest(sample, parse_formula("y ~ g"))
    assert isinstance(ranktest(sample, parse_formula("y ~ g"), test="KruskalWallis").df, tuple)
