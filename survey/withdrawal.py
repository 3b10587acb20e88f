"""A person withdraws: their answers, contact data and every copy of them are deleted.

What stays is that somebody withdrew: the record's key, by which it is kept out when its file comes
again, and the hashes of its rows, by which the journal can still be verified. The original files
that the rows came with are deleted too; their hashes stay.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, delete, or_, select, update

from instruments.language import say
from survey.chain import note
from survey.contacts import Vault
from survey.corrected import RowId
from survey.database import insert_new, wipe, writing
from survey.errors import StudyError, unusable
from survey.originals import Originals, names_of
from survey.receipts import Receipt, record_of_code
from survey.schema import batches, corrections, flags, quarantine, records, standing, withdrawn
from survey.snapshot_status import forget_snapshots_of
from survey.store import Store
from survey.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was deleted: rows of the store, contact details, original files, snapshots."""

    rows: int
    contacts: int
    originals: tuple[str, ...]
    snapshots: tuple[str, ...]


def forget(study: Study, code: str, *, now: Callable[[], datetime], by: str = "") -> Forgotten:
    """Delete everything of the person with this receipt code.

    Copies go first and the record last, so that an interrupted run can be repeated.

    Raises:
        StudyError: No accepted record has this code.
    """
    found = record_of_code(study, code)
    if found is None:
        raise _unknown()
    with Store.open(study.store_path) as store:
        with store.engine.connect() as connection:
            rows = _rows_of(connection, found)
            originals = _originals(connection, rows)
        contacts = Vault(study).forget(rows)
        for name in originals:
            Originals(study).forget(name)
        snapshots = forget_snapshots_of(study, found.key)
        with writing(store.engine) as connection:
            blanked = _blank(connection, found, rows)
            note(connection, "withdrawn", None, {"rows": [list(one) for one in blanked]}, at=now(),
                 who=by)  # fmt: skip
        wipe(store.engine)
    return Forgotten(rows=len(rows), contacts=contacts, originals=tuple(originals),
                     snapshots=tuple(snapshots))  # fmt: skip


def _rows_of(connection: Connection, one: Receipt) -> list[RowId]:
    """Every row that the person's record ever came with, quarantined and undone ones too."""
    found: set[RowId] = set()
    for question in (
        select(records.c.batch, records.c.row).where(
            records.c.instrument == one.instrument, records.c.key == one.key),
        select(quarantine.c.batch, quarantine.c.row).where(
            quarantine.c.instrument == one.instrument,
            or_(quarantine.c.key == one.key, quarantine.c.uuid == one.key)),
    ):  # fmt: skip
        found |= {(line.batch, line.row) for line in connection.execute(question)}
    return sorted(found)


def _originals(connection: Connection, rows: Iterable[RowId]) -> list[str]:
    wanted = {batch for batch, _ in rows}
    question = select(batches.c.file_sha256, batches.c.mapping).where(batches.c.id.in_(wanted))
    return sorted({name for line in connection.execute(question) for name in names_of(*line)})


def _blank(connection: Connection, one: Receipt, rows: Sequence[RowId]) -> list[RowId]:
    """Empty the rows and the corrections to them where they stand; all that were emptied."""
    emptied = list(rows)
    for batch, row in rows:
        connection.execute(
            update(records).where(records.c.batch == batch, records.c.row == row)
            .values(answers="{}", not_relevant="[]", content="", likeness=None, uuid=None)
        )  # fmt: skip
        connection.execute(
            update(quarantine).where(quarantine.c.batch == batch, quarantine.c.row == row)
            .values(cells="{}", given="{}", problems="[]")
        )  # fmt: skip
        connection.execute(
            update(flags).where(flags.c.batch == batch, flags.c.row == row).values(value=None)
        )
        mine = and_(corrections.c.record_batch == batch, corrections.c.record_row == row)
        own = select(corrections.c.batch, corrections.c.row).where(mine)
        emptied += [(line.batch, line.row) for line in connection.execute(own)]
        connection.execute(update(corrections).where(mine).values(old="", new="", why=""))
        connection.execute(delete(standing).where(standing.c.batch == batch, standing.c.row == row))
    connection.execute(insert_new(connection.engine, withdrawn)
                       .values(instrument=one.instrument, key=one.key))  # fmt: skip
    return emptied


def _unknown() -> StudyError:
    return unusable("", say("No record has this receipt code."),
                    say("Look at it again: twelve letters and digits. A record that was withdrawn "
                        "already has no code any longer."))  # fmt: skip
