"""Every table as a CSV file of its own, as the programs of the reader's language expect it.

Vietnamese: semicolons and decimal commas; English: commas and decimal points. Numbers are in full,
days are ISO dates, UTF-8 begins with its mark so that Excel knows it.
"""

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO

from instruments.language import Language, say
from reports.sheet import Sheet, Value

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(sheets: tuple[Sheet, ...], *, stamp: str, language: Language) -> dict[str, bytes]:
    """One file for each sheet, by the sheet's id; the report's stamp stands in every row."""
    return {sheet.id: _file(sheet, stamp=stamp, language=language) for sheet in sheets}


def _file(sheet: Sheet, *, stamp: str, language: Language) -> bytes:
    stream = StringIO()
    writer = csv.writer(stream, delimiter=";" if language == "vi" else ",", lineterminator="\r\n")
    writer.writerows(_rows(sheet, stamp=stamp, language=language))
    return stream.getvalue().encode("utf-8-sig")


def _rows(sheet: Sheet, *, stamp: str, language: Language) -> Iterator[list[str]]:
    more = [say("Standing of the report").text(language)] if stamp else []
    yield [title for title, _ in sheet.columns] + more
    for row in sheet.rows:
        yield [cell(value, language) for value in row] + ([cell(stamp, language)] if more else [])


def cell(value: Value, language: Language) -> str:
    """A cell's text; a text that a program would take for a formula is quoted by an apostrophe."""
    match value:
        case None:
            return ""
        case str():
            return f"'{value}" if value.startswith(_FORMULA) else value
        case date():
            return value.isoformat()
    number = repr(value)
    return number.replace(".", ",") if language == "vi" else number
