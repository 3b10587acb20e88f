"""The table of units of residence: one row a unit, all columns text, keyed by the unit's code."""

from pathlib import Path

import pandas as pd

from instruments.errors import Problem
from instruments.language import say
from survey.errors import StudyError

HANOI_UNITS = Path(__file__).with_name("hanoi_units.csv")
"""Communes of Hà Nội on 30 June 2025; ``hanoi_units.md`` beside it names columns and sources."""


def read_units(path: Path = HANOI_UNITS, *, code: str = "commune") -> pd.DataFrame:
    """Read a table of units as text, its index the column `code`, which it keeps.

    Raises:
        StudyError: the column is missing, or a code is empty or stands twice.
    """
    units = pd.read_csv(path, dtype=str, keep_default_na=False)
    if code not in units:
        raise StudyError(_no_column(path, code, [str(column) for column in units.columns]))
    if problems := _code_problems(path, units[code]):
        raise StudyError(problems)
    return units.set_index(code, drop=False)


def count(units: pd.DataFrame, column: str) -> "pd.Series[int]":
    """A column of the units table as whole numbers.

    Raises:
        StudyError: a cell is not a whole number of at least 0.
    """
    cells = units[column]
    if len(wrong := cells[~cells.str.fullmatch(r"\d+")]):
        raise StudyError(_not_a_count(column, unit, value) for unit, value in wrong.items())
    return cells.astype(int)


def _no_column(path: Path, column: str, columns: list[str]) -> Problem:
    return Problem(
        where=path.name,
        what=say("there is no column '{column}'.", column=column),
        hint=say("Its columns are {columns}.", columns=", ".join(columns)),
    )


def _code_problems(path: Path, codes: "pd.Series[str]") -> list[Problem]:
    lines = range(2, len(codes) + 2)
    twice = codes.duplicated()
    return [
        Problem(
            where=f"{path.name}, line {line}",
            what=say("the code '{code}' stands twice.", code=code)
            if code
            else say("the unit has no code."),
            hint=say("Give each unit one row and its own code."),
        )
        for line, code, again in zip(lines, codes, twice, strict=True)
        if again or not code
    ]


def _not_a_count(column: str, unit: object, value: object) -> Problem:
    return Problem(
        where=f"units, unit '{unit}', column '{column}'",
        what=say("'{value}' is not a number of people.", value=value),
        hint=say("Write a whole number of at least 0, without separators."),
    )
