"""The booklets of the shipped instruments: balanced, parallel, linked, and scored alike."""

from collections import Counter

import pandas as pd
import pytest

from analysis.scoring import LEAST_ANSWERED, score
from instruments.booklets import booklets_by_block
from instruments.incomplete_blocks import balance, balanced_booklets
from instruments.model import Instrument, Item
from instruments.rotation import draw
from tests.instruments.library import (
    INSTRUMENTS,
    asked,
    block_of,
    items_of,
    keyed,
    right_answer,
    scored,
)

instruments = pytest.mark.parametrize("instrument", INSTRUMENTS.values(), ids=lambda one: one.id)
matrix = pytest.mark.parametrize(
    "instrument", [one for one in INSTRUMENTS.values() if one.id != "residents"],
    ids=lambda one: one.id,
)  # fmt: skip
booklets = pytest.mark.parametrize(
    ("instrument", "booklet"),
    [(one, booklet.id) for one in INSTRUMENTS.values() for booklet in one.booklets],
    ids=lambda value: value if isinstance(value, str) else value.id,
)


def knowledge(instrument: Instrument, booklet: str) -> list[Item]:
    return [item for item in asked(instrument, booklet)
            if item.key and item.dimension == "knowledge"]  # fmt: skip


@instruments
def test_booklets_are_balanced_by_position_and_pair(instrument: Instrument):
    found = balance([one.blocks for one in instrument.booklets])
    assert len(instrument.booklets) >= 2
    assert found.by_position
    assert found.by_pair
    assert min(found.pairs.values()) >= 1


@instruments
def test_booklets_are_as_few_as_balance_allows(instrument: Instrument):
    blocks = list(booklets_by_block(instrument))
    smallest = balanced_booklets(blocks, per_booklet=len(instrument.booklets[0].blocks))
    assert len(instrument.booklets) == len(smallest)


@matrix
def test_every_booklet_covers_the_same_topics_with_as_many_items(instrument: Instrument):
    covered = [Counter(item.topic for item in knowledge(instrument, one.id))
               for one in instrument.booklets]  # fmt: skip
    assert covered[1:] == covered[:-1]
    assert set(covered[0]) == set(instrument.dimensions[0].blueprint)
    assert covered[0].total() >= 20


def test_residents_get_the_same_scored_items_whatever_their_booklet_or_without_one():
    residents = INSTRUMENTS["residents"]
    in_blocks = {placed.item.id for placed in residents.placed() if block_of(residents, placed)}
    assert len(scored(residents)) == 37
    assert in_blocks.isdisjoint(item.id for item in scored(residents))
    for placed in residents.placed():
        if placed.item.dimension:
            assert placed.item.show_if is None
            assert all(block.show_if is None for block in placed.blocks)


@matrix
def test_everybody_is_asked_enough_of_each_dimension_to_be_scored(instrument: Instrument):
    for one in instrument.booklets:
        seen = list(asked(instrument, one.id))
        for dimension in instrument.dimensions:
            whole = scored(instrument, dimension.id)
            own = [item for item in seen if item in whole]
            if dimension.id == "mobilizing":
                own = [item for item in own if "_3b_" not in item.id]
            assert len(own) >= (LEAST_ANSWERED + 0.2) * len(whole), (one.id, dimension.id)


@booklets
def test_whoever_gives_the_best_answers_has_full_marks_in_every_booklet(
    instrument: Instrument, booklet: str
):
    known = list(asked(instrument, booklet))
    best = {
        placed.path: max(placed.item.key[-1].credit, key=placed.item.key[-1].credit.get)
        for placed in instrument.placed()
        if placed.item in known and placed.item.key and "_3b_" not in placed.item.id
    }
    day = pd.Series([pd.Timestamp("2026-11-24")])
    found = score(instrument, pd.DataFrame([best]), days=day)
    assert found.dimensions.iloc[0].to_dict() == {one.id: 1.0 for one in instrument.dimensions}
    assert found.left_out == {}


@booklets
def test_a_draw_asks_the_blocks_of_the_booklet_in_its_order(instrument: Instrument, booklet: str):
    drawn = draw(instrument, seed="người thứ nhất", booklet=booklet)
    (blocks,) = [one.blocks for one in instrument.booklets if one.id == booklet]
    around = "cau_thu" if instrument.id == "residents" else ""
    named = booklets_by_block(instrument)
    order = drawn.parts.get(around) or [one.id for one in instrument.items]
    if around and around not in drawn.parts:
        order = list(named)
    assert [name for name in order if name in named][: len(blocks)] == list(blocks)
    assert drawn.assigned[instrument.booklet_item] == booklet


# Anchors


@instruments
def test_anchors_are_asked_in_every_booklet(instrument: Instrument):
    anchors = {item.id for item in items_of(instrument).values() if item.anchor}
    for one in instrument.booklets:
        assert anchors <= {item.id for item in asked(instrument, one.id)}


@instruments
def test_anchors_are_enough_to_link_waves_and_cover_every_topic_of_knowledge(
    instrument: Instrument,
):
    items = scored(instrument, "knowledge")
    anchors = [item for item in items if item.anchor]
    common = {item.topic for item in items
              if all(item in list(asked(instrument, one.id)) for one in instrument.booklets)}  # fmt: skip
    assert len(anchors) >= max(12, len(items) / 5)
    assert {item.topic for item in anchors} == common


@instruments
def test_an_anchor_of_knowledge_has_no_key_or_law_that_ends(instrument: Instrument):
    for item in items_of(instrument).values():
        if item.anchor:
            assert [key.valid_to for key in item.key] == [None] * len(item.key) or item.id == "tt3"
            assert item.law == () or item.law[-1].valid_to is None


@instruments
def test_anchors_of_disposition_run_in_both_directions(instrument: Instrument):
    attitudes = [item for item in scored(instrument, "disposition")
                 if item.anchor and item.topic == "thai_do"]  # fmt: skip
    best = Counter("1" if item.key[0].credit["1"] == 1 else "5" for item in attitudes)
    assert best["1"] == best["5"] >= 2


# Places of the key


@booklets
def test_the_place_of_the_right_answer_cannot_be_guessed_in_any_booklet(
    instrument: Instrument, booklet: str
):
    seen = [item for item in asked(instrument, booklet) if item in keyed(instrument)]
    places = [right_answer(item) for item in seen]
    assert all(len(set(run)) > 1 for run in zip(places, places[1:], places[2:], strict=False))
    own = Counter(right_answer(item) for item in knowledge(instrument, booklet))
    assert set(own) == set("abcd")
    assert max(own.values()) - min(own.values()) <= 2


@instruments
def test_right_answers_are_spread_evenly_over_all_items(instrument: Instrument):
    places = Counter(right_answer(item) for item in scored(instrument, "knowledge"))
    assert max(places.values()) - min(places.values()) <= 1
