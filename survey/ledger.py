"""Steps inside a transaction of the store: batches move, keys begin to count and cease to.

Undoing a batch leaves the study as if it had not been imported: what rests on its rows, such as the
repair of one that it put in quarantine, goes with it, and what it had taken out of quarantine is
there again.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from instruments.language import say
from survey.chain import Detail, lengthened, moment, note
from survey.corrected import RowId
from survey.database import insert_new
from survey.errors import unusable
from survey.schema import batches, corrections, mended, quarantine, records, standing, withdrawn
from survey.staging import NewBatch, Place

Line = dict[str, Any]
MANY = 400
"""Keys in one question to the database; SQLite allows about a thousand places."""
_LEDGER = ["status", "instrument", "key", "batch", "row"]
_COUNTS = standing.alias("counts")
"""The line of the ledger by which another row's record counts."""


def same_row(table: Table) -> ColumnElement[bool]:
    """Whether a line of the ledger is about the row."""
    return and_(table.c.batch == standing.c.batch, table.c.row == standing.c.row)


def add_lines(connection: Connection, table: Table, lines: Sequence[Line]) -> None:
    """Add lines, of which there may be none."""
    if lines:
        connection.execute(insert(table), lines)


def open_batch(connection: Connection, new: NewBatch, *, at: datetime) -> int:
    """Open a batch; its number."""
    line = {"file_sha256": new.file_sha256, "file_name": new.file_name, "kind": new.kind,
            "recipe": new.recipe, "mapping": new.mapping, "state": "open", "rows_done": 0,
            "since": 0, "opened_at": moment(at), "who": new.who}  # fmt: skip
    made = connection.execute(insert(batches), line).inserted_primary_key
    batch = int(made[0]) if made is not None else 0
    detail = {"file": new.file_name, "sha256": new.file_sha256}
    entry = note(connection, "opened", batch, detail, at=at, who=new.who)
    connection.execute(update(batches).where(batches.c.id == batch).values(since=entry))
    return batch


def present_place(connection: Connection, batch: int) -> Place:
    """How far a batch has come by now.

    Raises:
        StudyError: It was undone.
    """
    line = connection.execute(
        select(batches.c.rows_done, batches.c.state).where(batches.c.id == batch)
    ).one()
    if line.state == "undone":
        raise unusable("", say("Batch {batch} was undone by another process; this import stops.",
                               batch=batch),
                       say("Import the file again if it shall count."))  # fmt: skip
    return Place(batch=batch, rows_done=line.rows_done, open=line.state == "open")


def advance(connection: Connection, batch: int, lines: Iterable[Line], *, rows_done: int) -> None:
    """Move a batch's checkpoint and its chain past lines that were added."""
    chain = connection.execute(select(batches.c.chain).where(batches.c.id == batch)).scalar_one()
    seals = (line["seal"] for line in sorted(lines, key=lambda line: int(line["row"])))
    connection.execute(
        update(batches).where(batches.c.id == batch)
        .values(rows_done=rows_done, chain=lengthened(chain, seals))
    )  # fmt: skip


def close_batch(
    connection: Connection, batch: int, state: str, *, at: datetime, who: str, detail: Detail
) -> None:
    """End a batch; the journal says so, with the chain over its rows."""
    connection.execute(
        update(batches).where(batches.c.id == batch).values(state=state, closed_at=moment(at))
    )
    chain = connection.execute(select(batches.c.chain).where(batches.c.id == batch)).scalar_one()
    note(connection, state, batch, {**detail, "chain": chain}, at=at, who=who)


def let_stand(connection: Connection, batch: int) -> tuple[int, int]:
    """Let a batch's rows count; how many are accepted and how many in quarantine."""
    known = exists().where(withdrawn.c.instrument == records.c.instrument,
                           withdrawn.c.key == records.c.key)  # fmt: skip
    left = exists().where(withdrawn.c.instrument == quarantine.c.instrument,
                          withdrawn.c.key == quarantine.c.uuid)  # fmt: skip
    accepted = _stand(connection, records, "accepted", (records.c.batch == batch) & ~known)
    quarantined = _stand(connection, quarantine, "quarantined",
                         (quarantine.c.batch == batch) & ~left)  # fmt: skip
    settled = exists().where(same_row(quarantine), _good(_COUNTS.c.batch == batch))
    connection.execute(delete(standing).where(standing.c.status == "quarantined", settled))
    return accepted, quarantined


def drop_batch(connection: Connection, batch: int) -> int:
    """Let a batch's rows, and what rests on them, count no longer; how many there were."""
    resting = exists().where(same_row(mended), mended.c.from_batch == batch)
    leaving = or_(standing.c.batch == batch, resting)
    sealed = exists().where(batches.c.id == quarantine.c.batch, batches.c.state == "sealed")
    rests = exists().where(mended.c.batch == _COUNTS.c.batch, mended.c.row == _COUNTS.c.row,
                           mended.c.from_batch == batch)  # fmt: skip
    gone = connection.execute(select(func.count()).select_from(standing).where(leaving)).scalar()
    _stand(connection, quarantine, "quarantined",
           and_(sealed, _good(or_(_COUNTS.c.batch == batch, rests))))  # fmt: skip
    connection.execute(delete(standing).where(leaving))
    return int(gone or 0)


def count_corrections(connection: Connection, batch: int) -> int:
    """How many answers a batch corrects."""
    question = select(func.count()).select_from(corrections).where(corrections.c.batch == batch)
    return int(connection.execute(question).scalar_one())


def records_named(connection: Connection, names: Sequence[str]) -> dict[str, list[RowId]]:
    """By key or instance id, the accepted records of that name."""
    found: dict[str, list[RowId]] = {}
    for begin in range(0, len(names), MANY):
        some = names[begin : begin + MANY]
        question = (
            select(records.c.key, records.c.uuid, records.c.batch, records.c.row)
            .join(standing, same_row(records))
            .where(standing.c.status == "accepted",
                   or_(records.c.key.in_(some), records.c.uuid.in_(some)))
        )  # fmt: skip
        for line in connection.execute(question):
            for name in {line.key, line.uuid or line.key}:
                found.setdefault(name, []).append((line.batch, line.row))
    return found


def _stand(
    connection: Connection, table: Table, status: str, condition: ColumnElement[bool]
) -> int:
    rows = (
        select(literal(status), table.c.instrument, table.c.key, table.c.batch, table.c.row)
        .where(condition)
        .order_by(table.c.batch, table.c.row)
    )
    statement = insert_new(connection.engine, standing).from_select(_LEDGER, rows)
    return connection.execute(statement.execution_options(preserve_rowcount=True)).rowcount


def _good(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a quarantined row's record counts, by a line of the ledger that fulfils a condition.

    A row that was mended, or came again without its fault, counts under the id of its record, or
    under its own key where it has none: one look into the ledger's own key.
    """
    key = func.coalesce(quarantine.c.uuid, quarantine.c.key)
    return exists().where(_COUNTS.c.status == "accepted", _COUNTS.c.key == key,
                          _COUNTS.c.instrument == quarantine.c.instrument, condition)  # fmt: skip
