"""Sheets of a form workbook as rows of text by heading, with the numbers that people see.

An .xlsx can be small on disk and huge in memory, so it is measured before it is opened: a form is
never larger than the limits below.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineWorkbook

from instruments.errors import DefinitionError, refusal
from instruments.language import nfc, say

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 100 * 1024 * 1024
MAX_ROWS, MAX_COLUMNS = 50_000, 500

_REFERENCE = re.compile(rb'\sr="([A-Z]{1,3})([0-9]{1,7})"')


class Row(NamedTuple):
    """A row's number as Excel shows it, and its cells that are not empty, by column from 0."""

    number: int
    cells: Mapping[int, str]


class Sheet(NamedTuple):
    """A sheet whose first row that is not empty holds the headings."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Row]


def read_workbook(path: Path) -> dict[str, Sheet]:
    """Read every sheet of an .xlsx or .xls file, by its name in small letters.

    Raises:
        DefinitionError: The file is missing, too large or no workbook.
    """
    if not path.is_file():
        raise refusal(str(path), say("There is no such file."))
    if path.stat().st_size > MAX_BYTES:
        raise _too_large(path)
    content = path.read_bytes()
    try:
        _measure(path, content)
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        return {
            name.strip().lower(): _sheet(
                name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            )
            for name in book.sheet_names
        }
    except (CalamineError, BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise refusal(path.name, say("This is not an Excel workbook ({reason}).", reason=error),
                      say("Open it in Excel and save it anew as .xlsx.")) from None  # fmt: skip


def _sheet(name: str, cells: list[list[Any]]) -> Sheet:
    rows = [
        (number, [_text(value) for value in values]) for number, values in enumerate(cells, start=1)
    ]
    filled = [(number, values) for number, values in rows if any(values)]
    headings = filled[0][1] if filled else []
    return Sheet(
        name,
        headings,
        [
            Row(number, {column: value for column, value in enumerate(values) if value})
            for number, values in filled[1:]
        ],
    )


def _text(value: Any) -> str:  # noqa: ANN401 - whatever a cell holds
    """A cell as text: whole numbers without a point, truth as Excel shows it, dates as in ISO."""
    if isinstance(value, str):
        return nfc(value.replace("\u00a0", " ").strip())
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


def _measure(path: Path, content: bytes) -> None:
    """Refuse a workbook that would not fit into memory, before anything is built from it."""
    if not content.startswith(b"PK"):
        return
    with ZipFile(BytesIO(content)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise _too_large(path)
        for part in parts:
            if part.filename.startswith("xl/worksheets/"):
                _measure_sheet(path, archive.read(part))


def _measure_sheet(path: Path, xml: bytes) -> None:
    for column, row in _references(xml):
        if row > MAX_ROWS or column > MAX_COLUMNS:
            raise _too_large(path)


def _references(xml: bytes) -> Iterator[tuple[int, int]]:
    for letters, digits in set(_REFERENCE.findall(xml)):
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        yield column, int(digits)


def _too_large(path: Path) -> DefinitionError:
    return refusal(
        path.name,
        say("The workbook is larger than a form can be ({rows} rows, {columns} columns).",
            rows=MAX_ROWS, columns=MAX_COLUMNS),
        say("Delete stray cells far from the table."),
    )  # fmt: skip
