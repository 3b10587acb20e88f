"""Statistics of fieldwork quality, each against a second route or numbers known beforehand."""

import warnings
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.regression.mixed_linear_model import MixedLM
from statsmodels.stats.inter_rater import cohens_kappa

from survey.quality.agreement import agreement
from survey.quality.drift import cusum, drifts
from survey.quality.effects import interviewer_effect
from survey.quality.funnels import interviewer_means
from survey.quality.heaping import age_heaping, heaping
from survey.quality.matches import matches, nearest

MANY = pytest.mark.parametrize("files", [20, pytest.param(120, marks=pytest.mark.heavy)])


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def effects(groups: int, each: int, icc: float, seed: int):
    draw = rng(seed)
    who = np.repeat(np.arange(groups), each)
    between = draw.normal(0, np.sqrt(icc), groups)[who]
    return between + draw.normal(0, np.sqrt(1 - icc), len(who)), who


def test_icc_is_that_of_reml_where_workloads_are_equal():
    value, who = effects(30, 20, 0.15, seed=3)
    fit = MixedLM(value, np.ones(len(value)), groups=who).fit(reml=True)
    between = float(np.asarray(fit.cov_re)[0, 0])
    found = interviewer_effect("k1", value, who)
    assert found.icc == pytest.approx(between / (between + fit.scale), rel=1e-4)
    assert found.deff == pytest.approx(1 + 19 * found.icc)


def test_icc_of_a_small_table_worked_out_by_hand():
    """Three interviewers with two interviews: means 2, 5, 8; MSB 18, MSW 2, so 16/20."""
    found = interviewer_effect("x", [1, 3, 4, 6, 7, 9], ["a", "a", "b", "b", "c", "c"])
    assert (found.icc, found.deff, found.few) == (pytest.approx(0.8), pytest.approx(1.8), 3)
    assert found.p == pytest.approx(stats.f.sf(9, 2, 3))


def test_unequal_workloads_stay_near_reml():
    draw = rng(5)
    who = np.repeat(np.arange(24), draw.integers(8, 60, 24))
    value = draw.normal(0, 0.4, 24)[who] + draw.normal(0, 1, len(who))
    fit = MixedLM(value, np.ones(len(value)), groups=who).fit(reml=True)
    between = float(np.asarray(fit.cov_re)[0, 0])
    found = interviewer_effect("x", value, who)
    assert found.icc == pytest.approx(between / (between + fit.scale), abs=0.02)
    assert found.ci[0] < found.icc < found.ci[1]


def test_the_interval_of_icc_covers_the_truth_in_95_of_100():
    found = [interviewer_effect("x", *effects(20, 15, 0.1, seed=at)) for at in range(400)]
    covered = sum(one.ci[0] <= 0.1 <= one.ci[1] for one in found)
    assert 0.925 <= covered / 400 <= 0.975


def test_icc_is_undefined_rather_than_nan_without_variation_or_with_one_interviewer():
    for value, who in [([1, 1, 1, 1], "aabb"), ([1, 2, 3, 4], "aaaa"), ([1, 2], "ab"),
                       ([np.nan] * 4, "aabb")]:  # fmt: skip
        found = interviewer_effect("x", value, list(who))
        assert (found.icc, found.ci, found.deff) == (None, (None, None), None)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=4, max_size=60))
def test_kappa_and_its_error_are_those_of_statsmodels(pairs):
    first, second = ([str(one) for one in side] for side in zip(*pairs, strict=True))
    found = agreement("k1", first, second)
    levels = sorted({*first, *second})
    table = pd.crosstab(pd.Categorical(first, levels), pd.Categorical(second, levels), dropna=False)
    if found.kappa is None:
        assert len(levels) == 1
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        oracle = cohens_kappa(table.to_numpy())
    assert found.kappa == pytest.approx(oracle.kappa)
    assert (found.se or 0) ** 2 == pytest.approx(max(oracle.var_kappa, 0), abs=1e-12)


