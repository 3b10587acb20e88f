"""Respondents and what is known of where they live, as the grouping variables need them."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from survey.settings import StudySettings, Variable


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Respondents:
    """Answers by form path, the days of the interviews, the units, and the lists that hold."""

    frame: pd.DataFrame
    settings: StudySettings
    units: pd.DataFrame | None
    days: "pd.Series[pd.Timestamp]"
    lists: Mapping[str, str]

    def answers(self, path: str) -> "pd.Series[str]":
        """The answers to one item as text; an empty cell is missing."""
        column = self.frame[path]
        return column.astype(str).where(column.notna() & column.ne(""), None)

    def numbers(self, path: str) -> "pd.Series[float]":
        """The answers to one item as numbers; what is no number is missing."""
        return pd.to_numeric(self.answers(path), errors="coerce")

    def age(self, variable: Variable) -> "pd.Series[float]":
        """Age in whole years: as answered, or the age reached in the year of the interview."""
        number = self.numbers(variable.item or "")
        return self.days.dt.year - number if variable.birth_year else number

    def residence(self) -> "pd.Series[str]":
        """Code of each respondent's unit of residence."""
        join = self.settings.population.residence
        return self.answers(join.item if join else "")
