"""Advice on laws, keys, coverage and designs: given where it is due, and nowhere else."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.laws import Amendment, Law, LawRegister, shipped_laws
from instruments.library import find
from instruments.lint import coverage, designs, keys, law
from instruments.lint.advice import Remark, Subject
from instruments.lint.advise import RULES, advise
from instruments.load import load_instrument
from instruments.model import Fieldwork, Instrument

ABCD = [{"code": code, "label": {"vi": f"Phương án {code}"}} for code in "abcd"]
SCALE = [{"code": code, "label": {"vi": "Rất không đồng ý" if code == "1" else code}}
         for code in "12345"]  # fmt: skip
UP = {code: step / 4 for step, code in enumerate("12345")}
DOWN = {code: 1 - worth for code, worth in UP.items()}
LAWS = LawRegister(
    kind="laws",
    as_of=date(2026, 10, 31),
    laws=(
        Law(number="A", title={"vi": "A"}, valid_from=date(2020, 1, 1), confidence="verified",
            amendments=(Amendment(by="B", valid_from=date(2026, 12, 15)),)),
        Law(number="E", title={"vi": "E"}, valid_from=date(2010, 1, 1), valid_to=date(2026, 12, 31),
            replaced_by="F", confidence="verified"),
        Law(number="F", title={"vi": "F"}, valid_from=date(2027, 1, 1), confidence="verified"),
        Law(number="U", title={"vi": "U"}, unsettled={"vi": "ngày có hiệu lực"}, confidence="memory"),
    ),
)  # fmt: skip
WINTER = Fieldwork(begins=date(2026, 12, 1), ends=date(2027, 1, 31))


def form(*items: dict[str, Any], **fields: Any) -> Instrument:
    head: dict[str, Any] = {"id": "f", "version": "1", "title": {"vi": "F"}, "languages": ["vi"]}
    return Instrument.model_validate({**head, **fields, "items": items})


def told(
    rule: Callable[[Subject], Iterable[Remark]], instrument: Instrument, *,
    fieldwork: Fieldwork | None = WINTER,
) -> list[str]:  # fmt: skip
    from instruments.check.findings import path
    from instruments.check.view import view

    subject = Subject(view=view(instrument, where=path), laws=LAWS, fieldwork=fieldwork)
    return [remark.what.text() for remark in rule(subject)]


def keyed(number: int, key: str = "a", **fields: Any) -> dict[str, Any]:
    return {"id": f"k{number}", "type": "single", "options": ABCD, "key": key, **fields}


def lawful(number: str, begin: str = "2020-01-01", end: str | None = None) -> dict[str, Any]:
    return {"number": number, "article": "1", "valid_from": begin, "valid_to": end}


def test_every_rule_has_a_test_that_names_it() -> None:
    texts = [
        path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_lint*.py")
    ]
    untested = [
        rule.__name__
        for rule in RULES
        if not any(re.search(rf"\.{rule.__name__}[,(]|\"{rule.__name__}\"", text) for text in texts)
    ]
    assert untested == []


# Laws


def test_without_a_field_period_laws_cannot_be_compared_and_that_is_said_once() -> None:
    instrument = form(keyed(1, law=lawful("A")), keyed(2, law=lawful("A")))
    assert told(law.field_period_missing, instrument, fieldwork=None) == [
        "The field period is not known, so the laws were not compared with it."
    ]
    assert told(law.field_period_missing, instrument) == []
    assert told(law.field_period_missing, form(keyed(1)), fieldwork=None) == []


def test_days_without_a_key_in_force_are_counted() -> None:
    ends = keyed(1, law=lawful("E", end="2026-12-31"))
    assert told(law.law_out_of_force, form(ends)) == [
        "No key and law is in force on 31 days of the field period (2027-01-01 to 2027-01-31)."
    ]
    begins = keyed(1, law=lawful("A", "2026-12-03"))
    assert told(law.law_out_of_force, form(begins)) == [
        "No key and law is in force on 2 days of the field period (2026-12-01 to 2026-12-02)."
    ]


def test_a_second_key_and_law_for_the_rest_of_the_time_leaves_nothing_to_say() -> None:
    both = keyed(
        1,
        law=[lawful("E", end="2026-12-31"), lawful("F", "2027-01-01")],
        key=[{"credit": {"a": 1}, "valid_to": "2026-12-31"},
             {"credit": {"b": 1}, "valid_from": "2027-01-01"}],
    )  # fmt: skip
    assert told(law.law_out_of_force, form(both)) == []
    assert told(law.law_changes, form(both)) == []


@pytest.mark.parametrize(
    ("cited", "message"),
    [
        (lawful("A"), "A is amended by B from 2026-12-15, inside the field period."),
        (lawful("E"), "E is in force only until 2026-12-31; F follows."),
        (lawful("F"), "F is in force only from 2027-01-01."),
    ],
)
def test_changes_that_the_register_knows_are_told(cited: dict[str, Any], message: str) -> None:
    assert told(law.law_changes, form(keyed(1, law=cited))) == [message]


def test_an_amendment_between_the_cited_provision_and_the_field_asks_for_a_lawyer() -> None:
    later = Fieldwork(begins=date(2027, 3, 1), ends=date(2027, 3, 31))
    assert told(law.law_changes, form(keyed(1, law=lawful("A"))), fieldwork=later) == [
        "A was amended by B on 2026-12-15, after the provision as it is cited here."
    ]
    for settled in ({"reviewed": True}, {"law": lawful("A", "2026-12-15")}):
        item = keyed(1, **{"law": lawful("A"), **settled})
        assert told(law.law_changes, form(item), fieldwork=later) == []


def test_a_key_that_begins_with_the_amendment_has_foreseen_it() -> None:
    item = keyed(1, law=lawful("A"), key=[
        {"credit": {"a": 1}, "valid_to": "2026-12-14"},
        {"credit": {"b": 1}, "valid_from": "2026-12-15"}])  # fmt: skip
    assert told(law.law_changes, form(item)) == []


def test_laws_that_are_not_known_or_not_settled_are_named_once() -> None:
    items = (keyed(1, law=lawful("Z")), keyed(2, law=lawful("Z")), keyed(3, law=lawful("U")))
    assert told(law.law_unknown, form(*items)) == [
        "The register of laws does not have Z.",
        "Not settled about U: ngày có hiệu lực.",
    ]


def test_keys_that_no_lawyer_has_confirmed_are_listed() -> None:
    items = (keyed(1, law=lawful("A")), keyed(2, law=lawful("A"), reviewed=True), keyed(3))
    assert told(law.unreviewed, form(*items)) == ["No lawyer has confirmed the key of 1 items: k1."]


def test_the_shipped_register_names_each_law_once_with_dates_in_order() -> None:
    laws = shipped_laws().laws
    numbers = [one.number for one in laws]
    assert len(numbers) == len(set(numbers)) >= 60
    for one in laws:
        assert set(one.title) == {"vi", "en"}
        assert not one.valid_from or not one.valid_to or one.valid_from < one.valid_to
        assert one.replaced_by is None or one.replaced_by in numbers
        assert all(
            one.valid_from and one.valid_from <= change.valid_from for change in one.amendments
        )


# Keys


def test_a_key_in_the_same_place_too_often_is_told() -> None:
    assert told(keys.key_position, form(*(keyed(n, "b") for n in range(6)))) == [
        "The key is option 2 in 6 of 6 items."
    ]
    spread = [keyed(n, "abcd"[n % 4]) for n in range(12)]
    assert told(keys.key_position, form(*spread)) == []
    assert told(keys.key_position, form(*(keyed(n, "b") for n in range(3)))) == []


def test_keys_of_rotated_options_have_no_place() -> None:
    rotated = [keyed(n, "b", rotate="shuffle") for n in range(6)]
    assert told(keys.key_position, form(*rotated)) == []


def options(lengths: str) -> list[dict[str, Any]]:
    return [{"code": code, "label": {"vi": "x" * int(length)}}
            for code, length in zip("abcd", lengths.split(), strict=True)]  # fmt: skip


def test_a_right_answer_far_longer_than_the_others_is_told() -> None:
    assert told(keys.key_length, form(keyed(1, "a", options=options("60 30 28 20")))) == [
        "The right answer of 'k1' is far longer than the others."
    ]
    for lengths in ("40 30 28 20", "30 60 20 20", "9 2 2 2"):
        assert told(keys.key_length, form(keyed(1, "a", options=options(lengths)))) == []


def test_right_answers_that_are_usually_the_longest_are_told() -> None:
    longest = [keyed(n, "a", options=options("25 20 20 20")) for n in range(8)]
    assert told(keys.key_length, form(*longest)) == [
        "The right answer is the longest option in 8 of 8 items."
    ]
    mixed = [keyed(n, "abcd"[n % 4], options=options("25 20 20 20")) for n in range(8)]
    assert told(keys.key_length, form(*mixed)) == []


@pytest.mark.parametrize(
    "label",
    ["Tất cả các phương án trên", "Cả ba ý trên", "Cả a và b", "Tất cả đều đúng", "All of the above",
     "None of the above", "A và C"],
)  # fmt: skip
def test_options_that_refer_to_others_are_told(label: str) -> None:
    item = keyed(1, options=[*ABCD[:3], {"code": "d", "label": {"vi": label}}])
    assert told(keys.all_of_the_above, form(item)) == ["The option 'd' refers to other options."]


@pytest.mark.parametrize(
    "label", ["Cả anh Nam và chủ hiệu cầm đồ", "Trên 18 tuổi", "Cả nhà", "Không ai"]
)
def test_ordinary_options_are_left_alone(label: str) -> None:
    item = keyed(1, options=[*ABCD[:3], {"code": "d", "label": {"vi": label}}])
    assert told(keys.all_of_the_above, form(item)) == []


def attitude(number: int, key: dict[str, float], **fields: Any) -> dict[str, Any]:
    return {"id": f"t{number}", "type": "single", "options": SCALE, "dimension": "d", "key": key,
            **fields}  # fmt: skip


def test_attitudes_all_in_one_direction_are_told() -> None:
    dimensions = [{"id": "d", "label": {"vi": "D"}}]
    same = form(*(attitude(n, UP) for n in range(3)), dimensions=dimensions)
    assert told(keys.one_direction, same) == ["All 3 statements of 'd' run in the same direction."]
    mixed = form(*(attitude(n, UP) for n in range(3)), attitude(3, DOWN), dimensions=dimensions)
    assert told(keys.one_direction, mixed) == []
    rubric = [{"code": code, "label": {"vi": f"Mức {code}"}} for code in "12345"]
    judged = form(*(attitude(n, UP, options=rubric) for n in range(3)), dimensions=dimensions)
    assert told(keys.one_direction, judged) == []


def test_the_steps_of_a_scale_may_be_turned_round_but_not_shuffled() -> None:
    for order, count in (("shuffle", 1), ("cycle", 1), ("reverse", 0)):
        item = attitude(1, UP, rotate=order)
        found = told(keys.shuffled_scale, form(item, dimensions=[{"id": "d", "label": {}}]))
        assert found == ["The options of 't1' are steps of a scale."] * count


# Coverage


def test_items_without_dont_know_are_listed() -> None:
    known = keyed(2, options=[*ABCD, {"code": "kb", "missing": "dont_know"}])
    assert told(coverage.no_dont_know, form(keyed(1), known, {"id": "x", "type": "text"})) == [
        "1 items offer no “don't know”: k1."
    ]


def test_an_assessor_needs_no_dont_know() -> None:
    rubric = {"id": "cham", "assessor": True, "items": [keyed(1)]}
    assert told(coverage.no_dont_know, form(rubric)) == []


def test_a_blueprint_is_compared_by_topic() -> None:
    dimension = {"id": "d", "label": {"vi": "D"}, "blueprint": {"gt": 2, "ct": 1}}
    items = (keyed(1, dimension="d", topic="gt"), keyed(2, dimension="d", topic="ct"),
             keyed(3, dimension="d", topic="dd"))  # fmt: skip
    assert told(coverage.blueprint, form(*items, dimensions=[dimension])) == [
        "2 items on 'gt' are planned, there are 1.",
        "Items on topics that are not planned: dd.",
    ]


def test_items_too_few_for_the_planned_reliability_are_told_with_the_number_needed() -> None:
    dimension = {"id": "d", "label": {}, "reliability": 0.7, "item_correlation": 0.1}
    items = [keyed(n, dimension="d") for n in range(20)]
    assert told(coverage.few_items, form(*items, dimensions=[dimension])) == [
        "20 items of 'd' give a reliability of about 0.69; 0.70 is planned."
    ]
    (advice,) = [
        one for one in advise(form(*items, dimensions=[dimension])) if one.rule == "few_items"
    ]
    assert advice.why.text() == (
        "By Spearman-Brown, with a mean correlation of 0.10 between items, 21 are needed."
    )
    enough = [keyed(n, dimension="d") for n in range(21)]
    assert told(coverage.few_items, form(*enough, dimensions=[dimension])) == []


@given(st.floats(0.05, 0.6), st.integers(1, 60))
def test_reliability_rises_with_length_and_doubles_as_spearman_says(r: float, length: int) -> None:
    reached = coverage.spearman_brown(r, length=length)
    assert 0 < reached <= coverage.spearman_brown(r, length=length + 1) < 1
    doubled = 2 * reached / (1 + reached)
    assert coverage.spearman_brown(r, length=2 * length) == pytest.approx(doubled)


def test_only_the_items_of_a_booklet_count_for_its_reliability() -> None:
    dimension = {"id": "d", "label": {}, "reliability": 0.7, "item_correlation": 0.3}
    blocks = [{"id": name, "items": [keyed(n, dimension="d") for n in numbers]}
              for name, numbers in (("a", range(5)), ("b", range(5, 10)))]  # fmt: skip
    whole = form(*blocks, dimensions=[dimension])
    divided = form({"id": "tap", "type": "hidden"}, *blocks, dimensions=[dimension], booklet_item="tap",
                   booklets=[{"id": "1", "blocks": ["a"]}, {"id": "2", "blocks": ["b"]}])  # fmt: skip
    assert told(coverage.few_items, whole) == []
    assert told(coverage.few_items, divided) == [
        "5 items of 'd' give a reliability of about 0.68; 0.70 is planned."
    ]


# Designs


def booklets(*blocks: str, common: bool = False) -> Instrument:
    names = sorted(set("".join(blocks)))
    parts = [{"id": name, "items": [keyed(ord(name))]} for name in names]
    always = [keyed(1)] if common else []
    return form({"id": "tap", "type": "hidden"}, *always, *parts, booklet_item="tap",
                booklets=[{"id": str(n), "blocks": list(one)} for n, one in enumerate(blocks)])  # fmt: skip


def test_booklets_out_of_balance_are_told() -> None:
    assert told(designs.unbalanced_booklets, booklets("ab", "bc", "ca")) == []
    assert told(designs.unbalanced_booklets, booklets("ab", "ac")) == [
        "Blocks do not stand equally often in every place.",
        "Blocks do not meet equally often; never together: b-c.",
    ]
    assert told(designs.unbalanced_booklets, form(keyed(1))) == []


def test_booklets_without_a_common_item_are_told() -> None:
    alone = ["Some booklets share no scored item with the others."]
    assert told(designs.unlinked_booklets, booklets("a", "b")) == alone
    assert told(designs.unlinked_booklets, booklets("ab", "cd")) == alone
    assert told(designs.unlinked_booklets, booklets("a", "b", common=True)) == []
    assert told(designs.unlinked_booklets, booklets("ab", "bc", "cd")) == []


def test_short_lists_and_costly_devices_are_told() -> None:
    count = {"method": "list", "id": "l", "arm": "n", "arms": {"control": "1", "treatment": "2"},
             "control": "c", "treatment": "t", "statements": 2}  # fmt: skip
    device = {"method": "warner", "id": "w", "item": "k1", "admits": "a", "p_truth": 0.7}
    instrument = form(keyed(1), indirect=[count, device])
    assert told(designs.few_statements, instrument) == ["The list has only 2 plain statements."]
    assert told(designs.costly_protection, instrument) == [
        "The device multiplies the standard error by at least 2.5."
    ]
    cheap = form(keyed(1), indirect=[{**count, "statements": 4}, {**device, "p_truth": 0.9}])
    assert told(designs.few_statements, cheap) == told(designs.costly_protection, cheap) == []


# All together


def test_a_form_from_elsewhere_is_advised_where_ours_is_refused() -> None:
    hidden = {"id": "q", "type": "text", "show_if": "false()"}
    foreign = advise(form(hidden, settings={"origin": "xlsform"}))
    assert [(one.rule, one.where) for one in foreign] == [("contradictory", "items[1].show_if")]
    assert advise(form(hidden)) == []


def test_the_shipped_questionnaire_gets_advice_but_not_on_its_keys_or_its_coverage() -> None:
    rules = {one.rule for one in advise(load_instrument(find("residents")), fieldwork=WINTER)}
    assert rules.isdisjoint({"key_position", "key_length", "one_direction", "blueprint",
                             "all_of_the_above", "no_dont_know", "double_negation"})  # fmt: skip
    assert {"law_changes", "unreviewed"} <= rules
