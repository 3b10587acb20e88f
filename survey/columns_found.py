"""The columns of one sheet matched to the places of every version of the form."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from survey.importers.table import Columns
from survey.places import IDENTITY, VERSION, Places

_NUMBERED = re.compile(r"(?:\.{1,3}|_)[0-9]+$| ?\([0-9]+\)$")
"""What pandas, R and others put behind a name that a column before has too."""
Versions = Mapping[str, Places]
"""The places of each version, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The columns of the records or of a repeat; `filled` are those with any cell."""

    headings: tuple[str, ...]
    names: tuple[str, ...]
    columns: Columns
    filled: frozenset[int]
    filled_in: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """By the version that records name, the columns that they fill; by nothing, of the others."""

    def matching(self, at: int, places: Places) -> tuple[str, ...]:
        """Where a column may go by its heading and further names; numbered twins by the name alone."""
        found = places.matching([self.headings[at], *self.columns.names.get(at, ())])
        twin = None if found else self._numbered(self.headings[at])
        return found if twin is None else places.matching([twin])

    def _numbered(self, heading: str) -> str | None:
        """The name that a program has numbered, because several columns had it."""
        stem = _NUMBERED.sub("", heading)
        same = [other for other in self.headings if _NUMBERED.sub("", other) == stem]
        return stem if stem and stem != heading and len(same) > 1 else None

    def idle(self, at: int) -> bool:
        """Whether a column that matches nothing may be passed over: nothing is lost with it."""
        told = at in self.columns.serial or at in self.columns.counters
        return told or at not in self.filled

    def may_fill(self, at: int, version: str, *, versions: Collection[str]) -> bool:
        """Whether a record that is read by this version may have a cell in a column.

        Records that name a version that is not known, or none, may be read by any.
        """
        if not self.filled_in:
            return at in self.filled
        return any(at in columns for named, columns in self.filled_in.items()
                   if named == version or named not in versions)  # fmt: skip

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
    contested: frozenset[int] = frozenset()
    """Of these, columns whose name several questions have."""
    doubles: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

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
        return whole, options

    def _option(self, place: str, version: str) -> tuple[str, str] | None:
        own = self.versions.get(version)
        several = (own, *self.versions.values()) if own is not None else self.versions.values()
        return next((places.options[place] for places in several if place in places.options), None)


def find(level: Level, versions: Versions, given: Mapping[str, str | None]) -> Found:
    """Match the columns of a sheet; `given` is what a person has settled."""
    asked = [at for at, name in enumerate(level.names) if name not in given and level.asked(at)]
    matches = {version: {at: level.matching(at, places) for at in asked}
               for version, places in versions.items()}  # fmt: skip
    told = {at: target for at, name in enumerate(level.names)
            if (target := given.get(name)) is not None}  # fmt: skip
    single = {version: {at: of[0] for at, of in found.items() if len(of) == 1}
              for version, found in matches.items()}  # fmt: skip
    for version, places in versions.items():
        if level.columns.in_form_order:
            single[version] |= _behind_their_questions(matches[version], single[version], places)
        single[version] |= _left_over(matches[version], single[version])
    final = told | {
        at: next(found[at] for found in single.values() if at in found)
        for at in asked if any(at in found for found in single.values())
    }  # fmt: skip
    by_version = {version: _parted(level, _in_version(final, single[version], places), version,
                                   versions)
                  for version, places in versions.items()}  # fmt: skip
    loose = [at for at in asked if at not in final and not level.idle(at)]
    doubles = _doubles(by_version, versions)
    unsettled = {*loose, *(at for columns in doubles.values() for at in columns)}
    several = {at: tuple(dict.fromkeys(place for found in matches.values() for place in found[at]))
               for at in unsettled & set(asked)}  # fmt: skip
    return Found(
        names=level.names, places=final, by_version=by_version, versions=versions,
        candidates={at: places or _near(level.headings[at], versions)
                    for at, places in several.items()},
        open=frozenset(unsettled), doubles=doubles,
        contested=frozenset(at for at, places in several.items() if len(places) > 1),
    )  # fmt: skip


def _left_over(matches: Mapping[int, tuple[str, ...]], single: Mapping[int, str]) -> dict[int, str]:
    """A column of a name whose other questions stand in columns that name them alone."""
    taken = set(single.values())
    free = {at: [place for place in several if place not in taken]
            for at, several in matches.items() if len(several) > 1 and at not in single}  # fmt: skip
    wanted = Counter(place for places in free.values() for place in places)
    return {at: places[0] for at, places in free.items()
            if len(places) == 1 and wanted[places[0]] == 1}  # fmt: skip


def _behind_their_questions(
    matches: Mapping[int, tuple[str, ...]], single: Mapping[int, str], places: Places
) -> dict[int, str]:
    """Texts for "other", which a program writes directly behind the question that they belong to."""
    found = {}
    for at, several in matches.items():
        before = max((other for other in single if other < at), default=None)
        if len(several) < 2 or before is None or set(range(before + 1, at)) & matches.keys():
            continue
        question = places.options.get(single[before], (single[before],))[0]
        if f"{question}_other" in several:
            found[at] = f"{question}_other"
    return found


def _in_version(final: Mapping[int, str], own: Mapping[int, str], places: Places) -> dict[int, str]:
    """What each column is in one version: found there, the same place, the same id, else foreign."""
    found = {at: own.get(at, place) for at, place in sorted(final.items())}
    taken = {place for place in found.values() if place in places.order}
    return {at: place if place in places.order else _of_same_id(place, places, taken)
            for at, place in found.items()}  # fmt: skip


def _of_same_id(place: str, places: Places, taken: set[str]) -> str:
    """The place of a version that has another's id, unless a column stands there already."""
    same = places.exact.get(place.rpartition("/")[2], ())
    moved = len(same) == 1 and same[0] in places.fields and same[0] not in taken
    return same[0] if moved else place


def _parted(
    level: Level, columns: Mapping[int, str], version: str, versions: Versions
) -> dict[int, str]:
    """Columns without those that this version's records leave empty where another one goes.

    A question that was renamed or moved has two columns of one name, each filled by its version.
    """
    several: dict[str, list[int]] = {}
    for at, place in columns.items():
        if place in versions[version].order:
            several.setdefault(place, []).append(at)
    left: set[int] = set()
    for found in several.values():
        used = [at for at in found if level.may_fill(at, version, versions=versions)]
        left |= set(found) - set(used or found[:1])
    return {at: place for at, place in columns.items() if at not in left}


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
