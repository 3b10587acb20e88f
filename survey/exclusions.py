"""Interviews that a person takes out of the analysis: a decision with a name, a reason and a day.

Decisions are entries of the store's journal, so that none can be changed or removed unseen; taking
one back is a further entry. What was excluded stays in the store, in exports and in the digest; the
snapshot that the analysis reads leaves it out, and reports count it.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, select

from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import say
from survey.answers import Record
from survey.chain import note
from survey.database import reading, writing
from survey.errors import StudyError, unusable
from survey.schema import journal, records, standing
from survey.store import Store
from survey.study import Study

Event = Literal["excluded", "included"]
Place = tuple[str, str]
"""Instrument and key of a record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """A decision that holds: this record does not count."""

    instrument: str
    key: str
    why: str
    by: str
    at: str


def exclude(
    study: Study, names: Sequence[str], *, why: str, by: str, now: Callable[[], datetime]
) -> list[str]:
    """Take interviews out; the keys of those that counted until now.

    `names` are keys or instance ids of accepted records.

    Raises:
        StudyError: a name that no accepted record has, or no reason or person is given.
    """
    return _decide(study, names, "excluded", why=why, by=by, now=now)


def include(
    study: Study, names: Sequence[str], *, why: str, by: str, now: Callable[[], datetime]
) -> list[str]:
    """Take an exclusion back; the keys of those that were excluded until now.

    Raises:
        StudyError: a name that no accepted record has, or no reason or person is given.
    """
    return _decide(study, names, "included", why=why, by=by, now=now)


def exclusions(store: Store) -> dict[Place, Exclusion]:
    """What is excluded at present."""
    with reading(store.engine) as connection:
        return _standing(connection)


def counted(store: Store) -> Iterator[Record]:
    """The accepted records that nobody has excluded."""
    out = exclusions(store)
    return (one for one in store.accepted() if (one.instrument, one.key) not in out)


def in_force(store: Store) -> tuple[Exclusion, ...]:
    """The exclusions whose record is accepted, and would count without them."""
    out = exclusions(store)
    if not out:
        return ()
    held = ((one.instrument, one.key) for one in store.accepted())
    return tuple(out[place] for place in held if place in out)


def by_reason(taken_out: Iterable[Exclusion], *, instrument: str) -> dict[str, int]:
    """How many records of an instrument are excluded, by reason."""
    return dict(Counter(one.why for one in taken_out if one.instrument == instrument))


def _decide(
    study: Study, names: Sequence[str], event: Event, *, why: str, by: str,
    now: Callable[[], datetime],
) -> list[str]:  # fmt: skip
    _refuse_unexplained(why, by)
    with Store.existing(study.store_path) as store:
        if store is None:
            raise unusable(study.folder.name, say("Nothing has been imported yet."))
        with writing(store.engine) as connection:
            places = _found(connection, names)
            held = _standing(connection)
            changed = [one for one in places if (one in held) != (event == "excluded")]
            for instrument, key in changed:
                detail = {"instrument": instrument, "key": key, "why": why.strip()}
                note(connection, event, None, detail, at=now(), who=by.strip())
    return [key for _, key in changed]


def _refuse_unexplained(why: str, by: str) -> None:
    problems = [
        Problem(where=option, what=say("It is empty."), hint=hint)
        for option, value, hint in (
            ("--why", why, say("Say what is wrong with the interviews: reports print it.")),
            ("--by", by, say("Say who decides.")),
        )
        if not value.strip()
    ]
    if problems:
        raise StudyError(problems)


def _found(connection: Connection, names: Iterable[str]) -> list[Place]:
    """The records that the names mean, each once."""
    known: dict[str, list[Place]] = {}
    question = select(standing.c.instrument, standing.c.key, records.c.uuid).join(
        records, (records.c.batch == standing.c.batch) & (records.c.row == standing.c.row)
    ).where(standing.c.status == "accepted")  # fmt: skip
    for line in connection.execute(question):
        for name in {line.key, line.uuid or line.key}:
            known.setdefault(name, []).append((line.instrument, line.key))
    wanted = [one.removeprefix("uuid:") for one in names]
    problems = [_unclear(one, known) for one in wanted if len(known.get(one, ())) != 1]
    if problems:
        raise StudyError(problems)
    return list(dict.fromkeys(known[one][0] for one in wanted))


def _unclear(name: str, known: Mapping[str, Sequence[Place]]) -> Problem:
    if name in known:
        several = ", ".join(instrument for instrument, _ in known[name])
        return Problem(where="", what=say("'{name}' stands in several instruments: {names}.",
                                          name=name, names=several))  # fmt: skip
    return Problem(where="", what=say("No accepted interview is '{name}'.", name=name),
                   hint=did_you_mean(name, list(known)[:5000]))  # fmt: skip


def _standing(connection: Connection) -> dict[Place, Exclusion]:
    question = (
        select(journal.c.event, journal.c.detail, journal.c.who, journal.c.at)
        .where(journal.c.event.in_(("excluded", "included")))
        .order_by(journal.c.id)
    )
    found: dict[Place, Exclusion] = {}
    for event, text, who, at in connection.execute(question):
        detail = json.loads(text)
        place = (detail["instrument"], detail["key"])
        found.pop(place, None)
        if event == "excluded":
            found[place] = Exclusion(instrument=place[0], key=place[1], why=detail["why"], by=who,
                                     at=at)  # fmt: skip
    return found
