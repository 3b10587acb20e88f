"""By what a row is known again: its id, else everything that stands in it.

A row without an id is known by all its cells, mapped or not. Where no column tells the time or a
running number, two equal rows may be two people: they get numbers, in the order of the file, and
the same file again gives them the same ones.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from instruments.errors import Problem
from instruments.language import nfc, say
from survey.answers import digest_of
from survey.errors import ImportRejected
from survey.importers.table import Nested, Row, Table
from survey.lookup import Lookup
from survey.structure import Structure
from survey.writing import Habit

_NAMED_ROWS = 10
_DAY = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}")


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
    habits: Sequence[Habit] = ()
    """How each column writes dates."""
    passed_over: frozenset[int] = frozenset()
    """Columns that only number the lines of the file."""
    seen: Lookup = field(default_factory=Lookup)
    """By name, the first row that has it and how many do."""

    def of(self, row: Row) -> tuple[str, int | None]:
        """The row's key, and the number of the first equal row where this is not it."""
        name = self._hash(row)
        if not self.numbered:
            return name, None
        first, _, count = (self.seen.get(name) or f"{row.number} 0").partition(" ")
        number = int(count) + 1
        self.seen[name] = f"{first} {number}"
        return (name, None) if number == 1 else (f"{name}.{number}", int(first))

    def _as_known(self, at: int, cell: str) -> str:
        """A cell as it is compared: the same day written in two ways is the same day."""
        if not _DAY.match(cell):
            return nfc(cell)
        habit = self.habits[at] if at < len(self.habits) else Habit()
        return habit.datetime(cell).removesuffix("T00:00:00")

    def _hash(self, row: Row) -> str:
        if len(row.cells) != len(self.headings):
            return digest_of([nfc(cell) for cell in row.cells])
        told = sorted(
            (self.headings[at], self._as_known(at, cell)) for at, cell in enumerate(row.cells)
            if cell and at not in self.passed_over
        )  # fmt: skip
        return digest_of([told, _nested(row.nested)] if row.nested else told)


def _nested(nested: Nested) -> list[object]:
    return [[name, [[list(map(nfc, one.cells)), _nested(one.nested)] for one in instances]]
            for name, instances in sorted(nested.items())]  # fmt: skip


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
