"""What keeps grouping variables from being derived: settings first, then answers and dates."""

from collections.abc import Iterator

import pandas as pd

from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import Message, say
from survey.population.areas import list_of
from survey.population.respondents import Respondents
from survey.settings import AreaList, Variable

OLDEST = 120


def setting_problems(people: Respondents) -> Iterator[Problem]:
    """Variables that do not say from what they come, or name what does not exist."""
    for name, variable in people.settings.variables.items():
        place = f"study.yaml, variables.{name}"
        yield from _shape_problems(place, variable)
        if variable.item is not None and variable.item not in people.frame:
            yield _no_item(place, variable.item, people.frame)
        if variable.unit is not None or variable.areas:
            yield from _unit_problems(place, variable, people)
    age = people.settings.population.age
    if age is not None and age not in people.settings.variables:
        yield Problem(
            where="study.yaml, population.age",
            what=say("there is no variable '{variable}'.", variable=age),
            hint=did_you_mean(age, people.settings.variables),
        )


def answer_problems(people: Respondents) -> Iterator[Problem]:
    """Answers, unit codes and dates of interview from which no level follows."""
    variables = people.settings.variables
    for variable in variables.values():
        if variable.bands:
            yield from _age_problems(people, variable)
    if any(one.unit is not None or one.areas for one in variables.values()):
        yield from _residence_problems(people)
    for area in dict.fromkeys(area for one in variables.values() for area in one.areas):
        yield from _date_problems(people, list_of(people.settings, area, people.lists))


def _shape_problems(place: str, variable: Variable) -> Iterator[Problem]:
    named = [variable.item is not None, variable.unit is not None, bool(variable.areas)]
    if sum(named) != 1:
        yield Problem(
            where=place,
            what=say("it is to come from exactly one of item, unit and areas."),
            hint=say("Keep the one that is meant."),
        )
    if list(variable.bands) != sorted(set(variable.bands)):
        yield Problem(
            where=place,
            what=say("the bands {bands} do not rise.", bands=list(variable.bands)),
            hint=say("Write each lower limit once, the lowest first."),
        )


def _no_item(place: str, path: str, frame: pd.DataFrame) -> Problem:
    return Problem(
        where=place,
        what=say("no item '{path}' was asked.", path=path),
        hint=did_you_mean(path, [str(column) for column in frame.columns]),
    )


def _unit_problems(place: str, variable: Variable, people: Respondents) -> Iterator[Problem]:
    join = people.settings.population.residence
    if people.units is None or join is None:
        yield Problem(
            where=place,
            what=say("it needs the unit of residence, which the study does not name."),
            hint=say("Set population.residence and population.units."),
        )
        return
    if join.item not in people.frame:
        yield _no_item("study.yaml, population.residence", join.item, people.frame)
    if variable.unit is not None and variable.unit not in people.units:
        yield Problem(
            where=place,
            what=say("the table of units has no column '{column}'.", column=variable.unit),
            hint=did_you_mean(variable.unit, people.units.columns),
        )


def _age_problems(people: Respondents, variable: Variable) -> Iterator[Problem]:
    path = variable.item or ""
    answers = people.answers(path)
    wrong = answers[answers.notna() & ~people.age(variable).between(0, OLDEST)]
    for value, same in wrong.groupby(wrong):
        yield Problem(
            where=f"'{path}'",
            what=say("no age follows from '{value}' (records: {count}, the first {first}).",
                     value=value, count=len(same), first=same.index[0]),
            hint=say("Correct the answer, or the date of the interview."),
        )  # fmt: skip


def _residence_problems(people: Respondents) -> Iterator[Problem]:
    join = people.settings.population.residence
    if people.units is None or join is None:
        return
    codes = people.residence()
    unknown = codes[codes.notna() & ~codes.isin(people.units.index)]
    known = [str(code) for code in people.units.index]
    for code, same in unknown.groupby(unknown):
        yield Problem(
            where=f"'{join.item}'",
            what=say("'{code}' is no unit of the table (records: {count}, the first {first}).",
                     code=code, count=len(same), first=same.index[0]),
            hint=_unit_cure(str(code), known),
        )  # fmt: skip


def _date_problems(people: Respondents, one: AreaList | None) -> Iterator[Problem]:
    if one is None or not one.members:
        return
    begins, ends = pd.Timestamp(one.valid_from), pd.Timestamp(one.valid_to or pd.Timestamp.max)
    outside = people.days[(people.days < begins) | (people.days.dt.normalize() > ends)]
    if len(outside):
        yield Problem(
            where=f"study.yaml, population.areas, {one.area}, {one.id}",
            what=say(
                "the list does not hold on {count} interview dates, the first of them {day}.",
                count=len(outside),
                day=outside.min().date(),
            ),
            hint=say("Add the list that held then, or correct its dates."),
        )


def _unit_cure(code: str, known: list[str]) -> Message:
    longer = next((one for one in known if one.lstrip("0") == code), None)
    if longer is None:
        return say("Correct the answer, or give the unit a row in the table.")
    return say("Did you mean '{code}'? A spreadsheet drops leading zeros.", code=longer)
