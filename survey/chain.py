"""Chains of hashes: the journal's, and over the rows of each batch.

A journal entry's hash covers the one before it, so that none can be changed, removed or put in
between without every later hash changing. A row's seal is the hash of its line, and a batch's chain
covers the seals of its rows; the journal holds it once the batch is sealed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, insert, select

from survey.answers import as_json, digest_of
from survey.schema import journal

NOTHING = "0" * 64
"""Head of a chain without links."""
Detail = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the journal; `detail` is its canonical JSON."""

    id: int
    at: str
    event: str
    batch: int | None
    detail: str
    who: str
    hash: str

    def follows(self, previous: str) -> bool:
        """Whether it is what was written behind the entry of the hash `previous`."""
        return self.hash == _entry_hash(previous, at=self.at, event=self.event, batch=self.batch,
                                        detail=self.detail, who=self.who)  # fmt: skip


def note(
    connection: Connection, event: str, batch: int | None, detail: Detail, *, at: datetime,
    who: str = "",
) -> int:  # fmt: skip
    """Add an entry to the journal, in the transaction of what it tells; its number."""
    line: dict[str, Any] = {"at": moment(at), "event": event, "batch": batch,
                            "detail": as_json(detail), "who": who}  # fmt: skip
    made = connection.execute(
        insert(journal), line | {"hash": _entry_hash(head(connection), **line)}
    )
    key = made.inserted_primary_key
    return int(key[0]) if key is not None else 0


def head(connection: Connection) -> str:
    """Hash of the newest entry."""
    found = connection.execute(
        select(journal.c.hash).order_by(journal.c.id.desc()).limit(1)
    ).scalar()
    return NOTHING if found is None else str(found)


def entries(connection: Connection) -> Iterator[Entry]:
    """Every entry, oldest first."""
    question = select(journal).order_by(journal.c.id)
    with connection.execution_options(yield_per=1000).execute(question) as lines:
        for line in lines:
            yield Entry(**line._mapping)


def moment(at: datetime) -> str:
    """A time as the store holds it."""
    return at.isoformat(timespec="seconds")


def sealed(line: dict[str, Any]) -> dict[str, Any]:
    """A row's line with its seal."""
    return line | {"seal": digest_of(line)}


def lengthened(chain: str, seals: Iterable[str]) -> str:
    """A batch's chain behind further rows."""
    for seal in seals:
        chain = sha256((chain + seal).encode()).hexdigest()
    return chain


def entry_hash_of(previous: str, line: Mapping[str, Any]) -> str:
    """The hash of a journal line that is written behind the one of the hash `previous`."""
    return _entry_hash(previous, at=line["at"], event=line["event"], batch=line["batch"],
                       detail=line["detail"], who=line["who"])  # fmt: skip


def _entry_hash(
    previous: str, *, at: str, event: str, batch: int | None, detail: str, who: str
) -> str:
    return digest_of([previous, at, event, batch, detail, who])
