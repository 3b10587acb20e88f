"""What an open verdict says: which way it leans, and what would decide it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.deciding import interviews_to_decide
from analysis.intervals import logit_interval
from analysis.result import Estimate, Verdict
from analysis.sample_assumptions import Assumptions
from analysis.sample_size import power_to_decide
from analysis.verdict import judge

OPEN = Verdict(word="inconclusive", by_point="met")


def estimate(p: float, *, n: int = 600, deff: float = 1.6, df: float = 59.0) -> Estimate:
    se = (deff * p * (1 - p) / n) ** 0.5
    low, high = logit_interval(p, se, df, 0.95)
    return Estimate(of="x", estimate=p, se=se, ci=(float(low), float(high)), df=df, deff=deff, n=n)


@pytest.mark.parametrize(("p", "leaning"), [(0.725, "met"), (0.702, None), (0.675, "not_met")])
def test_an_open_verdict_leans_where_the_probability_is_four_in_five(p, leaning):
    verdict = judge(estimate(p), threshold=0.7, due=True)
    assert verdict.word == "inconclusive"
    assert verdict.leaning == leaning


@given(st.floats(0.02, 0.98), st.floats(0.05, 0.95))
def test_only_open_verdicts_lean_and_never_against_the_point(p, threshold):
    verdict = judge(estimate(p), threshold=threshold, due=True)
    if verdict.word != "inconclusive":
        assert verdict.leaning is None
    elif verdict.leaning is not None:
        assert verdict.leaning == verdict.by_point


def test_the_interviews_decide_with_the_power_that_was_asked():
    needed = interviews_to_decide(estimate(0.73), threshold=0.7, verdict=OPEN)
    design = Assumptions(deff=1.6, take=10)
    assert power_to_decide(0.7, truth=0.73, interviews=needed, given=design) >= 0.8
    assert power_to_decide(0.7, truth=0.73, interviews=needed // 2, given=design) < 0.8
    assert needed > 600


def test_nearer_to_the_target_takes_more_interviews():
    near, far = (
        interviews_to_decide(estimate(p), threshold=0.7, verdict=OPEN) for p in (0.71, 0.73)
    )
    assert near > far


@pytest.mark.parametrize("p", [0.7, 0.7049, 0.6951, 0.0, 1.0])
def test_no_number_is_given_where_none_would_help(p):
    there = replace(estimate(0.71), estimate=p)
    assert interviews_to_decide(there, threshold=0.7, verdict=OPEN) is None


def test_a_decided_target_needs_no_interviews():
    met = Verdict(word="met", by_point="met")
    assert interviews_to_decide(estimate(0.9), threshold=0.7, verdict=met) is None
