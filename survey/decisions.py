"""Each row of a file accepted, quarantined or known as a duplicate; nothing is stored here.

A row is a duplicate when a row of its key is accepted already, in the store or earlier in the run.
One that does not hold is quarantined, unless the same row stands in quarantine already.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Literal, Self

from instruments.language import say
from survey.answers import Answers, Record, short_hash
from survey.contacts import Contact, sealed_off, without
from survey.findings import Fault, Note
from survey.identity import Fingerprints, without_prefix
from survey.importers.table import Row
from survey.lookup import Lookup
from survey.open_file import OpenFile
from survey.quality import Timing, likeness, near_duplicate, straight_lines, timing
from survey.store import WITHDRAWN, Store
from survey.validation import Checked

CHUNK = 1000
_WITHDREW = Note(rule="withdrawn", message=say("The person has withdrawn; the answers stay out."))
Status = Literal["accepted", "quarantined", "duplicate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of one row, and why."""

    row: Row
    status: Status
    key: str
    version: str
    uuid: str | None = None
    record: Record | None = None
    given: Answers = field(default_factory=dict)
    """Of a quarantined row, its answers as written, by form path."""
    contact: Contact = field(default_factory=dict)
    """What the row tells of who the respondent is; it goes nowhere but into the vault."""
    mends: tuple[int, int] | None = None
    """Of an accepted row, the quarantined one that it repairs: its batch and row."""
    content: str = ""
    likeness: str | None = None
    timing: Timing | None = None
    faults: tuple[Fault, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(slots=True, kw_only=True)
class Memory:
    """What one run has decided so far, over all of its files."""

    accepted: Lookup = field(default_factory=Lookup)
    """Hash of the answers, by key."""
    quarantined: Lookup = field(default_factory=Lookup)
    alike: Lookup = field(default_factory=Lookup)
    """The row that has given these answers first, by their hash."""


def decide(
    file: OpenFile, *, store: Store | None, memory: Memory, now: datetime
) -> Iterator[list[Decision]]:
    """Go through the rows in order, a thousand at a time."""
    numbered = file.id_column is None and not file.serial
    prints = Fingerprints(
        headings=file.settled.names, numbered=numbered,
        habits=file.structure.values.habits,
        passed_over=file.table.columns.counters if file.serial else frozenset(),
    )  # fmt: skip
    rows = file.table.rows()
    while chunk := [_judged(file, row, prints, now) for row in islice(rows, CHUNK)]:
        known = _Known.of(chunk, file, store, memory)
        yield [known.decision(one) for one in chunk]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """A row checked against its form, not yet against what is known already."""

    row: Row
    version: str
    uuid: str | None
    key: str
    checked: Checked
    problem_key: str
    given: Answers = field(default_factory=dict)
    contact: Contact = field(default_factory=dict)
    first_equal: int | None = None
    content: str = ""
    likeness: str | None = None

    @property
    def holds(self) -> bool:
        return not self.checked.faults

    @property
    def reference(self) -> str:
        """How notes on other rows name this one."""
        return self.uuid or f"row {self.row.number}"


def _judged(file: OpenFile, row: Row, prints: Fingerprints, now: datetime) -> _Judged:
    if len(row.cells) != len(file.table.headings):
        return _ragged(file, row, prints)
    version = file.version_of(row)
    form = file.form_for(version)
    contacts = form.form.contacts
    given = file.answers(row, version)
    checked = form.checker.check(given, now=file.made_at(row, default=now))
    if checked.faults:
        written = (file.as_written(row, version, fault) for fault in checked.faults)
        checked = replace(checked, faults=tuple(written))
    checked, contact = sealed_off(checked, contacts)
    uuid, first = None, None
    if file.id_column is None:
        key, first = prints.of(file.without_contact(row))
    else:
        key = uuid = without_prefix(row.cells[file.id_column])
    content = short_hash([version, checked.answers])
    return _Judged(
        row=row, version=version, uuid=uuid, key=key, checked=checked, first_equal=first,
        given=without(given, contacts), contact=contact,
        content=content, problem_key=key if uuid is None else f"{uuid}:{content}",
        likeness=None if checked.faults else likeness(form.substantive, checked.answers),
    )  # fmt: skip


def _ragged(file: OpenFile, row: Row, prints: Fingerprints) -> _Judged:
    wanted, found = len(file.table.headings), len(row.cells)
    fault = Fault(path="", value=str(found), rule="ragged",
                  message=say("The row has {found} cells; the heading has {wanted}.",
                              found=found, wanted=wanted))  # fmt: skip
    key, _ = prints.of(row)
    checked = Checked(answers={}, not_relevant=(), faults=(fault,), notes=())
    return _Judged(row=row, version=file.newest.form.version, uuid=None, key=key,
                   checked=checked, problem_key=key)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is known, from the store and from this run, of the keys of one chunk."""

    file: OpenFile
    memory: Memory
    accepted: Mapping[str, str]
    quarantined: frozenset[str]
    alike: Mapping[str, str]

    @classmethod
    def of(
        cls, chunk: Sequence[_Judged], file: OpenFile, store: Store | None, memory: Memory
    ) -> Self:
        if store is None:
            return cls(file=file, memory=memory, accepted={}, quarantined=frozenset(), alike={})
        instrument = file.instrument
        hashes = [one.likeness for one in chunk if one.likeness is not None]
        return cls(
            file=file, memory=memory,
            accepted=store.contents_of([one.key for one in chunk], instrument=instrument),
            quarantined=store.quarantined([one.problem_key for one in chunk if not one.holds],
                                          instrument=instrument),
            alike=store.alike(hashes, instrument=instrument),
        )  # fmt: skip

    def decision(self, one: _Judged) -> Decision:
        content = self.memory.accepted.get(one.key, self.accepted.get(one.key))
        if content == WITHDRAWN:
            return Decision(row=one.row, status="duplicate", key=one.key, version=one.version,
                            notes=(_WITHDREW,))  # fmt: skip
        if content is not None:
            return self._duplicate(one, differs=content != one.content)
        if one.holds:
            return self._accepted(one)
        if one.problem_key in self.quarantined or one.problem_key in self.memory.quarantined:
            return self._duplicate(one, differs=False)
        self.memory.quarantined[one.problem_key] = ""
        return Decision(row=one.row, status="quarantined", key=one.problem_key,
                        version=one.version, uuid=one.uuid, given=one.given, contact=one.contact,
                        faults=one.checked.faults)  # fmt: skip

    def _duplicate(self, one: _Judged, *, differs: bool) -> Decision:
        notes = (_differs(one),) if differs else ()
        return Decision(row=one.row, status="duplicate", key=one.key, version=one.version,
                        notes=notes)  # fmt: skip

    def _accepted(self, one: _Judged) -> Decision:
        checked, form = one.checked, self.file.form_for(one.version)
        notes = (*checked.notes, *straight_lines(form.grids, checked.answers),
                 *self._likenesses(one))  # fmt: skip
        self.memory.accepted[one.key] = one.content
        if one.likeness is not None:
            self.memory.alike.setdefault(one.likeness, one.reference)
        return Decision(
            row=one.row, status="accepted", key=one.key, version=one.version,
            record=Record(key=one.key, uuid=one.uuid, instrument=self.file.instrument,
                          version=one.version, answers=checked.answers,
                          not_relevant=checked.not_relevant),
            content=one.content, likeness=one.likeness, notes=notes, contact=one.contact,
            timing=timing(form.clocks, checked.answers, row=one.row.number, version=one.version),
        )  # fmt: skip

    def _likenesses(self, one: _Judged) -> Iterator[Note]:
        if one.first_equal is not None:
            yield near_duplicate(f"row {one.first_equal}", every_cell=True)
        elif one.likeness is not None:
            other = self.memory.alike.get(one.likeness) or self.alike.get(one.likeness)
            if other is not None:
                yield near_duplicate(other)


def _differs(one: _Judged) -> Note:
    return Note(rule=f"differs_from_stored:{one.reference}",
                message=say("A record of this id is stored with other answers; it stays as it "
                            "is."))  # fmt: skip
