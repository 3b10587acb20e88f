"""Sheets whose first line names the columns: the shape that most sources share."""

from collections.abc import Callable, Iterator

from instruments.language import nfc, say
from survey.errors import rejected
from survey.folding import fold
from survey.importers.table import Columns, Contents, Evidence, Line, Repeat, Row, Sheet, Table

_SERIAL = frozenset(
    {"id", "_id", "_record", "record id", "ma phieu", "so phieu", "start", "end", "starttime",
     "endtime", "startdate", "enddate", "timestamp", "datestamp", "submitdate", "_submission_time",
     "thoi gian", "dau thoi gian", "submissiondate", "createdat", "created_at"}
)  # fmt: skip
_COUNTERS = frozenset({"stt", "tt", "so tt", "no", "so thu tu", "_index", "#"})


def serial_columns(headings: tuple[str, ...]) -> frozenset[int]:
    """Columns whose name says that they hold an identifier or the time of the record."""
    return frozenset(at for at, name in enumerate(headings) if fold(name) in _SERIAL)


def counter_columns(headings: tuple[str, ...]) -> frozenset[int]:
    """Columns whose name says that they number the lines of the file."""
    return frozenset(at for at, name in enumerate(headings) if fold(name) in _COUNTERS)


def headings_of(contents: Contents) -> tuple[str, ...]:
    """The headings of the first sheet that has a line, as the file writes them (NFC, trimmed)."""
    return _headed(contents)[1]


def headed_table(  # noqa: PLR0913 - one for each thing that a source may add
    contents: Contents, *, kind: str, evidence: Evidence, columns: Columns,
    lines: Callable[[], Iterator[Row]] | None = None, repeats: tuple[Repeat, ...] = (),
    read: frozenset[str] = frozenset(),
) -> Table:  # fmt: skip
    """The table whose headings are the first line of the first sheet that has one.

    `lines` replace its plain records where repeats are joined to them; `read` names the further
    sheets that they come from.
    """
    sheet, headings, line = _headed(contents)
    return Table(
        kind=kind, evidence=evidence, contents=contents, headings=headings, columns=columns,
        lines=lines or (lambda: records_below(sheet, line, len(headings))), repeats=repeats,
        sheet=sheet.name,
        unread=tuple(one.name for one in contents.sheets
                     if one is not sheet and one.name not in read and _has_cells(one)),
    )  # fmt: skip


def headed_sheet(sheet: Sheet) -> tuple[tuple[str, ...], int]:
    """A sheet's headings, and the line that they stand in; no headings where it is empty."""
    for line, cells in sheet.lines():
        if any(cells):
            return trimmed(cells), line
    return (), 0


def records_below(sheet: Sheet, heading: int, width: int) -> Iterator[Row]:
    """The records below line `heading`, wholly empty lines left out."""
    number = 0
    for line, cells in sheet.lines():
        if line > heading and any(cells):
            number += 1
            yield Row(number=number, line=line, cells=fitted(cells, width))


def fitted(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    """Cells without the empty ones that a trailing delimiter adds."""
    return cells if len(cells) <= width or any(cells[width:]) else cells[:width]


def positions(headings: tuple[str, ...], names: tuple[str, ...]) -> tuple[int, ...]:
    """Where `names` stand among the headings, in the order of `names`."""
    return tuple(headings.index(name) for name in names if name in headings)


def trimmed(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Headings without edges, and without the empty ones at the end."""
    names = [nfc(cell).strip("\ufeff \t\r\n\xa0") for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def first_filled(contents: Contents) -> tuple[Sheet, Line]:
    """The first sheet that has a line with a cell, and that line.

    Raises:
        ImportRejected: There is none.
    """
    for sheet in contents.sheets:
        for line in sheet.lines():
            if any(line[1]):
                return sheet, line
    raise rejected(contents.name, say("The workbook has no cell with text."))


def _headed(contents: Contents) -> tuple[Sheet, tuple[str, ...], int]:
    sheet, (line, cells) = first_filled(contents)
    return sheet, trimmed(cells), line


def _has_cells(sheet: Sheet) -> bool:
    return any(any(cells) for _, cells in sheet.lines())
