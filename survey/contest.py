"""Open contest entries: counted and described, never estimated from.

Entries are not people (some enter many times), answers are shared, and entrants choose themselves or
are sent. They are kept in a store of their own and leave it only as `ContestEntries`, which is no
sample and no table: an estimator that is given them refuses with the reason.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from instruments.errors import HieuluatError, Problem
from instruments.language import Message, Text, say
from instruments.model import Instrument
from survey.answers import Record, for_analysis
from survey.form import Field, prepare
from survey.import_report import ImportReport
from survey.imports import Progress, Reading, check_files, import_files, undo_batch
from survey.store import Store
from survey.study import Study

STAMP = say("Open entries, not a sample: these are counts of activity and say nothing about people "
            "who did not enter.")  # fmt: skip


class NotASample(HieuluatError, AttributeError):
    """Contest entries were given to something that needs a sample."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ContestEntries:
    """The accepted entries to one instrument; whatever a sample has, they lack and say so."""

    instruments: tuple[Instrument, ...]
    records: tuple[Record, ...]

    def __len__(self) -> int:
        return len(self.records)

    def __getattr__(self, name: str) -> NoReturn:
        raise _refused(name)

    def __getitem__(self, name: object) -> NoReturn:
        raise _refused(str(name))

    def __iter__(self) -> NoReturn:
        raise _refused("rows")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCounts:
    """How many entries gave each answer to one question; shares of entries, not of people."""

    item: str
    label: Text
    answered: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestDescription:
    """Counts of entries; `stamp` belongs on every page and file that shows them."""

    stamp: Message
    instrument: str
    entries: int
    days: Mapping[str, int]
    items: tuple[AnswerCounts, ...]


def check_entries(
    study: Study, paths: Sequence[Path], *, now: Callable[[], datetime], reading: Reading,
    progress: Progress,
) -> list[ImportReport]:  # fmt: skip
    """Say what importing the files as contest entries would do, without writing anything.

    Raises:
        ImportRejected: with every reason why a file is refused.
    """
    return check_files(study_of_entries(study), paths, now=now, reading=reading, progress=progress)


def import_entries(
    study: Study, paths: Sequence[Path], *, now: Callable[[], datetime], reading: Reading,
    progress: Progress, by: str = "",
) -> list[ImportReport]:  # fmt: skip
    """Import the files as contest entries, apart from the answers of the sample.

    Raises:
        ImportRejected: with every reason why a file is refused.
    """
    return import_files(study_of_entries(study), paths, now=now, reading=reading, progress=progress,
                        by=by)  # fmt: skip


def undo_entries(
    study: Study, batch: str, *, now: Callable[[], datetime], by: str = ""
) -> int:  # fmt: skip
    """Make a batch of contest entries count no longer; the number of its rows that counted.

    Raises:
        StudyError: there is no such batch, or nothing of it counts.
    """
    return undo_batch(study_of_entries(study), batch, now=now, by=by)


def contest_entries(study: Study, *, instrument: str | None = None) -> ContestEntries:
    """The accepted entries to one instrument.

    Raises:
        StudyError: the study has no such instrument, or several and none is named.
    """
    own = study_of_entries(study)
    versions = own.versions_of(instrument)
    with Store.existing(own.store_path) as store:
        records = () if store is None else tuple(
            for_analysis(one) for one in store.accepted() if one.instrument == versions[-1].id
        )  # fmt: skip
    return ContestEntries(instruments=versions, records=records)


def describe_entries(entries: ContestEntries) -> ContestDescription:
    """Count entries by day and by answer."""
    newest = entries.instruments[-1]
    days = Counter(_day(one, newest) for one in entries.records)
    fields = [one for one in prepare(newest).level.fields if one.coded]
    return ContestDescription(
        stamp=STAMP, instrument=newest.id, entries=len(entries.records),
        days=dict(sorted(days.items())),
        items=tuple(_counts(one, entries.records) for one in fields),
    )  # fmt: skip


def study_of_entries(study: Study) -> Study:
    """The study over the store of its contest entries, for bringing in and undoing.

    No snapshot is made of it, so no estimate either.
    """
    settings = study.settings
    return replace(study, stream="contest", settings=settings.model_copy(update={
        "store": settings.contest_store, "id": f"{settings.id}_contest", "streams": {},
    }))  # fmt: skip


def _counts(field: Field, records: Sequence[Record]) -> AnswerCounts:
    given = [value for one in records
             if isinstance(value := one.answers.get(field.path), str)]  # fmt: skip
    found = Counter(code for value in given
                    for code in (value.split() if field.item.type == "multiple" else [value]))  # fmt: skip
    return AnswerCounts(item=field.path, label=field.item.label, answered=len(given),
                        counts={code: found[code] for code in field.options})  # fmt: skip


def _day(record: Record, instrument: Instrument) -> str:
    value: Any = record.answers.get(instrument.interview_date or "")
    return value[:10] if isinstance(value, str) else ""


def _refused(name: str) -> NotASample:
    return NotASample(Problem(
        where="contest",
        what=say("Contest entries are no sample, so there is no '{name}' to estimate from: entrants "
                 "choose themselves, may enter often, and share answers.", name=name),
        hint=say("Describe them with 'hieuluat contest'; estimate from the sample of the survey."),
    ))  # fmt: skip
