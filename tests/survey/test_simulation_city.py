"""The simulated city: its people, its truth, and the fieldwork that draws from it."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.scoring import score
from analysis.shares import reaches
from instruments.model import Instrument
from instruments.plan import Cut
from survey.errors import StudyError
from survey.population.units import count, read_units
from survey.simulation.city import pick, simulate_city
from survey.simulation.fielding import simulate_fielding
from survey.simulation.fieldwork import hold_interviews
from survey.simulation.items import GRID, scale_of
from survey.simulation.truth import by_age, by_flag, by_point, crossed
from survey.simulation.world import DISPOSITION, KNOWLEDGE, Fields, World

TEXT = {"vi": "x"}
DISTRICTS = ["001", "269", "271"]
UNITS = read_units()
UNITS = UNITS[UNITS["district"].isin(DISTRICTS)]
UNITS = UNITS.assign(
    group=UNITS["district_kind"].map(lambda k: "suburban" if k == "huyen" else "rest")
)
CUTS = (
    Cut(dimension="knowledge", at_least=0.6),
    Cut(dimension="disposition", at_least=0.5),
)
WORLD = World(traits=(KNOWLEDGE, DISPOSITION))


def choice(name, *codes, **more):
    options = [code if isinstance(code, dict) else {"code": code} for code in codes]
    return {
        "id": name,
        "type": "single",
        "required": True,
        "label": TEXT,
        "options": options,
    } | more


DONT_KNOW = {"code": "kb", "missing": "dont_know"}
REFUSED = {"code": "tc", "missing": "refused"}


def questionnaire(**changes):
    knowledge = [
        choice(f"k{n}", "a", "b", "c", DONT_KNOW, dimension="knowledge", key="b") for n in range(8)
    ]
    graded = {"1": 0, "2": 0.5, "3": 1}
    disposition = [
        choice(f"d{n}", "1", "2", "3", DONT_KNOW, REFUSED, dimension="disposition", key=graded)
        for n in range(5)
    ]
    about = [
        choice("gioi_tinh", "nam", "nu"),
        {"id": "nam_sinh", "type": "integer", "required": True},
        choice("hoc_van", "thap", "vua", "cao"),
        choice("can_bo", "co", "khong"),
    ]
    heard = {
        "id": "nghe",
        "type": "multiple",
        "required": True,
        "max_selected": 2,
        "options": [{"code": "loa"}, {"code": "bao"}, {"code": "tv"},
                    {"code": "khong", "exclusive": True}],
    }  # fmt: skip
    why = {"id": "vi_sao", "type": "text", "show_if": "selected(${nghe}, 'khong')"}
    loud = choice("to_khong", "co", "khong", show_if="selected(${nghe}, 'loa')")
    items = [
        {"id": "start", "type": "start"},
        {"id": "end", "type": "end"},
        {"id": "today", "type": "today"},
        {"id": "dia_ban", "items": [{"id": "ma_diem", "type": "text", "required": True}]},
        {"id": "ca_nhan", "items": about},
        {"id": "hoi", "items": [*knowledge, *disposition, heard, why, loud]},
    ]
    dimensions = [
        {"id": "knowledge", "label": TEXT},
        {"id": "disposition", "label": TEXT, "dont_know": "missing"},
    ]
    fields = {"id": "nho", "version": "1", "title": TEXT, "languages": ["vi"],
              "dimensions": dimensions, "items": items}  # fmt: skip
    return Instrument.model_validate(fields | changes)


def fielding(seed=3, **changes):
    case = {"cuts": CUTS, "units": UNITS, "interviews": 540, "world": WORLD} | changes
    return simulate_fielding(questionnaire(), **case, seed=seed)


@pytest.fixture(scope="module")
def wave():
    return fielding()


def test_adults_of_every_commune_are_its_census_people_times_one_share(wave):
    adults = wave.city.points.groupby("commune")["adults"].sum()
    people = count(UNITS, "population_2019")[adults.index]
    assert (abs(adults - people * 0.75) <= 0.5).all()
    assert wave.city.adults == adults.sum() == wave.city.first[-1]


def test_points_lie_in_real_communes_and_are_about_as_large_as_hamlets(wave):
    points = wave.city.points
    assert set(points["commune"]) == set(UNITS.index)
    assert points["point"].is_unique
    assert points["adults"].between(400, 2_500).mean() > 0.99


def test_people_of_a_point_stand_together(wave):
    city = wave.city
    assert (np.bincount(city.point) == city.points["adults"]).all()
    assert (city.point[city.first[:-1]] == np.arange(len(city.points))).all()


def test_young_people_are_more_schooled_and_officials_are_few(wave):
    city = wave.city
    assert city.age.min() == 18
    assert city.schooling[city.age < 30].mean() > city.schooling[city.age > 60].mean() + 0.5
    assert 0.01 < city.is_official.mean() < 0.1
    assert 0.5 < city.is_female.mean() < 0.54


def test_traits_go_together(wave):
    assert 0.3 < np.corrcoef(wave.city.traits)[0, 1] < 0.6


def test_picked_shares_are_those_asked_for():
    codes = np.array([3, 5, 9], dtype=np.uint8)
    drawn = pick(codes, np.array([0.2, 0.5, 0.3]), 200_000, np.random.default_rng(1))
    shares = pd.Series(drawn).value_counts(normalize=True)
    assert shares.to_dict() == pytest.approx({3: 0.2, 5: 0.5, 9: 0.3}, abs=0.005)


def test_a_person_at_zero_scores_the_cut_on_average_whatever_the_items():
    for cut in (0.3, 0.6, 0.8):
        scale = scale_of(questionnaire(), dimension="disposition", cut=cut, slope=1.2,
                         days=(date(2026, 11, 2), date(2026, 11, 20)),
                         rng=np.random.default_rng(5))  # fmt: skip
        at_zero = list(GRID).index(0)
        chances = [np.diff(one.cumulative[:, at_zero], prepend=0) for one in scale.items]
        earned = sum(np.nansum(one.credit * p) for one, p in zip(scale.items, chances, strict=True))
        possible = sum(
            p[~np.isnan(one.credit)].sum() for one, p in zip(scale.items, chances, strict=True)
        )
        assert earned / possible == pytest.approx(cut, abs=1e-9)


def test_the_truth_is_what_the_scoring_says_of_the_same_answers(wave):
    days = pd.Series(pd.Timestamp("2026-11-10"), index=wave.census.answers.index)
    scores = score(questionnaire(), wave.census.answers, days=days)
    for cut in CUTS:
        truth = wave.census.reaches[cut.dimension][wave.census.answers.index]
        scored = scores.dimensions[cut.dimension]
        agree = reaches(scored, cut.at_least) == truth
        assert agree[scored.notna()].all()
        assert scored.isna().mean() < 0.01
    assert 0.4 < wave.aware.mean() < 0.9


def test_true_shares_of_groups_add_up_to_that_of_the_city(wave):
    for grouping in (by_point(wave.city, "group"), by_age(wave.city, (18, 30, 60)),
                     by_flag(wave.city.is_female, no="nam", yes="nu")):  # fmt: skip
        share = grouping.share(wave.aware)
        weight = dict(zip(grouping.levels, grouping.count() / wave.city.adults, strict=True))
        whole = sum(share[level] * weight[level] for level in share)
        assert whole == pytest.approx(wave.aware.mean())


def test_crossed_variables_count_everybody_once(wave):
    sex = by_flag(wave.city.is_female, no="nam", yes="nu")
    age = by_age(wave.city, (18, 30, 60))
    levels, sizes = crossed({"sex": sex, "age": age})
    assert list(levels.columns) == ["sex", "age"]
    assert set(levels["age"]) == {"18-29", "30-59", "60+"}
    assert sizes.sum() == wave.city.adults
    young_women = (wave.city.is_female & (wave.city.age < 30)).sum()
    assert sizes[(levels["sex"] == "nu") & (levels["age"] == "18-29")].item() == young_women


def test_every_drawn_point_gets_its_interviews_among_its_own_adults(wave):
    visits = wave.fieldwork.interviews
    assert (visits["point"].value_counts() == 12).all()
    homes = wave.city.points["point"].to_numpy()[wave.city.point[visits.index]]
    assert (homes == visits["point"]).all()
    assert visits.index.is_unique
    assert len(visits) < wave.fieldwork.contacted < 4 * len(visits)


def test_weights_of_the_interviews_sum_to_the_adults_of_the_city(wave):
    weight = wave.sample.set_index("point")["weight"]
    assert weight[wave.fieldwork.interviews["point"]].sum() == pytest.approx(wave.city.adults)


def test_those_who_answer_are_older_and_more_often_women_than_the_city(wave):
    met = wave.fieldwork.interviews.index
    assert wave.city.age[met].mean() > wave.city.age.mean() + 1
    assert wave.city.is_female[met].mean() > wave.city.is_female.mean()


def test_no_interviewer_holds_two_interviews_at_once_or_works_at_two_points_a_day(wave):
    for _, own in wave.fieldwork.interviews.groupby("interviewer"):
        visits = own.sort_values("start")
        assert (visits["start"].iloc[1:].to_numpy() > visits["end"].iloc[:-1].to_numpy()).all()
        points = visits.groupby(visits["start"].dt.date)["point"].nunique()
        assert points.max() == 1


def test_everybody_drawn_has_an_outcome_and_the_interviewed_are_the_interviews(wave):
    cases = wave.fieldwork.cases
    assert set(cases["outcome"]) == {"I", "R", "NC"}
    held = cases[cases["outcome"] == "I"]["point"].value_counts()
    assert held.to_dict() == wave.fieldwork.interviews["point"].value_counts().to_dict()


def test_interviews_end_after_they_begin_within_the_wave(wave):
    visits = wave.fieldwork.interviews
    assert (visits["end"] > visits["start"]).all()
    assert visits["start"].dt.date.between(WORLD.begins, WORLD.ends).all()


def test_what_is_required_and_shown_is_answered_and_nothing_else_is(wave):
    answers = wave.answers
    asked = [one for one in questionnaire().placed() if one.item.required]
    assert all((answers[one.path] != "").all() for one in asked if one.item.show_if is None)
    heard = answers["hoi/nghe"].str.split()
    loud = heard.map(lambda codes: "loa" in codes)
    assert ((answers["hoi/to_khong"] != "") == loud).all()
    assert 0 < loud.mean() < 1


def test_several_choices_keep_to_the_rules_of_the_item(wave):
    heard = wave.answers["hoi/nghe"].str.split()
    assert heard.map(len).max() == 2
    assert not heard.map(lambda codes: "khong" in codes and len(codes) > 1).any()


def test_schooling_is_answered_by_the_options_in_their_order(wave):
    level = wave.city.schooling[wave.fieldwork.interviews.index]
    answer = wave.answers["ca_nhan/hoc_van"].map({"thap": 0, "vua": 1, "cao": 2})
    assert (answer.to_numpy() == level // 2).all()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(wave):
    again, other = fielding(), fielding(seed=4)
    assert again.export.content == wave.export.content
    assert again.aware.mean() == wave.aware.mean()
    assert other.export.content != wave.export.content


def test_a_point_with_too_few_willing_adults_is_told_not_passed_over(wave):
    sample = wave.sample.head(1).assign(interviews=5_000)
    with pytest.raises(StudyError) as caught:
        hold_interviews(wave.city, sample, world=WORLD, rng=np.random.default_rng(1))
    point = sample["point"].item()
    assert caught.value.text().startswith(f"{point}: only ")
    assert "of 5000 adults are willing. Ask for fewer interviews" in caught.value.text()


def test_a_key_that_changes_within_the_wave_is_refused():
    changing = [{"credit": {"b": 1}, "valid_to": "2026-11-10"},
                {"credit": {"c": 1}, "valid_from": "2026-11-11"}]  # fmt: skip
    items = [choice("k", "a", "b", "c", dimension="knowledge", key=changing)]
    with pytest.raises(StudyError) as caught:
        scale_of(questionnaire(items=items), dimension="knowledge", cut=0.6, slope=1,
                 days=(date(2026, 11, 2), date(2026, 11, 20)), rng=np.random.default_rng(1))  # fmt: skip
    assert caught.value.text() == (
        "k: its key does not hold through the whole wave. "
        "Choose days of interview on which one key holds."
    )


def test_a_dimension_without_scored_items_is_refused():
    with pytest.raises(StudyError) as caught:
        scale_of(questionnaire(), dimension="skill", cut=0.6, slope=1,
                 days=(date(2026, 11, 2), date(2026, 11, 20)), rng=np.random.default_rng(1))  # fmt: skip
    assert caught.value.text() == (
        "nho: no scored item belongs to the dimension 'skill'. Give its items a key."
    )


def test_a_required_item_that_the_simulation_does_not_know_is_named():
    world = replace(WORLD, fields=Fields(born="khac"))
    with pytest.raises(StudyError) as caught:
        fielding(world=world)
    assert caught.value.text() == (
        "ca_nhan/nam_sinh: the simulation cannot answer a required item of type 'integer'. "
        "Name it among the fields of the world, or do not require it."
    )


def test_the_whole_city_has_six_million_adults_in_the_census_proportions():
    units = read_units().assign(group="rest")
    city = simulate_city(units, world=WORLD, rng=np.random.default_rng(1))
    urban = city.points.groupby("settlement")["adults"].sum()["urban"]
    assert city.adults == pytest.approx(8_053_663 * 0.75, rel=1e-4)
    assert urban / city.adults == pytest.approx(3_962_310 / 8_053_663, abs=1e-4)
