"""Draws: every outcome possible, each as often as any other, and the same for the same key."""

from collections import Counter
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from instruments.model import Instrument, Order
from instruments.rotation import Draw, deal, draw, drawn_on_device

KEYS = st.text(max_size=20)


def form(**fields: object) -> Instrument:
    head = {"id": "f", "version": "1", "title": {"vi": "F"}, "languages": ["vi"]}
    return Instrument.model_validate(head | fields)


def block(name: str, *items: str, **fields: object) -> dict[str, object]:
    parts = [{"id": item, "type": "text"} for item in items]
    return {"id": name, "items": parts, **fields}


def rotated(order: Order, *items: str) -> Instrument:
    return form(items=[block("b", *items, rotate=order)])


def matrix() -> Instrument:
    return form(
        booklet_item="tap",
        booklets=[{"id": "1", "blocks": ["a", "b"]}, {"id": "2", "blocks": ["c", "a"]},
                  {"id": "3", "blocks": ["b", "c"]}],
        items=[{"id": "tap", "type": "hidden"}, block("a", "x"), block("z", "w"), block("b", "y"),
               block("c", "v"), block("end", "u")],
    )  # fmt: skip


@given(KEYS)
def test_a_draw_is_the_same_for_the_same_key_and_reads_back_from_its_text(key: str) -> None:
    first = draw(matrix(), seed=key)
    assert draw(matrix(), seed=key) == first
    assert Draw.from_text(first.as_text()) == first


@given(KEYS, st.sampled_from(["shuffle", "cycle", "reverse"]))
def test_rotation_loses_nothing_and_keeps_what_is_fixed(key: str, order: Order) -> None:
    parts = [{"id": name, "type": "text", "fixed": name in "ad"} for name in "abcdef"]
    drawn = draw(form(items=parts, rotate=order), seed=key).parts[""]
    assert sorted(drawn) == list("abcdef")
    assert (drawn[0], drawn[3]) == ("a", "d")


def test_every_shuffled_order_is_as_likely_as_any_other() -> None:
    instrument = rotated("shuffle", "a", "b", "c")
    counts = Counter(draw(instrument, seed=str(key)).parts["b"] for key in range(3000))
    assert set(counts) == set(permutations("abc"))
    expected = 3000 / 6
    chi_square = sum((count - expected) ** 2 / expected for count in counts.values())
    assert chi_square < 20.5  # 99.9% point with 5 degrees of freedom


def test_a_cycle_starts_anywhere_and_a_scale_is_only_turned_round() -> None:
    cycles = {draw(rotated("cycle", *"abcd"), seed=str(key)).parts["b"] for key in range(50)}
    turned = Counter(draw(rotated("reverse", *"abcd"), seed=str(key)).parts["b"]
                     for key in range(400))  # fmt: skip
    assert {"".join(order) for order in cycles} == {"abcd", "bcda", "cdab", "dabc"}
    assert set(turned) == {tuple("abcd"), tuple("dcba")}
    assert 160 < turned[tuple("abcd")] < 240


def test_items_that_share_a_list_share_the_order_of_its_options() -> None:
    items = [{"id": name, "type": "single", "choices": "l", "rotate": "shuffle"} for name in "abc"]
    options = [{"code": code} for code in "pqrst"]
    instrument = form(items=items, choice_lists={"l": options})
    for key in range(20):
        assert len(set(draw(instrument, seed=str(key)).options.values())) == 1


def test_a_booklet_asks_its_blocks_in_its_own_order_and_leaves_the_rest_in_place() -> None:
    drawn = draw(matrix(), seed="k", booklet="2")
    assert drawn.assigned == {"tap": "2"}
    assert drawn.parts[""] == ("tap", "c", "z", "a", "b", "end")


def test_every_booklet_is_drawn_as_often_as_any_other() -> None:
    counts = Counter(draw(matrix(), seed=str(key)).assigned["tap"] for key in range(3000))
    assert all(900 < counts[code] < 1100 for code in "123")


@given(st.lists(KEYS, unique=True, max_size=40), KEYS)
def test_booklets_dealt_to_a_list_differ_by_one_at_most(keys: list[str], seed: str) -> None:
    dealt = deal(matrix(), keys, seed=seed)
    counts = Counter(dealt.values())
    assert list(dealt) == keys
    assert max(counts.values(), default=0) - min((counts[code] for code in "123"), default=0) <= 1


def test_a_form_without_booklets_deals_none() -> None:
    assert deal(form(items=[]), ["a", "b"], seed="s") == {}


def test_two_instruments_draw_differently_for_the_same_people() -> None:
    one = rotated("shuffle", *"abcdef")
    other = one.model_copy(update={"id": "g"})
    keys = [str(key) for key in range(30)]
    assert [draw(one, seed=key) for key in keys] != [draw(other, seed=key) for key in keys]


def test_clients_without_a_draw_draw_for_themselves_once() -> None:
    instrument = form(
        booklet_item="tap",
        booklets=[{"id": "1", "blocks": ["a"]}, {"id": "2", "blocks": ["b"]}],
        items=[{"id": "tap", "type": "hidden"}, {"id": "nhom", "type": "hidden", "draw": list("pqr")},
               {"id": "kin", "type": "hidden"}, block("a", "x"), block("b", "y")],
    )  # fmt: skip
    items = {placed.item.id: placed.item for placed in drawn_on_device(instrument).placed()}
    assert items["tap"].calculation == "selected-at('1 2', int(random() * 2))"
    assert items["nhom"].calculation == "selected-at('p q r', int(random() * 3))"
    assert items["tap"].type == items["nhom"].type == "calculated"
    assert items["nhom"].once
    assert items["kin"].type == "hidden"
