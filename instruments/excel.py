"""Excel workbooks as grids of cells, after a look at what the file would become in memory.

An .xlsx is a zip of XML; both can be made small on disk and huge when read. Every part is inflated
once, counted, and searched for what no honest workbook holds, before the reader opens it. All of it
happens in a process with limits: `read_grids` starts one, `open_sheets` is for those that run in one.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile, ZipInfo

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from instruments.archive import DAMAGE, TooLarge, escapes, overfull, unpacked
from instruments.errors import DefinitionError, Problem, refusal
from instruments.guarded import Budget, ReaderRefused, ReaderStopped, message_out, parts_of
from instruments.language import Message, say

Cell = str | bool
"""Text; numbers as people write them, dates by ISO 8601. Truth stays what it is."""
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_Line = tuple[int, tuple[Cell, ...]]
_CELL = re.compile(rb'\sr="([A-Z]{1,3})([0-9]{1,7})"')
_OVERLAP = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The largest workbook that is read; `cure` says what to do with a larger one.

    The reader makes a place for every cell of a sheet's rectangle, filled or not.
    """

    rows: int
    columns: int
    cells: int
    inflated: int
    cure: Message


class Merged(NamedTuple):
    """Cells shown as one: the first and last line and cell, cells counted as in the lines."""

    top: int
    left: int
    bottom: int
    right: int


class Grid(NamedTuple):
    """One sheet: its lines by their number in Excel, from its first column that is not empty."""

    name: str
    lines: Sequence[_Line]


class OpenSheet(NamedTuple):
    """One sheet of a workbook that is open in this process; `lines` starts anew at each call."""

    name: str
    lines: Callable[[], Iterator[_Line]]
    merged: Sequence[Merged] = ()


def read_grids(path: Path, *, limits: Limits) -> tuple[Grid, ...]:
    """Read every sheet of an .xlsx or .xls file in a process with limits.

    Raises:
        DefinitionError: The file is damaged, no workbook, or larger inside than the limits.
    """
    parts = parts_of("instruments.excel_child", str(path.resolve()), _as_json(limits),
                     budget=Budget.for_file(path))  # fmt: skip
    try:
        names, lines = _gathered(parts)
    except ReaderRefused as refused:
        raise DefinitionError(refused.problems) from None
    except ReaderStopped as stopped:
        raise _damaged(path.name, stopped.reason) from None
    return tuple(Grid(name, lines[number]) for number, name in enumerate(names))


def cell_text(value: Any) -> Cell:  # noqa: ANN401 - whatever a cell holds
    """A cell as text: whole numbers without a point, dates and times by ISO 8601; truth as it is."""
    if isinstance(value, str | bool):
        return value
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value.total_seconds())
    return str(value)


