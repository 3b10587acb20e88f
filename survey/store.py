"""The answer store: batches of rows that count wholly or not at all.

A batch is filled in transactions that hold its rows and its checkpoint together, and counts only
once it is sealed. An import that was interrupted goes on from its checkpoint when the same file is
imported again and nothing else has happened to the study since.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, exists, func, literal, select, union_all, update
from sqlalchemy.sql import Executable, Select

from instruments.language import say
from survey.answers import Record
from survey.chain import moment, note
from survey.corrected import RowId, corrected, standing_edits
from survey.database import Address, open_engine, reading, writing
from survey.database import exists as exists_at
from survey.errors import StudyError, unusable
from survey.ledger import (
    MANY,
    add_lines,
    advance,
    close_batch,
    count_corrections,
    drop_batch,
    let_stand,
    open_batch,
    present_place,
    same_row,
)
from survey.schema import batches, flags, journal, mended, quarantine, records, standing, withdrawn
from survey.staging import (
    NewBatch,
    Place,
    Sealed,
    StagedFlag,
    StagedProblem,
    StagedRecord,
    flag_line,
    mended_line,
    problem_line,
    record_line,
)

WITHDRAWN = "withdrawn"
"""In place of the hash of answers, of a key whose person has withdrawn."""


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
    who: str


@dataclass(frozen=True, slots=True)
class Store:
    """The answer store of a study."""

    engine: Engine

    @classmethod
    def open(cls, address: Address) -> Self:
        """Open the store at `address`, made when it is not there."""
        return cls(open_engine(address))

    @classmethod
    @contextmanager
    def existing(cls, address: Address) -> Iterator[Self | None]:
        """The store at `address` while it is open, or None where there is none yet."""
        if not exists_at(address):
            yield None
            return
        with cls.open(address) as store:
            yield store

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.engine.dispose()

    def contents_of(self, keys: Sequence[str], *, instrument: str) -> dict[str, str]:
        """Of the keys that count as accepted, the hash of their answers as imported.

        A key whose person has withdrawn has `WITHDRAWN` for it.
        """
        return self._found(keys, lambda some: union_all(
            select(standing.c.key, records.c.content)
            .join(records, same_row(records))
            .where(standing.c.status == "accepted", standing.c.instrument == instrument,
                   standing.c.key.in_(some)),
            select(withdrawn.c.key, literal(WITHDRAWN))
            .where(withdrawn.c.instrument == instrument, withdrawn.c.key.in_(some)),
        ))  # fmt: skip

    def quarantined(self, keys: Sequence[str], *, instrument: str) -> frozenset[str]:
        """Which keys stand in quarantine."""
        found = self._found(keys, lambda some: (
            select(standing.c.key, standing.c.key)
            .where(standing.c.status == "quarantined", standing.c.instrument == instrument,
                   standing.c.key.in_(some))
        ))  # fmt: skip
        return frozenset(found)

    def quarantined_ever(self, *, instrument: str) -> frozenset[RowId]:
        """Every row that was ever put in quarantine."""
        question = select(quarantine.c.batch, quarantine.c.row).where(
            quarantine.c.instrument == instrument
        )
        with reading(self.engine) as connection:
            return frozenset((line.batch, line.row) for line in connection.execute(question))

    def alike(self, likenesses: Sequence[str], *, instrument: str) -> dict[str, str]:
        """By hash of substantive answers, the key of an accepted record that has them."""
        counts = exists().where(same_row(records), standing.c.status == "accepted")
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
            return Place(batch=open_batch(connection, new, at=at), rows_done=0)

    def add(
        self, place: Place, *, rows_done: int, accepted: Sequence[StagedRecord],
        quarantined: Sequence[StagedProblem],
    ) -> Place:  # fmt: skip
        """Keep rows and move the checkpoint past them, in one transaction.

        Where another process that imports the same file was faster, nothing is kept and the place
        is the one that it has reached.

        Raises:
            StudyError: The batch was undone in the meantime.
        """
        with writing(self.engine) as connection:
            present = present_place(connection, place.batch)
            if present != place:
                return present
            good = [record_line(place.batch, one) for one in accepted]
            bad = [problem_line(place.batch, one) for one in quarantined]
            add_lines(connection, records, good)
            add_lines(connection, quarantine, bad)
            add_lines(connection, mended, [mended_line(place.batch, one.row, one.mends)
                                           for one in accepted if one.mends is not None])  # fmt: skip
            advance(connection, place.batch, [*good, *bad], rows_done=rows_done)
        return Place(batch=place.batch, rows_done=rows_done)

    def seal(
        self, place: Place, *, notes: Sequence[StagedFlag], at: datetime, who: str = ""
    ) -> Sealed:
        """Let the batch's rows count, each key once; one that brings nothing new closes as empty."""
        with writing(self.engine) as connection:
            if not present_place(connection, place.batch).open:
                return Sealed(batch=None, accepted=0, quarantined=0)
            accepted, quarantined = let_stand(connection, place.batch)
            state = "sealed" if accepted or quarantined else "empty"
            close_batch(connection, place.batch, state, at=at, who=who,
                        detail={"accepted": accepted, "quarantined": quarantined})  # fmt: skip
            lines = [flag_line(place.batch, note) for note in notes] if state == "sealed" else []
            add_lines(connection, flags, lines)
        return Sealed(batch=place.batch if state == "sealed" else None, accepted=accepted,
                      quarantined=quarantined)  # fmt: skip

    def undo(self, batch: int, *, at: datetime, who: str = "") -> int:
        """Make a batch count no longer, and what rests on it; the number of rows that counted.

        Raises:
            StudyError: There is no such batch, or nothing of it counts.
        """
        with writing(self.engine) as connection:
            state = connection.execute(
                select(batches.c.state).where(batches.c.id == batch)
            ).scalar()
            if state not in ("open", "sealed"):
                raise _cannot_undo(connection, batch)
            connection.execute(
                update(batches).where(batches.c.id == batch)
                .values(state="undone", closed_at=moment(at))
            )  # fmt: skip
            gone = drop_batch(connection, batch) + count_corrections(connection, batch)
            note(connection, "undone", batch, {"rows": gone}, at=at, who=who)
        return gone

    def accepted(self) -> Iterator[Record]:
        """Every accepted record with its corrections, by instrument and key."""
        order = (standing.c.instrument, standing.c.key)
        question = accepted_records().order_by(*order)
        with reading(self.engine) as connection:
            edits = standing_edits(connection)
            with connection.execution_options(yield_per=1000).execute(question) as lines:
                for line in lines:
                    yield corrected(record_of(line), edits.get((line.batch, line.row), ()))

    def list_batches(self) -> list[Batch]:
        """Every batch, oldest first, with the number of its rows that count."""
        with reading(self.engine) as connection:
            lines = connection.execute(select(batches).order_by(batches.c.id)).all()
            counts = connection.execute(
                select(standing.c.batch, standing.c.status, func.count())
                .group_by(standing.c.batch, standing.c.status)
            ).all()  # fmt: skip
        by_batch = {(batch, status): count for batch, status, count in counts}
        return [
            Batch(id=line.id, file_name=line.file_name, file_sha256=line.file_sha256,
                  kind=line.kind, state=line.state, opened_at=line.opened_at, who=line.who,
                  accepted=by_batch.get((line.id, "accepted"), 0),
                  quarantined=by_batch.get((line.id, "quarantined"), 0))
            for line in lines
        ]  # fmt: skip

    def counting_batches(self) -> tuple[int, ...]:
        """The batches that count, corrections among them."""
        question = select(batches.c.id).where(batches.c.state == "sealed").order_by(batches.c.id)
        with reading(self.engine) as connection:
            return tuple(connection.execute(question).scalars())

    def _found(
        self, values: Sequence[str], question: Callable[[Sequence[str]], Executable]
    ) -> dict[str, str]:
        found: dict[str, str] = {}
        with self.engine.connect() as connection:
            for begin in range(0, len(values), MANY):
                lines = connection.execute(question(values[begin : begin + MANY]))
                found |= {str(one): str(other) for one, other in lines}
        return found


def accepted_records() -> Select[Any]:
    """The question for the rows of the records that count."""
    return (
        select(records)
        .join(standing, same_row(records))
        .where(standing.c.status == "accepted")
    )  # fmt: skip


def record_of(line: Any) -> Record:  # noqa: ANN401 - a row of SQLAlchemy
    """A row of `records` as it was imported."""
    return Record(key=line.key, uuid=line.uuid, instrument=line.instrument, version=line.version,
                  answers=json.loads(line.answers),
                  not_relevant=tuple(json.loads(line.not_relevant)))  # fmt: skip


def _cannot_undo(connection: Connection, batch: int) -> StudyError:
    counting = connection.execute(
        select(batches.c.id).where(batches.c.state == "sealed").order_by(batches.c.id)
    ).scalars()
    names = ", ".join(map(str, counting)) or "-"
    return unusable("", say("Nothing of batch {batch} counts.", batch=batch),
                    say("Batches that can be undone: {names}.", names=names))  # fmt: skip
