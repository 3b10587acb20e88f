"""The parts of a page: frozen, worded and rounded, ready for any renderer to set.

A renderer (HTML, PDF) decides only how a part looks. It neither words nor rounds, so that all
of them say the same.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from analysis.result import Word
from instruments.language import Language

Compared = Literal["higher", "lower", "open"]
Mark = Word | Literal["group"] | Compared
"""What a mark stands for: a verdict word, a group that has no target of its own, or what a test of a
difference allows to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A verdict in words, then the sentence with the numbers that it rests on."""

    mark: Mark | None = None
    lead: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The sentences that a hurried reader takes away."""

    kind: Literal["answers"] = "answers"
    items: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """Plain paragraphs."""

    kind: Literal["prose"] = "prose"
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """A list of short statements."""

    kind: Literal["bullets"] = "bullets"
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column's heading, its shorter name on phones, and its part of the table's width."""

    title: str
    short: str = ""
    share: float = 1
    numeric: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell: its text, a smaller line below, and the mark of a verdict before it."""

    text: str
    note: str = ""
    mark: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table whose first column names its rows."""

    kind: Literal["table"] = "table"
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRow:
    """One dot with its interval and, where it has one, its own target; shares from 0 to 1.

    A part stands indented under the row that it is a part of.
    """

    label: str
    text: str
    value: float
    low: float
    high: float
    target: float | None
    target_text: str = ""
    mark: Mark
    is_part: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What any drawing has: its name, its title, and its content in words for who cannot see it."""

    kind: Literal["chart"] = "chart"
    id: str
    title: str
    description: str
    stamp: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart(Picture):
    """A dot-and-interval chart and everything that must be written on or about it."""

    rows: tuple[ChartRow, ...]
    ticks: tuple[tuple[float, str], ...]
    """Shares to mark on the axis, from its beginning to its end, and their texts."""
    axis_note: str = ""
    legend: tuple[tuple[Mark, str], ...]
    estimate_label: str
    interval_label: str
    target_label: str
    rule: tuple[int, str] | None = None
    """After how many rows a line runs across, and what it parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One area on a tile map: short and full name, its share or the code in its place, its mark."""

    short: str
    name: str
    text: str
    mark: Mark
    row: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles(Picture):
    """A map of equal tiles; on phones a list in the order of the tiles."""

    tiles: tuple[Tile, ...]
    legend: tuple[tuple[Mark, str], ...]


Block = Answers | Prose | Bullets | Table | Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Blocks under one heading."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A report in one language: the leaders' page, its annex, and what it rests on."""

    language: Language
    title: str
    subtitle: str
    facts: tuple[str, ...]
    stamp: str = ""
    front: tuple[Section, ...]
    boxes: tuple[Section, ...]
    """Short lists that close the first page, side by side where there is room."""
    annex_title: str
    annex_about: str = ""
    """What the annex holds, where a letter names it."""
    annex: tuple[Section, ...]
    footer: tuple[str, ...]
    as_of: date