def test_back_checks_that_agree_throughout_have_kappa_1_and_no_interval_of_zero_width():
    found = agreement("k1", list("aabb"), list("aabb"))
    assert (found.agreed, found.kappa, found.se, found.ci) == (1, 1, None, (None, None))
    assert agreement("k1", list("aaaa"), list("aaaa")).kappa is None


def test_nearest_counts_equal_answers_over_items_that_both_answered():
    codes = np.array([[0, 1, 2, -1], [0, 1, 1, 0], [1, 0, 0, 0], [-1, -1, -1, 0]], dtype=np.int16)
    share, other = nearest(codes, np.arange(4))
    assert share.tolist() == pytest.approx([2 / 3, 2 / 3, 1 / 4, 0])
    assert other.tolist() == [1, 0, 1, -1]


@settings(max_examples=30)
@given(st.integers(2, 25), st.integers(1, 9), st.integers(0, 2**31))
def test_nearest_is_what_comparing_pair_by_pair_finds(n, items, seed):
    codes = rng(seed).integers(-1, 4, (n, items)).astype(np.int16)
    share, _ = nearest(codes, np.arange(n))
    for at in range(n):
        best = 0.0
        for to in range(n):
            both = (codes[at] >= 0) & (codes[to] >= 0)
            if to != at and both.sum() >= np.ceil(items / 2):
                best = max(best, float((codes[at] == codes[to])[both].mean()))
        assert share[at] == pytest.approx(best)


def answers(n: int, items: int, seed: int) -> np.ndarray:
    return rng(seed).integers(0, 4, (n, items)).astype(np.int16)


def test_a_copied_interview_is_beyond_chance_and_an_honest_file_hardly_ever():
    codes = answers(300, 40, seed=2)
    codes[7] = codes[200]
    codes[7, :2] = (codes[200, :2] + 1) % 4
    found = matches(codes, strata=np.zeros(300), rng=rng())
    assert set(found.beyond.tolist()) == {7, 200}
    assert (found.other[7], found.percentile[7]) == (200, 1)
    assert found.level == pytest.approx(0.05)


@MANY
def test_honest_files_exceed_the_line_about_as_often_as_the_level_says(files):
    false = sum(
        bool(len(matches(answers(60, 24, seed=at), strata=np.zeros(60), rng=rng(at)).beyond))
        for at in range(files)
    )
    assert false <= files * 0.05 + 3 * np.sqrt(files * 0.05 * 0.95)


def test_the_line_depends_on_the_items_and_is_no_fixed_85_percent():
    few = matches(answers(200, 8, seed=4), strata=np.zeros(200), rng=rng())
    many = matches(answers(200, 60, seed=4), strata=np.zeros(200), rng=rng())
    assert few.line > 0.85 > many.line


def test_answers_that_a_stratum_shares_are_no_sign_of_copying():
    draw = rng(6)
    strata = np.repeat(np.arange(10), 30)
    own = draw.integers(0, 4, (10, 40))
    codes = np.where(draw.random((300, 40)) < 0.75, own[strata], draw.integers(0, 4, (300, 40)))
    codes = codes.astype(np.int16)
    assert len(matches(codes, strata=strata, rng=rng()).beyond) == 0
    assert len(matches(codes, strata=np.zeros(300), rng=rng()).beyond) > 250


def test_large_files_look_up_a_sample_and_say_so():
    found = matches(answers(400, 20, seed=8), strata=np.zeros(400), rng=rng(), budget=100)
    assert (found.looked_up, found.level) == (100, pytest.approx(1 / (1 + 19 / 4)))


def test_the_same_seed_finds_the_same():
    codes = answers(100, 20, seed=9)
    one, two = (matches(codes, strata=np.zeros(100), rng=rng(3)) for _ in range(2))
    assert (one.line, one.percentile.tolist()) == (two.line, two.percentile.tolist())


