"""Whether batches, rows and ledger are still what the journal says."""

import json
from collections.abc import Iterable, Iterator
from heapq import merge

from sqlalchemy import Connection, Table, exists, or_, select

from instruments.errors import Problem
from instruments.language import say
from survey.chain import Entry, lengthened, sealed
from survey.corrected import RowId
from survey.schema import batches, corrections, mended, quarantine, records, standing, withdrawn

_STATES = {"opened": "open", "sealed": "sealed", "empty": "empty", "undone": "undone"}
_TABLES = (records, quarantine, corrections)


def withdrawn_rows(told: Iterable[Entry]) -> frozenset[RowId]:
    """Rows that the journal says were blanked because their person withdrew."""
    details = (json.loads(entry.detail) for entry in told if entry.event == "withdrawn")
    return frozenset((batch, row) for detail in details for batch, row in detail["rows"])


def state_faults(connection: Connection, told: Iterable[Entry]) -> Iterator[Problem]:
    """Batches whose state is not the one that the journal tells last."""
    states = {entry.batch: _STATES[entry.event] for entry in told
              if entry.batch is not None and entry.event in _STATES}  # fmt: skip
    found = {line.id: line.state
             for line in connection.execute(select(batches.c.id, batches.c.state))}  # fmt: skip
    for batch in sorted(states.keys() | found.keys()):
        if states.get(batch) != found.get(batch):
            yield Problem(where="", what=say(
                "Batch {batch} is '{found}'; by the journal it is '{told}'.",
                batch=batch, found=found.get(batch, "-"), told=states.get(batch, "-")))  # fmt: skip


def row_faults(
    connection: Connection, told: Iterable[Entry], *, blank: frozenset[RowId]
) -> Iterator[Problem]:
    """Rows that are not what was sealed, and batches that have lost or gained some."""
    chains = {entry.batch: json.loads(entry.detail).get("chain") for entry in told
              if entry.event in ("sealed", "empty")}  # fmt: skip
    for batch, kept in connection.execute(select(batches.c.id, batches.c.chain)).all():
        chain = ""
        for row, seal, holds in merge(*(_seals(connection, table, batch) for table in _TABLES)):
            chain = lengthened(chain, [seal])
            if not holds and (batch, row) not in blank:
                yield Problem(where="", what=say("Row {row} of batch {batch} was changed.",
                                                 row=row, batch=batch))  # fmt: skip
        if chain != kept or (chains.get(batch) or chain) != chain:
            yield Problem(where="", what=say("Rows of batch {batch} were added, removed or sealed "
                                             "anew.", batch=batch))  # fmt: skip


def ledger_faults(connection: Connection) -> Iterator[Problem]:
    """Records that should count and do not, or the other way round."""
    line = (standing.c.instrument == records.c.instrument, standing.c.key == records.c.key,
            standing.c.status == "accepted")  # fmt: skip
    left = (withdrawn.c.instrument == records.c.instrument, withdrawn.c.key == records.c.key)
    resting = (mended.c.batch == records.c.batch, mended.c.row == records.c.row,
               mended.c.from_batch == batches.c.id, batches.c.state == "undone")  # fmt: skip
    sealed_batch = exists().where(batches.c.id == records.c.batch, batches.c.state == "sealed")
    missing = select(records.c.batch, records.c.row).where(
        sealed_batch, ~exists().where(*line), ~exists().where(*left), ~exists().where(*resting)
    )
    for batch, row in connection.execute(missing):
        yield Problem(where="", what=say("Row {row} of batch {batch} should count, and does not.",
                                         row=row, batch=batch))  # fmt: skip
    counts = exists().where(batches.c.id == standing.c.batch, batches.c.state == "sealed")
    there = or_(*(exists().where(table.c.batch == standing.c.batch, table.c.row == standing.c.row)
                  for table in (records, quarantine)))  # fmt: skip
    question = select(standing.c.batch, standing.c.row).where(or_(~counts, ~there))
    for batch, row in connection.execute(question):
        yield Problem(where="", what=say("Row {row} of batch {batch} counts, and should not.",
                                         row=row, batch=batch))  # fmt: skip


def _seals(connection: Connection, table: Table, batch: int) -> Iterator[tuple[int, str, bool]]:
    """Of each row in order, its number, its seal, and whether that is still the hash of its line."""
    question = select(table).where(table.c.batch == batch).order_by(table.c.row)
    for line in connection.execute(question):
        kept = {str(name): value for name, value in line._mapping.items() if name != "seal"}
        yield line.row, line.seal, sealed(kept)["seal"] == line.seal
