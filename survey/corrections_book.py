"""The workbook in which accepted records are put right, and by which their corrections come back.

One line per record, one column per place of the form. Only what was changed is corrected: a cell is
held against the record as it counts now, and the column ``_state`` tells whether that is still what
the workbook was written from. A reason stands in each changed line, or once in the whole file.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from instruments.errors import Problem
from instruments.language import Language, nfc, say
from instruments.model import Instrument
from survey.answers import Record, short_hash
from survey.corrected import Edit, by_place
from survey.corrections import Clock, Correction, correct, preview
from survey.durable import write_whole
from survey.errors import ImportRejected, StudyError, unusable
from survey.findings import Note
from survey.form import prepare
from survey.import_report import ImportReport, RowNote
from survey.importers.quarantined import ACCEPTED, PLACES_FROM
from survey.importers.table import Row, Table
from survey.importers.text import shown
from survey.quarantine_book import (
    COLOURS,
    OPTIONS,
    places_in_order,
    without_numbers,
    write_headings,
)
from survey.store import Store
from survey.study import Study

_NAMES = (ACCEPTED, "_version", "_state", "_why")
_WIDTHS = (38, 10, 6, 30)
_MOST = 1_000_000
"""Records of one workbook; Excel takes 1,048,576 lines."""


def is_corrected(table: Table) -> bool:
    """Whether a file is our workbook of accepted records."""
    return table.headings[:1] == (ACCEPTED,)


def write_records(
    study: Study, path: Path, *, instrument: str | None = None, names: Sequence[str] = (),
    language: Language = "vi",
) -> int:  # fmt: skip
    """Write accepted records, those named or all of one instrument; how many there are.

    Raises:
        StudyError: A name is not known, or there are too many records for a workbook.
    """
    versions = study.versions_of(instrument)
    records = [one for one in _accepted(study) if one.instrument == versions[0].id]
    if names:
        wanted = {name.strip().removeprefix("uuid:") for name in names}
        known = {name for one in records for name in (one.key, one.uuid)}
        strange = [Problem(where=name, what=say("No accepted record has this key or id."))
                   for name in sorted(wanted - known)]  # fmt: skip
        if strange:
            raise StudyError(strange)
        records = [one for one in records if wanted & {one.key, one.uuid}]
    if len(records) > _MOST:
        raise unusable(path.name, say("A workbook takes {most} records, and there are {count}.",
                                      most=_MOST, count=len(records)),
                       say("Name the records that are to be corrected."))  # fmt: skip
    write_whole(path, lambda place: _write(place, records, versions, language))
    return len(records)


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A file that brings no responses: the corrections in it, and what there is to say of it."""

    wanted: tuple[Correction, ...]
    report: ImportReport

    @classmethod
    def of(cls, study: Study, table: Table, *, now: Clock) -> Self:
        """Find what was changed, and hold it against the form.

        Raises:
            ImportRejected: With every line that cannot be taken over.
        """
        records = {one.key: one for one in _accepted(study)}
        changed = _changed(table, records)
        wanted = tuple(_with_reasons(table, changed))
        try:
            edits = preview(study, wanted, now=now) if wanted else []
        except StudyError as error:
            raise ImportRejected(error.problems) from None
        return cls(wanted=wanted, report=_report(table, changed, edits))

    def store(self, study: Study, *, by: str, now: Clock) -> ImportReport:
        """Store the corrections as a batch; nothing where nothing was changed.

        Raises:
            StudyError: Nobody signs for them, or a record was changed in the meantime.
        """
        if not self.wanted:
            return self.report
        made = correct(study, self.wanted, by=by, now=now, file_name=self.report.file)
        return replace(self.report, batch=made.batch)


def _accepted(study: Study) -> Iterator[Record]:
    with Store.existing(study.store_path) as store:
        if store is not None:
            yield from store.accepted()


def _state(record: Record) -> str:
    return short_hash([record.version, record.answers])


