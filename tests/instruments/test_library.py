"""Every shipped definition: its texts, its consent, and what a test writer asks of its items."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from unicodedata import is_normalized

import pytest
from pydantic import BaseModel

from instruments.lint.advise import advise
from instruments.load import load_with_places
from instruments.model import Instrument, Item
from tests.instruments.library import (
    BANKS,
    FIELD,
    FOLDER,
    INSTRUMENTS,
    PLAN,
    items_of,
    keyed,
    label_of,
    passes,
    right_answer,
    scored,
    substantive,
)

DEFINITIONS = [*INSTRUMENTS.values(), *BANKS.values(), PLAN]
HARMLESS = {"law_changes", "law_unknown", "unreviewed", "long_for_a_phone", "hard_to_read"}
"""Advice that a lawyer's look at vbpl.vn settles, and that on length, which is a matter of degree."""

definitions = pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda model: model.id)
instruments = pytest.mark.parametrize("instrument", INSTRUMENTS.values(), ids=lambda one: one.id)


def per_item(pick):
    """The test for each item that `pick` finds in each instrument."""
    cases = [(one, item) for one in INSTRUMENTS.values() for item in pick(one)]
    names = [f"{one.id}-{item.id}" for one, item in cases]
    return pytest.mark.parametrize(("instrument", "item"), cases, ids=names)


# Every text


def texts(value: object) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        if value and set(value) <= {"vi", "en"}:
            yield value
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts(part)


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from strings((name, part))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings(part)


@definitions
def test_every_text_stands_in_vietnamese_and_english(definition: BaseModel):
    found = list(texts(definition.model_dump()))
    assert len(found) > 50
    assert [text for text in found if not (text.get("vi", "").strip() and text.get("en"))] == []


@definitions
def test_every_string_is_in_normal_form_c(definition: BaseModel):
    dump = definition.model_dump()
    assert [text for text in strings(dump) if not is_normalized("NFC", text)] == []


@definitions
def test_no_text_has_stray_blanks(definition: BaseModel):
    dump = definition.model_dump()
    assert [text for text in strings(dump) if text != " ".join(text.split())] == []


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_file_is_written_in_normal_form_c(path: Path):
    assert is_normalized("NFC", path.read_text(encoding="utf-8"))


@instruments
def test_every_item_but_the_silent_ones_has_a_label_and_every_option_has_one(
    instrument: Instrument,
):
    items = items_of(instrument).values()
    silent = ("start", "end", "today", "hidden")
    assert {item.type for item in items if not item.label} <= set(silent)
    assert all(one.label for item in items for one in instrument.options_of(item))


@instruments
def test_the_linter_has_no_serious_advice(instrument: Instrument):
    where = load_with_places(FOLDER / f"{instrument.id}.yaml").where
    found = advise(instrument, where=where)
    assert [one.text() for one in found if one.rule not in HARMLESS] == []


# Consent and protocol


@instruments
def test_people_are_told_what_is_asked_before_they_consent_and_are_thanked_last(
    instrument: Instrument,
):
    loud = [item.id for item in items_of(instrument).values() if item.label]
    assert loud[:2] == [instrument.consent.text, instrument.consent.item]
    assert loud[-1] == "loi_cam_on"


@instruments
def test_the_wording_of_the_consent_tells_its_version_and_that_one_may_refuse(
    instrument: Instrument,
):
    wording = items_of(instrument)[instrument.consent.text].label
    month = instrument.consent.version.split("-")
    assert f"(Lời mời bản 1, tháng {month[1]}/{month[0]})" in wording["vi"]
    assert "quyền từ chối" in wording["vi"]
    assert "You may refuse" in wording["en"]
    assert "không hỏi họ tên" in wording["vi"]


@instruments
def test_without_consent_the_form_cannot_be_sent(instrument: Instrument):
    item = items_of(instrument)[instrument.consent.item]
    assert passes(item, "co")
    assert not passes(item, "khong")
    assert item.required
    assert item.checks[0].hard


@instruments
def test_the_mode_the_interviewer_and_the_field_period_are_declared(instrument: Instrument):
    paths = {placed.path for placed in instrument.placed()}
    assert {instrument.mode, instrument.interviewer, instrument.interview_date} <= paths
    assert (instrument.fieldwork.begins, instrument.fieldwork.ends) == FIELD


@instruments
def test_nobody_is_asked_for_a_name_a_number_or_an_address(instrument: Instrument):
    free = {item.id for item in items_of(instrument).values() if item.type == "text"}
    assert free <= {"ma_diem", "ma_dtv", "ma_don_vi", "ma_giam_khao"}


# Scored items


@instruments
def test_each_dimension_has_the_items_of_its_blueprint(instrument: Instrument):
    for dimension in instrument.dimensions:
        items = scored(instrument, dimension.id)
        assert Counter(item.topic for item in items) == dimension.blueprint, dimension.id


