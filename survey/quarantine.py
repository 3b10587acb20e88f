"""Rows that stand in quarantine, with the reason for each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from instruments.language import Message, say
from survey.answers import Answers
from survey.corrected import RowId
from survey.database import reading
from survey.findings import wording
from survey.ledger import same_row
from survey.schema import batches, quarantine, standing
from survey.store import Store

_REASONS: Mapping[str, Message] = {
    "type": say("The answer is not of the type that the question takes."),
    "unknown_choice": say("The answer is no code of the question."),
    "choice_filter": say("The answer is not offered after the answers given before."),
    "required_missing": say("The question must be answered."),
    "constraint": say("The answer breaks a rule of the question."),
    "ragged": say("The row has more or fewer cells than the heading."),
}
"""Where a store of an earlier version kept only the rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """Why a row is kept out; `hint` is a value that would do, where one suggests itself."""

    path: str
    value: str
    rule: str
    hint: str | None
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantinedRow:
    """A row that is kept out, its cells as in the file and by form path."""

    batch: int
    row: int
    line: int
    file_name: str
    instrument: str
    version: str
    uuid: str | None
    key: str
    cells: Mapping[str, str]
    given: Answers
    problems: Sequence[RowProblem]

    @property
    def id(self) -> RowId:
        """Where it stands in the store."""
        return self.batch, self.row


def count(store: Store, *, batch: int | None = None) -> int:
    """How many rows stand in quarantine, of one batch or of all."""
    with reading(store.engine) as connection:
        question = select(func.count()).select_from(standing).where(*_standing(batch))
        return int(connection.execute(question).scalar_one())


def listed(
    store: Store, *, batch: int | None = None, offset: int = 0, limit: int | None = 100
) -> list[QuarantinedRow]:
    """Rows that stand in quarantine, in the order in which they came."""
    with reading(store.engine) as connection:
        return rows_in_quarantine(connection, *_standing(batch), offset=offset, limit=limit)


def rows_in_quarantine(
    connection: Connection, *conditions: ColumnElement[bool], offset: int = 0,
    limit: int | None = None,
) -> list[QuarantinedRow]:  # fmt: skip
    """Rows of the table with their ledger line, for which all conditions hold."""
    question = (
        select(quarantine, batches.c.file_name)
        .join(standing, same_row(quarantine))
        .join(batches, batches.c.id == quarantine.c.batch)
        .where(*conditions)
        .order_by(quarantine.c.batch, quarantine.c.row)
        .offset(offset)
        .limit(limit)
    )
    return [_row(line) for line in connection.execute(question)]


def _standing(batch: int | None) -> list[ColumnElement[bool]]:
    own = [] if batch is None else [standing.c.batch == batch]
    return [standing.c.status == "quarantined", *own]


def _row(line: Any) -> QuarantinedRow:  # noqa: ANN401 - a row of SQLAlchemy
    return QuarantinedRow(
        batch=line.batch, row=line.row, line=line.line, file_name=line.file_name,
        instrument=line.instrument, version=line.version, uuid=line.uuid, key=line.key,
        cells=json.loads(line.cells), given=json.loads(line.given),
        problems=tuple(_problem(one) for one in json.loads(line.problems)),
    )  # fmt: skip


def _problem(stored: Mapping[str, Any]) -> RowProblem:
    message = stored.get("message")
    return RowProblem(
        path=stored.get("path", ""), value=stored.get("value", ""), rule=stored["rule"],
        hint=stored.get("hint"),
        message=_REASONS[stored["rule"]] if message is None else wording(message),
    )  # fmt: skip
