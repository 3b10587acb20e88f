"""The answer store: batches of rows that count wholly or not at all.

A batch is filled in transactions that hold its rows and its checkpoint together, and counts only
once it is sealed. An import that was interrupted goes on from its checkpoint when the same file is
imported again and nothing else has happened to the study since.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from sqlalchemy import Connection, Engine, delete, exists, func, insert, literal, select, update
from sqlalchemy.sql import Select

from instruments.language import say
from survey.answers import Record, as_json
from survey.database import insert_new, open_engine, writing
from survey.errors import StudyError, unusable
from survey.schema import batches, flags, journal, quarantine, records, standing
from survey.staging import (
    NewBatch,
    Place,
    Sealed,
    StagedFlag,
    StagedProblem,
    StagedRecord,
    flag_line,
    problem_line,
    record_line,
)

Status = Literal["accepted", "quarantined"]
_MANY = 400
"""Keys in one question to the database; SQLite allows about a thousand places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch as lists show it."""

    id: int
    file_name: str
    file_sha256: str
    kind: str
    state: str
    accepted: int
    quarantined: int
    opened_at: str


@dataclass(frozen=True, slots=True)
class Store:
    """The answer store of a study."""

    engine: Engine

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the store at `path`, made when it is not there."""
        return cls(open_engine(path))

    @classmethod
    @contextmanager
    def existing(cls, path: Path) -> Iterator[Self | None]:
        """The store at `path` while it is open, or None where there is none yet."""
        if not path.exists():
            yield None
            return
        with cls.open(path) as store:
            yield store

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.engine.dispose()

    def contents_of(self, keys: Sequence[str], *, instrument: str) -> dict[str, str]:
        """Of the keys that count as accepted, the hash of their answers."""
        return self._found(keys, lambda some: (
            select(standing.c.key, records.c.content)
            .join(records, _same_row(records))
            .where(standing.c.status == "accepted", standing.c.instrument == instrument,
                   standing.c.key.in_(some))
        ))  # fmt: skip

    def quarantined(self, keys: Sequence[str], *, instrument: str) -> frozenset[str]:
        """Which keys stand in quarantine."""
        found = self._found(keys, lambda some: (
            select(standing.c.key, standing.c.key)
            .where(standing.c.status == "quarantined", standing.c.instrument == instrument,
                   standing.c.key.in_(some))
        ))  # fmt: skip
        return frozenset(found)

    def alike(self, likenesses: Sequence[str], *, instrument: str) -> dict[str, str]:
        """By hash of substantive answers, the key of an accepted record that has them."""
        counts = exists().where(_same_row(records), standing.c.status == "accepted")
        return self._found(likenesses, lambda some: (
            select(records.c.likeness, func.min(records.c.key))
            .where(records.c.likeness.in_(some), records.c.instrument == instrument, counts)
            .group_by(records.c.likeness)
        ))  # fmt: skip

    def begin(self, new: NewBatch, *, at: datetime) -> Place:
        """Open a batch, or return to the open one of the same recipe that nothing has overtaken."""
        with writing(self.engine) as connection:
            latest = connection.execute(select(func.max(journal.c.id))).scalar() or 0
            found = connection.execute(
                select(batches.c.id, batches.c.rows_done).where(
                    batches.c.recipe == new.recipe, batches.c.state == "open",
                    batches.c.since == latest,
                )
            ).first()  # fmt: skip
            if found is not None:
                return Place(batch=found.id, rows_done=found.rows_done)
            return Place(batch=_opened(connection, new, at), rows_done=0)

    def add(
        self, place: Place, *, rows_done: int, accepted: Sequence[StagedRecord],
        quarantined: Sequence[StagedProblem],
    ) -> Place:  # fmt: skip
        """Keep rows and move the checkpoint past them, in one transaction.

        Raises:
            StudyError: Another process has worked on the batch in the meantime.
        """
        with writing(self.engine) as connection:
            moved = connection.execute(
                update(batches)
                .where(batches.c.id == place.batch, batches.c.state == "open",
                       batches.c.rows_done == place.rows_done)
                .values(rows_done=rows_done)
            )  # fmt: skip
            if moved.rowcount != 1:
                raise _overtaken(place.batch)
            _insert(connection, records, [record_line(place.batch, one) for one in accepted])
            _insert(connection, quarantine, [problem_line(place.batch, one) for one in quarantined])
        return Place(batch=place.batch, rows_done=rows_done)

    def seal(self, place: Place, *, notes: Sequence[StagedFlag], at: datetime) -> Sealed | None:
        """Let the batch's rows count, each key once; one that brings nothing new closes as empty."""
        with writing(self.engine) as connection:
            accepted = self._let_stand(connection, place.batch, "accepted")
            quarantined = self._let_stand(connection, place.batch, "quarantined")
            state = "sealed" if accepted or quarantined else "empty"
            closed = _close(connection, place.batch, state, was=("open",), at=at)
            if not closed:
                raise _overtaken(place.batch)
            lines = [flag_line(place.batch, note) for note in notes] if state == "sealed" else []
            _insert(connection, flags, lines)
            _note(connection, state, place.batch,
                  {"accepted": accepted, "quarantined": quarantined}, at)  # fmt: skip
        if state == "empty":
            return None
        return Sealed(batch=place.batch, accepted=accepted, quarantined=quarantined)

    def undo(self, batch: int, *, at: datetime) -> int:
        """Make a batch count no longer; the number of rows that counted.

        Raises:
            StudyError: There is no such batch, or nothing of it counts.
        """
        with writing(self.engine) as connection:
            if not _close(connection, batch, "undone", was=("open", "sealed"), at=at):
                raise _cannot_undo(connection, batch)
            gone = connection.execute(delete(standing).where(standing.c.batch == batch)).rowcount
            _note(connection, "undone", batch, {"rows": gone}, at)
        return gone

    def accepted(self) -> Iterator[Record]:
        """Every accepted record, by instrument and key."""
        question = (
            select(records)
            .join(standing, _same_row(records))
            .where(standing.c.status == "accepted")
            .order_by(standing.c.instrument, standing.c.key)
        )
        with self.engine.connect() as connection:
            for line in connection.execution_options(yield_per=1000).execute(question):
                yield Record(key=line.key, uuid=line.uuid, instrument=line.instrument,
                             version=line.version, answers=json.loads(line.answers),
                             not_relevant=tuple(json.loads(line.not_relevant)))  # fmt: skip

    def list_batches(self) -> list[Batch]:
        """Every batch, oldest first, with the number of its rows that count."""
        with self.engine.connect() as connection:
            lines = connection.execute(select(batches).order_by(batches.c.id)).all()
            counts = connection.execute(
                select(standing.c.batch, standing.c.status, func.count())
                .group_by(standing.c.batch, standing.c.status)
            ).all()  # fmt: skip
        by_batch = {(batch, status): count for batch, status, count in counts}
        return [
            Batch(id=line.id, file_name=line.file_name, file_sha256=line.file_sha256,
                  kind=line.kind, state=line.state, opened_at=line.opened_at,
                  accepted=by_batch.get((line.id, "accepted"), 0),
                  quarantined=by_batch.get((line.id, "quarantined"), 0))
            for line in lines
        ]  # fmt: skip

    def _found(
        self, values: Sequence[str], question: Callable[[Sequence[str]], Select[Any]]
    ) -> dict[str, str]:
        found: dict[str, str] = {}
        with self.engine.connect() as connection:
            for begin in range(0, len(values), _MANY):
                lines = connection.execute(question(values[begin : begin + _MANY]))
                found |= {str(one): str(other) for one, other in lines}
        return found

    def _let_stand(self, connection: Connection, batch: int, status: Status) -> int:
        table = records if status == "accepted" else quarantine
        rows = select(literal(status), table.c.instrument, table.c.key, table.c.batch,
                      table.c.row).where(table.c.batch == batch)  # fmt: skip
        columns = ["status", "instrument", "key", "batch", "row"]
        statement = insert_new(self.engine, standing).from_select(columns, rows)
        return connection.execute(statement).rowcount


