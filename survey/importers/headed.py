"""Sheets whose first line names the columns: the shape that most sources share."""

from instruments.language import nfc, say
from survey.errors import rejected
from survey.folding import fold
from survey.importers.table import Columns, Contents, Evidence, Sheet, Table

_SERIAL = frozenset(
    {"stt", "tt", "no", "id", "_id", "_index", "_record", "record id", "ma phieu", "so phieu",
     "so thu tu", "start", "end", "starttime", "endtime", "startdate", "enddate", "timestamp",
     "datestamp", "submitdate", "_submission_time", "thoi gian", "dau thoi gian"}
)  # fmt: skip


def serial_columns(headings: tuple[str, ...]) -> frozenset[int]:
    """Columns whose name says that they hold a running number or the time of the record."""
    return frozenset(at for at, name in enumerate(headings) if fold(name) in _SERIAL)


def headings_of(contents: Contents) -> tuple[str, ...]:
    """The headings of the first sheet that has a line, as the file writes them (NFC, trimmed)."""
    return _headed(contents)[1]


def headed_table(contents: Contents, *, kind: str, evidence: Evidence, columns: Columns) -> Table:
    """The table whose headings are the first line of the first sheet that has one."""
    sheet, headings, line = _headed(contents)
    return Table(kind=kind, evidence=evidence, contents=contents, sheet=sheet, headings=headings,
                 heading_line=line, columns=columns)  # fmt: skip


def positions(headings: tuple[str, ...], names: tuple[str, ...]) -> tuple[int, ...]:
    """Where `names` stand among the headings, in the order of `names`."""
    return tuple(headings.index(name) for name in names if name in headings)


def _headed(contents: Contents) -> tuple[Sheet, tuple[str, ...], int]:
    for sheet in contents.sheets:
        for line, cells in sheet.lines():
            if any(cells):
                return sheet, _trimmed(cells), line
    raise rejected(contents.name, say("The workbook has no cell with text."))


def _trimmed(cells: tuple[str, ...]) -> tuple[str, ...]:
    names = [nfc(cell).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(names)
