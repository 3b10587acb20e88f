"""Columns of a file to places of the form, settled before any row is stored.

A column is found by its heading: a form path, an item's id, or either with ``/option`` for one
option of a multiple choice. What cannot be told, or is told twice, a person settles in a mapping
file: ``heading: form path``, or ``heading: null`` to leave the column out.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from instruments.errors import DefinitionError, Problem
from instruments.faults import did_you_mean, listed
from instruments.language import nfc, say
from instruments.yaml_source import read_yaml
from survey.errors import ImportRejected
from survey.form import Form
from survey.importers.table import Columns
from survey.places import IDENTITY, VERSION, Places

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
    places = Places.of(forms)
    targets: dict[int, str | None] = {}
    unsettled: list[Problem] = []
    for at, name in enumerate(names):
        targets[at] = given.get(name)
        idle = at in columns.system or (not headings[at] and at not in filled)
        if name not in given and not idle:
            found = places.matching(headings[at])
            targets[at] = found[0] if len(found) == 1 else None
            unsettled += [] if len(found) == 1 else [_unsettled(name, found, places, where=where)]
    unsettled += _twice(targets, names, where=where)
    problems = [*_wrong_lines(given, names, places, where=where), *_introduced(unsettled, where)]
    if problems:
        raise ImportRejected(problems)
    return _settled(targets, names, places, columns=columns, given=given)


def _settled(
    targets: Mapping[int, str | None], names: tuple[str, ...], places: Places, *,
    columns: Columns, given: Mapping[str, str | None],
) -> Settled:  # fmt: skip
    whole = {path: at for at, path in targets.items() if path in places.paths}
    options: dict[str, dict[str, int]] = {}
    for at, target in targets.items():
        if target is not None and target in places.options:
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
    given: Mapping[str, str | None], names: Sequence[str], places: Places, *, where: str
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


def _unsettled(name: str, found: Sequence[str], places: Places, *, where: str) -> Problem:
    if found:
        what = say("Column '{name}' may be any of: {places}.", name=name, places=listed(found))
        return Problem(where=where, what=what)
    near = places.like(name)
    return Problem(
        where=where,
        what=say("Column '{name}' belongs to no question of the form.", name=name),
        hint=None if near is None else say("Did you mean '{near}'?", near=near),
    )


def _introduced(unsettled: Sequence[Problem], where: str) -> list[Problem]:
    """The unsettled columns behind a line that tells how to settle them."""
    if not unsettled:
        return []
    first = Problem(
        where=where,
        what=say("Columns are unsettled: {count}; nothing was stored.", count=len(unsettled)),
        hint=say("Settle them in a file for --mapping, each on its line: 'heading: form path', "
                 "'heading: _uuid' where it numbers the records, or 'heading: null' to leave it "
                 "out."),
    )  # fmt: skip
    return [first, *unsettled]


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
                          hint=say("Keep one of them."))  # fmt: skip


def _is_chosen(cell: str, code: str) -> bool:
    text = cell.strip()
    word = text.lower()
    return word not in _NOT_CHOSEN and (word in _CHOSEN or text == code)
