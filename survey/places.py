"""The places of a form by the names that headings may use for them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Self

from survey.folding import fold
from survey.form import NO_ANSWER, Form

IDENTITY, VERSION = "_uuid", "_version"
"""Places that are no question: what numbers the records, and what tells their form version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """All places of all versions of an instrument."""

    paths: tuple[str, ...]
    options: Mapping[str, tuple[str, str]]
    """By ``path/code``, each option of a multiple choice: its path and its code."""
    silent: frozenset[str]
    """Paths of notes and device metadata: known, and never stored."""
    by_name: Mapping[str, Sequence[str]]
    """By an id, or an id with ``/code``: where it stands."""
    newest: frozenset[str]
    """What the newest version has."""

    @classmethod
    def of(cls, forms: Sequence[Form]) -> Self:
        """Gather the places of all versions, oldest first."""
        by_name: dict[str, list[str]] = {}
        for name, place in dict.fromkeys(pair for form in forms for pair in _named(form)):
            by_name.setdefault(name, []).append(place)
        fields = [one for form in forms for one in form.level.fields]
        return cls(
            paths=tuple(dict.fromkeys(one.path for one in fields)),
            options={place: (one.path, code) for one in fields for place, code in one.split()},
            silent=frozenset(path for form in forms for _, path in _silent(form)),
            by_name=by_name,
            newest=frozenset(place for _, place in _named(forms[-1])),
        )

    def matching(self, heading: str) -> Sequence[str]:
        """Places that a heading names: one by its full path, else all by its id.

        Where versions put an item into different groups, the newest one's place stands for all.
        """
        if self.known(heading) or heading in self.silent:
            return [heading]
        found = self.by_name.get(heading, ())
        latest = [place for place in found if place in self.newest]
        return latest if len(latest) == 1 else found

    def known(self, place: str) -> bool:
        """Whether a mapping may put a column there."""
        return place in self.paths or place in self.options or place in (IDENTITY, VERSION)

    def like(self, heading: str) -> str | None:
        """The place whose id is written most like the heading, if any is."""
        ids = {fold(name): found[0] for name, found in self.by_name.items() if "/" not in name}
        near = get_close_matches(fold(heading), list(ids), n=1, cutoff=0.75)
        return ids[near[0]] if near else None


def _named(form: Form) -> Iterator[tuple[str, str]]:
    for one in form.level.fields:
        yield one.id, one.path
        yield from ((f"{one.id}/{code}", place) for place, code in one.split())
    yield from _silent(form)


def _silent(form: Form) -> Iterator[tuple[str, str]]:
    for placed in form.instrument.placed():
        if placed.item.type in NO_ANSWER:
            yield placed.item.id, placed.path