def _write(
    path: Path, records: Sequence[Record], versions: Sequence[Instrument], language: Language
) -> None:
    import xlsxwriter  # noqa: PLC0415 - only who writes a workbook needs it

    cells = [by_place(one.answers) for one in records]
    forms = [prepare(version) for version in versions]
    asked = {one.path: "" for form in forms for one in form.level.fields
             if one.path not in form.contacts}  # fmt: skip
    places = places_in_order([asked, *cells], versions)
    computed = {one.path for form in forms for one in form.level.all_fields() if one.calculation}
    with xlsxwriter.Workbook(path, OPTIONS) as book:
        formats = {name: book.add_format(look) for name, look in COLOURS.items()}
        sheet = book.add_worksheet(say("To correct").text(language))
        write_headings(sheet, (*_NAMES, *places), versions, heading=formats["heading"],
                       language=language)  # fmt: skip
        for column, width in enumerate(_WIDTHS):
            sheet.set_column(column, column, width)
        looks = ["locked", "locked", "locked", "answer",
                 *("locked" if without_numbers(place) in computed else "answer"
                   for place in places)]  # fmt: skip
        for line, (record, own) in enumerate(zip(records, cells, strict=True), start=1):
            texts = (record.key, record.version, _state(record), "",
                     *(own.get(place, "") for place in places))  # fmt: skip
            for column, (text, look) in enumerate(zip(texts, looks, strict=True)):
                sheet.write_string(line, column, text, formats[look])
        sheet.protect("", {"format_columns": True, "sort": True, "autofilter": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Changed:
    """A line that was changed: by place, what its record shall have."""

    row: Row
    record: Record
    cells: Mapping[str, str]


def _changed(table: Table, records: Mapping[str, Record]) -> list[_Changed]:
    """The lines that differ from their records."""
    seen: set[str] = set()
    found: list[_Changed] = []
    problems: list[Problem] = []
    for row in table.rows():
        key = row.cells[0].strip()
        record = records.get(key)
        where = f"{table.contents.name}, row {row.line}, column '{ACCEPTED}'"
        if record is None or key in seen:
            what = (say("No accepted record has this key or id.") if record is None
                    else say("Row '{value}' stands here twice.", value=key))  # fmt: skip
            problems.append(Problem(where=where, what=what))
            continue
        seen.add(key)
        cells = _differing(row, table.headings, record)
        if cells and row.cells[2].strip() != _state(record):
            problems.append(Problem(
                where=where, what=say("The record was corrected since this workbook was written."),
                hint=say("Write the workbook anew with 'hieuluat records'."),
            ))  # fmt: skip
        elif cells:
            found.append(_Changed(row=row, record=record, cells=cells))
    if problems:
        raise ImportRejected(problems)
    return found


def _differing(row: Row, headings: Sequence[str], record: Record) -> dict[str, str]:
    before = by_place(record.answers)
    cells = list(zip(headings, row.cells, strict=False))[PLACES_FROM:]
    return {place: nfc(cell).strip() for place, cell in cells
            if nfc(cell).strip() != before.get(place, "").strip()}  # fmt: skip


def _with_reasons(table: Table, changed: Iterable[_Changed]) -> Iterator[Correction]:
    """The corrections; where the file gives one reason alone, it holds for every line."""
    given = {row.cells[PLACES_FROM - 1].strip() for row in table.rows()} - {""}
    common = next(iter(given)) if len(given) == 1 else ""
    for one in changed:
        why = one.row.cells[PLACES_FROM - 1].strip() or common
        for place, value in one.cells.items():
            yield Correction(record=one.record.key, place=place, value=value, why=why)


def _report(
    table: Table, changed: Sequence[_Changed], edits: Sequence[tuple[str, Edit]]
) -> ImportReport:  # fmt: skip
    contents = table.contents
    rows = sum(1 for _ in table.rows())
    lines = {one.record.key: one.row.number for one in changed}
    return ImportReport(
        file=contents.name, kind=table.kind, encoding=contents.encoding,
        delimiter=None if contents.delimiter is None else shown(contents.delimiter),
        evidence=table.evidence.why, rows=rows, accepted=len(changed), quarantined=0,
        duplicates=rows - len(changed), faults=(),
        notes=tuple(_note(lines[key], edit) for key, edit in edits),
    )  # fmt: skip


def _note(row: int, edit: Edit) -> RowNote:
    message = say("'{place}': {old} -> {new}", place=edit.place, old=edit.old or "-",
                  new=edit.new or "-")  # fmt: skip
    return RowNote(row=row, column=edit.place, note=Note(rule="corrected", path=edit.place,
                                                         value=edit.new, message=message))  # fmt: skip
