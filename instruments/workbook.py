"""Sheets of a form workbook as rows of text by heading, as people see them in Excel."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from unicodedata import is_normalized

from instruments.errors import refusal
from instruments.excel import Cell, Grid, Limits, read_grids
from instruments.language import nfc, say

FORM = Limits(
    rows=50_000, columns=2_048, cells=10_000_000, inflated=100 * 1024 * 1024,
    cure=say("Delete stray cells far from the table."),
)  # fmt: skip
"""No form is larger."""


class Row(NamedTuple):
    """A row's number as Excel shows it, and its cells that are not empty, by column from 0."""

    number: int
    cells: Mapping[int, str]
    composed: Collection[int] = ()
    """Columns whose text was in another Unicode form than NFC."""


class Sheet(NamedTuple):
    """A sheet whose first row that is not empty holds the headings."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Row]
    kind: str = ""
    """What it is read as, where its name does not say it."""


def read_workbook(path: Path) -> dict[str, Sheet]:
    """Read every sheet of an .xlsx or .xls file, by its name in small letters.

    Raises:
        DefinitionError: The file is missing, too large or no workbook.
    """
    if not path.is_file():
        raise refusal(str(path), say("There is no such file."))
    return {grid.name.strip().lower(): _sheet(grid) for grid in read_grids(path, limits=FORM)}


def _sheet(grid: Grid) -> Sheet:
    rows = [_row(number, cells) for number, cells in grid.lines]
    filled = [row for row in rows if row.cells]
    first = filled[0].cells if filled else {}
    width = max((len(cells) for _, cells in grid.lines), default=0)
    return Sheet(grid.name, [first.get(column, "") for column in range(width)], filled[1:])


def _row(number: int, cells: Sequence[Cell]) -> Row:
    texts = [_text(cell) for cell in cells]
    composed = [column for column, text in enumerate(texts) if not is_normalized("NFC", text)]
    return Row(number, {at: nfc(text) for at, text in enumerate(texts) if text}, composed)


def _text(cell: Cell) -> str:
    """A cell as Excel shows it, without blanks around it."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return cell.replace("\u00a0", " ").strip()
