"""Responses made ready: days of interview, the base, and what a reader is told."""

from datetime import date

import pandas as pd
import pytest

from analysis.responses import Tables, interview_days, ready
from instruments.model import Instrument, Item
from survey.settings import Population, StudySettings, Variable, Wave

INSTRUMENT = Instrument(
    id="i", version="1", title={"en": "I"}, languages=("en",), interview_date="start",
    items=(Item(id="start", type="datetime"), Item(id="born", type="integer")),
)  # fmt: skip


def settings(**more) -> StudySettings:
    made = {
        "id": "s", "title": {"en": "S"}, "plan": "p", "instruments": ("i",),
        "wave": Wave(id="1", begins=date(2026, 10, 1), ends=date(2026, 10, 31)),
        "population": Population(label={"en": "adults"}, age_from=18, age="age"),
        "variables": {"age": Variable(label={"en": "Age"}, item="born", birth_year=True,
                                      bands=(0, 18, 40))},
    }  # fmt: skip
    return StudySettings(**(made | more))


def frame(starts: list[str | None], born: list[str | None]) -> pd.DataFrame:
    records = [f"r{i}" for i in range(len(starts))]
    return pd.DataFrame(
        {"_record": records, "_version": "1", "start": starts, "born": born}, dtype="string"
    )


def made(starts, born, **more):
    return ready(frame(starts, born), settings=settings(**more), instruments=(INSTRUMENT,),
                 tables=Tables(), lists={}, today=date(2026, 11, 24))  # fmt: skip


def test_an_interview_has_the_date_of_its_own_zone_or_none():
    days = interview_days(
        frame(["2026-10-05T00:30:00.000+07:00", "2026-10-06", None, "soon"], ["1980"] * 4),
        (INSTRUMENT,),
    )
    assert [str(one.date()) for one in days[:2]] == ["2026-10-05", "2026-10-06"]
    assert days.isna().tolist() == [False, False, True, True]


def test_an_undated_interview_counts_as_of_the_end_of_the_wave_and_is_told():
    got = made(["2026-10-05", None], ["1980", "1990"])
    assert got.days.dt.date.tolist() == [date(2026, 10, 5), date(2026, 10, 31)]
    assert got.fieldwork == (date(2026, 10, 5), date(2026, 10, 5))
    assert got.warnings[0].text() == (
        "1 interviews have no date; they are scored as of the end of the wave."
    )


def test_without_any_date_the_fieldwork_is_that_of_the_wave_or_unknown():
    assert made([None], ["1980"]).fieldwork == (date(2026, 10, 1), date(2026, 10, 31))
    assert made([None], ["1980"], wave=Wave(id="1")).fieldwork is None


def test_who_is_too_young_leaves_the_base_and_who_has_no_age_stays():
    got = made(["2026-10-05"] * 4, ["2008", "2009", None, "1950"])
    assert list(got.frame.index) == ["r0", "r2", "r3"]
    assert (got.outside, len(got.columns), len(got.groups)) == (1, 3, 3)
    assert got.age.tolist()[::2] == [18, 76]
    assert "1 respondents of unknown age are counted as members of the base." in [
        one.text() for one in got.warnings
    ]


@pytest.mark.parametrize(
    ("population", "told"),
    [
        (Population(label={"en": "adults"}, age_from=18),
         "Ages are not known: everybody who answered counts as 18 or older."),
        (Population(label={"en": "people"}),
         "There are no design weights: every response counts alike."),
    ],
)  # fmt: skip
def test_what_the_study_does_not_know_is_told(population, told):
    got = made(["2026-10-05"], ["1980"], population=population, variables={})
    assert told in [one.text() for one in got.warnings]
    assert got.outside == 0
