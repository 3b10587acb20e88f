"""The table of units of residence: one row a unit, all columns text, keyed by the unit's code."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import say
from survey.errors import StudyError, unusable
from survey.importers.files import open_contents
from survey.importers.headed import headed_table
from survey.importers.table import Columns, Evidence, Table

HANOI_UNITS = Path(__file__).with_name("hanoi_units.csv")
"""Communes of Hà Nội on 30 June 2025; ``hanoi_units.md`` beside it names columns and sources."""


def read_units(path: Path = HANOI_UNITS, *, code: str = "commune") -> pd.DataFrame:
    """Read a table of units (CSV or Excel) as text, its index the column `code`, which it keeps.

    Raises:
        ImportRejected: the file is no table.
        StudyError: the column is missing, or a code is empty or stands twice.
    """
    evidence = Evidence(score=1.0, why=say("It is named in the study's settings."))
    table = headed_table(open_contents(path), kind="csv", columns=Columns(), evidence=evidence)
    if code not in table.headings:
        raise unusable(path.name, say("there is no column '{column}'.", column=code),
                       did_you_mean(code, table.headings))  # fmt: skip
    if problems := list(_code_problems(path, table, code)):
        raise StudyError(problems)
    width = len(table.headings)
    cells = [(*row.cells[:width], *[""] * (width - len(row.cells))) for row in table.rows()]
    units = pd.DataFrame(cells, columns=list(table.headings), dtype=object)
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


def _code_problems(path: Path, table: Table, code: str) -> Iterator[Problem]:
    at, seen = table.headings.index(code), {""}
    for row in table.rows():
        found = row.cells[at] if at < len(row.cells) else ""
        if found in seen:
            yield Problem(
                where=f"{path.name}, line {row.line}",
                what=say("the code '{code}' stands twice.", code=found)
                if found
                else say("the unit has no code."),
                hint=say("Give each unit one row and its own code."),
            )
        seen.add(found)


def _not_a_count(column: str, unit: object, value: object) -> Problem:
    return Problem(
        where=f"units, unit '{unit}', column '{column}'",
        what=say("'{value}' is not a number of people.", value=value),
        hint=say("Write a whole number of at least 0, without separators."),
    )
