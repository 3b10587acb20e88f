"""Contact data: a file of its own beside the answers, which only its owner may read.

Names and phone numbers never enter the answer store, the journal, reports or temporary files. They
are kept by the row that they came with, and deleted with it. The file is not encrypted: no library
that the project rests on does that; keep the study on an encrypted disk.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from instruments.language import say
from survey.answers import Answers
from survey.corrected import RowId
from survey.errors import unwritable
from survey.findings import Fault, Note
from survey.validation import Checked

Contact = Mapping[str, str]
"""Contact data by form path."""
_TABLE = (
    "CREATE TABLE IF NOT EXISTS contacts (batch INTEGER NOT NULL, row INTEGER NOT NULL,"
    " path TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (batch, row, path))"
)


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


@dataclass(frozen=True, slots=True)
class Vault:
    """The contact data of a study."""

    path: Path

    def keep(self, batch: int, rows: Mapping[int, Contact]) -> None:
        """Keep the contact data of rows, in place of what was kept of them.

        Raises:
            StudyError: The disk takes no more.
        """
        lines = [(batch, row, path, value) for row, contact in rows.items()
                 for path, value in contact.items()]  # fmt: skip
        if lines:
            _made(self.path)
            with self._writing() as connection:
                connection.executemany("INSERT OR REPLACE INTO contacts VALUES (?, ?, ?, ?)", lines)

    def of(self, row: RowId) -> Contact:
        """The contact data of a row."""
        if not self.path.exists():
            return {}
        with closing(sqlite3.connect(self.path)) as connection:
            question = "SELECT path, value FROM contacts WHERE batch = ? AND row = ?"
            return dict(connection.execute(question, row))

    def all(self) -> dict[RowId, Contact]:
        """All contact data, by row."""
        found: dict[RowId, dict[str, str]] = {}
        if self.path.exists():
            with closing(sqlite3.connect(self.path)) as connection:
                for batch, row, path, value in connection.execute("SELECT * FROM contacts"):
                    found.setdefault((batch, row), {})[path] = value
        return dict(found)

    def forget(self, rows: Iterable[RowId]) -> int:
        """Delete the contact data of rows; how many details there were."""
        return self._delete("DELETE FROM contacts WHERE batch = ? AND row = ?", list(rows))

    def forget_batch(self, batch: int) -> int:
        """Delete the contact data of a batch; how many details there were."""
        return self._delete("DELETE FROM contacts WHERE batch = ?", [(batch,)])

    def forget_all(self) -> int:
        """Delete all contact data; how many details there were."""
        return self._delete("DELETE FROM contacts", [()])

    def _delete(
        self, statement: str, places: list[RowId] | list[tuple[int]] | list[tuple[()]]
    ) -> int:
        if not self.path.exists():
            return 0
        with self._writing() as connection:
            return sum(connection.execute(statement, place).rowcount for place in places)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=60)) as connection:
                connection.execute("PRAGMA secure_delete=ON")
                connection.execute("PRAGMA synchronous=FULL")
                with connection:
                    connection.execute(_TABLE)
                    yield connection
        except sqlite3.OperationalError as error:
            raise unwritable(self.path.name, error) from None


def _made(path: Path) -> None:
    """Make the file so that nobody else may read it, from its first moment on."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError as error:
        raise unwritable(path.name, error.strerror or error) from None
