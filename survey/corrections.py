"""Answers put right after they were accepted: the old value stays, with who, when and why.

A correction is a batch of its own and can be undone like one. The corrected record must hold as an
imported one must; what the form calculates from a corrected answer is calculated anew with it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, and_, select

from instruments.errors import Problem
from instruments.expression.evaluate import Context
from instruments.expression.values import Answer, to_text
from instruments.faults import did_you_mean
from instruments.language import nfc, say
from survey.answers import Answers, Record, digest_of
from survey.cells import read_cells
from survey.chain import sealed
from survey.corrected import Edit, RowId, by_place, corrected, standing_edits, with_answer
from survey.database import reading, writing
from survey.errors import StudyError, unusable
from survey.form import Form
from survey.ledger import add_lines, advance, close_batch, open_batch, records_named
from survey.readings import Reading
from survey.rechecking import Forms
from survey.schema import batches, corrections, records
from survey.staging import NewBatch
from survey.store import Store, record_of
from survey.study import Study
from survey.validation import Checked

KIND = "correction"
_COLUMNS = ("record", "place", "value", "why")
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What one answer of one record shall be; `record` is its key or id, an empty value is none."""

    record: str
    place: str
    value: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An answer that was corrected, as the store tells it."""

    at: str
    who: str
    record: str
    place: str
    old: str
    new: str
    why: str
    batch: int
    undone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What came of corrections: their batch, and every answer that changed."""

    batch: int
    edits: tuple[Edit, ...]


def correct(
    study: Study, wanted: Sequence[Correction], *, by: str, now: Clock, file_name: str = "-"
) -> Corrected:  # fmt: skip
    """Correct answers, all of them or none; `file_name` is where they were written.

    Raises:
        StudyError: With every record, place, value and reason that does not do.
    """
    signed = [] if by.strip() else [
        Problem(where="--by", what=say("It is empty."), hint=say("Say who decides."))
    ]  # fmt: skip
    with _opened(study) as store, writing(store.engine) as connection:
        lines = _judged(connection, wanted, study, now=now(), problems=signed)
        batch = _stored(connection, lines, by=by, at=now(), file_name=file_name)
    return Corrected(batch=batch, edits=tuple(edit for _, edit, _ in lines))


def preview(study: Study, wanted: Sequence[Correction], *, now: Clock) -> list[tuple[str, Edit]]:
    """What corrections would change, by the record's name, without writing anything.

    Raises:
        StudyError: With every record, place, value and reason that does not do.
    """
    with _opened(study) as store, reading(store.engine) as connection:
        lines = _judged(connection, wanted, study, now=now())
    return [(one.record, edit) for _, edit, one in lines]


def read_corrections(path: Path) -> list[Correction]:
    """Read a table of corrections with the columns ``record, place, value, why``.

    Raises:
        StudyError: A column is missing, or a cell that must not be empty is.
        ImportRejected: The file is no table.
    """
    headings, rows = read_cells(path)
    missing = [name for name in _COLUMNS if name not in headings]
    if missing:
        raise unusable(path.name, say("It has no column '{name}'.", name="', '".join(missing)),
                       say("Name the columns record, place, value, why."))  # fmt: skip
    wanted = [Correction(record=row.text("record"), place=row.text("place"), value=row["value"],
                         why=row.text("why")) for row in rows]  # fmt: skip
    problems = [problem for row in rows for problem in row.problems]
    if problems:
        raise StudyError(problems)
    return wanted


def history(study: Study, name: str) -> list[Change]:
    """Every correction of a record that is accepted, the oldest first, undone ones too.

    Raises:
        StudyError: No accepted record has this key or id.
    """
    with _opened(study) as store, reading(store.engine) as connection:
        found = _found(connection, [name])
        if found.problems:
            raise StudyError(found.problems)
        return [one for record in found.records for one in _changes(
            connection, corrections.c.record_batch == record[0],
            corrections.c.record_row == record[1],
        )]  # fmt: skip


