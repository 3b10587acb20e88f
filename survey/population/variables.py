"""Grouping variables of respondents: sex, age bands, settlement, the groups that targets name."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd

from survey.errors import StudyError
from survey.population.areas import levels_of_units
from survey.population.checks import answer_problems, setting_problems
from survey.population.respondents import Respondents
from survey.settings import StudySettings, Variable

AGE = "@age"
"""Column with the age in whole years; no variable of a study can have this name."""


def derive_variables(
    frame: pd.DataFrame,
    *,
    settings: StudySettings,
    units: pd.DataFrame | None,
    interview_dates: "pd.Series[pd.Timestamp]",
    lists: Mapping[str, str],
) -> pd.DataFrame:
    """One column of levels for each variable of the study, and `AGE` where the study names it.

    `frame` has a column for each form path and `interview_dates` its index; `units` is indexed by
    the code that residence gives; `lists` names, by area, the list that holds. A missing answer
    gives a missing level. Age is the age reached in the year of the interview.

    Raises:
        StudyError: every setting, answer, unit code or list from which no level follows.
    """
    people = Respondents(frame=frame, settings=settings, units=units,
                         days=pd.to_datetime(interview_dates), lists=lists)  # fmt: skip
    if problems := list(setting_problems(people)) or list(answer_problems(people)):
        raise StudyError(problems)
    columns = {name: _levels(people, one) for name, one in settings.variables.items()}
    levels = pd.DataFrame(columns, index=frame.index)
    if settings.population.age is None:
        return levels
    return levels.assign(**{AGE: people.age(settings.variables[settings.population.age])})


def band_names(lower: tuple[int, ...]) -> tuple[str, ...]:
    """Names of the age bands that begin at these ages, such as ``18-29`` and ``60+``."""
    closed = [f"{low}-{high - 1}" for low, high in pairwise(lower)]
    below = [f"0-{lower[0] - 1}"] if lower[0] > 0 else []
    return (*below, *closed, f"{lower[-1]}+")


def band(age: "pd.Series[float]", lower: tuple[int, ...]) -> "pd.Series[str]":
    """The band of each age; a missing age stays missing."""
    edges = [*([0] if lower[0] > 0 else []), *lower, np.inf]
    bands = pd.cut(age, edges, right=False, labels=list(band_names(lower)))
    return bands.astype(object).where(bands.notna(), None)


def _levels(people: Respondents, variable: Variable) -> "pd.Series[str]":
    if variable.bands:
        return band(people.age(variable), variable.bands)
    if variable.item is not None:
        return people.answers(variable.item)
    units = pd.DataFrame() if people.units is None else people.units
    by_unit = levels_of_units(units, people.settings, variable, lists=people.lists)
    levels = people.residence().map(by_unit)
    return levels.where(levels.notna(), None)
