"""The columns of one sheet matched to the places of every version of the form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from survey.importers.table import Columns
from survey.places import IDENTITY, VERSION, Places

Versions = Mapping[str, Places]
"""The places of each version, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The columns of the records or of a repeat; `filled` are those with any cell."""

    headings: tuple[str, ...]
    names: tuple[str, ...]
    columns: Columns
    filled: frozenset[int]

    def called(self, at: int) -> list[str]:
        """A column's heading and its further names."""
        return [self.headings[at], *self.columns.names.get(at, ())]

    def idle(self, at: int) -> bool:
        """Whether a column that matches nothing may be passed over: nothing is lost with it."""
        told = at in self.columns.serial or at in self.columns.counters
        return told or at not in self.filled

    def asked(self, at: int) -> bool:
        """Whether a column is to be matched at all."""
        unnamed = not self.headings[at] and at not in self.filled
        return at not in self.columns.system and not unnamed


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where the columns of one sheet go."""

    names: tuple[str, ...]
    places: Mapping[int, str]
    """What each column is in the newest version that has it."""
    by_version: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    versions: Versions = field(default_factory=dict)
    candidates: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    open: frozenset[int] = frozenset()
    """Columns that a person has to settle."""
    ambiguous: frozenset[int] = frozenset()
    doubles: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    guessed: tuple[str, ...] = ()

    @classmethod
    def empty(cls, level: Level) -> Self:
        """Nothing is found: there is no such part of the form."""
        return cls(names=level.names, places={})

    @property
    def twice(self) -> frozenset[int]:
        """Columns that go where another one goes."""
        return frozenset(at for columns in self.doubles.values() for at in columns)

    @property
    def paths(self) -> Iterator[str]:
        """The form paths of all versions."""
        return (path for places in self.versions.values() for path in places.fields)

    @property
    def carries_any(self) -> bool:
        """Whether any column holds answers."""
        return any(self.knows(place) and place not in (IDENTITY, VERSION)
                   for place in self.places.values())  # fmt: skip

    def at(self, target: str) -> list[int]:
        """Columns that a person put at `target`."""
        return [at for at, place in self.places.items() if place == target]

    def knows(self, target: str) -> bool:
        """Whether a mapping may put a column there."""
        return target in (IDENTITY, VERSION) or any(
            places.known(target) for places in self.versions.values()
        )

    def fit(self, version: str) -> int:
        """How many columns stand at a place that this version has."""
        places = self.versions.get(version)
        if places is None:
            return 0
        return sum(place in places.order for place in self.by_version[version].values())

    def heading_of(self, newest: str) -> dict[str, str]:
        """By path, the column's name; of several options' columns the first."""
        found: dict[str, str] = {}
        for version in dict.fromkeys((*reversed(list(self.versions)), newest)):
            whole, options = self.layout(version)
            found |= {path: self.names[next(iter(of.values()))] for path, of in options.items()}
            found |= {path: self.names[at] for path, at in whole.items()}
        return found

    def layout(self, version: str) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
        """A version's whole answers by path, and its single options by path and code."""
        whole: dict[str, int] = {}
        options: dict[str, dict[str, int]] = {}
        for at, place in self.by_version.get(version, {}).items():
            option = self._option(place, version)
            if option is not None:
                options.setdefault(option[0], {})[option[1]] = at
            elif any(place in places.fields for places in self.versions.values()):
                whole[place] = at
        return whole, {path: of for path, of in options.items() if path not in whole}

    def _option(self, place: str, version: str) -> tuple[str, str] | None:
        own = self.versions.get(version)
        several = (own, *self.versions.values()) if own is not None else self.versions.values()
        return next((places.options[place] for places in several if place in places.options), None)


