"""Targets under each reading: domains, both parts, the floor, counts, rates, and days."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.administrative import Administrative, UnitShare, UnitYear
from analysis.design import Design, Sample
from analysis.people import People
from analysis.targets import Evidence, judge_targets
from instruments.plan import Plan
from survey.settings import AreaList, Join, Population, StudySettings, Wave

TODAY = date(2026, 11, 24)
UNITS = {"u1": "huyen", "u2": "huyen", "u3": "thi_xa", "u4": "quan", "u5": "quan"}
SIZES = {"u1": 300, "u2": 250, "u3": 50, "u4": 250, "u5": 150}
KNOWING = {"u1": 0.72, "u2": 0.60, "u3": 0.8, "u4": 0.9, "u5": 0.92}


def plan(**changes) -> Plan:
    phases = {"P1": {"level": 0.5}, "P2": {"level": 1.0, "basis": "share_of_target"}}
    made = {
        "kind": "plan",
        "id": "p",
        "version": "1",
        "title": {"en": "P"},
        "phases": [
            {"id": "P1", "label": {}, "begins": "2021-01-01", "ends": "2024-12-31"},
            {"id": "P2", "label": {}, "begins": "2025-01-01", "ends": "2027-12-31"},
        ],
        "populations": [
            {"id": "residents", "label": {}, "age_from": 18, "instrument": "residents"},
            {"id": "forces", "label": {}},
        ],
        "areas": [
            {"id": "key", "label": {}, "lists": ["designated"]},
            {"id": "suburban", "label": {}, "lists": ["huyen", "with_town", "authority"]},
        ],
        "indicators": [
            {
                "id": "aware",
                "label": {},
                "cuts": [
                    {"dimension": "knowledge", "at_least": 0.6},
                    {"dimension": "disposition", "at_least": 0.6},
                ],
            }
        ],
        "targets": [
            target("T1a", final=0.9, phases=phases),
            target("T1b", final=0.7, phases=phases, parent="T1a", within=["key", "suburban"]),
            target("T2.1", "administrative_share", final=1.0, phases=phases),
            target("T2.2", "test", final=1.0, phases=phases),
            target("T2.4", "administrative_rate"),
        ],
        "readings": [
            reading("joint", ["T1a"], both={"joint": "both"}, either={"joint": "either"},
                    average={"joint": "average"}),
            reading("domain", ["T1b"], union={"domain": "union"}, each={"domain": "each"},
                    intersection={"domain": "intersection"}),
            reading("list", ["T1b"], huyen={"lists": {"suburban": "huyen"}},
                    with_town={"lists": {"suburban": "with_town"}},
                    authority={"lists": {"suburban": "authority"}}),
            reading("age", ["T1a"], from_18={"age_from": 18}, from_15={"age_from": 15},
                    from_30={"age_from": 30}),
            reading("basis", ["T1a"], final={"basis": {"P2": "share_of_target"}},
                    all={"basis": {"P2": "population"}}, advice=("all",)),
            reading("counts", ["T2.1"], all={"counts": "phase_all"}, any={"counts": "phase_any"},
                    ever={"counts": "ever_all"}),
            reading("forces", ["T2.1", "T2.4"], pooled={"forces": "pooled"}, each={"forces": "each"}),
            reading("falls", ["T2.4"], strict={"rate_rule": "strict_each_year"},
                    endpoints={"rate_rule": "endpoints"}),
        ],
    }  # fmt: skip
    return Plan.model_validate(made | changes)


def target(name: str, measure: str = "survey", **more):
    population = "residents" if measure == "survey" else "forces"
    indicator = "aware" if measure in ("survey", "test") else None
    return {"id": name, "label": {}, "quote": {}, "population": population, "measure": measure,
            "indicator": indicator, **more}  # fmt: skip


def reading(name: str, targets: list[str], advice: tuple[str, ...] = (), **options):
    return {
        "id": name,
        "question": {},
        "applies_to": targets,
        "default": next(iter(options)),
        "options": [
            {"id": option, "label": {}, "terms": terms, "advice_only": option in advice}
            for option, terms in options.items()
        ],
    }


def area_list(area: str, name: str, column: str | None, *members: str) -> AreaList:
    return AreaList(area=area, id=name, label={}, document={}, valid_from=date(2021, 1, 1),
                    column=column, members=members)  # fmt: skip


LISTS = (
    area_list("suburban", "huyen", "kind", "huyen"),
    area_list("suburban", "with_town", "kind", "huyen", "thi_xa"),
    area_list("key", "designated", None, "u2", "u5"),
)


@pytest.fixture
def people() -> People:
    rng = np.random.default_rng(1371)
    unit = np.repeat(list(UNITS), [SIZES[name] for name in UNITS])
    frame = pd.DataFrame({"home": unit})
    knows = rng.random(len(frame)) < frame["home"].map(KNOWING).to_numpy()
    obeys = rng.random(len(frame)) < 0.95
    design = pd.DataFrame(
        {"w": rng.uniform(0.5, 2, len(frame)), "psu": np.arange(len(frame)) % 100}
    )
    settings = StudySettings(
        id="s", title={"en": "S"}, plan="plan.yaml", instruments=("i.yaml",), wave=Wave(id="1"),
        population=Population(label={"en": "adults"}, age_from=18, areas=LISTS,
                              residence=Join(item="home", column="unit")),
    )  # fmt: skip
    return People(
        sample=Sample.of(design, Design(weights="w", psu=("psu",))),
        frame=frame,
        groups=pd.DataFrame(index=frame.index),
        scores=pd.DataFrame({"knowledge": 0.3 + 0.5 * knows, "disposition": 0.4 + 0.5 * obeys}),
        age=pd.Series(rng.integers(18, 80, len(frame)).astype(float)),
        settings=settings,
        units=pd.DataFrame({"unit": list(UNITS), "kind": UNITS.values()}, index=list(UNITS)),
    )


def evidence(people: People, **changes) -> Evidence:
    made = Evidence(
        people=people,
        instruments=frozenset({"residents"}),
        fielded=(date(2026, 10, 1), date(2026, 11, 5)),
        figures=None,
        today=TODAY,
    )
    return replace(made, **changes)


def judged(people: People, **changes):
    return {
        (one.target, one.phase): one for one in judge_targets(plan(), evidence(people, **changes))
    }


def by_reading(result):
    return {(one.reading, one.option): one for one in result.readings}


def weighted(people: People, inside: np.ndarray, joint=np.minimum) -> float:
    """Weighted share who pass, straight from the scores."""
    passed = joint(people.scores["knowledge"] > 0.6, people.scores["disposition"] > 0.6)
    return float(np.average(passed[inside], weights=people.sample.weights[inside]))


def test_the_whole_and_the_union_domain_are_estimated_and_judged(people):
    results = judged(people)
    home = people.frame["home"]
    whole, domain = results["T1a", "P2"], results["T1b", "P2"]
    assert (whole.threshold, domain.threshold, whole.due) == (0.9, 0.7, False)
    everyone = np.ones(len(home), dtype=bool)
    assert whole.estimate.estimate == pytest.approx(weighted(people, everyone))
    union = home.isin(["u1", "u2", "u5"]).to_numpy()
    assert domain.estimate.estimate == pytest.approx(weighted(people, union))
    assert domain.estimate.by == {"areas": "key+suburban"}
    assert whole.verdict.word == "below_target"


def test_both_parts_of_the_domain_are_shown_each_with_all_its_people(people):
    key, suburban = judged(people)["T1b", "P2"].parts
    home = people.frame["home"]
    assert (key.by, suburban.by) == ({"areas": "key"}, {"areas": "suburban"})
    assert key.estimate == pytest.approx(weighted(people, home.isin(["u2", "u5"]).to_numpy()))
    assert suburban.estimate == pytest.approx(weighted(people, home.isin(["u1", "u2"]).to_numpy()))


def test_each_reading_of_the_domain_is_estimated_with_everything_else_as_before(people):
    found = by_reading(judged(people)["T1b", "P2"])
    home = people.frame["home"]
    both = found["domain", "intersection"].estimates[0]
    assert both.estimate == pytest.approx(weighted(people, (home == "u2").to_numpy()))
    assert len(found["domain", "each"].estimates) == 2
    town = found["list", "with_town"].estimates[0]
    inside = home.isin(["u1", "u2", "u3", "u5"]).to_numpy()
    assert town.estimate == pytest.approx(weighted(people, inside))


def test_a_list_that_is_not_loaded_is_named_and_the_other_area_still_stands(people):
    found = by_reading(judged(people)["T1b", "P2"])["list", "authority"]
    assert found.estimates == ()
    assert found.verdict.word == "no_data"
    assert found.note.text() == "The list of units asked for is not loaded for: suburban."


def test_without_a_list_of_key_areas_the_domain_is_the_suburban_one(people):
    settings = people.settings
    population = settings.population.model_copy(update={"areas": LISTS[:2]})
    people = replace(people, settings=settings.model_copy(update={"population": population}))
    domain = judged(people)["T1b", "P2"]
    assert domain.estimate.by == {"areas": "suburban"}
    assert domain.parts == ()
    assert by_reading(domain)["domain", "intersection"].verdict.word == "no_data"
    assert by_reading(domain)["domain", "each"].verdict.word in ("no_data", "below_target")


def test_either_and_average_join_the_cuts_otherwise(people):
    found = by_reading(judged(people)["T1a", "P2"])
    everyone = np.ones(len(people.frame), dtype=bool)
    either = found["joint", "either"].estimates[0].estimate
    assert either == pytest.approx(weighted(people, everyone, np.maximum))
    one = weighted(people, everyone, lambda k, _: k)
    other = weighted(people, everyone, lambda _, d: d)
    assert found["joint", "average"].estimates[0].estimate == pytest.approx((one + other) / 2)


def test_an_older_base_is_a_domain_and_a_younger_one_was_not_asked(people):
    found = by_reading(judged(people)["T1a", "P2"])
    older = (people.age >= 30).to_numpy()
    assert found["age", "from_30"].estimates[0].estimate == pytest.approx(weighted(people, older))
    assert found["age", "from_15"].verdict.word == "no_data"
    assert found["age", "from_15"].note.text() == (
        "The survey is of people aged 18 and over; it has no answer for those from 15."
    )


def test_an_advice_only_reading_has_a_distance_and_no_verdict(people):
    found = by_reading(judged(people)["T1a", "P2"])["basis", "all"]
    assert (found.threshold, found.verdict, found.advice_only) == (1.0, None, True)
    assert len(found.estimates) == 1


def test_a_phase_without_a_survey_inside_it_has_no_data(people):
    result = judged(people)["T1a", "P1"]
    assert (result.verdict.word, result.due, result.threshold) == ("no_data", True, 0.5)
    assert result.readings == ()
    assert result.notes[0].text() == "No survey data: no survey ended in this phase."


def test_after_the_deadline_the_same_estimate_is_not_met(people):
    result = judged(people, today=date(2028, 1, 1))["T1a", "P2"]
    assert (result.verdict.word, result.due) == ("not_met", True)


def test_a_test_that_does_not_exist_yet_has_no_data(people):
    result = judged(people)["T2.2", "P2"]
    assert result.verdict.word == "no_data"
    assert result.notes[0].text() == "The instrument that would measure it does not exist yet."


def test_answers_to_one_instrument_say_nothing_of_a_target_that_another_measures(people):
    named = plan(populations=[
        {"id": "residents", "label": {}, "age_from": 18, "instrument": "residents"},
        {"id": "forces", "label": {}, "instrument": "forces"},
    ])  # fmt: skip
    found = {(one.target, one.phase): one for one in judge_targets(named, evidence(people))}
    assert found["T1a", "P2"].verdict.word != "no_data"
    assert found["T2.2", "P2"].verdict.word == "no_data"
    assert found["T2.2", "P2"].readings == ()
    assert found["T2.2", "P2"].notes[0].text() == (
        "No survey of these people (instrument 'forces') is analysed here."
    )


def test_the_floor_is_what_the_whole_forces_on_the_domain(people):
    floor = judged(people)["T1b", "P2"].floor
    inside = people.frame["home"].isin(["u1", "u2", "u5"]).to_numpy()
    s = float(np.average(inside, weights=people.sample.weights))
    elsewhere = weighted(people, ~inside)
    assert floor.share == pytest.approx(s)
    assert floor.needed == pytest.approx((0.9 - (1 - s)) / s)
    assert floor.elsewhere == pytest.approx(elsewhere)
    assert floor.needed_at_estimate == pytest.approx((0.9 - (1 - s) * elsewhere) / s)
    assert floor.reachable == pytest.approx(1 - 0.3 * s)
    assert s * floor.needed_at_estimate + (1 - s) * elsewhere == pytest.approx(0.9)


def test_who_lives_at_an_unknown_place_is_neither_in_the_domain_nor_elsewhere(people):
    frame = people.frame.copy()
    frame.loc[:49, "home"] = None
    lost = replace(people, frame=frame)
    floor = judged(lost)["T1b", "P2"].floor
    known = frame["home"].notna().to_numpy()
    inside = frame["home"].isin(["u1", "u2", "u5"]).to_numpy()
    assert floor.share == pytest.approx(
        np.average(inside[known], weights=people.sample.weights[known])
    )
    assert judged(lost)["T1a", "P2"].estimate.n == len(frame)


def figures(*rows) -> Administrative:
    shares = tuple(
        UnitShare(target="T2.1", phase="P2", as_of=date(2026, 6, 30), unit=unit, force=force,
                  numerators={"phase_all": every, "phase_any": some}, denominator=whole,
                  reported_on=date(2026, 7, 1), due_on=None, source="form 3")
        for unit, force, every, some, whole in rows
    )  # fmt: skip
    cases = {2024: 50, 2025: 40, 2026: 9}
    years = tuple(
        UnitYear(target="T2.4", unit="u1", force="standing", year=year, kind=kind, events=events,
                 persons=events, strength=1000.0, source="form 4")
        for year, events in cases.items()
        for kind in ("law", "discipline")
    )  # fmt: skip
    return Administrative(shares=shares, years=years)


FIGURES = figures(("u1", "standing", 100, 100, 100), ("u1", "militia", 18, 20, 20))


def test_counts_are_judged_pooled_and_each_force_is_shown(people):
    result = judged(people, figures=FIGURES)["T2.1", "P2"]
    assert (result.count.numerator, result.count.denominator) == (118, 120)
    assert result.verdict.word == "below_target"
    assert [(one.force, one.verdict.word) for one in result.by_force] == [
        ("standing", "at_target"), ("militia", "below_target"),
    ]  # fmt: skip


def test_readings_of_a_count_take_another_numerator_or_each_force(people):
    found = by_reading(judged(people, figures=FIGURES)["T2.1", "P2"])
    assert (found["counts", "any"].count.numerator, found["counts", "any"].verdict.word) == (
        120, "at_target",
    )  # fmt: skip
    assert found["forces", "each"].verdict.word == "below_target"
    assert found["counts", "ever"].note.text() == (
        "The file of counts has no complete column numerator_ever_all."
    )


def test_rates_begin_with_the_year_before_the_phase_and_leave_out_the_year_that_runs(people):
    result = judged(people, figures=FIGURES)["T2.4", "P2"]
    assert [rate.year for rate in result.rates] == [2024, 2025]
    assert (result.threshold, result.verdict.word) == (None, "at_target")
    assert [(one.kind, one.force) for one in result.series] == [
        ("pooled", "pooled"), ("law", "pooled"), ("discipline", "pooled"),
    ]  # fmt: skip


def test_rates_that_stop_before_a_past_deadline_are_inconclusive(people):
    result = judged(people, figures=FIGURES, today=date(2028, 3, 1))["T2.4", "P2"]
    assert (result.verdict.word, result.verdict.by_point) == ("inconclusive", "met")


def test_without_a_file_of_counts_there_is_no_data(people):
    result = judged(people)["T2.1", "P2"]
    assert result.notes[0].text() == "The study names no file of administrative counts."