def _cannot_undo(connection: Connection, batch: int) -> StudyError:
    counting = connection.execute(
        select(batches.c.id).where(batches.c.state == "sealed").order_by(batches.c.id)
    ).scalars()
    names = ", ".join(map(str, counting)) or "-"
    return unusable("", say("Nothing of batch {batch} counts.", batch=batch),
                    say("Batches that can be undone: {names}.", names=names))  # fmt: skip


def _same_row(table: Any) -> Any:  # noqa: ANN401 - a table and a condition of SQLAlchemy
    return (table.c.batch == standing.c.batch) & (table.c.row == standing.c.row)


def _insert(connection: Connection, table: Any, lines: Iterable[dict[str, Any]]) -> None:  # noqa: ANN401
    rows = list(lines)
    if rows:
        connection.execute(insert(table), rows)


def _opened(connection: Connection, new: NewBatch, at: datetime) -> int:
    line = {"file_sha256": new.file_sha256, "file_name": new.file_name, "kind": new.kind,
            "recipe": new.recipe, "mapping": new.mapping, "state": "open", "rows_done": 0,
            "since": 0, "opened_at": _text(at)}  # fmt: skip
    batch = _added(connection, batches, line)
    entry = _note(connection, "opened", batch, {"file": new.file_name}, at)
    connection.execute(update(batches).where(batches.c.id == batch).values(since=entry))
    return batch


def _close(
    connection: Connection, batch: int, state: str, *, was: tuple[str, ...], at: datetime
) -> bool:
    statement = (
        update(batches)
        .where(batches.c.id == batch, batches.c.state.in_(was))
        .values(state=state, closed_at=_text(at))
    )
    return connection.execute(statement).rowcount == 1


def _note(
    connection: Connection, event: str, batch: int, detail: dict[str, object], at: datetime
) -> int:
    line = {"at": _text(at), "event": event, "batch": batch, "detail": as_json(detail)}
    return _added(connection, journal, line)


def _text(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _added(connection: Connection, table: Any, line: dict[str, Any]) -> int:  # noqa: ANN401
    """Insert one line; its generated number."""
    key = connection.execute(insert(table), line).inserted_primary_key
    return int(key[0]) if key is not None else 0


def _overtaken(batch: int) -> StudyError:
    return unusable("", say("Batch {batch} was changed by another process; this import stops.",
                            batch=batch),
                    say("Import the file again when the other one is done."))  # fmt: skip
