"""Answers of one respondent as they are kept: form paths to canonical texts, rosters in order.

    {"ca_nhan/gioi_tinh": "nu", "trai_nghiem/buoc": [{"trai_nghiem/buoc/viec": "toa_an"}, ...]}

Empty answers are left out, so that a column that a source lacks and an empty one are the same.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

Answers = Mapping[str, str | Sequence["Answers"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One accepted response.

    `not_relevant` lists places whose answers were kept though their question was not to be asked:
    form paths, inside rosters as ``path/of/roster[2]/item``. `imported` are the answers as they
    came, where they were corrected since; `not_relevant` is then about them.
    """

    key: str
    uuid: str | None
    instrument: str
    version: str
    answers: Answers
    not_relevant: tuple[str, ...] = ()
    imported: Answers | None = None


def as_json(value: object) -> str:
    """Canonical JSON: keys sorted, no spaces, letters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(value: object) -> str:
    """SHA-256 of a value's canonical JSON, in hexadecimal."""
    return sha256(as_json(value).encode()).hexdigest()


def short_hash(value: object) -> str:
    """The first 128 bits of `digest_of`: enough to tell answers apart, half the room."""
    return digest_of(value)[:32]


def hash_of_set(members: Iterable[object]) -> str:
    """SHA-256 over the sorted hashes of `members`: the same in whatever order they come."""
    return joint_hash(map(member_hash, members))


def member_hash(member: object) -> bytes:
    """The hash by which one member counts in `joint_hash`."""
    return sha256(as_json(member).encode()).digest()


def joint_hash(hashes: Iterable[bytes]) -> str:
    """SHA-256 over hashes of members, sorted."""
    return sha256(b"".join(sorted(hashes))).hexdigest()


def for_analysis(record: Record) -> Record:
    """The record without the answers to questions that were not to be asked."""
    if not record.not_relevant:
        return record
    places = frozenset(record.not_relevant)
    return replace(record, answers=_without(record.answers, places, place="", base=""))


def _without(
    answers: Answers, places: frozenset[str], *, place: str, base: str
) -> dict[str, str | Sequence[Answers]]:
    """Answers but for `places`; paths at this level begin with `base`, for which `place` stands."""
    kept: dict[str, str | Sequence[Answers]] = {}
    for path, value in answers.items():
        here = place + path[len(base) :]
        if here in places:
            continue
        if isinstance(value, str):
            kept[path] = value
            continue
        kept[path] = [
            _without(instance, places, place=f"{here}[{number}]", base=path)
            for number, instance in enumerate(value, start=1)
        ]
    return kept
