"""Advice on law: keys that do not hold on every day of the field period."""

from collections.abc import Iterator
from datetime import date, timedelta

from instruments.check.findings import Place
from instruments.language import say
from instruments.laws import Amendment, Law
from instruments.lint.advice import Remark, Subject
from instruments.model import Fieldwork, Item, LawReference


def field_period_missing(subject: Subject) -> Iterator[Remark]:
    """A key that rests on law cannot be compared with a field period that nobody tells."""
    if subject.fieldwork is None:
        for _, at in _resting_on_law(subject):
            yield Remark(at, say("The field period is not known, so the laws were not compared with it."),
                         say("A law that is amended in that time changes the right answer."))  # fmt: skip
            return


def law_out_of_force(subject: Subject) -> Iterator[Remark]:
    """Days of the field period on which no key, or none of its provisions, is in force."""
    period = subject.fieldwork
    if period is None:
        return
    for item, at in _resting_on_law(subject):
        days = [day for day in _days(period) if not _scored_on(item, day)]
        if days:
            yield Remark(at, say("No key and law is in force on {count} days of the field period "
                                 "({first} to {last}).",
                                 count=len(days), first=days[0], last=days[-1]),
                         say("Interviews of those days are not scored on this item."))  # fmt: skip


def law_changes(subject: Subject) -> Iterator[Remark]:
    """Laws that the register says are amended, replaced or not in force in the field period."""
    period = subject.fieldwork
    if period is None:
        return
    for item, at in _resting_on_law(subject):
        for position, reference in enumerate(item.law):
            law, place = subject.laws.find(reference.number), (*at, "law", position)
            if law is not None:
                yield from _in_force(law, reference, period, place)
                yield from _amended(law, reference, item, period, place)


def law_unknown(subject: Subject) -> Iterator[Remark]:
    """Laws that the register does not have, or of which it is not sure; each is named once."""
    told: set[str] = set()
    for item, at in _resting_on_law(subject):
        for position, reference in enumerate(item.law):
            law, place = subject.laws.find(reference.number), (*at, "law", position)
            if reference.number in told:
                continue
            told.add(reference.number)
            if law is None:
                yield Remark(place, say("The register of laws does not have {number}.",
                                        number=reference.number),
                             say("Its amendments are not watched; look it up."))  # fmt: skip
            elif law.unsettled:
                yield Remark(place, say("Not settled about {number}: {open}.",
                                        number=law.number, open=law.unsettled),
                             say("Look it up before the item is used."))  # fmt: skip


def unreviewed(subject: Subject) -> Iterator[Remark]:
    """Keys that no lawyer has confirmed."""
    open_ones = [(item, at) for item, at in _resting_on_law(subject) if item.reviewed is not True]
    if open_ones:
        yield Remark(open_ones[0][1], say("No lawyer has confirmed the key of {count} items: {items}.",
                                          count=len(open_ones),
                                          items=", ".join(item.id for item, _ in open_ones)),
                     say("A wrong key turns knowledge into error for everybody."))  # fmt: skip


def _resting_on_law(subject: Subject) -> Iterator[tuple[Item, Place]]:
    return ((item, at) for item, at in subject.items() if item.key and item.law)


def _days(period: Fieldwork) -> Iterator[date]:
    for number in range((period.ends - period.begins).days + 1):
        yield period.begins + timedelta(days=number)


def _scored_on(item: Item, day: date) -> bool:
    in_force = any(
        law.valid_from <= day and (law.valid_to is None or day <= law.valid_to) for law in item.law
    )
    return in_force and any(key.holds_on(day) for key in item.key)


def _in_force(law: Law, reference: LawReference, period: Fieldwork, at: Place) -> Iterator[Remark]:
    """The law's own dates, where the item does not tell them."""
    why = say("The key may be right by one law and wrong by another.")
    begins, ends = law.valid_from, law.valid_to
    if begins is not None and begins > max(period.begins, reference.valid_from):
        yield Remark(at, say("{number} is in force only from {day}.",
                             number=law.number, day=begins), why)  # fmt: skip
    if ends is not None and ends < min(period.ends, reference.valid_to or period.ends):
        yield Remark(at, say("{number} is in force only until {day}; {next} follows.",
                             number=law.number, day=ends, next=law.replaced_by or "…"), why)  # fmt: skip


def _amended(
    law: Law, reference: LawReference, item: Item, period: Fieldwork, at: Place
) -> Iterator[Remark]:
    for change in law.amendments:
        if period.begins < change.valid_from <= period.ends and not _foreseen(item, change):
            yield Remark(at, say("{number} is amended by {by} from {day}, inside the field period.",
                                 number=law.number, by=change.by, day=change.valid_from),
                         say("If the answer changes, give the item a new key from that day."))  # fmt: skip
        elif reference.valid_from < change.valid_from <= period.begins and not item.reviewed:
            yield Remark(at, say("{number} was amended by {by} on {day}, after the provision as it "
                                 "is cited here.",
                                 number=law.number, by=change.by, day=change.valid_from),
                         say("A lawyer has to say whether the key still holds."))  # fmt: skip


def _foreseen(item: Item, change: Amendment) -> bool:
    """Whether the item has a key of its own from the day of the change."""
    return any(key.valid_from == change.valid_from for key in item.key)
