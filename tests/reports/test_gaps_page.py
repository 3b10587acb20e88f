"""Differences by group and topic: words that compare only where a test allows them."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from analysis.disclosure.screen import blank
from reports.gaps import gaps
from tests.reports.detailed import FULL, edition, gap


@given(st.floats(-0.4, 0.4), st.floats(0.001, 0.3))
def test_a_word_that_compares_stands_only_where_the_interval_leaves_out_zero(value, half):
    one = gap(next(each for each in FULL.estimates if each.by == {"sex": "m"}), value, half)
    _, chart, table = gaps(edition(gaps=(one,))).blocks
    expected = "higher" if value - half > 0 else "lower" if value + half < 0 else "open"
    assert (chart.rows[0].mark, table.rows[0][4].mark) == (expected, expected)
    assert table.rows[0][4].text == {"open": "no difference shown"}.get(expected, expected)


def test_groups_are_held_against_the_target_and_topics_against_the_others():
    _, _, groups, _, _, topics = gaps(edition()).blocks
    assert groups.columns[2].title == "Less the target of T1a (90%)"
    assert [cell.text for cell in groups.rows[0]] == [
        "Men", "72.0%", "−18.0", "+1.4", "no difference shown",
    ]  # fmt: skip
    assert groups.rows[0][2].note == "(−21.3; −14.9)"
    assert [[cell.text for cell in row] for row in topics.rows] == [
        ["Traffic", "82.0%", "+10.8", "higher"], ["Land", "61.0%", "−7.1", "lower"],
    ]  # fmt: skip


def test_a_withheld_group_has_no_difference_and_is_not_drawn():
    first, *rest = FULL.gaps
    gone = replace(first, share=blank(first.share, code="c", n=0), to_target=None, to_others=None)
    _, chart, table, *_ = gaps(edition(gaps=(gone, *rest))).blocks
    assert [cell.text for cell in table.rows[0]] == ["Men", "[c]", "–", "–", "–"]
    assert [row.label for row in chart.rows] == ["Sex: Women"]


def test_a_group_that_alone_was_not_planned_is_marked_and_all_of_them_by_the_title():
    first, *rest = FULL.gaps
    flagged = replace(first, share=replace(first.share, flags=("exploratory",)))
    _, chart, table, *_ = gaps(edition(gaps=(flagged, *rest))).blocks
    assert table.rows[0][0].text == "Men (exploratory)"
    assert chart.rows[0].label == "Sex: Men (exploratory)"
    _, _, table = gaps(edition(gaps=(flagged,))).blocks
    assert table.rows[0][0].text == "Men"
