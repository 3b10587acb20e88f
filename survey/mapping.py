"""Columns of a file to places of the form, settled before any row is stored.

A column is found by its heading or by what else it is called: a form path, an id, a label. What
cannot be told, or is told twice, a person settles in a mapping file: ``heading: form path``, or
``heading: null`` to leave the column out. Each version of the form has its own layout: a column
holds what the version asks under that name.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from instruments.errors import DefinitionError, Problem
from instruments.faults import did_you_mean, listed
from instruments.language import nfc, say
from instruments.yaml_source import read_yaml
from survey.columns_found import Found, Level, find
from survey.errors import ImportRejected
from survey.form import Form
from survey.importers.table import Columns, Repeat, Table
from survey.places import IDENTITY, VERSION, Places, roster_names
from survey.rosters_found import roster_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterLayout:
    """Where the answers of a roster's instances stand in the cells of a repeat."""

    path: str
    layout: "Layout"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where one version's answers stand: whole answers by path, single options by path and code."""

    whole: Mapping[str, int]
    options: Mapping[str, Mapping[str, int]]
    rosters: Mapping[str, RosterLayout] = field(default_factory=dict)
    """By name of the repeat."""
    besides: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Single options of multiple choices that have a whole column too."""

    @property
    def carried(self) -> frozenset[str]:
        """The form paths that the file has a place for."""
        own = frozenset(self.whole) | frozenset(self.options)
        return own.union(*(inner.layout.carried for inner in self.rosters.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnPlace:
    """A column and where it goes, for people to look at and to change."""

    position: int
    name: str
    """As a mapping file names it."""
    place: str | None
    candidates: tuple[str, ...]
    settled: bool
    contested: bool = False
    """Whether several questions have its name, and nothing tells yet which one this is."""
    behind: str = ""
    """The column before it."""


class ColumnsUnsettled(ImportRejected):
    """Columns that a person has to settle; `columns` are all of the file's."""

    def __init__(self, problems: Iterable[Problem], columns: tuple[ColumnPlace, ...]) -> None:
        super().__init__(problems)
        self.columns = columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Where each answer stands, by version of the form."""

    layouts: Mapping[str, Layout]
    newest: str
    ids: tuple[int, ...]
    versions: tuple[int, ...]
    names: tuple[str, ...]
    """A name for every column, unique even where headings are not."""
    repeat_names: Mapping[str, tuple[str, ...]]
    heading_of: Mapping[str, str]
    """By path, the column that people look at to find the answer."""
    columns: tuple[ColumnPlace, ...]
    fits: Mapping[str, int]
    """By version, how many columns it has a place for."""

    @property
    def layout(self) -> Layout:
        """Where the newest version's answers stand."""
        return self.layouts[self.newest]

    @property
    def mapped(self) -> list[int]:
        """Columns that hold answers, identity or version, in the order of the file."""
        found = {*self.ids, *self.versions}
        for layout in self.layouts.values():
            found |= {*layout.whole.values()}
            found |= {at for columns in layout.options.values() for at in columns.values()}
        return sorted(found)


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
    return {nfc(name): target for name, target in data.items()}


def names_of(table: Table) -> frozenset[str]:
    """What a mapping may name of a file: its columns, its repeats and their columns."""
    inner = {f"{one.name}/{name}" for one in table.repeats for name in _names(one.headings)}
    return frozenset((*_names(table.headings), *(one.name for one in table.repeats), *inner))


