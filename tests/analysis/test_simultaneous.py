"""Many areas at once: the printed intervals hold together, and verdicts follow from them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.intervals import beta_interval, logit_interval
from analysis.result import Estimate
from analysis.simultaneous import at_confidence, judge_areas


def area(p: float, *, n: float = 150, df: float = 60.0, name: str = "a") -> Estimate:
    if p in (0, 1):
        limits, se = beta_interval(p, n, 0.95), None
    else:
        se = (p * (1 - p) / n) ** 0.5
        limits = logit_interval(p, se, df, 0.95)
    return Estimate(of="x", by={"district": name}, estimate=p, se=se,
                    ci=(float(limits[0]), float(limits[1])), df=df, n=int(n))  # fmt: skip


@given(st.floats(0.02, 0.98), st.floats(0.1, 0.9), st.integers(2, 126))
def test_a_verdict_of_many_is_never_bolder_than_one_alone(p, threshold, planned):
    (row,) = judge_areas([area(p)], variable="district", threshold=threshold, planned=planned,
                         due=True).rows  # fmt: skip
    assert row.verdict.word in (row.alone.word, "inconclusive")
    (low, high), (own_low, own_high) = row.estimate.ci, area(p).ci
    assert low <= own_low <= own_high <= high
    assert (row.verdict.word == "met") == (low >= threshold or np.isclose(low, threshold))


@pytest.mark.parametrize("p", [0.0, 0.31, 1.0])
def test_the_same_confidence_gives_the_same_interval(p):
    assert at_confidence(area(p), 0.95).ci == pytest.approx(area(p).ci)


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_at_the_bounds_the_exact_interval_of_the_same_size_is_taken(p):
    assert at_confidence(area(p), 0.99).ci == pytest.approx(tuple(beta_interval(p, 150, 0.99)))


def test_flips_are_named_and_false_verdicts_counted():
    """The first reaches 70% alone, at 97.5% one-sided, and not among thirty."""
    found = judge_areas(
        [area(0.78, name="a"), area(0.95, name="b"), area(0.70, name="c")],
        variable="district", threshold=0.7, planned=30, due=True,
    )  # fmt: skip
    assert [row.estimate.by["district"] for row in found.flips] == ["a"]
    assert found.expected_false_alone == pytest.approx(0.75)
    assert found.expected_false == pytest.approx(0.025)


def test_joint_intervals_hold_together_in_95_of_100_worlds():
    rng = np.random.default_rng(20261124)
    truth, n, worlds = np.linspace(0.55, 0.9, 30), 400, 400
    held = 0
    for _ in range(worlds):
        shares = rng.binomial(n, truth) / n
        rows = judge_areas([area(float(p), n=n, df=np.inf) for p in shares], variable="d",
                           threshold=0.7, planned=30, due=True).rows  # fmt: skip
        held += all(row.estimate.ci[0] <= t <= row.estimate.ci[1]
                    for row, t in zip(rows, truth, strict=True))  # fmt: skip
    assert held / worlds >= 0.95 - 3 * (0.95 * 0.05 / worlds) ** 0.5


def test_an_area_without_an_estimate_keeps_its_place():
    empty = Estimate(of="x", estimate=None, se=None, ci=(None, None), df=None, n=0)
    (row,) = judge_areas([empty], variable="d", threshold=0.7, planned=2, due=True).rows
    assert row.verdict.word == "no_data"


def test_more_areas_than_planned_are_refused():
    with pytest.raises(AnalysisError, match="2 areas have an estimate, but the plan of analysis"):
        judge_areas([area(0.5), area(0.6)], variable="d", threshold=0.7, planned=1, due=True)
