"""Any table with headings: what its columns are when no system is recognised."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from instruments.language import say
from survey.errors import rejected
from survey.folding import fold
from survey.importers.headed import counter_columns, positions, serial_columns
from survey.importers.layout import Headings, headings_in, records_in
from survey.importers.table import Columns, Contents, Evidence, Row, Sheet, Table

_IDS = ("_uuid", "uuid", "instanceID", "meta/instanceID")
_VERSIONS = ("_version", "__version__")
_SYSTEM = ("_record",)


def plain_table(contents: Contents, *, kind: str, evidence: Evidence) -> Table:
    """The records of the sheet that has most columns, and of further sheets that are alike.

    Raises:
        ImportRejected: No sheet has a table.
    """
    workbook = contents.container == "workbook"
    found = [(sheet, headings) for sheet in contents.sheets
             if (headings := headings_in(sheet, workbook=workbook)) is not None]  # fmt: skip
    if not found:
        raise rejected(contents.name, say("The workbook has no cell with text."))
    _, headings = max(found, key=lambda pair: _size(*pair))
    alike = [(other, own) for other, own in found if own.names == headings.names]
    return Table(
        kind=kind, evidence=evidence, contents=contents, headings=headings.names,
        columns=replace(plain_columns(headings.names),
                        names=_times(headings.names) | headings.further),
        lines=lambda: _rows(alike), sheet=", ".join(other.name for other, _ in alike),
        unread=tuple(other.name for other, own in found if own.names != headings.names),
    )  # fmt: skip


def plain_columns(headings: tuple[str, ...]) -> Columns:
    """Identity and version by the names that our own exports and ODK's give them."""
    ids, versions = positions(headings, _IDS), positions(headings, _VERSIONS)
    return Columns(
        ids=ids,
        versions=versions,
        system=frozenset([*ids, *versions, *positions(headings, _SYSTEM)]),
        serial=serial_columns(headings),
        counters=counter_columns(headings),
    )


def _times(headings: tuple[str, ...]) -> dict[int, tuple[str, ...]]:
    """The time of a response, as forms on the web call it, is the end of the interview."""
    return {at: ("end",) for at, name in enumerate(headings)
            if fold(name) in ("dau thoi gian", "timestamp")}  # fmt: skip


def _size(sheet: Sheet, headings: Headings) -> tuple[bool, int]:
    """Whether there are records, and how many columns."""
    records = (row.number for row in records_in(sheet, headings))
    return any(records), len(headings.names)


def _rows(sheets: Sequence[tuple[Sheet, Headings]]) -> Iterator[Row]:
    """The records of sheets one after the other, numbered through."""
    before = 0
    for sheet, headings in sheets:
        number = 0
        for row in records_in(sheet, headings):
            number = row.number or number
            yield replace(row, number=before + row.number) if row.number and before else row
        before += number