def form_text(value: Any) -> Cell:  # noqa: ANN401 - whatever a cell holds
    """A cell as text in the way of XLSForm's converters: a day has its midnight, a number no e."""
    if isinstance(value, date):
        whole = value if isinstance(value, datetime) else datetime.combine(value, time())
        return whole.isoformat(" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return cell_text(value)


def open_sheets(
    path: Path, *, limits: Limits, as_text: Callable[[Any], Cell] = cell_text
) -> tuple[OpenSheet, ...]:
    """Open every sheet of an .xlsx or .xls file here, in this process.

    Raises:
        DefinitionError: As `read_grids`.
    """
    with path.open("rb") as stream:
        head = stream.read(len(_OLE))
    if not head.startswith((_ZIP, _OLE)):
        raise refusal(path.name, say("This is not an Excel workbook."), _resave())
    if head.startswith(_ZIP):
        _weigh(path, limits)
    content = path.read_bytes()
    if head == _OLE and _ENCRYPTED in content:
        raise refusal(path.name, *_locked())
    try:
        # By what it holds: asked for the path, the reader would believe the name's ending.
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        return tuple(_sheet(name, book.get_sheet_by_name(name), as_text)
                     for name in book.sheet_names)  # fmt: skip
    except PasswordError:
        raise refusal(path.name, *_locked()) from None
    except CalamineError as error:
        raise _damaged(path.name, str(error)) from None


def _as_json(limits: Limits) -> str:
    return json.dumps(asdict(limits) | {"cure": message_out(limits.cure)})


def _gathered(parts: Iterator[Sequence[Cell]]) -> tuple[list[str], dict[int, list[_Line]]]:
    names = [str(name) for name in next(parts)]
    lines: dict[int, list[_Line]] = defaultdict(list)
    known: dict[Cell, Cell] = {}
    for number, line, *cells in parts:
        kept = tuple(known.setdefault(cell, cell) for cell in cells)
        lines[int(number)].append((int(line), kept))
    return names, lines


def _sheet(name: str, sheet: CalamineSheet, as_text: Callable[[Any], Cell]) -> OpenSheet:
    first = 0 if sheet.start is None else sheet.start[1]
    merged = [Merged(top + 1, left - first, bottom + 1, right - first)
              for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()]  # fmt: skip
    return OpenSheet(name, partial(_lines, sheet, as_text), merged)


def _lines(sheet: CalamineSheet, as_text: Callable[[Any], Cell]) -> Iterator[_Line]:
    for line, values in enumerate(sheet.iter_rows(), start=1):
        yield line, tuple(map(as_text, values))


def _weigh(path: Path, limits: Limits) -> None:
    """Refuse an archive that is damaged, dishonest or too large inside."""
    try:
        with ZipFile(path) as archive:
            problems = _listed_faults(path.name, archive.infolist())
            if problems:
                raise DefinitionError(problems)
            _search(path, archive, limits)
    except TooLarge as error:
        raise refusal(path.name, _too_large(error.size), limits.cure) from None
    except DAMAGE as error:
        raise _damaged(path.name, str(error)) from None


def _listed_faults(name: str, entries: list[ZipInfo]) -> list[Problem]:
    names = {entry.filename for entry in entries}
    whats: list[Message] = []
    if names.isdisjoint(("xl/workbook.xml", "xl/workbook.bin")):
        whats.append(say("This is a zip archive, but no Excel workbook."))
    if overfull(entries):
        whats.append(say("The workbook has {count} parts, or one twice; no honest one does.",
                         count=len(entries)))  # fmt: skip
    if escapes(entries):
        whats.append(say("The workbook names parts outside itself."))
    return [Problem(where=name, what=what, hint=_resave()) for what in whats]


def _search(path: Path, archive: ZipFile, limits: Limits) -> None:
    """Look through the XML of every part for entities and for cells beyond the limits."""
    before: dict[str, bytes] = {}
    reach: dict[str, tuple[int, int]] = {}
    for entry, chunk in unpacked(path, archive, archive.infolist(), most=limits.inflated):
        name = entry.filename
        piece = before.pop(name, b"") + chunk
        _refuse_markup(path, piece)
        reach[name] = _extent(piece, *reach.get(name, (0, 0)))
        _refuse_extent(path, *reach[name], limits)
        before[name] = piece[-_OVERLAP:]


def _refuse_markup(path: Path, piece: bytes) -> None:
    if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
        raise refusal(path.name, say("The workbook declares XML entities; Excel never does."),
                       _resave())  # fmt: skip


def _extent(piece: bytes, height: int, width: int) -> tuple[int, int]:
    """The last row and column that a stretch of sheet XML names."""
    columns: set[bytes] = set()
    rows: set[bytes] = set()
    for column, row in _CELL.findall(piece):
        columns.add(column)
        rows.add(row)
    return (max([height, *map(int, rows)]), max([width, *map(_column_number, columns)]))


def _column_number(name: bytes) -> int:
    number = 0
    for letter in name:
        number = number * 26 + letter - 64
    return number


def _too_large(total: int) -> Message:
    return say("Unpacked, the workbook is larger than {size} MB; it was stopped there.",
               size=total // (1024 * 1024))  # fmt: skip


def _refuse_extent(path: Path, height: int, width: int, limits: Limits) -> None:
    if height <= limits.rows and width <= limits.columns and height * width <= limits.cells:
        return
    what = say("A sheet reaches to row {height} and column {width}; at most {rows} rows, "
               "{columns} columns and {cells} cells are read.", height=height, width=width,
               rows=limits.rows, columns=limits.columns, cells=limits.cells)  # fmt: skip
    raise refusal(path.name, what, limits.cure)


def _damaged(name: str, reason: str | Message) -> DefinitionError:
    return refusal(name, say("The workbook is damaged and cannot be opened ({reason}).",
                              reason=reason), _resave())  # fmt: skip


def _locked() -> tuple[Message, Message]:
    return (say("The workbook is protected by a password."),
            say("Open it in Excel, take the password off (File, Info, Protect Workbook), and save "
                "it anew."))  # fmt: skip


def _resave() -> Message:
    return say("Export it again, or open it in Excel and save it anew as .xlsx.")
