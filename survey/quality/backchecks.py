"""Interviews asked again by somebody else: the file, and agreement question by question.

The file has one row for each interview that was checked, its id in ``record`` (or ``_record``,
``_uuid``), and a column for each question that was asked again, headed by its form path or id.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import say
from survey.cells import Cells, read_cells
from survey.errors import ImportRejected
from survey.form import Form
from survey.quality.agreement import Agreement, agreement
from survey.quality.interviews import Interviews

IDS = ("record", "_record", "_uuid")


@dataclass(frozen=True, slots=True, kw_only=True)
class BackChecks:
    """How many interviews were checked and how many answers of each question agree."""

    checked: int
    items: tuple[Agreement, ...]


def back_checks(path: Path, interviews: Interviews, *, ids: Mapping[str, str]) -> BackChecks:
    """Compare the file with the interviews; `ids` are further names of records by record.

    Raises:
        ImportRejected: an id or a heading that is not known, with every one of them.
    """
    headings, rows = read_cells(path)
    column = next((name for name in IDS if name in headings), "")
    paths = {name: found for name in headings if (found := _path(name, interviews.form))}
    names = {**{other: key for key, other in ids.items()}, **{k: k for k in interviews.frame.index}}
    problems = [*_headings(path.name, headings, column, paths), *_unknown(rows, column, names)]
    if problems:
        raise ImportRejected(problems)
    asked = [(names[row[column]], row) for row in rows]
    items = [_compared(interviews, asked, heading, where) for heading, where in paths.items()]
    return BackChecks(checked=len(asked), items=tuple(items))


def _path(heading: str, form: Form) -> str | None:
    found = (one for one in form.level.fields if heading in (one.path, one.id))
    return next((one.path for one in found), None)


def _headings(
    file: str, headings: Sequence[str], column: str, paths: Mapping[str, str]
) -> Iterator[Problem]:
    if not column:
        yield Problem(where=file, what=say("no column holds the id of the interview."),
                      hint=say("Name it 'record'."))  # fmt: skip
    for name in headings:
        if name and name not in paths and name not in IDS:
            yield Problem(where=file, what=say("'{column}' is no question of the form.", column=name),
                          hint=say("Head the column by the form path or the id of the question."))  # fmt: skip


def _unknown(rows: Sequence[Cells], column: str, names: Mapping[str, str]) -> Iterator[Problem]:
    for row in rows if column else ():
        if row[column] not in names:
            yield Problem(where=f"{row.file}, line {row.line}, column '{column}'",
                          what=say("no accepted interview has the id '{value}'.", value=row[column]),
                          hint=did_you_mean(row[column], list(names)[:2000]) if names else None)  # fmt: skip


def _compared(
    interviews: Interviews, asked: Sequence[tuple[str, Cells]], heading: str, path: str
) -> Agreement:
    first = interviews.frame[path] if path in interviews.frame else pd.Series(dtype=object)
    pairs = [(str(one), row[heading]) for key, row in asked
             if isinstance(one := first.get(key), str) and row[heading]]  # fmt: skip
    return agreement(path, [one for one, _ in pairs], [other for _, other in pairs])
