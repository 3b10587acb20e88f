"""An instrument as an XLSForm workbook that reads back as the same instrument."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path

import xlsxwriter

from instruments.errors import DefinitionError, Problem
from instruments.forms.sheets import Cells, to_sheets
from instruments.freeze import plain
from instruments.language import say
from instruments.model import Instrument
from instruments.workbook import Row, Sheet
from instruments.xlsform.extra import HEADINGS, SHEET, additions
from instruments.xlsform.read import read_sheets

MAX_CELL = 32_767
_FIRST = {
    "survey": ("type", "name", "label", "hint", "guidance_hint", "required", "required_message",
               "relevant", "constraint", "constraint_message", "calculation", "choice_filter",
               "repeat_count", "appearance", "parameters", "default", "read_only"),
    "choices": ("list_name", "name", "label"),
    "settings": ("form_title", "form_id", "version", "default_language"),
}  # fmt: skip
_MADE = datetime(2026, 1, 1)
"""One date for every file, so that equal instruments give equal bytes."""


def to_xlsform(instrument: Instrument) -> bytes:
    """The workbook as .xlsx; every text is stored as text, never as a formula or a link.

    Raises:
        DefinitionError: A text is too long for a cell, or an item has no type in XLSForm.
    """
    sheets = to_sheets(instrument)
    rows = {
        "survey": [row.cells for row in sheets.survey],
        "choices": list(sheets.choices),
        "settings": [sheets.settings],
        **{name: list(cells) for name, cells in sheets.further.items()},
    }
    tables = {name: _table(cells, first=_FIRST.get(name, ())) for name, cells in rows.items()}
    tables[SHEET] = [HEADINGS, *_extra(instrument, tables)]
    _refuse_long(tables)
    return _workbook(tables)


def _table(rows: Sequence[Cells], *, first: Sequence[str]) -> list[Sequence[str]]:
    """Headings and rows, the well-known columns first with their languages side by side."""
    found = dict.fromkeys([*first[:2], *(heading for cells in rows for heading in cells)])
    rank = {name: at for at, name in enumerate(first)}
    headings = sorted(found, key=lambda heading: rank.get(heading.split("::")[0], len(rank)))
    return [headings, *([cells.get(heading, "") for heading in headings] for cells in rows)]


def _extra(
    instrument: Instrument, tables: dict[str, list[Sequence[str]]]
) -> Iterable[Sequence[str]]:
    """What a reader of the other sheets alone would not know."""
    read = {name: _sheet(name, table) for name, table in tables.items()}
    root, _ = read_sheets(Path(f"{instrument.id}.xlsx"), read)
    return [addition.row() for addition in additions(plain(instrument), root.data())]


def _sheet(name: str, table: Sequence[Sequence[str]]) -> Sheet:
    rows = [
        Row(number, {at: text for at, text in enumerate(values) if text})
        for number, values in enumerate(table[1:], start=2)
    ]
    return Sheet(name, table[0], rows)


def _refuse_long(tables: dict[str, list[Sequence[str]]]) -> None:
    problems = [
        Problem(
            where=f"sheet '{name}', row {number}, column '{table[0][at]}'",
            what=say("A cell of a workbook holds no more than {limit} characters.", limit=MAX_CELL),
            hint=say("Shorten the text or divide it."),
        )
        for name, table in tables.items()
        for number, values in enumerate(table, start=1)
        for at, text in enumerate(values)
        if len(text) > MAX_CELL
    ]
    if problems:
        raise DefinitionError(problems)


def _workbook(tables: dict[str, list[Sequence[str]]]) -> bytes:
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": _MADE})
    heading, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    for name, table in tables.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(table[0]) - 1, 0), 24, wrapped)
        for number, values in enumerate(table):
            for at, text in enumerate(values):
                if text:
                    sheet.write_string(number, at, text, None if number else heading)
    book.close()
    return buffer.getvalue()
