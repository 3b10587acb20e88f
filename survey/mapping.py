"""Columns of a file to places of the form, settled before any row is stored.

A column is found by its heading: a form path, an item's id, or either with ``/option`` for one
option of a multiple choice. What cannot be told, or is told twice, a person settles in a mapping
file: ``heading: form path``, or ``heading: null`` to leave the column out.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from instruments.errors import DefinitionError, Problem
from instruments.faults import did_you_mean, listed
from instruments.language import nfc, say
from instruments.yaml_source import read_yaml
from survey.errors import ImportRejected
from survey.form import NO_ANSWER, Form
from survey.importers.table import Columns

IDENTITY, VERSION = "_uuid", "_version"
_CHOSEN = frozenset({"1", "true", "yes", "x", "y", "có"})
_NOT_CHOSEN = frozenset({"", "0", "false", "no", "n", "không"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Where each answer stands: whole answers by path, single options by path and code."""

    whole: Mapping[str, int]
    options: Mapping[str, Mapping[str, int]]
    ids: tuple[int, ...]
    versions: tuple[int, ...]
    names: tuple[str, ...]
    """A name for every column, unique even where headings are not."""
    heading_of: Mapping[str, str]
    """By path, the column that people look at to find the answer."""

    @property
    def carried(self) -> frozenset[str]:
        """The form paths that the file has a place for."""
        return frozenset(self.whole) | frozenset(self.options)

    @property
    def mapped(self) -> list[int]:
        """Columns that hold answers, identity or version, in the order of the file."""
        options = [at for columns in self.options.values() for at in columns.values()]
        return sorted({*self.whole.values(), *options, *self.ids, *self.versions})

    def answers(self, cells: Sequence[str]) -> dict[str, str]:
        """The answers in a row, as written; a multiple choice as its codes."""
        found = {path: cells[at] for path, at in self.whole.items() if cells[at]}
        for path, columns in self.options.items():
            codes = [code for code, at in columns.items() if _is_chosen(cells[at], code)]
            if codes:
                found[path] = " ".join(codes)
        return found


def read_mapping(path: Path) -> dict[str, str | None]:
    """Read a mapping file (YAML or JSON): heading to form path, or to null.

    Raises:
        ImportRejected: The file is not such a mapping.
    """
    try:
        root, problems = read_yaml(path)
    except DefinitionError as error:
        raise ImportRejected(error.problems) from None
    data = root.data()
    if not isinstance(data, dict):
        raise ImportRejected(Problem(where=path.name, what=say("This is no mapping."),
                                     hint=say("Write 'heading: form path' on each line.")))  # fmt: skip
    found = list(problems)
    for name, target in data.items():
        if target is not None and not isinstance(target, str):
            found.append(Problem(where=root.where((name,)),
                                 what=say("The place of a column is a form path or null.")))  # fmt: skip
    if found:
        raise ImportRejected(found)
    return {nfc(str(name)).strip(): target for name, target in data.items()}


def settle(
    headings: Sequence[str], *, columns: Columns, filled: frozenset[int], forms: Sequence[Form],
    given: Mapping[str, str | None], where: str,
) -> Settled:  # fmt: skip
    """Find the place of every column; `filled` are those with any cell below the heading.

    Raises:
        ImportRejected: With every column that is unsettled and every wrong line of the mapping.
    """
    names = _names(headings)
    places = _Places.of(forms)
    problems = [*_wrong_lines(given, names, places, where=where)]
    targets: dict[int, str | None] = {}
    for at, name in enumerate(names):
        if name in given:
            targets[at] = given[name]
        elif at in columns.system or (not headings[at] and at not in filled):
            targets[at] = None
        else:
            found = places.matching(headings[at])
            targets[at] = found[0] if len(found) == 1 else None
            if len(found) != 1:
                problems.append(_unsettled(name, found, where=where))
    problems += _twice(targets, names, where=where)
    if problems:
        raise ImportRejected(problems)
    return _settled(targets, names, places, columns=columns, given=given)


