"""When the law behind an item changes, and the days around it on which answers may be by either law."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from instruments.item import Item, LawReference

NEWS = timedelta(days=90)
"""Days on either side of a new key for which no law is named."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A change of law on the day `changes`; from `opens` to `closes`, both included, it is news.

    `law` is the one that begins then, or ends the day before without another that begins; None where
    only the key says that something changes.
    """

    law: LawReference | None
    changes: date
    opens: date
    closes: date

    def holds_on(self, day: date) -> bool:
        """Whether a day lies in the transition."""
        return self.opens <= day <= self.closes


def transitions(item: Item) -> Iterator[Transition]:
    """Every change of an item's laws: from promulgation, or so many days before, to as many after."""
    begins = {law.valid_from for law in item.law}
    ends = {law.valid_to + _DAY for law in item.law if law.valid_to is not None}
    for law in item.law:
        yield _around(law, law.valid_from, promulgated=law.promulgated)
        if law.valid_to is not None and law.valid_to + _DAY not in begins:
            yield _around(law, law.valid_to + _DAY, promulgated=None)
    for key in item.key:
        if key.valid_from is not None and key.valid_from not in begins | ends:
            yield Transition(law=None, changes=key.valid_from, opens=key.valid_from - NEWS,
                             closes=key.valid_from + NEWS)  # fmt: skip


def _around(law: LawReference, changes: date, *, promulgated: date | None) -> Transition:
    reach = timedelta(days=law.transition_days)
    return Transition(law=law, changes=changes, opens=promulgated or changes - reach,
                      closes=changes + reach)  # fmt: skip
