"""ODK Central's submissions: a zip with a CSV of the form and one of each repeat, or that CSV alone.

Central joins groups with ``-`` and options of a multiple choice with ``/``, or leaves the groups
out; a repeat's rows name their instance (``KEY``, a path with numbers) and whose it is
(``PARENT_KEY``). A place on the map comes as four columns. Media files are not read.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Self

from instruments.errors import Problem
from instruments.language import say
from survey.errors import ImportRejected, rejected
from survey.importers.added import Added, with_added
from survey.importers.headed import headed_sheet, positions, records_below
from survey.importers.repeats import Joint, joined
from survey.importers.table import (
    Columns,
    Container,
    Contents,
    Evidence,
    Override,
    Repeat,
    Row,
    Sheet,
    Table,
)

KIND = "odk"
CONTAINERS: frozenset[Container] = frozenset({"archive", "text"})
_KEY, _PARENT = "KEY", "PARENT_KEY"
_IDS = (_KEY, "meta-instanceID", "instanceID", "meta:instanceID")
_TELLING = frozenset(
    {"SubmissionDate", "SubmitterID", "SubmitterName", "AttachmentsPresent", "AttachmentsExpected",
     "ReviewState", "DeviceID", "FormVersion", "meta-instanceID"}
)  # fmt: skip
_SYSTEM = _TELLING | frozenset(
    {_KEY, _PARENT, "Status", "Edits", "instanceID", "instanceName", "audit", "deprecatedID",
     "generated_note_name"}
)  # fmt: skip
_OWN = re.compile(
    r"(.*-)?(meta[-:].+|generated_(table_list|note)_.+|reserved_name_for_field_list_labels_\d+)"
)
_NUMBER = re.compile(r"\[\d+\]")
_LAST = re.compile(r"\[(\d+)\]$")
_PARTS = ("Latitude", "Longitude", "Altitude", "Accuracy")


def recognise(contents: Contents) -> Evidence | None:
    """Files with ``KEY`` and Central's own columns."""
    found = [name for sheet in contents.sheets for name in headed_sheet(sheet)[0]
             if name in _TELLING or name == _KEY]  # fmt: skip
    if _KEY not in found or len(set(found)) < 3:
        return None
    return Evidence(score=0.9, why=say("It has ODK Central's own columns: {names}.",
                                       names=", ".join(dict.fromkeys(found))))  # fmt: skip


