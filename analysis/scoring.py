"""Observed scores: what each answer is worth on the day it was given, and the sum by dimension.

The rules are few and declared. Don't know is wrong and earns nothing, unless the dimension says that
it is missing. A refusal, or an item that was not shown, is missing and leaves the person's sum and
its maximum. An item whose key or law was not in force on the day of the interview is left out of
that person's score and counted. A person with too few answers has no score on that dimension, and
is counted as well.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.administered import administered
from instruments.model import Instrument, Item, Key, LawReference, Placed

LEAST_ANSWERED = 0.5
"""Least share of a dimension's items that a person must have answered to be scored, of those that the
booklet gave and that were in force."""

_Floats = NDArray[np.float64]
_Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scores:
    """What persons earned: `dimensions` as shares of the highest possible, `credit` by item.

    Both are tables of persons by name of dimension or form path, 0 to 1, NaN where missing.
    `left_out` counts, by form path, the interviews on whose day no key or law was in force.
    `unscored` counts, by dimension, the persons with too few answers.
    """

    dimensions: pd.DataFrame
    credit: pd.DataFrame
    left_out: Mapping[str, int]
    unscored: Mapping[str, int]


def score(
    instrument: Instrument,
    frame: pd.DataFrame,
    *,
    days: "pd.Series[pd.Timestamp]",
    least_answered: float = LEAST_ANSWERED,
) -> Scores:
    """Score the answers in `frame`, one column a form path, by the keys that held on `days`.

    A dimension's score is the credit earned over the credit that could be earned on the items
    that the person answered.
    """
    items = tuple(scored_items(instrument))
    valued = [_ItemScore.of(instrument, one, frame, days) for one in items]
    dimensions, unscored = _by_dimension(items, valued, least_answered, rows=len(frame))
    paths = [one.path for one in items]
    columns = dict(zip(paths, (one.share for one in valued), strict=True))
    return Scores(
        dimensions=pd.DataFrame(dimensions, index=frame.index),
        credit=pd.DataFrame(columns, index=frame.index),
        left_out={
            path: lost for path, one in zip(paths, valued, strict=True) if (lost := one.left_out)
        },
        unscored=unscored,
    )


def score_versions(
    instruments: Sequence[Instrument],
    frame: pd.DataFrame,
    *,
    versions: "pd.Series[str]",
    days: "pd.Series[pd.Timestamp]",
    least_answered: float = LEAST_ANSWERED,
) -> Scores:
    """Score each answer by the version of the instrument that it was given to.

    An answer to a version that is not among `instruments` is scored by the newest.
    """
    known = versions.where(versions.isin([one.version for one in instruments]))
    used = known.fillna(instruments[-1].version)
    parts = [
        score(one, frame[used == one.version], days=days[used == one.version],
              least_answered=least_answered)
        for one in instruments
        if (used == one.version).any()
    ]  # fmt: skip
    return Scores(
        dimensions=pd.concat([one.dimensions for one in parts]).reindex(frame.index),
        credit=pd.concat([one.credit for one in parts]).reindex(frame.index),
        left_out=_sums(one.left_out for one in parts),
        unscored=_sums(one.unscored for one in parts),
    )


class Points(NamedTuple):
    """What one person earned, and could have earned, on the items that count."""

    earned: float
    possible: float


def points(instrument: Instrument, answers: Mapping[str, str], *, day: date) -> dict[str, Points]:
    """The points of one person by dimension, from answers by form path given on a day.

    As in `score`: only answered items whose key and law were in force count.
    """
    frame = pd.DataFrame([dict(answers)])
    days = pd.Series([pd.Timestamp(day)])
    found: dict[str, Points] = {}
    for placed in scored_items(instrument):
        if placed.item.dimension is not None:
            before = found.setdefault(placed.item.dimension, Points(0.0, 0.0))
            one = _ItemScore.of(instrument, placed, frame, days)
            if one.answered[0]:
                found[placed.item.dimension] = Points(
                    before.earned + float(one.earned[0]), before.possible + float(one.possible[0])
                )
    return found


def scored_items(instrument: Instrument) -> Iterator[Placed]:
    """The items with a key that are asked once of a person."""
    return (one for one in instrument.placed() if one.item.key and one.repeat is None)


def highest_credit(item: Item) -> float:
    """The most that an item can earn under any of its keys."""
    return max((_most(item, key) for key in item.key), default=0.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _ItemScore:
    earned: _Floats
    possible: _Floats
    in_force: _Bools
    given: _Bools
    """Whether the design asked the item of the person."""

    @property
    def share(self) -> _Floats:
        nothing = np.full(len(self.earned), np.nan)
        np.divide(self.earned, self.possible, out=nothing, where=self.possible > 0)
        return nothing

    @property
    def answered(self) -> _Bools:
        return self.in_force & ~np.isnan(self.earned)

    @property
    def left_out(self) -> int:
        return int((~self.in_force).sum())

    @classmethod
    def of(
        cls,
        instrument: Instrument,
        placed: Placed,
        frame: pd.DataFrame,
        days: "pd.Series[pd.Timestamp]",
    ) -> "_ItemScore":
        answers = _answers(frame, placed.path)
        options = instrument.options_of(placed.item)
        uncounted = frozenset(
            one.code for one in options if not instrument.counts(placed.item, one)
        )
        earned, possible = np.full(len(answers), np.nan), np.full(len(answers), np.nan)
        open_ = _law_in_force(placed.item, days)
        for key in placed.item.key:
            held = open_ & _between(days, key)
            worth = _worth(answers[held], placed.item, key, uncounted)
            earned[held], possible[held] = worth.to_numpy(), _most(placed.item, key)
            open_ &= ~held
        return cls(earned=earned, possible=possible, in_force=~np.isnan(possible),
                   given=administered(instrument, placed, frame))  # fmt: skip


def _answers(frame: pd.DataFrame, path: str) -> "pd.Series[str]":
    if path not in frame:
        return pd.Series(index=frame.index, dtype=object)
    return frame[path].where(frame[path].notna() & frame[path].ne(""), None)


def _law_in_force(item: Item, days: "pd.Series[pd.Timestamp]") -> _Bools:
    if not item.law:
        return np.ones(len(days), dtype=bool)
    held: _Bools = np.logical_or.reduce([_between(days, law) for law in item.law])
    return held


def _between(days: "pd.Series[pd.Timestamp]", span: Key | LawReference) -> _Bools:
    held = np.ones(len(days), dtype=bool)
    if span.valid_from is not None:
        held &= (days >= pd.Timestamp(span.valid_from)).to_numpy()
    if span.valid_to is not None:
        held &= (days <= pd.Timestamp(span.valid_to)).to_numpy()
    return held


def _worth(
    answers: "pd.Series[str]", item: Item, key: Key, uncounted: frozenset[str]
) -> "pd.Series[float]":
    """Credit of each distinct answer, carried to all who gave it."""
    worth = {
        answer: _credit(
            str(answer).split() if item.type == "multiple" else [answer], key, uncounted
        )
        for answer in answers.dropna().unique()
    }
    return answers.map(worth).astype(float)


def _credit(codes: list[str], key: Key, uncounted: frozenset[str]) -> float:
    """Credit of the codes chosen; a wrong choice of several takes away what a right one gives."""
    if uncounted.intersection(codes):
        return np.nan
    right = [worth for worth in key.credit.values() if worth > 0]
    earned = sum(key.credit.get(code, 0.0) for code in codes)
    wrong = sum(not key.credit.get(code) for code in codes)
    fine = wrong * sum(right) / len(right) if right else 0.0
    return max(0.0, earned - fine)


def _most(item: Item, key: Key) -> float:
    """The highest credit: of all right options together where several can be chosen."""
    worths = key.credit.values()
    return sum(worths) if item.type == "multiple" else max(worths, default=0.0)


def _by_dimension(
    items: tuple[Placed, ...], valued: list[_ItemScore], least_answered: float, *, rows: int
) -> tuple[dict[str, _Floats], dict[str, int]]:
    scores: dict[str, _Floats] = {}
    unscored: dict[str, int] = {}
    for name in dict.fromkeys(one.item.dimension for one in items if one.item.dimension):
        own = [
            value for one, value in zip(items, valued, strict=True) if one.item.dimension == name
        ]
        scores[name] = _share_of_maximum(own, least_answered, rows=rows)
        unscored[name] = int(np.isnan(scores[name]).sum())
    return scores, unscored


def _share_of_maximum(own: list[_ItemScore], least_answered: float, *, rows: int) -> _Floats:
    earned, possible, answered, asked = (np.zeros(rows) for _ in range(4))
    for one in own:
        earned += np.where(one.answered, one.earned, 0)
        possible += np.where(one.answered, one.possible, 0)
        answered += one.answered
        asked += one.in_force & (one.given | one.answered)
    enough = (answered > 0) & (answered >= least_answered * asked)
    shares = np.full(rows, np.nan)
    np.divide(earned, possible, out=shares, where=enough & (possible > 0))
    return shares


def _sums(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return dict(total)
