"""The law behind every shipped key: known to the register, in force on every day of the field."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from instruments.laws import shipped_laws
from instruments.model import Instrument, Item
from tests.instruments.library import FIELD, INSTRUMENTS, PLAN, items_of

LAWS = {law.number: law for law in shipped_laws().laws}
LETTERS = {"V": "verified", "P": "partly", "M": "memory"}
SEEN_SINCE = {"143/2023/TT-BQP"}
"""Laws whose day in force was found in the press after the list of facts had been made."""


def resting_on_law() -> Iterator[tuple[Instrument, Item]]:
    for instrument in INSTRUMENTS.values():
        for item in items_of(instrument).values():
            if item.law:
                yield instrument, item


CASES = list(resting_on_law())
per_item = pytest.mark.parametrize(
    ("instrument", "item"), CASES, ids=[f"{one.id}-{item.id}" for one, item in CASES]
)


def days(instrument: Instrument) -> Iterator[date]:
    period = instrument.fieldwork
    for number in range((period.ends - period.begins).days + 1):
        yield period.begins + timedelta(days=number)


@per_item
def test_on_every_day_of_the_field_period_one_key_and_its_provision_hold(
    instrument: Instrument, item: Item
):
    for day in days(instrument):
        assert sum(key.holds_on(day) for key in item.key) == 1, day
        assert any(law.valid_from <= day <= (law.valid_to or day) for law in item.law), day


@per_item
def test_the_register_knows_the_law_and_says_that_it_is_in_force(
    instrument: Instrument, item: Item
):
    for reference in item.law:
        law = LAWS[reference.number]
        if reference.valid_to is None:
            assert law.valid_from is not None, reference.number
            assert law.valid_from <= instrument.fieldwork.begins
            assert law.valid_to is None or law.valid_to >= instrument.fieldwork.ends


@per_item
def test_a_provision_is_not_cited_from_before_its_law_or_beyond_it(
    instrument: Instrument, item: Item
):
    for reference in item.law:
        law = LAWS[reference.number]
        assert law.valid_from is None or reference.valid_from >= law.valid_from, instrument.id
        if law.valid_to is not None:
            assert reference.valid_to == law.valid_to, instrument.id


@per_item
def test_no_amendment_of_the_law_falls_into_the_field_period(instrument: Instrument, item: Item):
    for reference in item.law:
        inside = [change for change in LAWS[reference.number].amendments
                  if FIELD[0] < change.valid_from <= FIELD[1]]  # fmt: skip
        assert inside == [], (instrument.id, reference.number)


def test_no_item_rests_on_a_law_that_is_not_confirmed():
    cited = {reference.number for _, item in CASES for reference in item.law}
    assert "12/2026/QH16" not in cited | set(LAWS)
    assert "12/2026/QH16" in LAWS["14/2012/QH13"].unsettled["vi"]


def test_field_periods_lie_within_a_phase_of_the_plan():
    for instrument in INSTRUMENTS.values():
        period = instrument.fieldwork
        assert any(phase.begins <= period.begins and period.ends <= phase.ends
                   for phase in PLAN.phases)  # fmt: skip


def test_dates_and_confidence_are_those_of_the_list_of_facts(shared: Path):
    with (shared / "domain/laws.csv").open(encoding="utf-8") as file:
        facts = {row["number"]: row for row in csv.DictReader(file) if row["number"] in LAWS}
    used = {reference.number for _, item in CASES for reference in item.law}
    assert len(used & set(facts)) > 25
    for number in sorted((used & set(facts)) - SEEN_SINCE):
        assert LAWS[number].valid_from.isoformat() == facts[number]["in_force"], number
        assert LAWS[number].confidence == LETTERS[facts[number]["confidence"]], number
