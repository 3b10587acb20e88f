"""Ratios of yearly rates and their exact intervals."""

import pytest

from analysis.rates import changes_between, rate_ratio_interval
from analysis.result import Rate


def test_interval_is_that_of_r_poisson_test_on_its_own_example():
    # the example on the help page of poisson.test in R: 11 in 800 against 6+8+7 in 1083+1050+878
    low, high = rate_ratio_interval((11, 21), (800, 3011))
    assert low == pytest.approx(0.8584264, abs=5e-7)
    assert high == pytest.approx(4.2772659, abs=5e-6)


def test_limits_that_the_counts_leave_open_are_none():
    assert rate_ratio_interval((0, 0), (10, 10)) == (0.0, None)
    assert rate_ratio_interval((4, 0), (10, 10))[1] is None
    assert rate_ratio_interval((0, 4), (10, 10))[0] == 0


def test_each_year_is_compared_with_the_one_before():
    series = [
        Rate(year=2021, per_thousand=10, events=100, strength=10_000),
        Rate(year=2022, per_thousand=9, events=99, strength=11_000),
        Rate(year=2023, per_thousand=0, events=0, strength=11_000),
        Rate(year=2024, per_thousand=0, events=0, strength=11_000),
    ]
    first, second, third = changes_between(series)
    assert (first.year, first.since, first.fell) == (2022, 2021, True)
    assert first.ratio == pytest.approx(0.9)
    assert first.ci[0] < 0.9 < first.ci[1]
    assert (second.ratio, second.fell, second.stays_at_zero) == (0.0, True, False)
    assert (third.ratio, third.fell, third.stays_at_zero) == (None, False, True)


def test_rates_without_counts_are_compared_but_have_no_interval():
    series = [Rate(year=2021, per_thousand=0.3), Rate(year=2022, per_thousand=0.1 + 0.2)]
    (change,) = changes_between(series)
    assert not change.fell
    assert change.ci == (None, None)
