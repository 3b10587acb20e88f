"""Columns that share a name, told apart by what the records answer; else a person says.

Each way to put them at the questions of that name is tried on the records: an option that a question
does not have, or an answer to one that was skipped, speaks against it. A way that does far better
than every other is evidence. The order of the columns is none, because people move columns.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice, permutations
from math import perm

from survey.errors import ImportRejected
from survey.mapping import ColumnPlace
from survey.readings import HANOI
from survey.validation import Checked

Trial = Callable[[Mapping[str, str | None]], Iterable[Checked]]
"""Checks the records with further lines of a mapping; may refuse the file."""
_RECORDS, _WAYS = 1_000, 24
_LEAST, _TIMES_BETTER = 2, 4
ANY_DAY = datetime(9000, 1, 1, tzinfo=HANOI)
"""For records that tell no time: a check of dates then speaks against no way."""
_NUMBER = re.compile(r"\[[0-9]+\]")


def told_apart(columns: Sequence[ColumnPlace], *, trial: Trial) -> dict[str, str]:
    """Lines of a mapping for the columns that the records tell apart; `columns` are all of a file's."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for one in columns:
        if one.contested:
            groups[one.candidates].append(one.name)
    left_out: dict[str, str | None] = {one.name: None for one in columns if not one.settled}
    found: dict[str, str] = {}
    for places, names in groups.items():
        if len(names) <= len(places) and perm(len(places), len(names)) <= _WAYS:
            found |= _best(names, places, lambda way: trial({**left_out, **way}))
    return found


def _best(names: Sequence[str], places: Sequence[str], trial: Trial) -> dict[str, str]:
    """The way that does far better than any other; nothing where none does."""
    judged = sorted(_judged(names, places, trial), key=lambda one: one[0])
    if len(judged) < 2:
        return {}
    (least, best), (next_best, _) = judged[:2]
    return best if next_best >= max(_LEAST, _TIMES_BETTER * least) else {}


def _judged(
    names: Sequence[str], places: Sequence[str], trial: Trial
) -> Iterator[tuple[int, dict[str, str]]]:
    """Every way to put the columns at the places, and what speaks against it."""
    for chosen in permutations(places, len(names)):
        way = dict(zip(names, chosen, strict=True))
        try:
            yield _misfits(trial(way), frozenset(places)), way
        except ImportRejected:  # another column stands at one of the places already
            continue


def _misfits(checked: Iterable[Checked], places: frozenset[str]) -> int:
    """How many answers at the places do not go together with the rest of their record."""
    return sum(
        _NUMBER.sub("", path) in places
        for one in islice(checked, _RECORDS)
        for path in (*one.not_relevant, *(fault.path for fault in one.faults))
    )
