"""The verdict rule: words from the printed interval, and nothing that contradicts it."""

from datetime import date
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from analysis.result import Count, Estimate, Rate
from analysis.verdict import (
    bounds_of,
    judge,
    judge_count,
    judge_rates,
    judge_together,
    no_data,
    probability_of,
)


def logit_estimate(p: float, se: float, df: float = 40.0) -> Estimate:
    quantile = special.ndtri(0.975) if np.isinf(df) else special.stdtrit(df, 0.975)
    reach = quantile * se / (p * (1 - p))
    low, high = special.expit(special.logit(p) + np.array([-reach, reach]))
    return Estimate(of="aware", estimate=p, se=se, ci=(float(low), float(high)), df=df, n=1000)


def exact_estimate(hits: int, n: int) -> Estimate:
    exact = stats.binomtest(hits, n).proportion_ci(0.95)
    return Estimate(
        of="aware", estimate=hits / n, se=None, ci=(exact.low, exact.high), df=None, n=n
    )


shares = st.floats(0.01, 0.99)
errors = st.floats(0.001, 0.2)
degrees = st.one_of(st.integers(1, 200).map(float), st.just(float("inf")))
thresholds = st.floats(0.01, 0.99)


@pytest.mark.parametrize(
    ("p", "due", "word"),
    [
        (0.95, True, "met"),
        (0.85, True, "not_met"),
        (0.90, True, "inconclusive"),
        (0.95, False, "at_target"),
        (0.85, False, "below_target"),
        (0.90, False, "inconclusive"),
    ],
)
def test_words_follow_the_interval_and_the_deadline(p, due, word):
    assert judge(logit_estimate(p, 0.01), threshold=0.9, due=due).word == word


def test_the_point_alone_gives_the_word_that_a_hasty_reader_would_say():
    verdict = judge(logit_estimate(0.905, 0.01), threshold=0.9, due=True)
    assert (verdict.word, verdict.by_point) == ("inconclusive", "met")


def test_nothing_estimated_is_no_data_and_no_interval_is_inconclusive():
    empty = Estimate(of="aware", estimate=None, se=None, ci=(None, None), df=None, n=0)
    bare = Estimate(of="aware", estimate=0.95, se=None, ci=(None, None), df=0, n=40)
    assert judge(empty, threshold=0.5, due=True) == no_data()
    verdict = judge(bare, threshold=0.5, due=True)
    assert (verdict.word, verdict.probability) == ("inconclusive", None)


def assert_no_contradiction(estimate: Estimate, threshold: float, due: bool) -> None:
    verdict = judge(estimate, threshold=threshold, due=due)
    low, high = estimate.ci
    assert verdict.probability is not None
    assert 0 <= verdict.probability <= 1
    assert (verdict.word in ("met", "at_target")) == (low >= threshold)
    assert (verdict.word in ("met", "at_target")) == (verdict.probability >= 0.975)
    assert (verdict.word in ("not_met", "below_target")) == (verdict.probability < 0.025)
    assert (verdict.word in ("not_met", "below_target")) == (high < threshold)
    assert due or verdict.word not in ("met", "not_met")


def test_word_interval_and_probability_never_contradict_in_ten_thousand_cases():
    rng = np.random.default_rng(20261124)
    p, threshold = rng.uniform(0.01, 0.99, (2, 10_000))
    se, df = rng.uniform(0.001, 0.2, 10_000), rng.integers(1, 200, 10_000)
    for row in zip(p, se, df, threshold, strict=True):
        *drawn, asked = map(float, row)
        assert_no_contradiction(logit_estimate(*drawn), asked, due=asked < 0.5)


@given(p=shares, se=errors, df=degrees, threshold=thresholds, due=st.booleans())
def test_word_interval_and_probability_never_contradict(p, se, df, threshold, due):
    assert_no_contradiction(logit_estimate(p, se, df), threshold, due)


@settings(max_examples=300)
@given(p=shares, se=errors, df=degrees)
def test_a_threshold_on_a_limit_itself_is_met_at_the_lower_and_open_at_the_upper(p, se, df):
    estimate = logit_estimate(p, se, df)
    low, high = estimate.ci
    at_low, at_high = (judge(estimate, threshold=limit, due=True) for limit in (low, high))
    assert (at_low.word, at_high.word) == ("met", "inconclusive")
    assert at_low.probability >= 0.975
    assert 0.025 <= at_high.probability < 0.975


@given(se=st.floats(0.005, 0.05), threshold=st.floats(0.3, 0.7), step=st.floats(0, 0.05))
def test_a_higher_share_with_the_same_error_is_never_judged_worse(se, threshold, step):
    order = ["not_met", "inconclusive", "met"]
    lower, higher = (
        judge(logit_estimate(p, se), threshold=threshold, due=True) for p in (0.5, 0.5 + step)
    )
    assert order.index(lower.word) <= order.index(higher.word)
    assert lower.probability <= higher.probability + 1e-12


def test_probability_is_the_t_tail_on_the_logit_scale():
    p, se, df, threshold = 0.72, 0.015, 31.0, 0.70
    by_hand = stats.t.cdf((special.logit(p) - special.logit(threshold)) / (se / (p * (1 - p))), df)
    got = probability_of(logit_estimate(p, se, df), threshold=threshold)
    assert got == pytest.approx(by_hand, rel=1e-10)


@given(n=st.integers(2, 400), threshold=thresholds, everyone=st.booleans())
def test_nobody_and_everybody_are_judged_by_the_exact_binomial_limit(n, threshold, everyone):
    estimate = exact_estimate(n if everyone else 0, n)
    tail = 1 - threshold**n if everyone else (1 - threshold) ** n
    probability = probability_of(estimate, threshold=threshold)
    reachable = max(tail, 0.025) if everyone else min(tail, 0.975)
    assert probability == pytest.approx(reachable, abs=1e-9)
    word = judge(estimate, threshold=threshold, due=True).word
    assert (word == "met") == (probability >= 0.975)
    assert (word == "not_met") == (probability < 0.025)


