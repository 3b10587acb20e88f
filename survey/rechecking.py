"""Records in the store held against their forms once more, where an answer has changed since."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from instruments.model import Instrument
from survey.answers import Answers, Record
from survey.form import prepare
from survey.readings import HANOI
from survey.validation import Checked, Checker

_ANY_DAY = datetime(2000, 1, 1, tzinfo=HANOI)
"""Stands for the time of a record that tells none, where two states of it are compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """The versions of a study's instruments, ready for checking."""

    by_version: Mapping[tuple[str, str], Checker]
    newest: Mapping[str, Checker]

    @classmethod
    def of(cls, instruments: Sequence[Instrument]) -> Self:
        """Prepare every version; `instruments` are oldest first."""
        checkers = {(one.id, one.version): Checker.of(prepare(one)) for one in instruments}
        return cls(by_version=checkers, newest={name: one for (name, _), one in checkers.items()})

    def for_record(self, record: Record) -> Checker:
        """The version that the record was collected with, else the newest."""
        known = (record.instrument, record.version)
        return self.by_version.get(known, self.newest[record.instrument])

    def checked(self, record: Record, answers: Answers, *, now: datetime = _ANY_DAY) -> Checked:
        """Answers checked as those of the record."""
        return self.for_record(record).check(answers, now=now)


def with_relevance(
    instruments: Sequence[Instrument], accepted: Iterable[Record]
) -> Iterator[Record]:
    """Records whose `not_relevant` is about their answers as they are now, corrections included.

    A corrected answer changes what was to be asked; whatever the source did not carry stays as it
    was judged at the import.
    """
    forms = Forms.of(instruments)
    for record in accepted:
        if record.imported is None:
            yield record
            continue
        before = set(forms.checked(record, record.imported).not_relevant)
        after = set(forms.checked(record, record.answers).not_relevant)
        places = (set(record.not_relevant) - (before - after)) | (after - before)
        yield replace(record, not_relevant=tuple(sorted(places)), imported=None)
