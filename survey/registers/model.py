"""What a return of registers says, persons under their pseudonyms."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit that has to report; `in_post` is known of one that has not, or None."""

    target: str
    unit: str
    force: str
    as_of: date
    due_on: date | None
    reported_on: date | None
    in_post: int | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post that a person holds or held in a unit; `until` is its last day."""

    target: str
    unit: str
    person: str
    role: str
    since: date
    until: date | None

    def held_on(self, day: date) -> bool:
        """Whether the person is in post on `day`."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A course that a person completed, and its contents."""

    person: str
    course: str
    contents: tuple[str, ...]
    completed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Violations:
    """Violations of one kind in one unit and year: counts with strength, or rates alone.

    `strength` is the average strength or, with rates, a number in proportion to it.
    """

    target: str
    unit: str
    force: str
    year: int
    kind: str
    events: int | None
    persons: int | None
    event_rate: float | None
    person_rate: float | None
    strength: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """Everything in one delivery of files."""

    units: tuple[Unit, ...] = ()
    posts: tuple[Post, ...] = ()
    completions: tuple[Completion, ...] = ()
    violations: tuple[Violations, ...] = ()

    def as_plain(self) -> dict[str, list[dict[str, Any]]]:
        """As JSON can carry it, dates by ISO 8601."""
        return {
            name: [{key: one.isoformat() if isinstance(one, date) else one
                    for key, one in line.items()} for line in lines]
            for name, lines in asdict(self).items()
        }  # fmt: skip

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> Self:
        """What `as_plain` wrote."""
        return cls(
            units=tuple(Unit(**_dated(one, "as_of", "due_on", "reported_on"))
                        for one in plain["units"]),
            posts=tuple(Post(**_dated(one, "since", "until")) for one in plain["posts"]),
            completions=tuple(
                Completion(**_dated(one, "completed_on") | {"contents": tuple(one["contents"])})
                for one in plain["completions"]
            ),
            violations=tuple(Violations(**one) for one in plain["violations"]),
        )  # fmt: skip


def _dated(line: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: date.fromisoformat(value) if name in names and value is not None else value
            for name, value in line.items()}  # fmt: skip
