"""Grouping variables from answers and units of residence, and what is said when none follows."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.errors import StudyError
from survey.population.areas import area_warnings
from survey.population.hanoi import ALL_AGES, SUBURBAN_LISTS, census_sex_margin
from survey.population.margins import unit_margin
from survey.population.units import count, read_units
from survey.population.variables import AGE, band, band_names, derive_variables
from survey.settings import AreaList, Join, Population, StudySettings, Variable, Wave

UNITS = read_units()
VI = {"vi": "x"}


def code_of(name):
    return UNITS.index[UNITS["name"] == name][0]


SOC_SON, PHUC_XA = code_of("Thị trấn Sóc Sơn"), code_of("Phường Phúc Xá")
DUONG_LAM, TAN_TRIEU = code_of("Xã Đường Lâm"), code_of("Xã Tân Triều")


def key_list(*members, **changes):
    fields = {"area": "key", "id": "authority", "label": VI, "document": VI, "fictitious": True}
    dates = {"valid_from": date(2025, 1, 1)}
    return AreaList(**(fields | dates | changes), members=members)


def variables(**more):
    return {
        "sex": Variable(label=VI, item="p/sex"),
        "age": Variable(label=VI, item="p/born", birth_year=True, bands=(18, 30, 60)),
        "settlement": Variable(label=VI, unit="settlement"),
        "group": Variable(label=VI, areas=("key", "suburban")),
        **more,
    }


LISTS = (*SUBURBAN_LISTS, key_list(SOC_SON, PHUC_XA))


def study(*, areas=LISTS, **more):
    return StudySettings(
        id="s",
        title=VI,
        plan="p.yaml",
        instruments=("i.yaml",),
        wave=Wave(id="w"),
        population=Population(
            label=VI,
            age="age",
            residence=Join(item="p/commune", column="commune"),
            units="units.csv",
            areas=areas,
        ),
        variables=variables(**more),
    )


PEOPLE = pd.DataFrame(
    {
        "p/sex": ["nam", "nu", "nu", "nam"],
        "p/born": ["1990", "2008", "1950", ""],
        "p/commune": [SOC_SON, PHUC_XA, DUONG_LAM, TAN_TRIEU],
    }
)


def derive(frame=PEOPLE, *, settings=None, units=UNITS, day="2026-11-20", lists=None):
    days = pd.Series([pd.Timestamp(day)] * len(frame), index=frame.index)
    return derive_variables(
        frame, settings=settings or study(), units=units, interview_dates=days, lists=lists or {}
    )


def test_every_variable_of_the_study_gets_its_levels():
    levels = derive()
    assert list(levels.columns) == ["sex", "age", "settlement", "group", AGE]
    assert list(levels["sex"]) == ["nam", "nu", "nu", "nam"]
    assert list(levels["age"]) == ["30-59", "18-29", "60+", None]
    assert list(levels["settlement"]) == ["urban", "urban", "rural", "rural"]
    assert list(levels["group"]) == ["key+suburban", "key", "rest", "suburban"]


def test_age_is_the_age_reached_in_the_year_of_the_interview():
    assert list(derive()[AGE])[:3] == [36, 18, 76]
    assert list(derive(day="2025-08-01")[AGE])[:3] == [35, 17, 75]


@pytest.mark.parametrize(
    ("chosen", "son_tay", "tan_trieu"),
    [
        ("huyen_17", "rest", "suburban"),
        ("huyen_17_son_tay", "suburban", "suburban"),
        ("mostly_huyen", "rest", "rest"),
        ("xa_75", "rest", "rest"),
    ],
)
def test_a_respondent_belongs_to_the_suburbs_by_the_list_that_is_chosen(chosen, son_tay, tan_trieu):
    assert list(derive(lists={"suburban": chosen})["group"])[2:] == [son_tay, tan_trieu]


def test_without_a_key_list_the_group_falls_back_to_the_suburbs_and_a_warning_says_so():
    settings = study(areas=SUBURBAN_LISTS)
    expected = ["suburban", "rest", "rest", "suburban"]
    assert list(derive(settings=settings)["group"]) == expected
    names = {"key": {"vi": "Địa bàn trọng yếu", "en": "Key areas"}}
    assert [one.text() for one in area_warnings(settings, lists={}, names=names)] == [
        "No list of units is loaded for 'Key areas'; the domain consists of 'suburban' alone."
    ]
    empty = study(areas=(*SUBURBAN_LISTS, key_list()))
    assert area_warnings(empty, lists={}, names=names) == area_warnings(
        settings, lists={}, names=names
    )
    nothing = study(areas=())
    assert area_warnings(nothing, lists={}, names=names)[0].text() == (
        "No list of units is loaded for 'Key areas': its domain has nobody."
    )


def test_a_fictitious_list_is_named_as_one():
    assert [one.text() for one in area_warnings(study(), lists={}, names={})] == [
        "The list 'x' for 'key' is fictitious, for demonstration only."
    ]


def problems(**case):
    with pytest.raises(StudyError) as caught:
        derive(**case)
    return caught.value.text().splitlines()


def test_unknown_units_are_told_by_code_with_the_cure():
    frame = PEOPLE.assign(**{"p/commune": ["376", "376", "00002", DUONG_LAM]})
    assert problems(frame=frame) == [
        "'p/commune': '00002' is no unit of the table (records: 1, the first 2). "
        "Correct the answer, or give the unit a row in the table.",
        "'p/commune': '376' is no unit of the table (records: 2, the first 0). "
        "Did you mean '00376'? A spreadsheet drops leading zeros.",
    ]


def test_a_birth_year_of_another_calendar_is_told():
    frame = PEOPLE.assign(**{"p/born": ["2533", "1990", "x", "1990"]})
    assert problems(frame=frame) == [
        "'p/born': no age follows from '2533' (records: 1, the first 0). "
        "Correct the answer, or the date of the interview.",
        "'p/born': no age follows from 'x' (records: 1, the first 2). "
        "Correct the answer, or the date of the interview.",
    ]


def test_a_list_that_does_not_hold_on_the_day_is_refused():
    assert problems(lists={"suburban": "xa_75"}, day="2025-03-01") == [
        "study.yaml, population.areas, suburban, xa_75: the list does not hold on 4 interview "
        "dates, the first of them 2025-03-01. "
        "Add the list that held then, or correct its dates."
    ]


def test_a_list_holds_until_the_end_of_its_last_day():
    settings = study(areas=(*SUBURBAN_LISTS, key_list(SOC_SON, valid_to=date(2026, 11, 20))))
    assert derive(settings=settings, day="2026-11-20 17:30")["group"].iloc[0] == "key+suburban"


def test_a_list_that_the_study_lacks_is_refused_when_it_has_others():
    assert problems(lists={"suburban": "authority"}) == [
        "study.yaml, population.areas, suburban: the list 'authority' is not loaded. "
        "Add it, or choose one of huyen_17, huyen_17_son_tay, mostly_huyen, xa_75."
    ]


def test_a_member_that_is_no_unit_is_refused():
    settings = study(areas=(*SUBURBAN_LISTS, key_list("99999")))
    assert problems(settings=settings) == [
        "study.yaml, population.areas, key, authority: '99999' is no unit of the table. "
        "Correct the code, or name the column that holds it."
    ]


def test_every_fault_of_the_settings_is_told_at_once():
    settings = study(
        both=Variable(label=VI, item="p/sex", unit="kind"),
        asked=Variable(label=VI, item="p/sexx"),
        down=Variable(label=VI, item="p/born", bands=(30, 18)),
        column=Variable(label=VI, unit="settlements"),
    )
    assert problems(settings=settings) == [
        "study.yaml, variables.both: it is to come from exactly one of item, unit and areas. "
        "Keep the one that is meant.",
        "study.yaml, variables.asked: no item 'p/sexx' was asked. Did you mean 'p/sex'?",
        "study.yaml, variables.down: the bands [30, 18] do not rise. "
        "Write each lower limit once, the lowest first.",
        "study.yaml, variables.column: the table of units has no column 'settlements'. "
        "Did you mean 'settlement'?",
    ]


def test_groups_need_a_table_of_units():
    assert problems(units=None)[0] == (
        "study.yaml, variables.settlement: it needs the unit of residence, which the study does "
        "not name. Set population.residence and population.units."
    )


@given(
    st.lists(st.integers(0, 99), min_size=1, max_size=6, unique=True).map(sorted),
    st.integers(0, 120),
)
def test_every_age_falls_in_exactly_the_band_whose_limits_hold_it(lower, age):
    name = band(pd.Series([age]), tuple(lower)).iloc[0]
    low, _, high = name.rstrip("+").partition("-")
    assert name in band_names(tuple(lower))
    assert int(low) <= age <= int(high or 999)


MARGIN = unit_margin(
    UNITS,
    settings=study(),
    variables=("group", "settlement"),
    size="population_2019",
    lists={},
    origin=ALL_AGES,
)


def test_group_by_settlement_shares_sum_to_one_and_give_back_the_census():
    shares = pd.DataFrame(MARGIN.shares)
    assert shares["share"].sum() == pytest.approx(1, abs=1e-12)
    assert (MARGIN.id, MARGIN.variables) == ("group.settlement", ("group", "settlement"))
    by = shares.groupby("settlement")["share"].sum()
    assert by["urban"] == pytest.approx(3_962_310 / 8_053_663)
    suburban = shares[shares["group"].str.contains("suburban")]["share"].sum()
    assert suburban == pytest.approx(4_302_443 / 8_053_663)


def test_the_key_list_moves_its_own_people_and_no_others():
    shares = pd.DataFrame(MARGIN.shares).groupby("group")["share"].sum() * 8_053_663
    people = count(UNITS, "population_2019")
    assert shares["key"] == pytest.approx(people[PHUC_XA])
    assert shares["key+suburban"] == pytest.approx(people[SOC_SON])


def test_sex_shares_are_those_of_the_census_with_source_and_base():
    margin = census_sex_margin(male="nam", female="nu")
    assert [row["sex"] for row in margin.shares] == ["nam", "nu"]
    assert [row["share"] for row in margin.shares] == pytest.approx([0.495665, 0.504335], abs=1e-6)
    assert margin.as_of == date(2019, 4, 1)
    assert not margin.fictitious
