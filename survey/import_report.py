"""What an import says of a file: counts, problems and flags, the same with and without storing."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from instruments.language import Language, Message, say
from survey.decisions import Decision
from survey.findings import Fault, Note
from survey.importers.table import Table
from survey.importers.text import shown
from survey.open_file import OpenFile
from survey.quality import Durations
from survey.staging import Sealed

Json = dict[str, Any]
LISTED = 50_000
"""Problems of one rule that a report lists; memory is bounded, and nobody reads more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFault:
    """A fault of a quarantined row."""

    row: int
    line: int
    column: str | None
    fault: Fault

    def as_json(self, language: Language) -> Json:
        """The contract's keys, and the place and the reason for people."""
        fault = self.fault
        return {"row": self.row, "line": self.line, "column": self.column,
                "path": fault.path or None, "value": fault.value, "rule": fault.rule,
                "hint": fault.proposal, "message": fault.message.text(language)}  # fmt: skip

    def sentence(self) -> Message:
        """The fault in one line for people."""
        fault = self.fault
        column = self.column or fault.path
        if fault.proposal is not None:
            return say("row {row}, '{column}', value '{value}': {message} Was '{proposal}' meant?",
                       row=self.row, column=column, value=fault.value, message=fault.message,
                       proposal=fault.proposal)  # fmt: skip
        return say("row {row}, '{column}', value '{value}': {message}",
                   row=self.row, column=column, value=fault.value, message=fault.message)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class RowNote:
    """A note on an accepted or duplicate row, or on the file where `row` is None."""

    row: int | None
    column: str | None
    note: Note

    def as_json(self, language: Language) -> Json:
        """The same keys as a problem's."""
        note = self.note
        return {"row": self.row, "column": self.column, "path": note.path, "value": note.value,
                "rule": note.rule, "hint": None, "message": note.message.text(language)}  # fmt: skip

    def sentence(self) -> Message:
        """The note in one line for people."""
        if self.row is None:
            return say("file: {message} ({rule})", message=self.note.message, rule=self.note.rule)
        return say("row {row}: {message} ({rule})",
                   row=self.row, message=self.note.message, rule=self.note.rule)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """One file's report; `batch` is None where nothing was stored."""

    file: str
    kind: str
    encoding: str | None
    delimiter: str | None
    evidence: Message
    rows: int
    accepted: int
    quarantined: int
    duplicates: int
    notes: tuple[RowNote, ...]
    faults: tuple[RowFault, ...]
    batch: int | None = None

    def as_json(self, language: Language) -> Json:
        """The contract's document for one file."""
        return {
            "file": self.file,
            "kind": self.kind,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "rows": self.rows,
            "accepted": self.accepted,
            "quarantined": self.quarantined,
            "duplicates": self.duplicates,
            "flags": [note.as_json(language) for note in self.notes],
            "problems": [fault.as_json(language) for fault in self.faults],
            "batch": None if self.batch is None else str(self.batch),
        }

    def sentences(self, *, stored: bool) -> list[Message]:
        """What the file is, the counts, and what to do next."""
        said = [
            say("{file}: taken for {kind}. {evidence}",
                file=self.file, kind=self.kind, evidence=self.evidence),
            say("{rows} rows: {accepted} accepted, {quarantined} quarantined, {duplicates} known "
                "already.", rows=self.rows, accepted=self.accepted,
                quarantined=self.quarantined, duplicates=self.duplicates),
        ]  # fmt: skip
        if self.batch is not None:
            said.append(say("Stored as batch {batch}; 'hieuluat undo STUDY {batch}' takes it out.",
                            batch=self.batch))  # fmt: skip
        elif stored:
            said.append(say("Nothing in it is new; nothing was stored."))
        else:
            said.append(say("Nothing was stored; add --yes to store it."))
        return said


