"""Contact data and originals given out to who holds the key, and an entry in the journal for each."""

import csv
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from instruments.errors import Problem
from instruments.language import say
from survey.chain import note
from survey.contacts import Contact, Vault
from survey.corrected import RowId
from survey.database import reading, writing
from survey.durable import write_whole
from survey.errors import StudyError, unusable
from survey.originals import Originals, give_out, is_sealed, names_of
from survey.schema import batches, standing
from survey.sealing import Key, closed
from survey.store import Store
from survey.study import Study
from survey.tables import neutral

_Name = tuple[str, str]
"""Instrument and key of a record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """How many records' contact data were given out, and of how many rows the key opens none."""

    records: int
    closed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Who takes personal data, and what for; the journal keeps both."""

    why: str
    by: str

    def must_be_given(self) -> None:
        """Refuse a blank one.

        Raises:
            StudyError: No reason or person is given.
        """
        missing = [Problem(where=option, what=say("It is empty."),
                           hint=say("Say why the contact data are needed, and who takes them."))
                   for option, text in (("--why", self.why), ("--by", self.by))
                   if not text.strip()]  # fmt: skip
        if missing:
            raise StudyError(missing)


def write_contacts(
    study: Study, path: Path, *, key: Key, reason: Reason, now: Callable[[], datetime]
) -> Handed:  # fmt: skip
    """Write the contact data of accepted records to a CSV file for its owner alone.

    The journal says who took how many and why before the file is there; it names nobody.

    Raises:
        StudyError: No reason or person is given, nothing was imported, the key opens nothing, or the
        disk takes no more.
    """
    reason.must_be_given()
    with _store_of(study) as store:
        kept = Vault(study).opened(key)
        if kept.closed and not kept.contacts:
            raise closed(study.vault.name)
        found = {name: kept.contacts[row] for name, row in _rows_of(store).items()
                 if row in kept.contacts}  # fmt: skip
        with writing(store.engine) as connection:
            note(connection, "contacts_read", None,
                 {"records": len(found), "why": reason.why.strip()},
                 at=now(), who=reason.by.strip())  # fmt: skip
    write_whole(path, lambda place: _write(place, found))
    return Handed(records=len(found), closed=kept.closed)


def write_original(
    study: Study, batch: str, path: Path, *, key: Callable[[], Key], reason: Reason,
    now: Callable[[], datetime],
) -> list[Path]:  # fmt: skip
    """Write the original file of a batch as it came, for its owner alone; of several, one beside.

    `key` is asked for only where the original is sealed.

    Raises:
        StudyError: No reason or person is given, there is no such batch, its original was deleted,
        or the key does not open it.
    """
    reason.must_be_given()
    originals = Originals(study)
    with _store_of(study) as store:
        number = int(batch) if batch.isdecimal() else 0
        with reading(store.engine) as connection:
            question = select(batches.c.file_sha256, batches.c.mapping)
            line = connection.execute(question.where(batches.c.id == number)).first()
        places = [] if line is None else [originals.of(name) for name in names_of(*line)]
        found = [place for place in places if place is not None]
        if not found or len(found) < len(places):
            raise unusable(batch, say("No original is kept of this batch: there is no such batch, "
                                      "or its original was deleted."))  # fmt: skip
        opener = key() if any(map(is_sealed, found)) else None
        with writing(store.engine) as connection:
            note(connection, "original_read", number, {"why": reason.why.strip()},
                 at=now(), who=reason.by.strip())  # fmt: skip
    targets = [path, *(path.with_name(f"{path.stem}-{at}{path.suffix}")
                       for at in range(2, len(found) + 1))]  # fmt: skip
    for source, target in zip(found, targets, strict=True):
        give_out(source, target, key=opener)
    return targets


@contextmanager
def _store_of(study: Study) -> Iterator[Store]:
    with Store.existing(study.store_path) as store:
        if store is None:
            raise unusable(study.folder.name, say("Nothing has been imported yet."))
        yield store


def _rows_of(store: Store) -> dict[_Name, RowId]:
    question = (
        select(standing.c.instrument, standing.c.key, standing.c.batch, standing.c.row)
        .where(standing.c.status == "accepted")
        .order_by(standing.c.instrument, standing.c.key)
    )
    with reading(store.engine) as connection:
        return {(line.instrument, line.key): (line.batch, line.row)
                for line in connection.execute(question)}  # fmt: skip


def _write(path: Path, found: Mapping[_Name, Contact]) -> None:
    places = sorted({place for contact in found.values() for place in contact})
    path.touch(mode=0o600)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(["_instrument", "_record", *places])
        for name, contact in found.items():
            lines.writerow(map(neutral, (*name, *(contact.get(place, "") for place in places))))
