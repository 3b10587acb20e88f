"""Shares of people: intervals, domains that keep their rows, and who is unknown."""

import numpy as np
import pandas as pd
import pytest
from scipy import special

from analysis.design import Design, Sample
from analysis.intervals import t_quantile
from analysis.shares import passes, reaches, share, shares_by


@pytest.fixture
def sample() -> Sample:
    rng = np.random.default_rng(7)
    n = 120
    data = pd.DataFrame(
        {
            "w": rng.uniform(1, 3, n),
            "h": np.repeat(["a", "b", "c"], 40),
            "psu": np.repeat(np.arange(24), 5),
        }
    )
    return Sample.of(data, Design(weights="w", strata=("h",), psu=("psu",)))


@pytest.fixture
def hits(sample) -> pd.Series:
    rng = np.random.default_rng(8)
    return pd.Series(rng.binomial(1, 0.7, len(sample.data)).astype(float))


def by_hand(sample: Sample, y: np.ndarray, inside: np.ndarray) -> tuple[float, float]:
    """Ratio mean and its linearized standard error with PSUs within strata."""
    w = sample.data["w"].to_numpy() * inside
    p = np.sum(w * np.where(inside, y, 0)) / w.sum()
    z = w * np.where(inside, y - p, 0) / w.sum()
    variance = 0.0
    for _, stratum in sample.data.groupby("h"):
        sums = np.array([z[rows.index].sum() for _, rows in stratum.groupby("psu")])
        variance += len(sums) / (len(sums) - 1) * np.sum((sums - sums.mean()) ** 2)
    return p, np.sqrt(variance)


def test_a_share_is_the_hand_calculation_with_a_logit_interval(sample, hits):
    got = share(sample, hits, of="aware", by={"area": "x"})
    p, se = by_hand(sample, hits.to_numpy(), np.ones(len(hits), dtype=bool))
    assert (got.of, got.by, got.level, got.df) == ("aware", {"area": "x"}, None, 21)
    assert (got.estimate, got.se) == (pytest.approx(p, rel=1e-12), pytest.approx(se, rel=1e-10))
    reach = t_quantile(0.975, 21) * se / (p * (1 - p))
    expected = special.expit(special.logit(p) + np.array([-reach, reach]))
    assert got.ci == pytest.approx(expected, rel=1e-10)


def test_rows_outside_the_domain_or_without_a_value_keep_their_place_in_the_design(sample, hits):
    hits[3:9] = np.nan
    inside = np.arange(len(hits)) % 3 == 0
    got = share(sample, hits, of="aware", where=inside)
    known = inside & hits.notna().to_numpy()
    p, se = by_hand(sample, hits.to_numpy(), known)
    assert (got.estimate, got.se) == (pytest.approx(p), pytest.approx(se))
    assert got.n == known.sum()


def test_every_level_is_estimated_also_one_that_nobody_has(sample, hits):
    levels = pd.Series(np.where(np.arange(len(hits)) % 2 == 0, "m", "f"), dtype=object)
    levels[0] = None
    got = shares_by(sample, hits, of="aware", variable="sex", levels=levels, order=("m", "x"))
    assert [one.by for one in got] == [{"sex": "m"}, {"sex": "x"}, {"sex": "f"}]
    assert [one.n for one in got] == [59, 0, 60]
    assert got[1].estimate is None
    alone = share(sample, hits, of="aware", where=(levels == "f").to_numpy())
    assert got[2].estimate == alone.estimate
    assert got[2].se == alone.se


def test_a_mean_of_fractions_says_so_and_has_an_interval_within_zero_and_one(sample, hits):
    halves = hits / 2 + 0.45
    halves[:60] = 1.0
    got = share(sample, halves, of="average")
    assert "average" in got.flags
    assert 0 < got.ci[0] < got.estimate < got.ci[1] < 1


def test_everybody_passing_has_an_interval_all_the_same(sample, hits):
    got = share(sample, hits * 0 + 1, of="aware")
    assert got.estimate == 1
    assert got.ci[0] < 1
    assert "p_at_bound" in got.flags


def test_nobody_passing_is_estimated_too(sample, hits):
    assert share(sample, hits * 0, of="aware").estimate == 0


def test_a_score_exactly_at_the_cut_reaches_it():
    scores = pd.Series([0.1 + 0.2, 0.3, 0.29999, np.nan])
    assert reaches(scores, 0.3).tolist()[:3] == [1, 1, 0]
    assert reaches(scores, 0.3).isna().tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    ("joint", "expected"),
    [("both", [1, 0, 0, 0]), ("either", [1, 1, 1, 0]), ("average", [1, 0.5, 0.5, 0])],
)
def test_two_cuts_join_in_one_person(joint, expected):
    scores = pd.DataFrame({"k": [0.6, 0.9, 0.1, 0.2, 0.1], "d": [0.7, 0.1, 0.9, 0.2, np.nan]})
    got = passes(scores, {"k": 0.6, "d": 0.7}, joint=joint)
    assert got.tolist()[:4] == expected
    assert np.isnan(got.iloc[4])