def codebook_report(table: Table) -> ImportReport:
    """The report on a file that only says what the others mean."""
    contents = table.contents
    note = Note(rule="codebook", message=say("It is a data dictionary; the other files were read "
                                             "by it."))  # fmt: skip
    return ImportReport(
        file=contents.name, kind=table.kind, encoding=contents.encoding,
        delimiter=None if contents.delimiter is None else shown(contents.delimiter),
        evidence=note.message, rows=0, accepted=0, quarantined=0, duplicates=0, faults=(),
        notes=(RowNote(row=None, column=None, note=note),),
    )  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Tally:
    """Counts and findings, gathered while the rows go by."""

    file: OpenFile
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[RowFault] = field(default_factory=list)
    notes: list[RowNote] = field(default_factory=list)
    durations: Durations = field(default_factory=Durations)
    unlisted: Counter[str] = field(default_factory=Counter)
    """By rule, problems beyond those that are listed."""
    listed: Counter[str] = field(default_factory=Counter)
    strange_versions: Counter[str] = field(default_factory=Counter)

    def add(self, decisions: list[Decision]) -> None:
        """Count one chunk of rows."""
        for one in decisions:
            self.counts[one.status] += 1
            self._list(one)
            self.notes += [self._note(one.row.number, note) for note in one.notes]
            if one.version not in self.file.versions:
                self.strange_versions[one.version] += 1
        self.durations.add(one.timing for one in decisions if one.timing is not None)

    def _list(self, one: Decision) -> None:
        """Keep a row's problems; of very many of one rule the number alone."""
        for fault in one.faults:
            if self.listed[fault.rule] < LISTED:
                self.listed[fault.rule] += 1
                self.faults.append(self._fault(one, fault))
            else:
                self.unlisted[fault.rule] += 1

    def closing_notes(self) -> list[RowNote]:
        """All notes, with those that only the whole file can tell, in the order of the rows."""
        slow = [self._note(row, note) for row, note in self.durations.speeders()]
        whole = [
            self._note(None, note)
            for note in (*self.file.notes(), *self._versions(), *self._unlisted())
        ]
        return [*whole, *sorted([*self.notes, *slow], key=lambda one: one.row or 0)]

    def report(self, sealed: Sealed | None = None) -> ImportReport:
        """The report on the whole file; what was sealed counts where another import overlapped."""
        contents, rows = self.file.table.contents, self.counts.total()
        accepted, quarantined = self.counts["accepted"], self.counts["quarantined"]
        if sealed is not None:
            accepted, quarantined = sealed.accepted, sealed.quarantined
        return ImportReport(
            file=self.file.name,
            kind=self.file.table.kind,
            encoding=contents.encoding,
            delimiter=None if contents.delimiter is None else shown(contents.delimiter),
            evidence=self.file.table.evidence.why,
            rows=rows,
            accepted=accepted,
            quarantined=quarantined,
            duplicates=rows - accepted - quarantined,
            notes=tuple(self.closing_notes()),
            faults=tuple(self.faults),
            batch=None if sealed is None else sealed.batch,
        )

    def _fault(self, one: Decision, fault: Fault) -> RowFault:
        column = self.file.heading_of(fault.path)
        return RowFault(row=one.row.number, line=one.row.line, column=column, fault=fault)

    def _note(self, row: int | None, note: Note) -> RowNote:
        column = None if note.path is None else self.file.heading_of(note.path)
        return RowNote(row=row, column=column, note=note)

    def _unlisted(self) -> Iterator[Note]:
        for rule, count in self.unlisted.items():
            yield Note(rule="problems_not_listed", value=rule,
                       message=say("{count} more problems of the rule '{rule}' are not listed; all of "
                                   "them are in quarantine.", count=count, rule=rule))  # fmt: skip

    def _versions(self) -> Iterator[Note]:
        for version, count in self.strange_versions.items():
            yield Note(
                rule="unknown_version", value=version,
                message=say("{count} rows name version '{version}', which the study does not have; "
                            "they were checked against the newest, '{newest}'.",
                            count=count, version=version,
                            newest=self.file.newest.form.version),
            )  # fmt: skip
