"""The journal of a study: read, and held against all that the store holds.

What was cut off at the end of the journal is missed by nothing inside the store; the head, which
each report prints, tells it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from instruments.errors import Problem
from instruments.language import say
from survey.chain import NOTHING, Entry, entries, head
from survey.database import reading
from survey.store import Store
from survey.study import Study
from survey.verification import ledger_faults, row_faults, state_faults, withdrawn_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What came of holding the store against its journal; nothing was changed where `faults` are none."""

    entries: int
    head: str
    faults: tuple[Problem, ...]


def journal_head(study: Study) -> str:
    """Hash of the newest entry of the study's journal, in 64 hexadecimal digits."""
    with Store.existing(study.store_path) as store:
        if store is None:
            return NOTHING
        with reading(store.engine) as connection:
            return head(connection)


def read_journal(study: Study) -> list[Entry]:
    """Every entry, oldest first."""
    with Store.existing(study.store_path) as store:
        if store is None:
            return []
        with reading(store.engine) as connection:
            return list(entries(connection))


def verify_journal(study: Study, *, printed: str | None = None) -> Verified:
    """Hold journal, batches, rows and ledger against each other.

    `printed` is a head from a report, whole or its first digits: the journal must have led there.
    """
    with Store.existing(study.store_path) as store:
        if store is None:
            return Verified(entries=0, head=NOTHING, faults=tuple(_unled(printed, [NOTHING])))
        with reading(store.engine) as connection:
            told = list(entries(connection))
            faults = [
                *_broken_links(told),
                *_unled(printed, [NOTHING, *(one.hash for one in told)]),
            ]
            if not faults:  # nothing can be held against a journal that is not what was written
                faults += [*state_faults(connection, told),
                           *row_faults(connection, told, blank=withdrawn_rows(told)),
                           *ledger_faults(connection)]  # fmt: skip
    return Verified(entries=len(told), head=told[-1].hash if told else NOTHING,
                    faults=tuple(faults))  # fmt: skip


def _broken_links(told: Iterable[Entry]) -> Iterator[Problem]:
    previous = NOTHING
    for entry in told:
        if not entry.follows(previous):
            yield Problem(where="", what=say(
                "Journal entry {id} ('{event}', {at}) does not follow from the one before it: one of "
                "the two was changed, or one between them removed.",
                id=entry.id, event=entry.event, at=entry.at))  # fmt: skip
        previous = entry.hash


def _unled(printed: str | None, hashes: Iterable[str]) -> Iterator[Problem]:
    if printed is not None and not any(one.startswith(printed.lower()) for one in hashes):
        yield Problem(where="", what=say(
            "The journal never had the head {head}: entries were cut off or written anew since the "
            "report was printed, or it is the report of another study.", head=printed))  # fmt: skip