def test_funnel_limits_are_exact_for_shares_and_few_interviews_are_not_judged():
    value = np.array([1.0] * 18 + [0.0] * 2 + [1.0] * 20 + [0.0] * 60 + [1, 1])
    who = np.array(["a"] * 20 + ["b"] * 80 + ["c"] * 2)
    by_name = {one.interviewer: one for one in interviewer_means("kb", value, who)}
    share = 40 / 102
    low, high = stats.binom.ppf([0.001, 0.999], 20, share) / 20
    assert by_name["a"].limits == (pytest.approx(low), pytest.approx(high))
    assert (by_name["a"].stands, by_name["b"].stands) == ("alarm", "warning")
    assert by_name["c"].stands == "few"


def test_funnel_alarms_are_as_rare_as_two_in_a_thousand():
    draw = rng(10)
    who = np.repeat(np.arange(1000), 25)
    value = draw.normal(0, 1, len(who))
    alarms = sum(one.stands == "alarm" for one in interviewer_means("x", value, who))
    assert alarms <= 8


def test_whipple_is_100_without_preference_and_500_where_all_round():
    even = np.repeat(np.arange(10, 100), 3)
    assert (age_heaping(even).whipple, age_heaping(even).myers) == (100, pytest.approx(0))
    assert age_heaping(np.array([25, 30, 45, 60])).whipple == 500
    assert age_heaping(np.repeat(np.arange(10, 100, 10), 5)).myers == pytest.approx(90)
    nobody = age_heaping(np.array([np.nan]))
    assert (nobody.ages, nobody.whipple, nobody.myers) == (0, None, None)


def test_heaping_counts_multiples_of_five_and_ten():
    found = heaping("so_nam", [5, 10, 12, np.nan, 20])
    assert (found.answers, found.by_five, found.by_ten) == (4, 0.75, 0.5)
    assert heaping("so_nam", [np.nan]) is None


def field(seed: int, *, step: float = 0.0, slope: float = 0.0):
    draw = rng(seed)
    days = [date(2026, 11, 2) + timedelta(days=int(d)) for d in np.sort(draw.integers(0, 42, 600))]
    late = np.array([(day - date(2026, 11, 2)).days for day in days])
    chance = 0.4 + step * (late >= 21) + slope * late / 42
    return (draw.random(600) < chance).astype(float), days


def test_a_break_is_found_near_its_day_and_a_trend_with_its_slope():
    value, days = field(11, step=0.35)
    (found,) = drifts([("k1", value)], days)
    assert found.adjusted < 1e-6
    assert abs((found.break_on - date(2026, 11, 22)).days) <= 4
    (sloping,) = drifts([("k1", field(12, slope=0.3)[0])], field(12)[1])
    assert sloping.slope == pytest.approx(0.3 / 6, abs=0.02)


def test_the_trend_is_cochran_and_armitages_but_for_n_less_one():
    value, days = field(13, slope=0.2)
    x = np.array([day.toordinal() for day in days]) / 7
    p = value.mean()
    top = (value * (x - x.mean())).sum() ** 2
    chi2 = top / (p * (1 - p) * ((x - x.mean()) ** 2).sum())
    (found,) = drifts([("k1", value)], days)
    assert found.p_trend == pytest.approx(float(stats.chi2.sf(chi2 * 599 / 600, 1)))


@MANY
def test_forty_steady_items_raise_a_false_alarm_in_one_file_of_twenty(files):
    false = 0
    for at in range(files):
        days = field(at)[1]
        draw = rng(1000 + at)
        items = [(f"k{n}", (draw.random(600) < 0.5).astype(float)) for n in range(40)]
        false += any(one.adjusted < 0.05 for one in drifts(items, days))
    assert false <= files * 0.05 + 3 * np.sqrt(files * 0.05 * 0.95)


def test_p_of_the_cumulative_sum_is_never_too_small_for_a_steady_item():
    ps = [cusum(rng(at).normal(size=400), np.arange(400) // 8)[1] for at in range(400)]
    assert np.mean(np.array(ps) < 0.05) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)


def test_few_interviews_or_a_single_day_have_no_course():
    value, days = field(14)
    assert drifts([("k1", value[:20])], days[:20]) == ()
    assert drifts([("k1", value)], [date(2026, 11, 2)] * 600) == ()
