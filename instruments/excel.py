"""Excel workbooks as grids of cells, after a look at what the file would become in memory.

An .xlsx is a zip of XML; both can be made small on disk and huge when read. Every part is inflated
once, counted, and searched for what no honest workbook holds, before a reader opens it in a process
of its own.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as InflateError  # noqa: N812 - an exception's name

from instruments.errors import DefinitionError, Problem, refusal
from instruments.language import Message, say

Cell = str | bool
"""Text; numbers as people write them, dates by ISO 8601. Truth stays what it is."""
MAX_ENTRIES = 2_000
MAX_RATIO = 100
RATIO_FROM = 10 * 1024 * 1024
"""Below this inflated size a high ratio is harmless, and common in sheets of one repeated value."""
_READER = Path(__file__).with_name("excel_child.py")
_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_Line = tuple[int, tuple[Cell, ...]]
_CHUNK = 1 << 20
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


class Grid(NamedTuple):
    """One sheet: its lines by their number in Excel, from its first column that is not empty."""

    name: str
    lines: Sequence[tuple[int, tuple[Cell, ...]]]


def read_grids(path: Path, *, limits: Limits) -> tuple[Grid, ...]:
    """Read every sheet of an .xlsx or .xls file.

    Raises:
        DefinitionError: The file is damaged, no workbook, or larger inside than the limits.
    """
    with path.open("rb") as stream:
        head = stream.read(len(_OLE))
    if not head.startswith((_ZIP, _OLE)):
        raise refusal(path.name, say("This is not an Excel workbook."), _resave())
    if head.startswith(_ZIP):
        _weigh(path, limits)
    names, lines = _read(path)
    return tuple(Grid(name, lines[number]) for number, name in enumerate(names))


def _read(path: Path) -> tuple[list[str], dict[int, list[_Line]]]:
    """Sheet names and the lines of each sheet, read in a process with limits."""
    command = [sys.executable, "-I", "-B", str(_READER), str(path.resolve())]
    with Popen(command, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, encoding="utf-8") as child:  # noqa: S603 - our own script
        names, lines, whole = _gathered(path, child)
    if child.returncode != 0 or not whole:
        raise _damaged(path.name, say("its reader failed"))
    return names, lines


def _gathered(path: Path, child: Popen[str]) -> tuple[list[str], dict[int, list[_Line]], bool]:
    names: list[str] = []
    lines: dict[int, list[_Line]] = defaultdict(list)
    known: dict[Cell, Cell] = {}
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


def _weigh(path: Path, limits: Limits) -> None:
    """Refuse an archive that is damaged, dishonest or too large inside."""
    try:
        with ZipFile(path) as archive:
            entries = archive.infolist()
            problems = _listed_faults(path.name, entries)
            if problems:
                raise DefinitionError(problems)
            _inflate(path, archive, entries, limits)
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


def _inflate(path: Path, archive: ZipFile, entries: list[ZipInfo], limits: Limits) -> None:
    total = 0
    ratio = max(MAX_RATIO * path.stat().st_size, RATIO_FROM)
    for entry in entries:
        with archive.open(entry) as stream:
            before, height, width = b"", 0, 0
            while chunk := stream.read(_CHUNK):
                total += len(chunk)
                if total > min(limits.inflated, ratio):
                    raise refusal(path.name, *_too_large(total))
                piece = before + chunk
                _refuse_markup(path, piece)
                height, width = _extent(piece, height, width)
                _refuse_extent(path, height, width, limits)
                before = piece[-_OVERLAP:]


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


def _too_large(total: int) -> tuple[Message, Message]:
    return say("Unpacked, the workbook is larger than {size} MB; it was stopped there.",
               size=total // (1024 * 1024)), _resave()  # fmt: skip


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


def _resave() -> Message:
    return say("Export it again, or open it in Excel and save it anew as .xlsx.")
