"""Observed scores: the key of the day, don't know, refusal, too few answers."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.scoring import score
from instruments.model import Block, Dimension, Instrument, Item, Key, LawReference, Option

OPTIONS = (
    Option(code="a"),
    Option(code="b"),
    Option(code="dk", missing="dont_know"),
    Option(code="ref", missing="refused"),
)
RIGHT_A = (Key(credit={"a": 1}),)


def item(name: str, *, key=RIGHT_A, kind="single", dimension="knowledge", law=()) -> Item:
    return Item(id=name, type=kind, options=OPTIONS, dimension=dimension, key=key, law=law)


def instrument(*items: Item | Block, dont_know: str = "wrong") -> Instrument:
    return Instrument(
        id="test",
        version="1",
        title={"en": "Test"},
        languages=("en",),
        dimensions=(Dimension(id="knowledge", label={"en": "Knowledge"}, dont_know=dont_know),),
        items=items,
    )


def scored(questionnaire: Instrument, rows: list[dict[str, str]], days: list[str] | None = None):
    frame = pd.DataFrame(rows, index=[f"r{i}" for i in range(len(rows))], dtype=object)
    when = pd.Series(pd.to_datetime(days or ["2026-10-01"] * len(rows)), index=frame.index)
    return score(questionnaire, frame, days=when)


def test_dont_know_is_wrong_and_a_refusal_or_an_empty_cell_is_missing():
    got = scored(
        instrument(item("k1"), item("k2")),
        [{"k1": "a", "k2": answer} for answer in ("a", "b", "dk", "ref", "")],
    )
    assert got.dimensions["knowledge"].tolist() == [1.0, 0.5, 0.5, 1.0, 1.0]
    assert got.credit["k2"].tolist()[:3] == [1.0, 0.0, 0.0]
    assert got.credit["k2"].isna().tolist() == [False, False, False, True, True]


def test_dont_know_is_missing_where_the_dimension_says_so():
    got = scored(
        instrument(item("k1"), item("k2"), dont_know="missing"),
        [{"k1": "a", "k2": answer} for answer in ("a", "b", "dk", "ref", "")],
    )
    assert got.dimensions["knowledge"].tolist() == [1.0, 0.5, 1.0, 1.0, 1.0]
    assert got.credit["k2"].isna().tolist() == [False, False, True, True, True]


def test_several_answers_with_dont_know_among_them_follow_the_same_rule():
    rows = [{"k1": "a dk"}]
    assert scored(instrument(item("k1", kind="multiple")), rows).dimensions[
        "knowledge"
    ].tolist() == [0]
    lenient = instrument(item("k1", kind="multiple"), dont_know="missing")
    assert scored(lenient, rows).dimensions["knowledge"].isna().all()


def test_a_person_with_too_few_answers_has_no_score_and_is_counted():
    questionnaire = instrument(*(item(f"k{i}") for i in range(4)))
    rows = [dict.fromkeys(["k0", "k1"], "a"), {"k0": "a"}, {}]
    got = scored(questionnaire, rows)
    assert got.dimensions["knowledge"].isna().tolist() == [False, True, True]
    assert got.unscored == {"knowledge": 2}


def booklets() -> Instrument:
    blocks = tuple(
        Block(id=name, show_if=f"${{de}} = '{code}'", items=tuple(item(f"{name}{at}") for at in range(4)))
        for code, name in (("1", "x"), ("2", "y"), ("3", "z"))
    )  # fmt: skip
    drawn = Item(id="de", type="hidden")
    whole = instrument(drawn, item("k0"), item("k1"), *blocks)
    booklets = [
        {"id": code, "blocks": [name]} for code, name in (("1", "x"), ("2", "y"), ("3", "z"))
    ]
    return Instrument.model_validate(
        {**whole.model_dump(), "booklets": booklets, "booklet_item": "de"}
    )


def test_items_of_other_booklets_do_not_count_as_unanswered():
    whole = {"de": "1", "k0": "a", "k1": "b", **{f"x/x{at}": "a" for at in range(4)}}
    few = {"de": "2", "k0": "a", "k1": "a"}
    unknown = {"de": "", "k0": "a", "k1": "a"}
    got = scored(booklets(), [whole, few, unknown])
    assert got.dimensions["knowledge"].round(3).tolist()[:1] == [0.833]
    assert got.dimensions["knowledge"].isna().tolist() == [False, True, True]
    assert got.unscored == {"knowledge": 2}


def test_half_of_the_own_booklet_is_enough_and_less_is_not():
    answered = {"de": "3", "k0": "a", "z/z0": "a", "z/z1": "b"}
    assert scored(booklets(), [answered]).dimensions["knowledge"].round(3).tolist() == [0.667]
    assert scored(booklets(), [{**answered, "z/z1": ""}]).dimensions["knowledge"].isna().all()


def test_an_item_that_an_answer_hides_still_counts_as_asked():
    hidden = item("k1").model_copy(update={"show_if": "${k0} = 'b'"})
    also = item("k2").model_copy(update={"show_if": "${k0} = 'b'"})
    got = scored(instrument(item("k0"), hidden, also), [{"k0": "a"}])
    assert got.dimensions["knowledge"].isna().tolist() == [True]


def test_the_key_of_the_interview_day_decides_when_the_law_was_amended():
    keys = (
        Key(credit={"a": 1}, valid_to=date(2026, 6, 30)),
        Key(credit={"b": 1}, valid_from=date(2026, 7, 1)),
    )
    got = scored(
        instrument(item("k1", key=keys)),
        [{"k1": answer} for answer in ("a", "b", "a", "b")],
        ["2026-06-30", "2026-06-30", "2026-07-01", "2026-07-01"],
    )
    assert got.dimensions["knowledge"].tolist() == [1, 0, 0, 1]
    assert got.left_out == {}


def test_an_item_whose_key_does_not_hold_on_the_day_leaves_the_score_and_is_counted():
    late = (Key(credit={"a": 1}, valid_from=date(2026, 10, 15)),)
    got = scored(
        instrument(item("k1"), item("k2", key=late)),
        [{"k1": "a", "k2": "b"}] * 2,
        ["2026-10-14", "2026-10-15"],
    )
    assert got.dimensions["knowledge"].tolist() == [1.0, 0.5]
    assert got.left_out == {"k2": 1}


def test_an_item_whose_law_is_not_in_force_is_left_out_although_its_key_has_no_dates():
    law = (LawReference(number="36/2024/QH15", article="9", valid_from=date(2025, 1, 1)),
           LawReference(number="23/2008/QH12", article="8", valid_from=date(2009, 7, 1),
                        valid_to=date(2024, 6, 30)))  # fmt: skip
    got = scored(
        instrument(item("k1", law=law), item("k2")),
        [{"k1": "a", "k2": "b"}] * 3,
        ["2024-06-30", "2024-12-31", "2025-01-01"],
    )
    assert got.dimensions["knowledge"].tolist() == [0.5, 0.0, 0.5]
    assert got.left_out == {"k1": 1}


def test_a_wrong_choice_of_several_takes_away_what_a_right_one_gives():
    both = (Key(credit={"a": 1, "b": 1}),)
    questionnaire = instrument(
        Item(id="m", type="multiple", dimension="knowledge", key=both,
             options=(*OPTIONS, Option(code="x"), Option(code="y")))
    )  # fmt: skip
    answers = ["a b", "a", "a x", "a b x", "a b x y", "x", "dk", "ref", ""]
    got = scored(questionnaire, [{"m": answer} for answer in answers])
    assert got.credit["m"].tolist()[:7] == [1, 0.5, 0, 0.5, 0, 0, 0]
    assert got.credit["m"].isna().tolist()[7:] == [True, True]


def test_partial_credit_counts_against_the_highest_credit_of_the_item():
    key = (Key(credit={"a": 0.8, "b": 0.4}),)
    got = scored(instrument(item("k1", key=key)), [{"k1": "a"}, {"k1": "b"}])
    assert got.dimensions["knowledge"].tolist() == pytest.approx([1.0, 0.5])


def test_items_in_blocks_are_found_by_form_path_and_rosters_are_not_scored():
    questionnaire = instrument(
        Block(id="part", items=(item("k1"),)),
        Block(id="members", repeat=True, items=(item("k2"),)),
    )
    got = scored(questionnaire, [{"part/k1": "a"}])
    assert list(got.credit.columns) == ["part/k1"]
    assert got.dimensions["knowledge"].tolist() == [1.0]


def test_an_item_with_a_key_and_no_dimension_has_credit_but_no_score():
    got = scored(instrument(item("k1", dimension=None)), [{"k1": "a"}])
    assert got.credit["k1"].tolist() == [1.0]
    assert got.dimensions.empty


@given(st.lists(st.lists(st.sampled_from(["a", "b", "dk", "ref", ""]), min_size=3, max_size=3),
                min_size=1, max_size=20))  # fmt: skip
def test_scoring_many_people_at_once_is_scoring_each_alone(answers):
    questionnaire = instrument(*(item(f"k{i}") for i in range(3)))
    rows = [{f"k{i}": answer for i, answer in enumerate(person)} for person in answers]
    together = scored(questionnaire, rows).dimensions["knowledge"]
    for position, row in enumerate(rows):
        known = [row[f"k{i}"] == "a" for i in range(3) if row[f"k{i}"] not in ("ref", "")]
        expected = np.mean(known) if len(known) >= 2 else np.nan
        assert together.iloc[position] == pytest.approx(expected, nan_ok=True)
