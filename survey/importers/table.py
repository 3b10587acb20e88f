"""What every source delivers: rows of text under headings, and what each column is.

A file is opened in two steps. Its *contents* (`Contents`) are sheets of text cells, or a document,
whatever the container; a *source* then says what the columns mean (`Table`). Rows are read anew
each time they are asked for, so that a file larger than memory can be gone through twice.

Cells are text in every case: numbers as people write them, dates and times by ISO 8601.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from instruments.language import Message

Line = tuple[int, tuple[str, ...]]
"""A line's number in its file or sheet, and its cells."""
Container = Literal["text", "workbook", "archive", "json", "spss", "stata"]
"""What the bytes are: delimited text, an Excel workbook, a zip of text files, a JSON document, a
.sav or .zsav file, a .dta file."""
Span = tuple[int, int, int, int]
"""Merged cells: first line, first column (from 0), last line, last column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What a person says of a file where the guess is wrong, and the codebook beside it."""

    kind: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    dictionary: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One grid of cells; `lines` starts again from the first at every call."""

    name: str
    lines: Callable[[], Iterator[Line]]
    merged: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """A file opened as sheets of text or as a document.

    `encoding` and `delimiter` are None where the container has none; of an archive they are those
    of its first file.
    """

    path: Path
    container: Container
    sheets: tuple[Sheet, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    document: object = None
    """The parsed value of a JSON file."""

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
class Instance:
    """One instance of a repeat: cells under the repeat's headings, and the repeats inside it."""

    cells: tuple[str, ...]
    nested: "Nested" = field(default_factory=dict)


Nested = Mapping[str, tuple[Instance, ...]]
"""Instances in their order, by the name of their repeat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record: its 1-based number among the records, the file's line, its cells and repeats.

    A line that is no record (a total, a heading between records, a signature) has number 0.
    """

    number: int
    line: int
    cells: tuple[str, ...]
    nested: Nested = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What the columns are, by position.

    The first of `ids` that is not empty throughout identifies the records; the first of
    `versions` that a row fills tells its form version.
    """

    ids: tuple[int, ...] = ()
    versions: tuple[int, ...] = ()
    system: frozenset[int] = frozenset()
    """Columns of the source itself, which are no answers unless their heading is a question's."""
    serial: frozenset[int] = frozenset()
    """Columns that tell two records with the same answers apart: times and identifiers."""
    counters: frozenset[int] = frozenset()
    """Columns that number the lines of this one file, such as STT."""
    names: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Further names of a column, tried after its heading: a label, a variable, ``item/option``."""
    labels: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    """By column, what the file itself says that its values mean."""
    missing: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """By column, values that stand for no answer, unless their label is an option's."""
    blank: frozenset[str] = frozenset()
    """Words that stand for no answer in any column."""
    in_form_order: bool = False
    """Whether a program wrote the columns, in the order of the form."""
    made: frozenset[int] = frozenset()
    """Columns that the file does not have: the source made them from others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A part of the form that is answered several times, with headings of its own."""

    name: str
    """The key of its instances in `Row.nested`; unique in the table."""
    headings: tuple[str, ...]
    columns: Columns = Columns()
    names: tuple[str, ...] = ()
    """What else it may be called: a form path, an id, a label."""
    parent: str | None = None
    """The repeat inside which it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file of responses as its source reads it."""

    kind: str
    evidence: Evidence
    contents: Contents
    headings: tuple[str, ...]
    columns: Columns
    lines: Callable[[], Iterator[Row]]
    """The records, and with number 0 the lines between them that are none."""
    repeats: tuple[Repeat, ...] = ()
    sheet: str = ""
    """The sheet that was read, where the file has several."""
    unread: tuple[str, ...] = ()
    """Sheets with cells that were not read."""

    def rows(self) -> Iterator[Row]:
        """The records in the order of the file."""
        return (row for row in self.lines() if row.number)


class Source(Protocol):
    """A system whose exports are read; its module is the implementation."""

    @property
    def KIND(self) -> str:  # noqa: N802 - a module's constant
        """The word for this source in reports and for ``--kind``."""

    @property
    def CONTAINERS(self) -> frozenset[Container]:  # noqa: N802 - a module's constant
        """What its files may be; it is asked about no others."""

    def recognise(self, contents: Contents) -> Evidence | None:
        """Say how likely the file is this system's, or None when it is not."""

    def read(self, contents: Contents, *, evidence: Evidence, told: Override) -> Table:
        """Find the headings and say what the columns are.

        Raises:
            ImportRejected: The file is not what a person says it is.
        """