@instruments
def test_every_declared_topic_is_in_a_blueprint(instrument: Instrument):
    planned = {topic for one in instrument.dimensions for topic in one.blueprint}
    assert {topic.id for topic in instrument.topics} == planned


@per_item(scored)
def test_credit_is_given_to_answers_and_never_to_missing_ones(instrument: Instrument, item: Item):
    for key in item.key:
        assert set(key.credit) <= set(substantive(instrument, item))
        assert max(key.credit.values()) == 1


@per_item(scored)
def test_nobody_is_forced_to_guess(instrument: Instrument, item: Item):
    missing = {option.missing for option in instrument.options_of(item)}
    assert item.required
    assert item.type == "single"
    assert missing & {"dont_know", "not_applicable"}
    assert ("refused" in missing) == (item.dimension == "disposition")


@instruments
def test_dont_know_is_wrong_where_something_is_to_be_known_and_missing_elsewhere(
    instrument: Instrument,
):
    for dimension in instrument.dimensions:
        expected = "missing" if dimension.id == "disposition" else "wrong"
        assert dimension.dont_know == expected, dimension.id


# Knowledge


@per_item(keyed)
def test_a_knowledge_item_offers_four_answers_of_which_one_is_right(
    instrument: Instrument, item: Item
):
    assert substantive(instrument, item) == ["a", "b", "c", "d"]
    assert right_answer(item, FIELD[0]) == right_answer(item, FIELD[1])
    for language in ("vi", "en"):
        assert len({option.label[language] for option in item.options}) == len(item.options)


@per_item(keyed)
def test_no_key_passes_for_reviewed_before_a_lawyer_has_seen_it(instrument: Instrument, item: Item):
    assert item.reviewed is False, instrument.id
    assert "luật gia xác nhận" in (item.source or "")
    assert all(law.number and law.article for law in item.law)


@per_item(keyed)
def test_a_knowledge_item_comes_from_a_bank_in_its_version(instrument: Instrument, item: Item):
    file, name, version = re.fullmatch(r"(\w+)\.yaml#(\w+)@(\w+)", item.bank).groups()
    (entry,) = [one for one in BANKS[file].items if (one.id, one.version) == (name, version)]
    assert (item.label, item.options, item.key) == (entry.label, entry.options, entry.key)
    assert item.id == name, instrument.id


def test_every_item_of_a_bank_is_used():
    used = {item.bank for one in INSTRUMENTS.values() for item in items_of(one).values()}
    held = {f"{bank}.yaml#{item.id}@{item.version}" for bank in BANKS for item in BANKS[bank].items}
    assert held == used - {None}


@instruments
def test_the_right_answer_is_seldom_the_longest(instrument: Instrument):
    items = keyed(instrument)
    longest = []
    for item in items:
        lengths = sorted(
            (len(label_of(item, code)), code) for code in substantive(instrument, item)
        )
        if lengths[-1][1] == right_answer(item) and lengths[-1][0] > lengths[-2][0]:
            longest.append(item.id)
    assert len(longest) <= len(items) / 4


@per_item(keyed)
def test_the_right_answer_is_never_the_only_one_that_says_no(instrument: Instrument, item: Item):
    refusing = [
        code for code in substantive(instrument, item) if label_of(item, code).startswith("Không")
    ]
    assert refusing != [right_answer(item)]


# Disposition


def slope(instrument: Instrument, item: Item) -> int:
    """1 where the first listed answer earns least, -1 where it earns most."""
    credit = item.key[0].credit
    ordered = [credit[code] for code in substantive(instrument, item)]
    steps = [after - before for before, after in pairwise(ordered)]
    assert all(step >= 0 for step in steps) or all(step <= 0 for step in steps), item.id
    return 1 if ordered[-1] > ordered[0] else -1


@instruments
@pytest.mark.parametrize(("topic", "each"), [("thai_do", 3), ("hanh_vi", 2)])
def test_items_run_in_both_directions_equally_often(instrument: Instrument, topic: str, each: int):
    items = [item for item in scored(instrument, "disposition") if item.topic == topic]
    assert Counter(slope(instrument, item) for item in items) == {1: each, -1: each}
    assert len({item.choices for item in items}) == 1


@instruments
def test_situations_put_the_best_answer_in_different_places(instrument: Instrument):
    items = [item for item in scored(instrument, "disposition") if item.topic == "tinh_huong"]
    assert len({right_answer(item) for item in items}) == len(items)


@instruments
def test_reported_behaviour_can_be_not_applicable(instrument: Instrument):
    for item in scored(instrument, "disposition"):
        if item.topic == "hanh_vi":
            kinds = {option.missing for option in instrument.options_of(item)}
            assert "not_applicable" in kinds
