"""The workbook by xlsxwriter: text stays text, no formula, no merged cell; same data, same bytes."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from reports.sheet import Form, Sheet

HEAD = 2
"""Row of the column headings, counted from 0: title and stamp stand above."""
_FORMS: dict[Form, str] = {
    "text": "@", "share": "0.0%", "number": "0.000", "count": "#,##0", "day": "dd/mm/yyyy",
}  # fmt: skip
_WIDTHS: dict[Form, int] = {"text": 24, "share": 14, "number": 14, "count": 14, "day": 14}


def render(sheets: tuple[Sheet, ...], *, title: str, stamp: str, as_of: date) -> bytes:
    """The sheets as an Excel workbook; every sheet carries the stamp below its title."""
    stream = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False}  # fmt: skip
    with xlsxwriter.Workbook(stream, options) as workbook:
        created = datetime.combine(as_of, time(), tzinfo=UTC).replace(tzinfo=None)
        workbook.set_properties({"title": title, "comments": stamp, "created": created})
        formats = {form: workbook.add_format({"num_format": code}) for form, code in _FORMS.items()}
        for sheet in sheets:
            _write(workbook, sheet, formats, stamp=stamp)
    return stream.getvalue()


def _write(workbook: Workbook, sheet: Sheet, formats: Mapping[Form, Any], *, stamp: str) -> None:
    page: Worksheet = workbook.add_worksheet(sheet.name[:31])
    bold = workbook.add_format({"bold": True})
    head = workbook.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "bottom"})
    page.write_string(0, 0, sheet.title, bold)
    page.write_string(1, 0, stamp, bold)
    for index, (title, form) in enumerate(sheet.columns):
        page.set_column(index, index, _WIDTHS[form])
        page.write_string(HEAD, index, title, head)
    page.freeze_panes(HEAD + 1, 1)
    for number, row in enumerate(sheet.rows, start=HEAD + 1):
        for index, (value, (_, form)) in enumerate(zip(row, sheet.columns, strict=True)):
            _cell(page, number, index, value, formats[form])


def _cell(page: Worksheet, row: int, column: int, value: object, form: Any) -> None:  # noqa: ANN401 - xlsxwriter is untyped
    match value:
        case None:
            page.write_blank(row, column, None, form)
        case date():
            page.write_datetime(row, column, datetime.combine(value, time()), form)
        case int() | float():
            page.write_number(row, column, value, form)
        case _:
            page.write_string(row, column, str(value), form)