def find(level: Level, versions: Versions, given: Mapping[str, str | None]) -> Found:
    """Match the columns of a sheet; `given` is what a person has settled."""
    asked = [at for at, name in enumerate(level.names) if name not in given and level.asked(at)]
    matches = {
        version: {at: places.matching(level.called(at)) for at in asked}
        for version, places in versions.items()
    }
    told = {at: target for at, name in enumerate(level.names)
            if (target := given.get(name)) is not None}  # fmt: skip
    single, guessed = {}, set[int]()
    for version, places in versions.items():
        single[version] = {at: of[0] for at, of in matches[version].items() if len(of) == 1}
        by_order = _by_order(matches[version], single[version], places)
        guessed |= {at for at in by_order if level.headings[at] not in places.order}
        single[version] |= by_order
    final = told | {
        at: next(found[at] for found in single.values() if at in found)
        for at in asked if any(at in found for found in single.values())
    }  # fmt: skip
    by_version = {version: {at: _in_version(final[at], single[version].get(at), places)
                            for at in sorted(final)}
                  for version, places in versions.items()}  # fmt: skip
    loose = [at for at in asked if at not in final and not level.idle(at)]
    several = {at: tuple(dict.fromkeys(place for found in matches.values() for place in found[at]))
               for at in loose}  # fmt: skip
    doubles = _doubles(by_version, versions)
    return Found(
        names=level.names, places=final, by_version=by_version, versions=versions,
        candidates={at: several[at] or _near(level.headings[at], versions) for at in loose},
        open=frozenset(loose) | {at for columns in doubles.values() for at in columns},
        ambiguous=frozenset(at for at in loose if several[at]), doubles=doubles,
        guessed=tuple(level.names[at] for at in sorted(guessed)),
    )  # fmt: skip


def _by_order(
    matches: Mapping[int, tuple[str, ...]], single: Mapping[int, str], places: Places
) -> dict[int, str]:
    """Columns that share a heading, told apart as the form's order tells them.

    As many columns as there are places are these places in order; a single column is the one
    place that stands between its neighbours'.
    """
    taken = set(single.values())
    groups: dict[tuple[str, ...], list[int]] = {}
    for at, found in matches.items():
        if len(found) > 1:
            groups.setdefault(found, []).append(at)
    settled: dict[int, str] = {}
    for found, columns in groups.items():
        free = sorted(
            (place for place in found if place not in taken), key=places.order.__getitem__
        )
        if len(free) == len(columns):
            settled |= dict(zip(columns, free, strict=True))
        elif len(columns) == 1:
            between = [place for place in free if _fits(columns[0], place, single, places)]
            if len(between) == 1:
                settled[columns[0]] = between[0]
    return settled


def _fits(at: int, place: str, single: Mapping[int, str], places: Places) -> bool:
    """Whether the nearest settled columns on both sides stand around `place` in the form."""
    order = places.order
    before = [order[single[other]] for other in single if other < at and single[other] in order]
    after = [order[single[other]] for other in single if other > at and single[other] in order]
    here = order[place]
    return (
        (not before or before[-1] < here)
        and (not after or here < after[0])
        and bool(before or after)
    )


def _in_version(final: str, own: str | None, places: Places) -> str:
    """What a column is in one version: found there, the same place, the same id, else foreign."""
    if own is not None or final in places.order:
        return own if own is not None else final
    name = final.rpartition("/")[2]
    same = places.exact.get(name, ())
    return same[0] if len(same) == 1 and same[0] in places.fields else final


def _doubles(
    by_version: Mapping[str, Mapping[int, str]], versions: Versions
) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for version, places in by_version.items():
        columns: dict[str, list[int]] = {}
        for at, place in places.items():
            if place not in versions[version].silent:
                columns.setdefault(place, []).append(at)
        for place, several in columns.items():
            if len(several) > 1 and tuple(several) not in found.values():
                found[place] = tuple(several)
    return found


def _near(heading: str, versions: Versions) -> tuple[str, ...]:
    near: Sequence[str] = [place for places in versions.values() for place in places.near(heading)]
    return tuple(dict.fromkeys(near))[:5]
