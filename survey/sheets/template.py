"""Empty workbooks to fill in: Vietnamese headings, a sheet of notes, lists where codes are known."""

from datetime import datetime
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from instruments.language import in_language
from survey.durable import write_whole
from survey.sheets.layout import BookLayout, Field, SheetLayout

NOTES = "Hướng dẫn"
_MADE = datetime(2026, 1, 1)
_ROWS = 5_000
_WIDTH, _NOTE_WIDTH = 22, 100


def write_template(path: Path, book: BookLayout) -> None:
    """Write the workbook; the same layout gives the same bytes."""
    write_whole(path, lambda place: _write(place, book))


def _write(place: Path, book: BookLayout) -> None:
    with Workbook(str(place), {"strings_to_formulas": False, "strings_to_urls": False}) as target:
        target.set_properties({"title": in_language(book.title, "vi"), "created": _MADE})
        bold = target.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        wrap = target.add_format({"text_wrap": True, "valign": "top"})
        text = target.add_format({"num_format": "@"})
        _write_notes(target.add_worksheet(NOTES), book, bold=bold, wrap=wrap)
        for layout in book.sheets:
            sheet = target.add_worksheet(in_language(layout.title, "vi"))
            _write_sheet(sheet, layout, bold=bold, text=text)


def _write_notes(sheet: Worksheet, book: BookLayout, *, bold: object, wrap: object) -> None:
    sheet.set_column(0, 0, _WIDTH, wrap)
    sheet.set_column(1, 1, _NOTE_WIDTH, wrap)
    lines = [
        (in_language(book.title, "vi"), ""),
        *(("", in_language(one, "vi")) for one in book.notes),
    ]
    for layout in book.sheets:
        lines += [("", ""), (in_language(layout.title, "vi"), in_language(layout.note, "vi"))]
        lines += [(in_language(one.heading, "vi"), _explained(one)) for one in layout.fields]
    for row, (name, said) in enumerate(lines):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, said, wrap)


def _explained(field: Field) -> str:
    words = "; ".join(field.choice_words())
    need = "Bắt buộc." if field.required else "Có thể để trống."
    return " ".join(filter(None, [in_language(field.note, "vi"), words and f"Ghi: {words}.", need]))


def _write_sheet(sheet: Worksheet, layout: SheetLayout, *, bold: object, text: object) -> None:
    """Headings above columns of text, so that no spreadsheet eats a leading zero or turns a date."""
    sheet.set_column(0, len(layout.fields) - 1, _WIDTH, text)
    sheet.freeze_panes(1, 0)
    for at, field in enumerate(layout.fields):
        sheet.write_string(0, at, in_language(field.heading, "vi"), bold)
        if words := field.choice_words():
            sheet.data_validation(1, at, _ROWS, at, {
                "validate": "list", "source": words, "error_type": "warning",
            })  # fmt: skip
