"""What every source delivers: rows of text under headings, and what each column is.

A file is opened in two steps. Its *contents* (`Contents`) are sheets of text cells, whatever the
container; a *source* then says what the columns mean (`Table`). Both read rows anew each time they
are asked, so that a file larger than memory can be gone through twice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from instruments.language import Message

Line = tuple[int, tuple[str, ...]]
"""A line's number in its file or sheet, and its cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One grid of cells; `lines` starts again from the first at every call."""

    name: str
    lines: Callable[[], Iterator[Line]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """A file opened as sheets of text; `encoding` and `delimiter` are None for workbooks."""

    path: Path
    container: Literal["text", "workbook"]
    sheets: tuple[Sheet, ...]
    encoding: str | None = None
    delimiter: str | None = None

    @property
    def name(self) -> str:
        """The file's name, for messages."""
        return self.path.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """How sure a source is that a file is its own (0 to 1), and why."""

    score: float
    why: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record: its 1-based number among the records, the file's line, and its cells."""

    number: int
    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which columns (by position) are not answers: identity, form version, the system's own.

    The first of `ids` that is not empty throughout identifies the records; the first of
    `versions` that a row fills tells its form version.
    """

    ids: tuple[int, ...] = ()
    versions: tuple[int, ...] = ()
    system: frozenset[int] = frozenset()
    serial: frozenset[int] = frozenset()
    """Columns that tell two records with the same answers apart: times and running numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file of responses as its source reads it."""

    kind: str
    evidence: Evidence
    contents: Contents
    sheet: Sheet
    headings: tuple[str, ...]
    heading_line: int
    columns: Columns

    def rows(self) -> Iterator[Row]:
        """The records below the headings, wholly empty lines left out."""
        number = 0
        for line, cells in self.sheet.lines():
            if line > self.heading_line and any(cells):
                number += 1
                yield Row(number=number, line=line, cells=self._fitted(cells))

    def _fitted(self, cells: tuple[str, ...]) -> tuple[str, ...]:
        """Cells without the empty ones that a trailing delimiter adds."""
        width = len(self.headings)
        return cells if len(cells) <= width or any(cells[width:]) else cells[:width]


class Source(Protocol):
    """A system whose exports are read; its module is the implementation."""

    @property
    def KIND(self) -> str:  # noqa: N802 - a module's constant
        """The word for this source in reports."""

    def recognise(self, contents: Contents) -> Evidence | None:
        """Say how likely the file is this system's, or None when it is not."""

    def read(self, contents: Contents, *, evidence: Evidence) -> Table:
        """Find the headings and say what the columns are."""
