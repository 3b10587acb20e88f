"""Opinions as diverging bars: for to the right, against to the left, every number in words too."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.disclosure.screen import blank
from reports.opinions import opinions
from tests.reports.detailed import FULL, answered, edition, texts


def test_bars_run_from_the_answer_most_against_to_the_one_most_for():
    _, picture, *tables = opinions(edition()).blocks
    rises, falls = picture.rows
    assert [one.text for one in rises.segments] == ["10.0%", "9.7%", "14.6%", "19.0%", "46.7%"]
    assert [one.text for one in falls.segments] == ["2.2%", "3.1%", "5.6%", "9.5%", "79.6%"]
    for row in picture.rows:
        assert [one.tone for one in row.segments] == ["against"] * 2 + ["between"] + ["for"] * 2
        assert [one.is_end for one in row.segments] == [True, False, False, False, True]
    assert rises.against == pytest.approx(0.1 + 0.097 + 0.146 / 2)
    assert rises.label == "Everyone must obey the law"
    assert texts(tables[1].rows[-1]) == ["For, altogether", "89.1% (87.1%\xa0to\xa091.1%)"]
    assert (
        tables[0].notes[0].startswith("2,880 people gave an answer; 4.1% of those asked gave none")
    )


def test_the_words_of_the_bars_hold_every_number_that_is_drawn():
    _, picture, *_ = opinions(edition()).blocks
    for row in picture.rows:
        assert row.text in picture.description
        assert all(one.text in picture.description for one in row.segments)


def test_an_item_with_a_withheld_answer_has_no_bar_and_shows_the_code():
    first, second = FULL.answers
    hidden = (blank(first.shares[0], code="u", n=2880), *first.shares[1:])
    own = edition(answers=(replace(first, shares=hidden), second))
    _, picture, table, *_ = opinions(own).blocks
    assert len(picture.rows) == 1
    assert texts(table.rows[0]) == ["Strongly disagree", "[u]"]


def test_answers_without_an_order_stand_in_a_table_alone():
    mixed = replace(FULL.answers[0], credit={"1": 0.0, "2": 1.0, "3": 0.25, "4": 0.0, "5": 0.0})
    assert not mixed.is_scale
    (table,) = opinions(edition(answers=(mixed,))).blocks
    assert len(table.rows) == 6
    assert opinions(edition(answers=())).blocks == ()


@given(st.lists(st.floats(0.001, 1), min_size=5, max_size=5), st.booleans())
def test_a_bar_and_its_mirror_reach_as_far_from_the_centre(values, falls):
    shares = [value / sum(values) for value in values]
    pair = (answered("d1", shares, falls=falls), answered("d1", shares[::-1], falls=not falls))
    _, picture, *_ = opinions(edition(answers=pair)).blocks
    one, other = picture.rows
    assert one.against == pytest.approx(other.against)
    assert sum(each.share for each in one.segments) == pytest.approx(1)