def read(contents: Contents, *, evidence: Evidence, told: Override) -> Table:  # noqa: ARG001 - every source has it
    """The records with the instances of their repeats."""
    parts = [_Part.of(sheet) for sheet in contents.sheets]
    main = next((one for one in parts if one.is_main), parts[0])
    inner = [one for one in parts if _PARENT in one.headings]
    paths = _paths(inner)
    joints = [_joint(one, paths) for one in inner]
    key = main.cell_of(next((name for name in _IDS if name in main.own), _KEY))
    _refuse_orphans({key(row) for row in main.rows()}, inner)
    return Table(
        kind=KIND, evidence=evidence, contents=contents, headings=main.headings,
        columns=_columns(main), sheet=main.sheet.name,
        repeats=tuple(_repeat(one, paths) for one in inner),
        lines=joined(main.rows, key, joints) if joints else main.rows,
        unread=tuple(one.sheet.name for one in parts if one is not main and one not in inner),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One file of the export; `places` are the columns that make each place on the map."""

    sheet: Sheet
    own: tuple[str, ...]
    line: int
    places: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, sheet: Sheet) -> Self:
        own, line = headed_sheet(sheet)
        return cls(sheet=sheet, own=own, line=line, places=_places(own))

    @property
    def headings(self) -> tuple[str, ...]:
        return (*self.own, *self.places)

    @property
    def is_main(self) -> bool:
        return _KEY in self.own and _PARENT not in self.own

    def cell_of(self, name: str) -> Callable[[Row], str]:
        at = self.own.index(name) if name in self.own else len(self.own)
        return lambda row: row.cells[at] if at < min(len(row.cells), len(self.own)) else ""

    def instances(self) -> Iterator[Row]:
        """The rows of a repeat, which cannot be set aside one by one."""
        for row in self.rows():
            if len(row.cells) != len(self.headings):
                raise rejected(self.sheet.name, say("Line {line} has another number of cells than "
                                                    "the headings.", line=row.line),
                               say("Export it again."))  # fmt: skip
            yield row

    def rows(self) -> Iterator[Row]:
        rows = records_below(self.sheet, self.line, len(self.own))
        added = [
            Added(heading=stem, cell=partial(_place, four)) for stem, four in self.places.items()
        ]
        return with_added(rows, width=len(self.own), added=added) if added else rows


def _places(headings: tuple[str, ...]) -> Mapping[str, tuple[int, ...]]:
    at = {name: position for position, name in enumerate(headings)}
    stems = (
        name.removesuffix(f"-{_PARTS[0]}") for name in headings if name.endswith(f"-{_PARTS[0]}")
    )
    return {stem: tuple(at[f"{stem}-{part}"] for part in _PARTS) for stem in stems
            if all(f"{stem}-{part}" in at for part in _PARTS)}  # fmt: skip


def _place(four: tuple[int, ...], cells: Sequence[str]) -> str:
    return " ".join(cells[at] for at in four).rstrip()


def _columns(part: _Part, *, path: str = "") -> Columns:
    headings = part.headings
    versions = positions(headings, ("FormVersion",))
    own = {at for at, name in enumerate(headings) if name in _SYSTEM or _OWN.fullmatch(name)}
    own |= {at for four in part.places.values() for at in four}
    names = {at: (f"{path}{name.replace('-', '/')}",) for at, name in enumerate(headings)
             if at not in own}  # fmt: skip
    return Columns(
        in_form_order=True,
        ids=positions(headings, _IDS) if part.is_main else (),
        versions=versions, system=frozenset(own), names=names,
        made=frozenset(range(len(part.own), len(headings))),
        serial=frozenset(positions(headings, ("SubmissionDate", "start", "end"))),
    )  # fmt: skip


def _refuse_orphans(records: set[str], inner: list[_Part]) -> None:
    """A repeat's row whose record or outer instance is not in the file would be lost."""
    known = records.union(*(set(map(one.cell_of(_KEY), one.rows())) for one in inner))
    problems = [
        Problem(where=one.sheet.name, hint=say("Export the form and its repeats together again."),
                what=say("Line {line} belongs to '{key}', which the export does not have.",
                         line=row.line, key=parent(row)))
        for one in inner for parent in [one.cell_of(_PARENT)] for row in one.rows()
        if parent(row) not in known
    ]  # fmt: skip
    if problems:
        raise ImportRejected(problems)


def _paths(inner: list[_Part]) -> Mapping[str, str]:
    """By sheet, the form path of its repeat, as its first row's key tells; its name where none does."""
    return {one.sheet.name: _path(one) or _from_name(one.sheet.name) for one in inner}


def _path(part: _Part) -> str:
    row = next(part.rows(), None)
    return "" if row is None else _stem(part.cell_of(_KEY)(row))


def _stem(key: str) -> str:
    """A key's path: what stands behind the record's own id, without numbers."""
    return _NUMBER.sub("", key.partition("/")[2])


def _from_name(name: str) -> str:
    return re.sub(r"~\d+$", "", name.rpartition(".")[0].rpartition("-")[2])


def _repeat(part: _Part, paths: Mapping[str, str]) -> Repeat:
    path = paths[part.sheet.name]
    return Repeat(
        name=part.sheet.name, headings=part.headings, names=(path,),
        columns=_columns(part, path=f"{path}/"), parent=_parent(part, paths),
    )  # fmt: skip


def _parent(part: _Part, paths: Mapping[str, str]) -> str | None:
    row = next(part.rows(), None)
    above = "" if row is None else _stem(part.cell_of(_PARENT)(row))
    return next((name for name, path in paths.items() if path == above), None) if above else None


def _joint(part: _Part, paths: Mapping[str, str]) -> Joint:
    key = part.cell_of(_KEY)
    return Joint(repeat=part.sheet.name, parent=_parent(part, paths), rows=part.instances, key=key,
                 parent_key=part.cell_of(_PARENT), order=lambda row: _order(key(row), row.number))  # fmt: skip


def _order(key: str, number: int) -> int:
    found = _LAST.search(key)
    return number if found is None else int(found[1][:9])