def changes_of(study: Study, batch: int) -> list[Change]:
    """Every answer that a batch corrected."""
    with _opened(study) as store, reading(store.engine) as connection:
        return list(_changes(connection, corrections.c.batch == batch))


@contextmanager
def _opened(study: Study) -> Iterator[Store]:
    with Store.existing(study.store_path) as store:
        if store is None:
            raise unusable(study.folder.name, say("Nothing has been imported yet."))
        yield store


_Line = tuple[RowId, Edit, Correction]
"""The row of a record, what changes in it, and the first correction that asks for it."""


def _judged(
    connection: Connection, wanted: Sequence[Correction], study: Study, *, now: datetime,
    problems: Sequence[Problem] = (),
) -> list[_Line]:  # fmt: skip
    """Every answer that changes, with its record and the reason, unless something speaks against."""
    forms = Forms.of(study.instruments)
    found = _found(connection, [one.record for one in wanted])
    against = [*problems, *_unexplained(wanted), *found.problems]
    lines: list[_Line] = []
    for record, own in found.by_record(wanted):
        edits, faults = _edits(found.records[record], own, forms, now=now)
        against += faults
        lines += [(record, edit, own[0]) for edit in edits]
    if against:
        raise StudyError(against)
    return lines


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    names: Mapping[str, RowId]
    records: Mapping[RowId, Record]
    problems: list[Problem] = field(default_factory=list)

    def by_record(self, wanted: Iterable[Correction]) -> Iterator[tuple[RowId, list[Correction]]]:
        """The corrections of each record that is known."""
        own: dict[RowId, list[Correction]] = {}
        for one in wanted:
            if one.record in self.names:
                own.setdefault(self.names[one.record], []).append(one)
        yield from own.items()


def _edits(
    record: Record, wanted: Sequence[Correction], forms: Forms, *, now: datetime
) -> tuple[list[Edit], list[Problem]]:
    """What changes in a record, and what speaks against it."""
    form = forms.for_record(record).form
    problems = list(_strange_places(wanted, form))
    answers = record.answers
    for one in wanted:
        answers = with_answer(answers, one.place, nfc(one.value.strip()))
    answers = _calculated_anew(form, answers, {one.place for one in wanted}, now=now)
    checked = forms.checked(record, answers, now=now)
    problems += _new_faults(checked, forms.checked(record, record.answers, now=now), record)
    edits = _differences(record.answers, checked.answers)
    if not edits and not problems:
        problems.append(Problem(where=record.key, what=say("It has these answers already.")))
    return edits, problems


def _found(connection: Connection, names: Sequence[str]) -> _Found:
    plain = {name: name.strip().removeprefix("uuid:") for name in names}
    rows = records_named(connection, list(plain.values()))
    problems = [_unclear(name, len(rows.get(wanted, ())))
                for name, wanted in plain.items() if len(rows.get(wanted, ())) != 1]  # fmt: skip
    places = {name: rows[wanted][0] for name, wanted in plain.items()
              if len(rows.get(wanted, ())) == 1}  # fmt: skip
    edits = standing_edits(connection)
    found = {place: corrected(_read(connection, place), edits.get(place, ()))
             for place in places.values()}  # fmt: skip
    return _Found(names=places, records=found, problems=problems)


def _read(connection: Connection, place: RowId) -> Record:
    batch, row = place
    question = select(records).where(records.c.batch == batch, records.c.row == row)
    return record_of(connection.execute(question).one())


def _unclear(name: str, count: int) -> Problem:
    if count:
        return Problem(where=name, what=say("{count} records have this name.", count=count))
    return Problem(where=name, what=say("No accepted record has this key or id."),
                   hint=say("Exports name each record in the column '_record'."))  # fmt: skip


def _unexplained(wanted: Sequence[Correction]) -> Iterator[Problem]:
    for one in wanted:
        if not one.why.strip():
            yield Problem(where=one.record, what=say("The correction gives no reason."),
                          hint=say("Say why the answer changes: it is kept with the old value."))  # fmt: skip


