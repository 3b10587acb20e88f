"""Excel workbooks as sheets of text, after a look at what the file would become in memory.

An .xlsx is a zip of XML; both can be made small on disk and huge when read. Every part is inflated
once, counted, and searched for what no honest workbook holds, before a reader opens it in a process
of its own.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as InflateError  # noqa: N812 - an exception's name

from instruments.errors import Problem
from instruments.language import Message, say
from survey.errors import ImportRejected, rejected
from survey.importers.table import Contents, Line, Sheet

MAX_ENTRIES = 2_000
MAX_INFLATED = 200 * 1024 * 1024
MAX_RATIO = 100
RATIO_FROM = 10 * 1024 * 1024
"""Below this inflated size a high ratio is harmless, and common in sheets of one repeated value."""
MAX_ROWS, MAX_COLUMNS, MAX_CELLS = 200_000, 2_000, 10_000_000
"""The reader makes a place for every cell of the rectangle, filled or not."""
_READER = Path(__file__).with_name("workbook_child.py")
_CHUNK = 1 << 20
_CELL = re.compile(rb'\sr="([A-Z]{1,3})([0-9]{1,7})"')
_OVERLAP = 64


def open_workbook(path: Path) -> Contents:
    """Open an .xlsx or .xls file.

    Raises:
        ImportRejected: The file is damaged, no workbook, or larger inside than a survey can be.
    """
    with path.open("rb") as stream:
        zipped = stream.read(2) == b"PK"
    if zipped:
        _weigh(path)
    names, lines = _read(path)
    sheets = tuple(_sheet(name, lines[number]) for number, name in enumerate(names))
    return Contents(path=path, container="workbook", sheets=sheets)


def _sheet(name: str, lines: Sequence[Line]) -> Sheet:
    return Sheet(name=name, lines=lambda: iter(lines))


def _read(path: Path) -> tuple[list[str], dict[int, list[Line]]]:
    """Sheet names and the lines of each sheet, read in a process with limits."""
    command = [sys.executable, "-I", "-B", str(_READER), str(path.resolve())]
    with Popen(command, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, encoding="utf-8") as child:  # noqa: S603 - our own script
        names, lines, whole = _gathered(path, child)
    if child.returncode != 0 or not whole:
        raise _damaged(path.name, say("its reader failed"))
    return names, lines


def _gathered(path: Path, child: Popen[str]) -> tuple[list[str], dict[int, list[Line]], bool]:
    names: list[str] = []
    lines: dict[int, list[Line]] = defaultdict(list)
    known: dict[str, str] = {}
    for text in child.stdout or ():
        part = json.loads(text)
        if part == "end":
            return names, lines, True
        if isinstance(part, dict):
            raise _damaged(path.name, part["error"])
        if not names:
            names = part
            continue
        number, line, *cells = part
        lines[number].append((line, tuple(known.setdefault(cell, cell) for cell in cells)))
    return names, lines, False


def _weigh(path: Path) -> None:
    """Refuse an archive that is damaged, dishonest or too large inside."""
    try:
        with ZipFile(path) as archive:
            entries = archive.infolist()
            problems = _listed_faults(path.name, entries)
            if problems:
                raise ImportRejected(problems)
            _inflate(path, archive, entries)
    except (
        BadZipFile,
        InflateError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
    ) as error:
        raise _damaged(path.name, str(error)) from None


def _listed_faults(name: str, entries: list[ZipInfo]) -> list[Problem]:
    names = [entry.filename for entry in entries]
    whats: list[Message] = []
    if "xl/workbook.xml" not in names and "xl/workbook.bin" not in names:
        whats.append(say("This is a zip archive, but no Excel workbook."))
    if len(names) > MAX_ENTRIES or len(set(names)) < len(names):
        whats.append(say("The workbook has {count} parts, or one twice; no honest one does.",
                         count=len(names)))  # fmt: skip
    if any(part.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", part) for part in names):
        whats.append(say("The workbook names parts outside itself."))
    return [Problem(where=name, what=what, hint=_resave()) for what in whats]


def _inflate(path: Path, archive: ZipFile, entries: list[ZipInfo]) -> None:
    total = 0
    packed = max(path.stat().st_size, 1)
    for entry in entries:
        with archive.open(entry) as stream:
            before, height, width = b"", 0, 0
            while chunk := stream.read(_CHUNK):
                total += len(chunk)
                if total > MAX_INFLATED or (total > RATIO_FROM and total > MAX_RATIO * packed):
                    raise rejected(path.name, *_too_large(total))
                piece = before + chunk
                _refuse_markup(path, piece)
                height, width = _extent(piece, height, width)
                if height > MAX_ROWS or width > MAX_COLUMNS or height * width > MAX_CELLS:
                    raise rejected(path.name, *_too_wide(height, width))
                before = piece[-_OVERLAP:]


def _refuse_markup(path: Path, piece: bytes) -> None:
    if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
        raise rejected(path.name, say("The workbook declares XML entities; Excel never does."),
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


def _too_large(total: int) -> tuple[Message, Message]:
    return say("Unpacked, the workbook is larger than {size} MB; it was stopped there.",
               size=total // (1024 * 1024)), _resave()  # fmt: skip


def _too_wide(height: int, width: int) -> tuple[Message, Message]:
    what = say("A sheet reaches to row {height} and column {width}; at most {rows} rows, "
               "{columns} columns and {cells} cells are read.", height=height, width=width,
               rows=MAX_ROWS, columns=MAX_COLUMNS, cells=MAX_CELLS)  # fmt: skip
    return what, say("Delete stray cells far from the table, or save the sheet as CSV.")


def _damaged(name: str, reason: str | Message) -> ImportRejected:
    return rejected(name, say("The workbook is damaged and cannot be opened ({reason}).",
                              reason=reason), _resave())  # fmt: skip


def _resave() -> Message:
    return say("Export it again, or open it in Excel and save it anew as .xlsx.")
