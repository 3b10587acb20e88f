"""Quarantined rows that come back mended in our own workbook.

A line that was not changed stays in quarantine; one that holds now is accepted as the record that
its row would have been, and says which row it repairs; one that still does not hold is told again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from instruments.errors import Problem
from instruments.language import nfc, say
from survey.answers import Answers, Record, short_hash
from survey.corrected import RowId, by_place, with_answer
from survey.decisions import CHUNK, Decision, Memory
from survey.errors import ImportRejected
from survey.importers.quarantined import MARK, PLACES_FROM
from survey.importers.table import Row
from survey.open_file import OpenFile, Version
from survey.quality import likeness, straight_lines
from survey.quarantine import QuarantinedRow, listed
from survey.store import Store
from survey.validation import Checked, Checker


def is_mended(file: OpenFile) -> bool:
    """Whether a file is our workbook of quarantined rows."""
    return file.table.headings[:1] == (MARK,)


def decide_mended(
    file: OpenFile, *, store: Store | None, memory: Memory, now: datetime
) -> Iterator[list[Decision]]:
    """Go through the lines of our workbook, a thousand at a time.

    Raises:
        ImportRejected: Lines name rows that were never in this study's quarantine, or one twice.
    """
    waiting = {} if store is None else {row.id: row for row in listed(store, limit=None)
                                        if row.instrument == file.instrument}  # fmt: skip
    _refuse_strange(file, store)
    desk = _Desk(file=file, now=now)
    rows = file.table.rows()
    while chunk := list(islice(rows, CHUNK)):
        decisions = [desk.decision(row, waiting.get(_id(row) or (0, 0))) for row in chunk]
        yield [_once(one, file, store, memory) for one in decisions]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """Where lines are held against the rows that they repair."""

    file: OpenFile
    now: datetime
    checkers: dict[tuple[str, frozenset[str]], Checker] = field(default_factory=dict)

    def decision(self, row: Row, origin: QuarantinedRow | None) -> Decision:
        """What becomes of a line."""
        if origin is None:
            return Decision(row=row, status="duplicate", key=row.cells[0], version="")
        answers = _mended(row, self.file.table.headings, origin.given)
        if answers is None or _undecided(answers, origin):
            return _still(row, origin)
        form = self.file.form_for(origin.version)
        checked = self._checker(form, origin).check(answers, now=self.now)
        if checked.faults:
            return _still(row, origin, checked)
        return _accepted(row, origin, checked, form)

    def _checker(self, form: Version, origin: QuarantinedRow) -> Checker:
        """The form as the row's own source carried it."""
        carried = frozenset(origin.given)
        known = (form.form.version, carried)
        if known not in self.checkers:
            self.checkers[known] = Checker.of(form.form, carried=carried)
        return self.checkers[known]


def _mended(row: Row, headings: Sequence[str], given: Answers) -> Answers | None:
    """The answers with what was changed in the workbook, or None where nothing was."""
    before = by_place(given)
    answers, changed = given, False
    for place, cell in list(zip(headings, row.cells, strict=False))[PLACES_FROM:]:
        text = nfc(cell).strip()
        if text != before.get(place, "").strip():
            answers, changed = with_answer(answers, place, text), True
    filled = {path: value for path, value in answers.items() if value}
    return filled if changed else None


def _undecided(answers: Answers, origin: QuarantinedRow) -> bool:
    """Whether a form that two people entered still waits for the decision of a third."""
    present = by_place(answers)
    return any(
        one.rule == "entered_once"
        or (one.rule == "entries_differ" and present.get(one.path) == one.value)
        for one in origin.problems
    )


def _still(row: Row, origin: QuarantinedRow, checked: Checked | None = None) -> Decision:
    faults = () if checked is None else checked.faults
    return Decision(row=row, status="duplicate", key=origin.key, version=origin.version,
                    faults=faults)  # fmt: skip


def _accepted(row: Row, origin: QuarantinedRow, checked: Checked, form: Version) -> Decision:
    record = Record(key=origin.uuid or origin.key, uuid=origin.uuid, instrument=origin.instrument,
                    version=origin.version, answers=checked.answers,
                    not_relevant=checked.not_relevant)  # fmt: skip
    return Decision(
        row=row, status="accepted", key=record.key, version=record.version, record=record,
        content=short_hash([record.version, record.answers]), mends=origin.id,
        likeness=likeness(form.substantive, checked.answers),
        notes=(*checked.notes, *straight_lines(form.grids, checked.answers)),
    )  # fmt: skip


def _once(one: Decision, file: OpenFile, store: Store | None, memory: Memory) -> Decision:
    """The decision, unless the record counts already."""
    if one.status != "accepted" or store is None:
        return one
    known = store.contents_of([one.key], instrument=file.instrument)
    if one.key in known or one.key in memory.accepted:
        return Decision(row=one.row, status="duplicate", key=one.key, version=one.version)
    memory.accepted[one.key] = one.content
    return one


def _refuse_strange(file: OpenFile, store: Store | None) -> None:
    known = (
        frozenset[RowId]() if store is None else store.quarantined_ever(instrument=file.instrument)
    )
    seen: set[RowId] = set()
    problems: list[Problem] = []
    for row in file.table.rows():
        name = _id(row)
        where = f"{file.name}, row {row.line}, column '{MARK}'"
        if name is None or name not in known:
            problems.append(Problem(
                where=where, what=say("'{value}' names no quarantined row of this study.",
                                      value=row.cells[0]),
                hint=say("Leave this column as it was written; write the workbook anew with "
                         "'hieuluat quarantine' if need be."),
            ))  # fmt: skip
        elif name in seen:
            problems.append(Problem(where=where, what=say("Row '{value}' stands here twice.",
                                                          value=row.cells[0]),
                                    hint=say("Keep one of the lines.")))  # fmt: skip
        else:
            seen.add(name)
    if problems:
        raise ImportRejected(problems)


def _id(row: Row) -> RowId | None:
    batch, _, number = row.cells[0].strip().partition(":")
    return (int(batch), int(number)) if batch.isdecimal() and number.isdecimal() else None