def _strange_places(wanted: Sequence[Correction], form: Form) -> Iterator[Problem]:
    known = {one.path for one in form.level.all_fields()} - form.contacts
    for one in wanted:
        path = "/".join(step.partition("[")[0] for step in one.place.split("/"))
        if path not in known:
            yield Problem(where=one.record, hint=did_you_mean(one.place, known),
                          what=say("The form has no place '{place}'.", place=one.place))  # fmt: skip


def _new_faults(after: Checked, before: Checked, record: Record) -> Iterator[Problem]:
    known = {(one.path, one.rule) for one in before.faults}
    for fault in after.faults:
        if (fault.path, fault.rule) not in known:
            yield Problem(
                where=record.key,
                what=say("With '{value}' at '{path}' the record does not hold: {message}",
                         value=fault.value, path=fault.path, message=fault.message),
                hint=None if fault.proposal is None
                else say("Did you mean '{near}'?", near=fault.proposal),
            )  # fmt: skip


def _calculated_anew(form: Form, answers: Answers, changed: set[str], *, now: datetime) -> Answers:
    """Answers whose calculated items follow from the changed ones, as far as they were kept."""
    ids = {one.id for one in form.level.fields if one.path in changed}
    values: dict[str, Answer] = {}
    for one in form.level.fields:
        text, how = answers.get(one.path, ""), one.calculation
        if how is not None and text and not how.random and how.needs & ids:
            text = to_text(how.compute(Context(now=now, answers=values, rosters={})))
            answers, ids = with_answer(answers, one.path, text), ids | {one.id}
        reading = one.read(text) if isinstance(text, str) else None
        if isinstance(reading, Reading) and reading.text:
            values[one.id] = reading.value
    return answers


def _differences(old: Answers, new: Answers) -> list[Edit]:
    before, after = by_place(old), by_place(new)
    return [Edit(place=place, old=before.get(place, ""), new=after.get(place, ""))
            for place in dict.fromkeys([*before, *after])
            if before.get(place, "") != after.get(place, "")]  # fmt: skip


def _stored(
    connection: Connection, lines: Sequence[_Line], *, by: str, at: datetime, file_name: str
) -> int:
    content = digest_of([[*record, edit.place, edit.old, edit.new, one.why]
                         for record, edit, one in lines])  # fmt: skip
    new = NewBatch(file_sha256=content, file_name=file_name, kind=KIND, recipe=content,
                   mapping="{}", who=by.strip())  # fmt: skip
    batch = open_batch(connection, new, at=at)
    rows = [
        sealed({"batch": batch, "row": number, "record_batch": record[0], "record_row": record[1],
                "path": edit.place, "old": edit.old, "new": edit.new, "why": one.why.strip()})
        for number, (record, edit, one) in enumerate(lines, start=1)
    ]  # fmt: skip
    add_lines(connection, corrections, rows)
    advance(connection, batch, rows, rows_done=len(rows))
    detail = {"corrections": len(rows), "records": len({record for record, _, _ in lines})}
    close_batch(connection, batch, "sealed", at=at, who=by.strip(), detail=detail)
    return batch


def _changes(connection: Connection, *conditions: ColumnElement[bool]) -> Iterator[Change]:
    own = and_(records.c.batch == corrections.c.record_batch,
               records.c.row == corrections.c.record_row)  # fmt: skip
    question = (
        select(corrections, records.c.key, batches.c.opened_at, batches.c.who, batches.c.state)
        .join(batches, batches.c.id == corrections.c.batch)
        .join(records, own)
        .where(*conditions)
        .order_by(corrections.c.batch, corrections.c.row)
    )
    for line in connection.execute(question):
        yield Change(at=line.opened_at, who=line.who, record=line.key, place=line.path,
                     old=line.old, new=line.new, why=line.why, batch=line.batch,
                     undone=line.state == "undone")  # fmt: skip
