"""The shipped plan of Hà Nội: its targets, and the readings that its words allow."""

import csv
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from instruments.plan import Reading, Target, Terms
from tests.instruments.library import INSTRUMENTS, PLAN

TARGETS = {target.id: target for target in PLAN.targets}
READINGS = {reading.id: reading for reading in PLAN.readings}

LEVELS = {  # final, phase 1, phase 2
    "T1a": (0.9, 0.5, 1.0),
    "T1b": (0.7, 0.4, 1.0),
    "T2.1": (1.0, 0.6, 1.0),
    "T2.2": (1.0, 0.6, 1.0),
    "T2.3": (1.0, 0.6, 1.0),
    "T3": (1.0, 0.6, 1.0),
    "T4": (0.9, 0.5, 1.0),
}
MEASURES = {
    "T1a": "survey",
    "T1b": "survey",
    "T2.1": "administrative_share",
    "T2.2": "test",
    "T2.3": "test",
    "T2.4": "administrative_rate",
    "T3": "administrative_share",
    "T4": "administrative_share",
}
DEFAULTS = {
    "A3": ("of_people", {"of_people", "of_target"}),
    "A4": ("final_target", {"final_target", "all_people"}),
    "A5_joint": ("both", {"both", "either", "average"}),
    "A5_cut": ("cut_60", {"cut_50", "cut_60", "cut_70"}),
    "A6": ("union", {"union", "each", "intersection"}),
    "A6_suburban": (
        "huyen_17",
        {"huyen_17", "huyen_17_son_tay", "mostly_huyen", "xa_75", "authority"},
    ),
    "A7": (
        "strict_each_year",
        {"strict_each_year", "trend", "endpoints", "strict_and_significant"},
    ),
    "A8_forces": ("pooled", {"pooled", "each"}),
    "A8_components": ("each", {"each", "joint"}),
    "A9": ("phase_all", {"phase_all", "phase_any", "year_all", "ever_all"}),
    "A10": ("from_18", {"from_18", "from_15"}),
}


def default_terms(reading: Reading) -> Terms:
    return next(option.terms for option in reading.options if option.id == reading.default)


def test_all_targets_are_there_and_measured_as_the_plan_implies():
    assert {target.id: target.measure for target in PLAN.targets} == MEASURES


@pytest.mark.parametrize("target", LEVELS)
def test_a_target_has_the_plan_levels_and_each_phase_its_own_basis(target: str):
    found = TARGETS[target]
    first, second = found.phases["P1"], found.phases["P2"]
    assert (found.final, first.level, second.level) == LEVELS[target]
    assert (first.basis, second.basis) == ("population", "share_of_target")


def test_the_rate_of_violations_has_a_rule_in_place_of_a_level():
    rate = TARGETS["T2.4"]
    assert (rate.final, rate.phases, rate.rate_rule) == (None, {}, "strict_each_year")


def test_the_of_which_target_lies_within_its_parent():
    assert TARGETS["T1b"].parent == "T1a"
    assert TARGETS["T1b"].within == ("key", "suburban")
    assert all(target.parent is None for target in PLAN.targets if target.id != "T1b")


def test_the_two_phases_are_those_of_the_plan_without_a_gap():
    first, second = PLAN.phases
    assert (first.id, first.begins, first.ends) == ("P1", date(2021, 1, 1), date(2024, 12, 31))
    assert (second.id, second.ends) == ("P2", date(2027, 12, 31))
    assert second.begins - first.ends == timedelta(days=1)


def test_every_name_in_a_target_leads_somewhere():
    populations = {population.id for population in PLAN.populations}
    areas = {area.id for area in PLAN.areas}
    indicators = {indicator.id for indicator in PLAN.indicators}
    sources = {source.id for source in PLAN.sources}
    assert sources == {"S1", "S2", "S3", "S4"}
    for target in PLAN.targets:
        assert target.population in populations
        assert set(target.within) <= areas
        assert target.source in sources
        assert target.indicator in indicators or not target.measure.startswith(("survey", "test"))


def test_every_population_has_an_instrument_of_its_own_and_only_residents_are_counted_by_age():
    named = [population.instrument for population in PLAN.populations]
    assert sorted(named) == sorted(INSTRUMENTS)
    ages = {population.id: population.age_from for population in PLAN.populations}
    assert {name for name, age in ages.items() if age} == {"residents"}
    assert ages["residents"] == 18