def _settled(
    targets: Mapping[int, str | None], names: tuple[str, ...], places: "_Places", *,
    columns: Columns, given: Mapping[str, str | None],
) -> Settled:  # fmt: skip
    whole = {path: at for at, path in targets.items() if path in places.paths}
    options: dict[str, dict[str, int]] = {}
    for at, target in targets.items():
        if target in places.options:
            path, code = places.options[target]
            if path not in whole:
                options.setdefault(path, {})[code] = at
    ids = [at for at, target in targets.items() if target == IDENTITY]
    versions = [at for at, target in targets.items() if target == VERSION]
    heading_of = {path: names[next(iter(found.values()))] for path, found in options.items()}
    heading_of |= {path: names[at] for path, at in whole.items()}
    left_out = {at for at, name in enumerate(names) if name in given and given[name] is None}
    return Settled(
        whole=whole, options=options, names=names, heading_of=heading_of,
        ids=(*ids, *(at for at in columns.ids if at not in left_out)),
        versions=(*versions, *(at for at in columns.versions if at not in left_out)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    """All places of all versions of an instrument, by the names that headings may use."""

    paths: dict[str, None] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    """Paths of notes and device metadata: known, and never stored."""
    options: dict[str, tuple[str, str]] = field(default_factory=dict)
    by_id: dict[str, list[str]] = field(default_factory=dict)
    newest: set[str] = field(default_factory=set)
    """What the newest version has."""

    @classmethod
    def of(cls, forms: Iterable[Form]) -> "_Places":
        places = cls()
        for form in forms:
            places.newest.clear()
            for one in form.level.fields:
                places.add(one.path, one.id)
                codes = one.options if one.item.type == "multiple" else ()
                for code in codes:
                    places.options[f"{one.path}/{code}"] = (one.path, code)
                    places.name(f"{one.id}/{code}", f"{one.path}/{code}")
            for placed in form.instrument.placed():
                if placed.item.type in NO_ANSWER:
                    places.silent.add(placed.path)
                    places.name(placed.item.id, placed.path)
        return places

    def add(self, path: str, name: str) -> None:
        self.paths[path] = None
        self.name(name, path)

    def name(self, name: str, target: str) -> None:
        self.newest.add(target)
        known = self.by_id.setdefault(name, [])
        if target not in known:
            known.append(target)

    def matching(self, heading: str) -> list[str]:
        """Places that a heading names: one by its full path, else all by its id.

        Where versions put an item into different groups, the newest one's place stands for all.
        """
        if heading in self.paths or heading in self.options or heading in self.silent:
            return [heading]
        found = self.by_id.get(heading, [])
        latest = [target for target in found if target in self.newest]
        return latest if len(latest) == 1 else found

    def known(self, target: str) -> bool:
        return target in self.paths or target in self.options or target in (IDENTITY, VERSION)


def _names(headings: Sequence[str]) -> tuple[str, ...]:
    """Headings, with ``#2`` where one is repeated and ``#column`` where one is empty."""
    counts, seen, names = Counter(headings), Counter[str](), []
    for position, heading in enumerate(headings, start=1):
        seen[heading] += 1
        if not heading:
            names.append(f"#{position}")
        else:
            names.append(heading if counts[heading] == 1 else f"{heading}#{seen[heading]}")
    return tuple(names)


def _wrong_lines(
    given: Mapping[str, str | None], names: Sequence[str], places: _Places, *, where: str
) -> Iterator[Problem]:
    for name, target in given.items():
        if name not in names:
            yield Problem(where=where, hint=did_you_mean(name, names),
                          what=say("The mapping names a column '{name}', which the file does not "
                                   "have.", name=name))  # fmt: skip
        elif target is not None and not places.known(target):
            yield Problem(where=where, hint=did_you_mean(target, places.paths),
                          what=say("The mapping puts column '{name}' at '{target}', which the "
                                   "form does not have.", name=name, target=target))  # fmt: skip


def _unsettled(name: str, found: Sequence[str], *, where: str) -> Problem:
    if not found:
        return Problem(
            where=where,
            what=say("Column '{name}' belongs to no question of the form.", name=name),
            hint=say("Settle it with --mapping: '{name}: form path', '{name}: _uuid' if it "
                     "numbers the records, or '{name}: null' to leave it out.", name=name),
        )  # fmt: skip
    return Problem(
        where=where,
        what=say("Column '{name}' may be any of: {places}.", name=name, places=listed(found)),
        hint=say("Settle it with --mapping: '{name}: {first}'.", name=name, first=found[0]),
    )


def _twice(
    targets: Mapping[int, str | None], names: Sequence[str], *, where: str
) -> Iterator[Problem]:
    by_target: dict[str, list[str]] = {}
    for at, target in targets.items():
        if target is not None:
            by_target.setdefault(target, []).append(names[at])
    for target, several in by_target.items():
        if len(several) > 1:
            yield Problem(where=where,
                          what=say("Columns {names} all belong to '{target}'.",
                                   names=listed(f"'{name}'" for name in several), target=target),
                          hint=say("Settle them with --mapping: keep one, and 'heading: null' "
                                   "for the others."))  # fmt: skip


def _is_chosen(cell: str, code: str) -> bool:
    text = cell.strip()
    word = text.lower()
    return word not in _NOT_CHOSEN and (word in _CHOSEN or text == code)
