"""Paper forms typed in twice by two people: what agrees is accepted, what differs a third decides.

Forms are matched by the code on the paper. One whose two entries are the same and hold is accepted.
All others go to quarantine, from where the coloured workbook gives them out: a cell that reads
``1 ≠ 2`` shows both entries, and whoever decides writes what stands on the paper.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path

from instruments.errors import Problem
from instruments.language import Message, say
from survey.answers import Answers, as_json, digest_of, short_hash
from survey.contacts import Vault
from survey.corrected import by_place, with_answer
from survey.decisions import Decision, Memory, decide
from survey.errors import ImportRejected
from survey.findings import Fault
from survey.form import prepare
from survey.imports import as_stored
from survey.intake import recognised, settled_file
from survey.open_file import OpenFile
from survey.originals import ORIGINALS, Originals
from survey.places import IDENTITY
from survey.staging import NewBatch, StagedProblem, StagedRecord
from survey.store import Store
from survey.study import Study

KIND = "double_entry"
Clock = Callable[[], datetime]
Pair = tuple[Path, Path]
"""The files of the two people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A place of a form at which its two entries differ."""

    code: str
    place: str
    first: str
    second: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Two entries held against each other, form by form; `known` came in before."""

    agreed: tuple[Decision, ...]
    faulty: tuple[StagedProblem, ...]
    differing: tuple[StagedProblem, ...]
    once: tuple[StagedProblem, ...]
    differences: tuple[Difference, ...]
    known: int
    batch: int | None = None

    def as_json(self) -> dict[str, object]:
        """Counts, and every difference with both entries."""
        return {"agreed": len(self.agreed), "differ": len(self.differing), "once": len(self.once),
                "faulty": len(self.faulty), "known": self.known,
                "differences": [asdict(one) for one in self.differences],
                "batch": None if self.batch is None else str(self.batch)}  # fmt: skip

    def sentence(self) -> Message:
        """The counts, for people."""
        return say("{agreed} forms agree; {differ} differ, {once} were entered once, {faulty} do not "
                   "hold: those go to quarantine. {known} were known already.",
                   agreed=len(self.agreed), differ=len(self.differing), once=len(self.once),
                   faulty=len(self.faulty), known=self.known)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Typed:
    """One person's entries by the code on the paper."""

    file: OpenFile
    forms: Mapping[str, Decision]


def compare_entries(
    study: Study, files: Pair, *, code: str, now: Clock, instrument: str | None = None
) -> Entries:  # fmt: skip
    """Hold two files of entries against each other; `code` heads the column with the forms' code.

    Raises:
        ImportRejected: A file cannot be taken in, or a code is missing or stands in it twice.
    """
    one, two = (_typed(study, path, code=code, now=now, instrument=instrument)
                for path in files)  # fmt: skip
    codes = sorted({*one.forms, *two.forms})
    with Store.existing(study.store_path) as store:
        accepted = {} if store is None else store.contents_of(codes, instrument=one.file.instrument)
    tally = _Tally()
    for name in codes:
        if name not in accepted:
            tally.add(name, one, two)
    return Entries(agreed=tuple(tally.agreed), faulty=tuple(tally.faulty),
                   differing=tuple(tally.differing), once=tuple(tally.once),
                   differences=tuple(tally.differences), known=len(accepted))  # fmt: skip


def enter_twice(
    study: Study, files: Pair, *, code: str, now: Clock, instrument: str | None = None, by: str = "",
) -> Entries:  # fmt: skip
    """Accept the forms whose entries agree and quarantine the others, as one batch.

    Raises:
        ImportRejected: A file cannot be taken in, or a code is missing or stands in it twice.
    """
    found = compare_entries(study, files, code=code, now=now, instrument=instrument)
    rows = [StagedRecord(row=number, record=one.record, content=one.content, likeness=one.likeness)
            for number, one in enumerate(found.agreed, start=1) if one.record is not None]  # fmt: skip
    others = [*found.faulty, *found.differing, *found.once]
    problems = [replace(one, row=number) for number, one in enumerate(others, start=len(rows) + 1)]
    contacts = any(prepare(one).contacts for one in study.versions_of(instrument))
    names = [Originals(study).keep(path, contacts=contacts) for path in files]
    new = NewBatch(file_sha256=digest_of(names), file_name=" + ".join(path.name for path in files),
                   kind=KIND, recipe=digest_of([KIND, *names]), who=by,
                   mapping=as_json({ORIGINALS: names}))  # fmt: skip
    with Store.open(study.store_path) as store:
        place = store.begin(new, at=now())
        Vault(study).keep(place.batch, {number: one.contact for number, one
                                        in enumerate(found.agreed, start=1)})  # fmt: skip
        if not place.rows_done:
            place = store.add(place, rows_done=len(rows) + len(problems), accepted=rows,
                              quarantined=problems)  # fmt: skip
        sealed = store.seal(place, notes=[], at=now(), who=by)
    return replace(found, batch=sealed.batch)


