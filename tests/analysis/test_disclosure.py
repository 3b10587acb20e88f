"""Nothing too small can be worked out from what is published, whatever is subtracted from what."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.disclosure.presentation import effective_respondents, presentation
from analysis.disclosure.suppression import MINIMUM, attack, protection, suppress, unprotected
from analysis.disclosure.tables import Counts, Sum, cross_table
from analysis.errors import AnalysisError
from analysis.result import Estimate


def table(matrix):
    rows, columns = range(len(matrix)), range(len(matrix[0]))
    inner = {(f"r{i}", f"c{j}"): int(matrix[i][j]) for i in rows for j in columns}
    return cross_table(inner, rows=[f"r{i}" for i in rows], columns=[f"c{j}" for j in columns])


def test_a_table_of_large_counts_is_published_whole():
    assert not suppress(table([[40, 50], [60, 70]])).withheld


def test_one_small_count_takes_three_others_with_it_in_a_two_by_two_table():
    found = suppress(table([[3, 50], [60, 70]]))
    assert found.primary == {("r0", "c0")}
    assert found.complementary == {("r0", "c1"), ("r1", "c0"), ("r1", "c1")}


def test_subtraction_alone_would_have_given_the_small_count_away():
    counts = table([[3, 50], [60, 70]])
    assert attack(counts, {("r0", "c0")}) == {("r0", "c0"): (3.0, 3.0)}


def test_zero_is_withheld_because_it_tells_something_of_every_member():
    assert ("r0", "c0") in suppress(table([[0, 50], [60, 70]])).primary


def test_a_group_without_respondents_needs_no_hiding():
    counts = table([[0, 0], [60, 70]])
    empty = {("r0", "c0"), ("r0", "c1"), ("r0", None)}
    assert not suppress(counts, exempt=empty).withheld


@given(st.integers(0, 2**32 - 1), st.integers(2, 5), st.integers(2, 4))
@settings(max_examples=60, deadline=None)
def test_the_attacker_recovers_no_unsafe_count_of_a_random_table(seed, rows, columns):
    drawn = np.random.default_rng(seed).negative_binomial(1, 0.04, size=(rows, columns))
    counts = table(drawn)
    try:
        found = suppress(counts)
    except AnalysisError:
        assert sum(map(sum, drawn)) < 4 * MINIMUM
        return
    assert not unprotected(counts, found)


def test_tables_that_share_a_total_are_one_system():
    """Sex and age of the same 100 people: a small count by sex is hidden from both tables."""
    cells = {"all": 100, "f": 96, "m": 4, "young": 30, "old": 70}
    counts = Counts(cells=cells, sums=(Sum(total="all", parts=("f", "m")),
                                       Sum(total="all", parts=("young", "old"))))  # fmt: skip
    found = suppress(counts)
    assert found.primary == {"m"}
    assert "f" in found.complementary
    assert not unprotected(counts, found)


def test_a_count_that_nothing_can_hide_is_refused_with_the_cure():
    counts = Counts(cells={"all": 12, "yes": 4, "no": 8},
                    sums=(Sum(total="all", parts=("yes", "no")),))  # fmt: skip
    with pytest.raises(AnalysisError, match="merge categories"):
        suppress(counts, exempt={"all", "no"})


def test_sums_that_do_not_hold_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="do not add up"):
        Counts(cells={"all": 3, "yes": 1, "no": 1},
               sums=(Sum(total="all", parts=("yes", "no")),))  # fmt: skip


@given(st.integers(0, MINIMUM - 1))
def test_protection_always_leaves_the_minimum_possible(count):
    low, high = protection(count)
    assert low <= count / 2
    assert high >= max(MINIMUM, 1.5 * count)


# The least effective size at which each share may be published: the table that follows from the
# standards by solving them for n, with as many respondents as effective ones and many PSUs.
LEAST = {0.1: 97, 0.2: 42, 0.3: 40, 0.4: 45, 0.5: 47, 0.7: 40, 0.9: 30}


def estimate(p, n, **further):
    given = Estimate(of="x", estimate=p, se=(p * (1 - p) / n) ** 0.5, ci=(0.0, 1.0),
                     df=float(n - 1), n=n)  # fmt: skip
    return replace(given, **further)


@pytest.mark.parametrize(("p", "least"), LEAST.items())
def test_least_respondents_to_publish_a_share_are_those_of_the_standards(p, least):
    assert presentation(estimate(p, least)).shown
    assert not presentation(estimate(p, least - 1)).shown


def test_effective_respondents_never_exceed_those_who_answered():
    assert effective_respondents(estimate(0.5, 100, se=0.01)) == 100
    assert effective_respondents(estimate(0.5, 100, se=0.1)) == pytest.approx(25)


def test_the_reason_is_the_first_rule_that_fails():
    assert presentation(estimate(0.5, 20)).reason == "few_respondents"
    assert presentation(estimate(0.5, 100, se=0.1)).reason == "few_effective"
    assert presentation(estimate(0.5, 35)).reason == "wide"
    assert presentation(estimate(0.02, 80)).reason == "relatively_wide"
    assert presentation(replace(estimate(0.5, 100), estimate=None)).reason == "few_respondents"


def test_a_narrow_interval_is_shown_however_small_the_share():
    assert presentation(estimate(0.001, 5000)).shown


def test_doubts_stand_beside_what_is_shown():
    assert "complement" in presentation(estimate(0.95, 100)).doubts
    assert "few_df" in presentation(estimate(0.5, 500, df=4.0)).doubts
    assert "at_bound" in presentation(estimate(1.0, 500, se=None)).doubts
