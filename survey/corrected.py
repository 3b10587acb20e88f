"""Corrections laid over records as they were imported, the oldest first.

A record and its corrections stay what they are; what counts is read anew each time, so that undoing
one correction leaves the others.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from survey.answers import Answers, Record
from survey.schema import batches, corrections

RowId = tuple[int, int]
"""A row of the store: its batch, and its number in it."""
_STEP = re.compile(r"^(?P<roster>.+?)\[(?P<number>[0-9]+)\]/(?P<rest>.+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One answer changed; `new` is empty where there shall be none.

    `place` is a form path, inside rosters ``path/of/roster[2]/item``.
    """

    place: str
    old: str
    new: str


def standing_edits(connection: Connection) -> Mapping[RowId, Sequence[Edit]]:
    """By record, the corrections of batches that count, oldest first."""
    question = (
        select(corrections)
        .join(batches, batches.c.id == corrections.c.batch)
        .where(batches.c.state == "sealed")
        .order_by(corrections.c.batch, corrections.c.row)
    )
    found: dict[RowId, list[Edit]] = defaultdict(list)
    for line in connection.execute(question):
        edit = Edit(place=line.path, old=line.old, new=line.new)
        found[line.record_batch, line.record_row].append(edit)
    return found


def corrected(record: Record, edits: Iterable[Edit]) -> Record:
    """The record with its corrections."""
    for edit in edits:
        imported = record.answers if record.imported is None else record.imported
        answers = with_answer(record.answers, edit.place, edit.new)
        record = replace(record, answers=answers, imported=imported)
    return record


def by_place(given: Answers, *, prefix: str = "", base: str = "") -> dict[str, str]:
    """Answers by place, those in rosters as ``path/of/roster[2]/item``; empty ones too."""
    found: dict[str, str] = {}
    for path, value in given.items():
        place = prefix + path[len(base) :]
        if isinstance(value, str):
            found[place] = value
            continue
        for number, instance in enumerate(value, start=1):
            found |= by_place(instance, prefix=f"{place}[{number}]", base=path)
    return found


def with_answer(answers: Answers, place: str, value: str) -> Answers:
    """Answers with another one at a place, or without it where `value` is empty."""
    inside = _STEP.match(place)
    if inside is None:
        rest = {path: one for path, one in answers.items() if path != place}
        return rest | {place: value} if value else rest
    roster, number = inside["roster"], int(inside["number"])
    path = f"{roster}/{inside['rest']}"
    changed = [with_answer(one, path, value) if at == number else one
               for at, one in enumerate(_instances(answers, roster), start=1)]  # fmt: skip
    return {**answers, roster: changed}


def _instances(answers: Answers, roster: str) -> Sequence[Answers]:
    found = answers.get(roster, ())
    return () if isinstance(found, str) else found
