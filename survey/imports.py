"""Taking files of responses in: looked through first, stored only when asked to.

A check run and an import go the same way; an import also writes each chunk of rows with its
checkpoint, and seals the batch at the end. The original file is kept first, under its hash.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from instruments.language import LANGUAGES, say
from survey.answers import Answers, Record, as_json
from survey.contacts import Vault
from survey.corrections_book import Book, is_corrected
from survey.decisions import Decision, Memory, decide
from survey.errors import ImportRejected, rejected, unusable
from survey.findings import Fault
from survey.import_report import ImportReport, RowNote, Tally, codebook_report
from survey.importers.redcap_dictionary import is_dictionary
from survey.importers.table import Override, Table
from survey.importers.text import shown
from survey.intake import NOTHING, hash_of_file, recognised, settled_file
from survey.mending import decide_mended, is_mended
from survey.open_file import OpenFile
from survey.originals import Originals
from survey.saved_mappings import recall, remember
from survey.staging import NewBatch, Place, Sealed, StagedFlag, StagedProblem, StagedRecord
from survey.store import Store
from survey.structure import look_through
from survey.study import Study

_T = TypeVar("_T")
_R = TypeVar("_R")
Clock = Callable[[], datetime]
Progress = Callable[[int, int], None]
"""Told after each chunk: rows done, and rows in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the user says about the files: nothing, or what the program cannot find out itself."""

    instrument: str | None = None
    mapping: Mapping[str, str | None] = field(default_factory=dict)
    delimiter: str | None = None
    encoding: str | None = None
    kind: str | None = None
    dictionary: Path | None = None

    @property
    def told(self) -> Override:
        """What overrides the recognition of the files."""
        return Override(kind=self.kind, encoding=self.encoding, delimiter=self.delimiter,
                        dictionary=self.dictionary)  # fmt: skip


def _silent(_: int, __: int) -> None:
    return


def check_files(
    study: Study, paths: Sequence[Path], *, now: Clock, reading: Reading = Reading(),
    progress: Progress = _silent,
) -> list[ImportReport]:  # fmt: skip
    """Say what importing the files would do, without writing anything.

    Raises:
        ImportRejected: With every reason why a file is refused.
    """
    files = _opened(study, paths, reading, now)
    with Store.existing(study.store_path) as store:
        run = _Run(store=store, now=now, progress=progress)
        return [run.go_through(file) if isinstance(file, OpenFile) else file.report
                for file in files]  # fmt: skip


def import_files(
    study: Study, paths: Sequence[Path], *, now: Clock, reading: Reading = Reading(),
    progress: Progress = _silent, by: str = "",
) -> list[ImportReport]:  # fmt: skip
    """Import the files, each as a batch; one that is refused keeps all of them out.

    Raises:
        ImportRejected: With every reason why a file is refused.
    """
    files = _opened(study, paths, reading, now)
    with Store.open(study.store_path) as store:
        run = _Run(store=store, now=now, progress=progress)
        reports = [
            run.go_through(file, _Writer(file=file, store=store, study=study, now=now, who=by))
            if isinstance(file, OpenFile) else file.store(study, by=by, now=now)
            for file in files
        ]  # fmt: skip
    for file in files:
        if isinstance(file, OpenFile):
            remember(study, file.table, reading.mapping, instrument=file.instrument)
    return reports


def undo_batch(study: Study, batch: str, *, now: Clock, by: str = "") -> int:
    """Make a batch count no longer; the number of its rows that counted.

    Raises:
        StudyError: There is no such batch, or nothing of it counts.
    """
    with Store.existing(study.store_path) as store:
        if store is None:
            raise unusable(study.folder.name, say("Nothing has been imported yet."))
        number = int(batch) if batch.isdecimal() else 0
        rows = store.undo(number, at=now(), who=by)
    Vault(study).forget_batch(number)
    return rows


def inspect_file(path: Path, *, told: Override = NOTHING) -> dict[str, object]:
    """Say what a file is, without a study: the contract's document of ``--inspect``.

    Raises:
        ImportRejected: The file cannot be read as a table.
    """
    table = recognised(path, told=told)
    sign = table.contents.delimiter
    own = [name for at, name in enumerate(table.headings) if at not in table.columns.made]
    return {"kind": table.kind, "encoding": table.contents.encoding,
            "delimiter": None if sign is None else shown(sign),
            "rows": look_through(table).rows, "columns": own}  # fmt: skip


def _opened(
    study: Study, paths: Sequence[Path], reading: Reading, now: Clock
) -> list[OpenFile | Book]:  # fmt: skip
    """The files ready to be gone through, or what else they are: a codebook, corrections."""
    versions = study.versions_of(reading.instrument)
    tables, refused = _each(paths, lambda path: recognised(path, told=reading.told))
    books = [table for table in tables if is_dictionary(table.headings)]
    told = reading.told
    if books:
        told = replace(told, dictionary=books[0].contents.path)

    def settled(table: Table) -> OpenFile | Book:
        if is_dictionary(table.headings):
            return Book(wanted=(), report=codebook_report(table))
        if is_corrected(table):
            return Book.of(study, table, now=now)
        own = recognised(table.contents.path, told=told) if books else table
        known = recall(study, own, instrument=versions[-1].id)
        return settled_file(own, instruments=versions, told=told,
                            mapping=known | dict(reading.mapping))  # fmt: skip

    files, more = _each(tables, settled)
    refused += more
    if len(refused) == 1:
        raise refused[0]
    if refused:
        raise ImportRejected(problem for error in refused for problem in error.problems)
    return files


def _each(things: Iterable[_T], make: Callable[[_T], _R]) -> tuple[list[_R], list[ImportRejected]]:
    """What is made of each thing, and the refusals."""
    made: list[_R] = []
    refused: list[ImportRejected] = []
    for thing in things:
        try:
            made.append(make(thing))
        except ImportRejected as error:
            refused.append(error)
    return made, refused


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """Files gone through one after the other, each knowing of those before it."""

    store: Store | None
    now: Clock
    progress: Progress
    memory: Memory = field(default_factory=Memory)

    def go_through(self, file: OpenFile, writer: "_Writer | None" = None) -> ImportReport:
        """Judge a file's rows and, with a writer, store them."""
        tally = Tally(file=file)
        judge = decide_mended if is_mended(file) else decide
        for chunk in judge(file, store=self.store, memory=self.memory, now=self.now()):
            tally.add(chunk)
            if writer is not None:
                writer.write(chunk)
            self.progress(tally.counts.total(), file.structure.rows)
        return tally.report(None if writer is None else writer.seal(tally.closing_notes()))


