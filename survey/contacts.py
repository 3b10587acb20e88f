"""Contact data: sealed in a file of their own beside the answers, and deleted with their row.

Names and phone numbers never enter the answer store, the journal, reports or temporary files. Each
row's are a box of its own: it is deleted or handed on to a mended row without being opened, which
takes the study's private key (`survey.contact_key`).
"""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from instruments.language import say
from survey.answers import Answers, as_json
from survey.contact_key import lock_made
from survey.corrected import RowId
from survey.errors import unwritable
from survey.findings import Fault, Note
from survey.sealing import Key
from survey.study import Study
from survey.validation import Checked

Contact = Mapping[str, str]
"""Contact data by form path."""
_TABLE = (
    "CREATE TABLE IF NOT EXISTS sealed (batch INTEGER NOT NULL, row INTEGER NOT NULL,"
    " details INTEGER NOT NULL, lock TEXT NOT NULL, box BLOB NOT NULL, PRIMARY KEY (batch, row))"
)
_KEEP = "INSERT OR REPLACE INTO sealed VALUES (?, ?, ?, ?, ?)"
_CARRY = (
    "INSERT OR REPLACE INTO sealed SELECT ?, ?, details, lock, box FROM sealed"
    " WHERE batch = ? AND row = ?"
)
_UNSEALED = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'contacts'"
"""Finds the table of a study from before contact data were sealed."""


def sealed_off(checked: Checked, paths: frozenset[str]) -> tuple[Checked, Contact]:
    """What was checked without its contact data, and these; whatever is wrong with them is noted.

    A name that is missing or a number with a digit too few keeps no answer out.
    """
    if not paths:
        return checked, {}
    contact = {path: str(checked.answers[path]) for path in sorted(paths & checked.answers.keys())}
    doubtful = [_doubtful(fault) for fault in checked.faults if fault.path in paths]
    notes = (note for note in checked.notes if note.path not in paths)
    return replace(
        checked, answers=without(checked.answers, paths), notes=(*notes, *doubtful),
        faults=tuple(fault for fault in checked.faults if fault.path not in paths),
        not_relevant=tuple(place for place in checked.not_relevant if place not in paths),
    ), contact  # fmt: skip


def without(answers: Answers, paths: frozenset[str]) -> Answers:
    """Answers without contact data."""
    return {path: value for path, value in answers.items() if path not in paths}


def _doubtful(fault: Fault) -> Note:
    message = say("This contact detail is missing or does not fit its question; the answers count.")
    return Note(rule=f"contact_{fault.rule}", path=fault.path, message=message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Contact data by row, and how many rows have some that were sealed for another key."""

    contacts: Mapping[RowId, Contact]
    closed: int


@dataclass(frozen=True, slots=True)
class Vault:
    """The sealed contact data of a study."""

    study: Study

    @property
    def path(self) -> Path:
        """The file that they are in."""
        return self.study.vault

    def keep(
        self, batch: int, rows: Mapping[int, Contact], *, mended: Mapping[int, RowId] | None = None
    ) -> None:
        """Seal the contact data of rows, in place of what was kept of them.

        A mended row has those of the row that it repairs, by the box that they lie in.

        Raises:
            StudyError: The disk takes no more, or the study has no key and none can be made.
        """
        given = {(batch, row): contact for row, contact in rows.items() if contact}
        carried = [(batch, row, *origin) for row, origin in (mended or {}).items()]
        if not given and not (carried and self.path.exists()):
            return
        _made(self.path)
        with self._writing() as connection:
            connection.executemany(_KEEP, self._boxes(given))
            connection.executemany(_CARRY, carried)

    def opened(self, key: Key) -> Opened:
        """All contact data that a key opens, by row."""
        if not self.path.exists():
            return Opened(contacts={}, closed=0)
        with self._writing() as connection:
            lines = connection.execute("SELECT batch, row, box FROM sealed").fetchall()
        found = {(batch, row): key.open(box) for batch, row, box in lines}
        contacts = {row: json.loads(text) for row, text in found.items() if text is not None}
        return Opened(contacts=contacts, closed=len(found) - len(contacts))

    def forget(self, rows: Iterable[RowId]) -> int:
        """Delete the contact data of rows; how many details there were."""
        return self._delete(" WHERE batch = ? AND row = ?", list(rows))

    def forget_batch(self, batch: int) -> int:
        """Delete the contact data of a batch; how many details there were."""
        return self._delete(" WHERE batch = ?", [(batch,)])

    def forget_all(self) -> int:
        """Delete all contact data; how many details there were."""
        return self._delete("", [()])

    def _delete(self, those: str, places: list[RowId] | list[tuple[int]] | list[tuple[()]]) -> int:
        if not self.path.exists():
            return 0
        gone = 0
        with self._writing() as connection:
            for place in places:
                counted = f"SELECT coalesce(sum(details), 0) FROM sealed{those}"  # noqa: S608 - ours
                gone += connection.execute(counted, place).fetchone()[0]
                connection.execute(f"DELETE FROM sealed{those}", place)  # noqa: S608 - ours
        return gone

    def _boxes(self, rows: Mapping[RowId, Contact]) -> Iterator[tuple[int, int, int, str, bytes]]:
        lock = lock_made(self.study)
        for row, contact in rows.items():
            box = lock.seal(as_json(dict(contact)).encode())
            yield *row, len(contact), lock.name, box

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=60)) as connection:
                connection.execute("PRAGMA secure_delete=ON")
                connection.execute("PRAGMA synchronous=FULL")
                with connection:
                    connection.execute("BEGIN IMMEDIATE")
                    connection.execute(_TABLE)
                    self._seal_what_lies_open(connection)
                    yield connection
        except sqlite3.OperationalError as error:
            raise unwritable(self.path.name, error) from None

    def _seal_what_lies_open(self, connection: sqlite3.Connection) -> None:
        """Take a study from before contact data were sealed forward, wholly or not at all."""
        if connection.execute(_UNSEALED).fetchone() is None:
            return
        found: dict[RowId, dict[str, str]] = {}
        for batch, row, path, value in connection.execute("SELECT * FROM contacts"):
            found.setdefault((batch, row), {})[path] = value
        connection.executemany(_KEEP, self._boxes(found))
        connection.execute("DELETE FROM contacts")
        connection.execute("DROP TABLE contacts")


def _made(path: Path) -> None:
    """Make the file so that nobody else may read it, from its first moment on."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError as error:
        raise unwritable(path.name, error.strerror or error) from None