@pytest.mark.parametrize("target", ["T1a", "T1b", "T2.2", "T2.3"])
def test_a_target_measured_by_answers_has_an_instrument_that_scores_its_indicator(target: str):
    population = next(p for p in PLAN.populations if p.id == TARGETS[target].population)
    indicator = next(i for i in PLAN.indicators if i.id == TARGETS[target].indicator)
    instrument = INSTRUMENTS[population.instrument]
    measured = {placed.item.dimension for placed in instrument.placed() if placed.item.key}
    assert {cut.dimension for cut in indicator.cuts} <= measured


def test_cuts_are_declared_as_proposals_with_their_reason():
    for indicator in PLAN.indicators:
        for cut in indicator.cuts:
            assert cut.status == "proposed"
            assert cut.source
            assert cut.at_least not in cut.alternatives
    aware = next(indicator for indicator in PLAN.indicators if indicator.id == "aware")
    assert aware.joint == "both"
    assert [cut.at_least for cut in aware.cuts] == [0.6, 0.6]


def test_every_ambiguity_has_its_default_and_alternatives():
    found = {r.id: (r.default, {option.id for option in r.options}) for r in PLAN.readings}
    assert found == DEFAULTS


def test_only_a_hundred_percent_of_people_is_advice_without_a_verdict():
    advice = {(r.id, o.id) for r in PLAN.readings for o in r.options if o.advice_only}
    assert advice == {("A4", "all_people")}


def agrees(target: Target, terms: Terms) -> bool:
    basis = terms.basis or {}
    indicator = next((i for i in PLAN.indicators if i.id == target.indicator), None)
    population = next(p for p in PLAN.populations if p.id == target.population)
    cuts = {cut.dimension: cut.at_least for cut in indicator.cuts} if indicator else {}
    return (
        all(target.phases[phase].basis == taken for phase, taken in basis.items())
        and (terms.joint is None or indicator is None or indicator.joint == terms.joint)
        and all(cuts[dimension] == at for dimension, at in (terms.cuts or {}).items())
        and terms.rate_rule in (None, target.rate_rule)
        and terms.age_from in (None, population.age_from)
    )


@pytest.mark.parametrize("reading", PLAN.readings, ids=lambda reading: reading.id)
def test_a_default_reading_changes_nothing_in_the_targets_it_applies_to(reading: Reading):
    assert reading.source
    assert reading.applies_to
    assert all(agrees(TARGETS[target], default_terms(reading)) for target in reading.applies_to)


@pytest.mark.parametrize("reading", PLAN.readings, ids=lambda reading: reading.id)
def test_the_options_of_a_reading_differ_in_what_they_change(reading: Reading):
    changes = [option.terms.model_dump(exclude_none=True) for option in reading.options]
    assert all(set(change) == set(changes[0]) for change in changes)
    assert len({str(change) for change in changes}) == len(changes)


def test_lists_that_readings_choose_are_lists_of_their_area():
    lists = {area.id: set(area.lists) for area in PLAN.areas}
    assert lists["key"] == {"designated"}
    chosen = {option.terms.lists["suburban"] for option in READINGS["A6_suburban"].options}
    assert chosen == lists["suburban"]


def test_quotations_are_the_words_of_the_plan(shared: Path):
    words = (shared / "domain/plan.md").read_text(encoding="utf-8").replace("**", "")
    words += (shared / "domain/plan_targets.json").read_text(encoding="utf-8")
    quoted = [part for t in PLAN.targets for part in re.findall('"([^"]+)"', t.quote["vi"])]
    quoted += re.findall('"([^"]+)"', PLAN.purpose["vi"])
    assert len(quoted) > 20
    assert [part for part in quoted if part not in words] == []


def test_the_reading_as_composition_is_shown_impossible_with_the_census_figures(shared: Path):
    with (shared / "domain/geo/hanoi_districts_2019.csv").open(encoding="utf-8") as f:
        districts = list(csv.DictReader(f))
    city = sum(int(row["pop_2019_total"]) for row in districts)
    suburban = sum(int(row["pop_2019_total"]) for row in districts if row["is_huyen"] == "1")
    note = next(note for note in PLAN.notes if note["en"].startswith("A1."))
    assert TARGETS["T1b"].final * TARGETS["T1a"].final > suburban / city
    for figure in (f"{suburban:,}", f"{city:,}", f"{suburban / city:.1%}", "63%"):
        assert figure in note["en"]
