"""Excel workbooks of responses as sheets of text."""

from pathlib import Path

from instruments.errors import DefinitionError
from instruments.excel import Cell, Grid, Limits, read_grids
from instruments.language import say
from survey.errors import ImportRejected
from survey.importers.table import Contents, Sheet

ANSWERS = Limits(
    rows=200_000, columns=2_000, cells=10_000_000, inflated=200 * 1024 * 1024,
    cure=say("Delete stray cells far from the table, or save the sheet as CSV."),
)  # fmt: skip
"""Larger files of responses come as text."""


def open_workbook(path: Path) -> Contents:
    """Open an .xlsx or .xls file.

    Raises:
        ImportRejected: The file is damaged, no workbook, or larger inside than a survey can be.
    """
    try:
        grids = read_grids(path, limits=ANSWERS)
    except DefinitionError as error:
        raise ImportRejected(error.problems) from None
    return Contents(path=path, container="workbook", sheets=tuple(map(_sheet, grids)))


def _sheet(grid: Grid) -> Sheet:
    lines = [(number, tuple(map(_text, cells))) for number, cells in grid.lines]
    return Sheet(name=grid.name, lines=lambda: iter(lines))


def _text(cell: Cell) -> str:
    return str(int(cell)) if isinstance(cell, bool) else cell