@dataclass(slots=True)
class _Tally:
    agreed: list[Decision] = field(default_factory=list)
    faulty: list[StagedProblem] = field(default_factory=list)
    differing: list[StagedProblem] = field(default_factory=list)
    once: list[StagedProblem] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    def add(self, code: str, one: _Typed, two: _Typed) -> None:
        """Decide on the form with this code."""
        entries = [typed.forms[code] for typed in (one, two) if code in typed.forms]
        file = one.file if code in one.forms else two.file
        if len(entries) == 1:
            self.once.append(_problem(code, entries[0], file, [_entered_once()]))
            return
        first, second = entries
        found = list(_differences(code, first, second))
        self.differences += found
        if found:
            self.differing.append(_undecided(code, first, file, found))
        elif first.record is None:
            self.faulty.append(_problem(code, first, file, first.faults))
        else:
            self.agreed.append(first)


def _typed(
    study: Study, path: Path, *, code: str, now: Clock, instrument: str | None
) -> _Typed:  # fmt: skip
    file = settled_file(recognised(path), instruments=study.versions_of(instrument),
                        mapping={code: IDENTITY})  # fmt: skip
    decisions = [one for chunk in decide(file, store=None, memory=Memory(), now=now())
                 for one in chunk]  # fmt: skip
    forms: dict[str, Decision] = {}
    problems = []
    for one in decisions:
        name = one.uuid if one.record is None else one.record.uuid
        if name is None or name in forms:
            problems.append(Problem(
                where=f"{file.name}, row {one.row.line}",
                what=say("The form '{code}' stands here twice, or its row cannot be read.", code=name or one.key),
                hint=say("Each form stands once in each of the two files."),
            ))  # fmt: skip
        else:
            forms[name] = one
    if problems:
        raise ImportRejected(problems)
    return _Typed(file=file, forms=forms)


def _differences(code: str, first: Decision, second: Decision) -> Iterator[Difference]:
    one, two = by_place(_answers(first)), by_place(_answers(second))
    for place in dict.fromkeys([*one, *two]):
        if one.get(place, "") != two.get(place, ""):
            yield Difference(code=code, place=place, first=one.get(place, ""),
                             second=two.get(place, ""))  # fmt: skip


def _answers(one: Decision) -> Answers:
    return one.given if one.record is None else one.record.answers


def _undecided(
    code: str, first: Decision, file: OpenFile, found: Sequence[Difference]
) -> StagedProblem:
    """The form with both entries in each cell that they differ in.

    Where they differ in how often a roster was filled in, no cell can show it.
    """
    faults = [Fault(path=one.place, value=f"{one.first} ≠ {one.second}", rule="entries_differ",
                    message=say("The two entries differ.")) for one in found]  # fmt: skip
    made = _problem(code, first, file, faults)
    given = made.given
    for fault in faults:
        given = with_answer(given, fault.path, fault.value)
    shown = by_place(given)
    whole = all(shown.get(fault.path) == fault.value for fault in faults)
    return replace(made, given=given if whole else {})


def _problem(code: str, one: Decision, file: OpenFile, faults: Sequence[Fault]) -> StagedProblem:
    carried = file.form_for(one.version).checker.carried - file.form_for(one.version).form.contacts
    answers = _answers(one)
    content = short_hash([one.version, answers, [[fault.path, fault.value] for fault in faults]])
    return StagedProblem(
        row=0, line=one.row.line, instrument=file.instrument, key=f"{code}:{content}", uuid=code,
        version=one.version, cells={}, given=dict.fromkeys(carried, "") | dict(answers),
        problems=[as_stored(fault) for fault in faults],
    )  # fmt: skip


def _entered_once() -> Fault:
    return Fault(path="", value="", rule="entered_once",
                 message=say("The form was entered once only."))  # fmt: skip