def test_a_sample_can_never_show_that_all_people_pass():
    verdict = judge(exact_estimate(300, 300), threshold=1.0, due=True)
    assert (verdict.word, verdict.by_point) == ("inconclusive", "met")
    assert verdict.probability == pytest.approx(0.025)


def test_two_parts_are_met_together_and_either_alone_can_fail_them():
    high, middle, low = (
        judge(logit_estimate(p, 0.01), threshold=0.7, due=True) for p in (0.8, 0.7, 0.6)
    )
    assert judge_together([high, high]).word == "met"
    assert judge_together([high, middle]).word == "inconclusive"
    assert judge_together([middle, low]).word == "not_met"
    assert judge_together([]).word == "no_data"


def count(numerator: int, denominator: int, outstanding: int | None = 0) -> Count:
    return Count(
        numerator=numerator,
        denominator=denominator,
        units_reporting=3,
        units_total=3 if outstanding == 0 else 4,
        low=0,
        high=1,
        as_of=date(2026, 6, 30),
        source="report",
        outstanding=outstanding,
    )


def test_counts_are_compared_as_whole_numbers():
    # 0.28 of 25 is 7 exactly, though 0.7 * 0.4 * 25 > 7 in floating point and 7 / 25 < 0.28 + e
    assert judge_count(count(7, 25), threshold=0.7 * 0.4, due=True).word == "met"
    assert judge_count(count(899_999, 1_000_000), threshold=0.9, due=True).word == "not_met"
    assert judge_count(count(900_000, 1_000_000), threshold=0.9, due=False).word == "at_target"


@pytest.mark.parametrize(
    ("numerator", "outstanding", "word"),
    [(95, 5, "met"), (95, 10, "inconclusive"), (60, 10, "not_met"), (100, None, "inconclusive")],
)
def test_units_that_have_not_reported_decide_only_where_both_bounds_agree(
    numerator, outstanding, word
):
    verdict = judge_count(count(numerator, 100, outstanding), threshold=0.9, due=True)
    assert verdict.word == word


@given(st.integers(0, 500), st.integers(1, 500), st.integers(0, 500), thresholds)
def test_a_count_verdict_holds_whatever_the_missing_units_report(
    numerator, denominator, outstanding, threshold
):
    numerator = min(numerator, denominator)
    counted = count(numerator, denominator, outstanding)
    low, high = bounds_of(counted)
    assert low <= high
    word = judge_count(counted, threshold=threshold, due=True).word
    for extra in {0, outstanding // 2, outstanding}:
        share = (numerator + extra) / (denominator + outstanding)
        if word != "inconclusive" and abs(share - threshold) > 1e-9:
            assert (share > threshold) == (word == "met")


def rates(*events: int, first: int = 2021, strength: float = 10_000) -> list[Rate]:
    return [
        Rate(year=first + i, per_thousand=x * 1000 / strength, events=x, strength=strength)
        for i, x in enumerate(events)
    ]


@pytest.mark.parametrize(
    ("events", "rule", "word"),
    [
        ((90, 80, 70), "strict_each_year", "met"),
        ((90, 90, 70), "strict_each_year", "not_met"),
        ((90, 95, 70), "strict_each_year", "not_met"),
        ((90, 95, 70), "trend", "met"),
        ((90, 95, 89), "endpoints", "met"),
        ((90, 60, 91), "endpoints", "not_met"),
        ((90, 80, 70), "strict_and_significant", "inconclusive"),
        ((300, 200, 100), "strict_and_significant", "met"),
        ((300, 301, 100), "strict_and_significant", "not_met"),
        ((5, 0, 0), "strict_each_year", "met"),
        ((0, 0, 0), "trend", "met"),
        ((0, 1), "strict_each_year", "not_met"),
    ],
)
def test_each_rule_on_yearly_rates(events, rule, word):
    assert judge_rates(rates(*events), rule=rule, due=True).word == word


def test_a_rate_that_rose_is_only_below_target_before_the_deadline():
    verdict = judge_rates(rates(50, 60), rule="strict_each_year", due=False)
    assert verdict.word == "below_target"


def test_a_rate_held_at_zero_can_be_asked_to_fall_all_the_same():
    verdict = judge_rates(rates(0, 0), rule="strict_each_year", due=True, zero_held_is_met=False)
    assert verdict.word == "not_met"


def test_a_missing_year_leaves_a_fall_open_but_not_a_rise():
    falling, rising = rates(90, 80, 70), rates(90, 80, 95)
    assert judge_rates([falling[0], falling[2]], rule="strict_each_year", due=True).word == (
        "inconclusive"
    )
    assert judge_rates([rising[0], rising[2]], rule="strict_each_year", due=True).word == "not_met"


def test_one_year_shows_no_change():
    assert judge_rates(rates(12), rule="strict_each_year", due=True) == no_data()


def test_six_strict_falls_from_a_hundred_cases_are_rare_even_when_the_rate_falls_a_tenth_a_year():
    rng = np.random.default_rng(1371)
    worlds = rng.poisson(100 * 0.9 ** np.arange(7), size=(4000, 7))
    held = np.mean(
        [judge_rates(rates(*w), rule="strict_each_year", due=True).word == "met" for w in
         worlds.tolist()]
    )  # fmt: skip
    assert abs(held - 0.07) < 3 * sqrt(0.07 * 0.93 / 4000)
