"""Answers to questions that would not have been shown are taken back, as a form does."""

from datetime import datetime

import pandas as pd

from instruments.expression.evaluate import Context
from instruments.expression.values import Answer
from instruments.model import Instrument
from survey.form import Field, Test, prepare
from survey.readings import Reading


def without_hidden(instrument: Instrument, answers: pd.DataFrame, *, now: datetime) -> pd.DataFrame:
    """`answers`, one column a form path, blank where the item or a block around it is hidden."""
    shown = answers.copy()
    fields = {field.id: field for field in prepare(instrument).level.fields}
    for field in fields.values():
        for test in field.tests:
            holds = _holds(test, fields, shown, now)
            shown[field.path] = shown[field.path].where(holds, "")
    return shown


def _holds(
    test: Test, fields: dict[str, Field], answers: pd.DataFrame, now: datetime
) -> "pd.Series[bool]":
    read = {name: _values(fields[name], answers) for name in test.needs if name in fields}
    rows = ({name: column[row] for name, column in read.items()} for row in range(len(answers)))
    held = [test.holds(Context(now=now, answers=row)) for row in rows]
    return pd.Series(held, index=answers.index)


def _values(field: Field, answers: pd.DataFrame) -> list[Answer]:
    found = (field.read(text) for text in answers[field.path])
    return [one.value if isinstance(one, Reading) else None for one in found]