def settle(  # noqa: PLR0913 - the parts of one table
    headings: Sequence[str], *, columns: Columns, filled: frozenset[int], forms: Sequence[Form],
    given: Mapping[str, str | None], where: str, repeats: Sequence[Repeat] = (),
    repeats_filled: Mapping[str, frozenset[int]] | None = None,
    filled_in: Mapping[str, frozenset[int]] | None = None,
) -> Settled:  # fmt: skip
    """Find the place of every column; `filled` are those with any cell below the heading.

    `filled_in` are those with any cell in the records of each version that is named.

    Raises:
        ColumnsUnsettled: With every column that is unsettled and every wrong line of the mapping.
    """
    names = _names(headings)
    main = find(
        Level(headings=tuple(headings), names=names, columns=columns, filled=filled,
              filled_in=filled_in or {}),
        {form.version: Places.of(form) for form in reversed(forms)}, given,
    )  # fmt: skip
    inner = _inner(repeats, repeats_filled or {}, forms, given)
    levels = [main, *(one.found for one in inner)]
    known = {*names, *(one.repeat.name for one in inner),
             *(name for one in inner for name in one.found.names)}  # fmt: skip
    shown = tuple(place for at, level in enumerate(levels) for place in _shown(level, main=at == 0))
    unsettled = [*(problem for level in levels for problem in _unsettled(level, where)),
                 *(_no_roster(one, where) for one in inner if one.lost)]  # fmt: skip
    foreign = [] if unsettled or not _is_foreign(levels, filled) else [_of_another_form(where)]
    rosters = {path for form in forms for path, _ in roster_names(form)}
    wrong = list(_wrong_lines(given, known, levels, rosters, where=where))
    problems = [*wrong, *(() if wrong else foreign), *_introduced(unsettled, where)]
    if problems:
        raise ColumnsUnsettled(problems, shown)
    return _settled(main, inner, forms, columns, given, shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inner:
    """A repeat of the file and the roster that it holds, by version."""

    repeat: Repeat
    rosters: Mapping[str, str]
    found: Found
    lost: bool


def _inner(
    repeats: Sequence[Repeat], filled: Mapping[str, frozenset[int]], forms: Sequence[Form],
    given: Mapping[str, str | None],
) -> list[_Inner]:  # fmt: skip
    made = []
    for repeat in repeats:
        rosters = {form.version: path for form in reversed(forms)
                   if (path := roster_of(repeat, form, given)) is not None}  # fmt: skip
        names = tuple(f"{repeat.name}/{name}" for name in _names(repeat.headings))
        cells = filled.get(repeat.name, frozenset())
        left_out = repeat.name in given and given[repeat.name] is None
        level = Level(headings=repeat.headings, names=names, columns=repeat.columns, filled=cells)
        places = {form.version: Places.of(form, roster=rosters[form.version])
                  for form in reversed(forms) if form.version in rosters}  # fmt: skip
        lost = not rosters and bool(cells) and not left_out
        found = find(level, places, given) if rosters else Found.empty(level)
        made.append(_Inner(repeat=repeat, rosters=rosters, found=found, lost=lost))
    return made


def _settled(
    main: Found, inner: Sequence[_Inner], forms: Sequence[Form], columns: Columns,
    given: Mapping[str, str | None], shown: tuple[ColumnPlace, ...],
) -> Settled:  # fmt: skip
    left_out = {at for at, name in enumerate(main.names) if name in given and given[name] is None}
    newest = forms[-1].version
    heading_of: dict[str, str] = {}
    for level in [*(one.found for one in reversed(inner)), main]:
        heading_of |= level.heading_of(newest)
    return Settled(
        layouts={form.version: _layout(form.version, main, inner, None) for form in forms},
        newest=newest, names=main.names, heading_of=heading_of, columns=shown,
        ids=(*main.at(IDENTITY), *(at for at in columns.ids if at not in left_out)),
        versions=(*main.at(VERSION), *(at for at in columns.versions if at not in left_out)),
        fits={form.version: sum(level.fit(form.version) for level in
                                (main, *(one.found for one in inner))) for form in forms},
        repeat_names={one.repeat.name: one.found.names for one in inner},
    )  # fmt: skip


def _layout(version: str, level: Found, inner: Sequence[_Inner], parent: str | None) -> Layout:
    whole, options = level.layout(version)
    return Layout(
        whole=whole, options={path: of for path, of in options.items() if path not in whole},
        besides={path: of for path, of in options.items() if path in whole},
        rosters={one.repeat.name: RosterLayout(
                     path=one.rosters[version],
                     layout=_layout(version, one.found, inner, one.repeat.name))
                 for one in inner if one.repeat.parent == parent and version in one.rosters},
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


def _shown(level: Found, *, main: bool) -> Iterator[ColumnPlace]:
    for at, name in enumerate(level.names):
        yield ColumnPlace(
            position=at if main else -1, name=name, place=level.places.get(at),
            candidates=level.candidates.get(at, ()), settled=at not in level.open,
            contested=at in level.contested, behind=level.names[at - 1] if at else "",
        )  # fmt: skip


def _wrong_lines(
    given: Mapping[str, str | None], names: set[str], levels: Sequence[Found], rosters: set[str], *,
    where: str,
) -> Iterator[Problem]:  # fmt: skip
    paths = [path for level in levels for path in level.paths]
    for name, target in given.items():
        if name not in names:
            yield Problem(where=where, hint=did_you_mean(name, names),
                          what=say("The mapping names a column '{name}', which the file does not "
                                   "have.", name=name))  # fmt: skip
        elif (
            target is not None
            and target not in rosters
            and not any(level.knows(target) for level in levels)
        ):
            yield Problem(where=where, hint=did_you_mean(target, paths),
                          what=say("The mapping puts column '{name}' at '{target}', which the "
                                   "form does not have.", name=name, target=target))  # fmt: skip


def _unsettled(level: Found, where: str) -> Iterator[Problem]:
    for at in sorted(level.open):
        name, found = level.names[at], level.candidates.get(at, ())
        if at in level.contested and at not in level.twice:
            what = say("Column '{name}' may be any of: {places}.", name=name, places=listed(found))
            behind = say("It stands behind column '{name}'.", name=level.names[at - 1])
            yield Problem(where=where, what=what, hint=behind if at else None)
        elif at not in level.twice:
            what = say("Column '{name}' belongs to no question of the form.", name=name)
            near = None if not found else say("Did you mean '{near}'?", near=found[0])
            yield Problem(where=where, what=what, hint=near)
    for target, columns in level.doubles.items():
        names = listed(f"'{level.names[at]}'" for at in columns)
        yield Problem(where=where, hint=say("Keep one of them."),
                      what=say("Columns {names} all belong to '{target}'.",
                               names=names, target=target))  # fmt: skip


def _no_roster(one: _Inner, where: str) -> Problem:
    return Problem(
        where=where,
        what=say("Sheet '{name}' belongs to no repeated part of the form.", name=one.repeat.name),
        hint=say("Say in the mapping where it belongs: '{name}: path of the repeat', or "
                 "'{name}: null' to leave it out.", name=one.repeat.name),
    )  # fmt: skip


def _is_foreign(levels: Sequence[Found], filled: frozenset[int]) -> bool:
    """Whether a file with cells has not one column for a question."""
    return bool(filled) and not any(level.carries_any for level in levels)


def _of_another_form(where: str) -> Problem:
    return Problem(where=where,
                   what=say("No column of the file belongs to a question of the form."),
                   hint=say("Look whether the file belongs to this study."))  # fmt: skip


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
