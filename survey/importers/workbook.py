"""Excel workbooks of responses as sheets of text."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from instruments.errors import DefinitionError
from instruments.excel import Cell, Limits, OpenSheet, open_sheets
from instruments.language import say
from survey.errors import ImportRejected
from survey.importers.table import Contents, Line, Sheet

ANSWERS = Limits(
    rows=200_000, columns=2_000, cells=10_000_000, inflated=200 * 1024 * 1024,
    cure=say("Delete stray cells far from the table, or save the sheet as CSV."),
)  # fmt: skip
"""Larger files of responses come as text."""


def open_workbook(path: Path) -> Contents:
    """Open an .xlsx or .xls file, in this process.

    Raises:
        ImportRejected: The file is damaged, no workbook, or larger inside than a survey can be.
    """
    try:
        sheets = open_sheets(path, limits=ANSWERS)
    except DefinitionError as error:
        raise ImportRejected(error.problems) from None
    return Contents(path=path, container="workbook", sheets=tuple(map(_sheet, sheets)))


def _sheet(sheet: OpenSheet) -> Sheet:
    merged = tuple((one.top, one.left, one.bottom, one.right) for one in sheet.merged)
    return Sheet(name=sheet.name, lines=partial(_lines, sheet), merged=merged)


def _lines(sheet: OpenSheet) -> Iterator[Line]:
    for line, cells in sheet.lines():
        yield line, tuple(map(_text, cells))


def _text(cell: Cell) -> str:
    return str(int(cell)) if isinstance(cell, bool) else cell
