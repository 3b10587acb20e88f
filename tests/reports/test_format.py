"""Numbers and dates in both languages, and the promise that rounding contradicts no verdict."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.format import Formatter

VI, EN = Formatter("vi"), Formatter("en")
SHARES = st.floats(min_value=0, max_value=1)


def test_vietnamese_writes_a_decimal_comma_a_thousands_dot_and_no_space_before_the_percent_sign():
    assert VI.percent(0.496) == "49,6%"
    assert VI.count(8053663) == "8.053.663"
    assert VI.number(1234.567, decimals=2) == "1.234,57"


def test_english_writes_a_decimal_point_and_a_thousands_comma():
    assert EN.percent(0.496) == "49.6%"
    assert EN.count(8053663) == "8,053,663"


def test_a_target_is_printed_with_the_decimals_that_it_was_set_with():
    assert [VI.threshold(level) for level in (0.9, 1, 0.45, 0.905, 0.0)] == [
        "90%", "100%", "45%", "90,5%", "0%",
    ]  # fmt: skip


def test_halves_are_rounded_up_in_decimal_not_in_binary():
    assert VI.percent(0.7125) == "71,3%"
    assert VI.percent(0.285 - 1e-15) == "28,5%"


def test_a_share_just_below_its_target_does_not_round_up_to_it():
    assert VI.percent(0.8996, against=0.9) == "dưới 90,0%"
    assert EN.percent(0.8996, against=0.9) == "under 90.0%"
    assert VI.percent(0.8996) == "90,0%"


def test_a_share_that_reaches_its_target_does_not_round_down_below_it():
    assert VI.percent(0.9045, se=0.15, against=0.904) == "từ 90,4% trở lên"
    assert VI.percent(0.9004, against=0.9) == "90,0%"


def test_a_share_that_is_not_all_or_nothing_is_not_printed_as_such():
    assert VI.percent(0.9998) == "trên 99,9%"
    assert VI.percent(0.0001) == "dưới 0,1%"
    assert VI.percent(1.0) == "100,0%"


@given(share=SHARES, against=SHARES, se=st.floats(min_value=0.0001, max_value=0.4))
def test_no_printed_number_lies_on_the_other_side_of_its_target(share, against, se):
    printed = VI.percent(share, se=se, against=against)
    value = float(re.search(r"[\d.,]+", printed)[0].replace(".", "").replace(",", ".")) / 100
    if printed.startswith("dưới"):
        assert share < value + 1e-12
    elif printed.startswith(("từ", "trên")):
        assert share > value - 1e-12
    else:
        reaches = f"{share:.12g}" == f"{against:.12g}" or share > against
        assert (value >= against - 1e-12) == reaches


@pytest.mark.parametrize(("se", "printed"), [(0.004, "71,3%"), (0.012, "71,3%"), (0.12, "71%")])
def test_no_digit_is_finer_than_the_leading_digit_of_a_tenth_of_the_standard_error(se, printed):
    assert VI.percent(0.7131, se=se) == printed


def test_both_limits_of_an_interval_stay_on_one_line():
    assert VI.interval((0.689, 0.737)) == "68,9%\xa0\u2011\xa073,7%"
    assert EN.interval((0.689, 0.737)) == "68.9%\xa0to\xa073.7%"
    assert VI.interval((None, 0.5)) == "không\xa0xác\xa0định\xa0\u2011\xa050,0%"


def test_a_difference_of_shares_is_in_percentage_points_never_in_percent():
    assert VI.points(-0.1869) == "18,7 điểm phần trăm"
    assert EN.points(0.1869) == "18.7 percentage points"


def test_a_probability_is_never_printed_as_certain():
    assert [VI.probability(p) for p in (0.0, 0.004, 0.5, 0.996, 1.0)] == [
        "dưới 1%", "dưới 1%", "50%", "trên 99%", "trên 99%",
    ]  # fmt: skip


@given(probability=SHARES)
def test_a_printed_probability_never_crosses_the_one_at_which_a_verdict_turns(probability):
    printed = int(re.search(r"\d+", VI.probability(probability))[0])
    assert (printed >= 98) == (round(probability, 12) >= 0.975)


def test_yearly_rates_that_differ_also_look_different():
    assert VI.series([2.1475, 1.9344]) == ("2,15", "1,93")
    assert VI.series([1.8512, 1.8494, 1.8494]) == ("1,851", "1,849", "1,849")


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 1, 5), "ngày 05 tháng 01 năm 2026"),
        (date(2026, 2, 28), "ngày 28 tháng 02 năm 2026"),
        (date(2026, 6, 9), "ngày 09 tháng 6 năm 2026"),
        (date(2026, 12, 31), "ngày 31 tháng 12 năm 2026"),
    ],
)
def test_a_vietnamese_date_has_a_leading_zero_before_days_below_10_and_months_1_and_2(day, text):
    assert VI.day_in_text(day) == text


def test_dates_in_tables_are_day_month_year_in_vietnamese_and_unmistakable_in_english():
    assert VI.day(date(2027, 12, 31)) == "31/12/2027"
    assert EN.day(date(2027, 12, 31)) == "31 Dec 2027"
    assert EN.day_in_text(date(2027, 12, 31)) == "31 December 2027"
