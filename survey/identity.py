"""By what a row is known again: its id, else everything that stands in it.

A row without an id is known by all its cells, mapped or not. Where no column tells the time or a
running number, two equal rows may be two people: they get numbers, in the order of the file, and
the same file again gives them the same ones.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from instruments.errors import Problem
from instruments.language import nfc, say
from survey.answers import digest_of
from survey.errors import ImportRejected
from survey.importers.table import Table

_NAMED_ROWS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """What one pass over a table tells: records, and how many fill each column."""

    rows: int
    regular: int
    """Records with as many cells as there are headings."""
    fills: tuple[int, ...]

    @property
    def filled(self) -> frozenset[int]:
        """Columns with any cell below the heading."""
        return frozenset(at for at, count in enumerate(self.fills) if count)


def look_through(table: Table) -> Structure:
    """Read the whole table once, so that what refuses it does so before anything is stored."""
    fills, rows, regular = [0] * len(table.headings), 0, 0
    for row in table.rows():
        rows += 1
        if len(row.cells) == len(fills):
            regular += 1
            for at, cell in enumerate(row.cells):
                if cell and not cell.isspace():
                    fills[at] += 1
    return Structure(rows=rows, regular=regular, fills=tuple(fills))


def id_column(
    table: Table, structure: Structure, *, candidates: Sequence[int], names: Sequence[str]
) -> int | None:
    """The first candidate that is not empty throughout.

    Raises:
        ImportRejected: It is filled in some rows only.
    """
    column = next((at for at in candidates if structure.fills[at]), None)
    if column is not None and structure.fills[column] < structure.regular:
        raise _partly_empty(table, column, structure, name=names[column])
    return column


def without_prefix(cell: str) -> str:
    """An instance id as it is compared: without ``uuid:`` and edges."""
    return nfc(cell.strip()).removeprefix("uuid:")


@dataclass(slots=True, kw_only=True)
class Fingerprints:
    """Names rows by their cells, telling equal ones apart by number where nothing else does."""

    headings: Sequence[str]
    numbered: bool
    first_rows: dict[str, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def of(self, cells: Sequence[str], *, row: int) -> tuple[str, int | None]:
        """The row's key, and the number of the first equal row where this is not it."""
        name = _hash(cells, self.headings)
        if not self.numbered:
            return name, None
        self.counts[name] += 1
        first = self.first_rows.setdefault(name, row)
        count = self.counts[name]
        return (name, None) if count == 1 else (f"{name}.{count}", first)


def _hash(cells: Sequence[str], headings: Sequence[str]) -> str:
    if len(cells) != len(headings):
        return digest_of([nfc(cell) for cell in cells])
    return digest_of(sorted((heading, nfc(cell)) for heading, cell in zip(headings, cells, strict=True)
                            if cell))  # fmt: skip


def _partly_empty(table: Table, column: int, structure: Structure, *, name: str) -> ImportRejected:
    empty = [
        str(row.number)
        for row in table.rows()
        if len(row.cells) == len(table.headings) and not row.cells[column].strip()
    ]
    shown = ", ".join(empty[:_NAMED_ROWS]) + (", …" if len(empty) > _NAMED_ROWS else "")
    return ImportRejected(
        Problem(
            where=table.contents.name,
            what=say("Column '{name}' identifies the records, but is empty in {count} of {rows}: "
                     "rows {shown}.",
                     name=name, count=len(empty), rows=structure.regular, shown=shown),
            hint=say("Fill it, or leave it out with --mapping ('{name}: null'): records are then "
                     "known by all their cells.", name=name),
        )
    )  # fmt: skip
