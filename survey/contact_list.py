"""Contact data given out to those entitled, and an entry in the journal that they were."""

import csv
from collections.abc import Callable, Mapping
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
from survey.schema import standing
from survey.store import Store
from survey.study import Study
from survey.tables import neutral

_Name = tuple[str, str]
"""Instrument and key of a record."""


def write_contacts(
    study: Study, path: Path, *, why: str, by: str, now: Callable[[], datetime]
) -> int:  # fmt: skip
    """Write the contact data of accepted records to a CSV file for its owner alone; how many.

    The journal says who took how many and why before the file is there; it names nobody.

    Raises:
        StudyError: No reason or person is given, nothing was imported, or the disk takes no more.
    """
    missing = [Problem(where=option, what=say("It is empty."),
                       hint=say("Say why the contact data are needed, and who takes them."))
               for option, text in (("--why", why), ("--by", by)) if not text.strip()]  # fmt: skip
    if missing:
        raise StudyError(missing)
    with Store.existing(study.store_path) as store:
        if store is None:
            raise unusable(study.folder.name, say("Nothing has been imported yet."))
        kept = Vault(study.vault).all()
        found = {name: kept[row] for name, row in _rows_of(store).items() if row in kept}
        with writing(store.engine) as connection:
            note(connection, "contacts_read", None, {"records": len(found), "why": why.strip()},
                 at=now(), who=by.strip())  # fmt: skip
    write_whole(path, lambda place: _write(place, found))
    return len(found)


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