@dataclass(slots=True, kw_only=True)
class _Writer:
    """Writes one file's rows as a batch, which it opens at the first row that is new."""

    file: OpenFile
    store: Store
    study: Study
    now: Clock
    who: str
    place: Place | None = None

    def write(self, chunk: Sequence[Decision]) -> None:
        """Keep a chunk, unless an import that was interrupted has kept it already."""
        accepted = [_staged(one, one.record) for one in chunk if one.record is not None]
        quarantined = [self._problem(one) for one in chunk if one.status == "quarantined"]
        if self.place is None:
            if not accepted and not quarantined:
                return
            self.place = self._begin()
        self._keep_contacts(self.place.batch, chunk)
        last = chunk[-1].row.number
        while self.place.open and last > self.place.rows_done:
            self.place = self.store.add(self.place, rows_done=last, accepted=accepted,
                                        quarantined=quarantined)  # fmt: skip

    def _keep_contacts(self, batch: int, chunk: Sequence[Decision]) -> None:
        """Keep contact data with the rows that are kept; a mended one has those that it had."""
        kept = [one for one in chunk if one.status != "duplicate"]
        Vault(self.study).keep(
            batch, {one.row.number: one.contact for one in kept},
            mended={one.row.number: one.mends for one in kept if one.mends is not None},
        )  # fmt: skip

    def seal(self, notes: Sequence[RowNote]) -> Sealed | None:
        """Let the rows count; None where no row asked to."""
        if self.place is None:
            return None
        if hash_of_file(self.file.path) != self.file.file_sha256:
            raise rejected(self.file.name, say("The file was changed while it was read."),
                           say("Import it again."))  # fmt: skip
        flags = [StagedFlag(row=one.row, rule=one.note.rule, path=one.note.path,
                            value=one.note.value) for one in notes]  # fmt: skip
        return self.store.seal(self.place, notes=flags, at=self.now(), who=self.who)

    def _begin(self) -> Place:
        file = self.file
        Originals(self.study).keep(file.path, contacts=file.asks_for_contacts)
        return self.store.begin(NewBatch(
            file_sha256=file.file_sha256, file_name=file.name, kind=file.table.kind,
            recipe=file.recipe, mapping=as_json(dict(file.given)), who=self.who,
        ), at=self.now())  # fmt: skip

    def _problem(self, one: Decision) -> StagedProblem:
        return StagedProblem(
            row=one.row.number, line=one.row.line, instrument=self.file.instrument, key=one.key,
            cells=self.file.cells_of(one.row),
            problems=[as_stored(fault) for fault in one.faults], uuid=one.uuid,
            version=one.version, given=_with_places(self.file, one),
        )  # fmt: skip


def _with_places(file: OpenFile, one: Decision) -> Answers:
    """A row's answers, and an empty one at each place that its source carries."""
    if not one.given:
        return {}
    version = file.form_for(one.version)
    carried = version.checker.carried - version.form.contacts
    return dict.fromkeys(carried, "") | dict(one.given)


def as_stored(fault: Fault) -> dict[str, object]:
    """A fault as the store keeps it, its reason in every language."""
    return {"path": fault.path, "value": fault.value, "rule": fault.rule, "hint": fault.proposal,
            "message": {language: fault.message.text(language) for language in LANGUAGES}}  # fmt: skip


def _staged(one: Decision, record: Record) -> StagedRecord:
    return StagedRecord(row=one.row.number, record=record, content=one.content,
                        likeness=one.likeness, mends=one.mends)  # fmt: skip
