"""Who still gives the answer of the old law: an indicator of its own, never drift of an item.

An amended law gives an item a new key from a day on. From that day the answer that only the former
key called right is neither knowledge nor plain ignorance: it is knowledge that is out of date.
"""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis import estimate
from analysis.columns import Floats
from analysis.design import Sample
from analysis.errors import AnalysisError
from analysis.estimate import Mask, Names
from analysis.estimates import Estimates
from instruments.errors import Problem
from instruments.item import Item, Key
from instruments.language import say

_COLUMN = "@former"


def former_options(item: Item, day: date) -> frozenset[str]:
    """Options that the key before the one of `day` called right, and that of `day` does not.

    Empty where the law has not been amended by then.
    """
    keys = sorted(item.key, key=lambda key: key.valid_from or date.min)
    for before, now in pairwise(keys):
        if now.holds_on(day):
            return _right(before) - _right(now)
    return frozenset()


def former_answers(item: Item, answers: pd.Series, days: pd.Series) -> Floats:
    """1 of who gives a former right answer, 0 of who does not, by row.

    NaN without an answer, and on days before any amendment. An answer of several options counts
    when one of them is a former one.
    """
    found = np.full(len(answers), np.nan)
    for day in days.dropna().unique():
        former = former_options(item, pd.Timestamp(day).date())
        if not former:
            continue
        rows = (days == day).to_numpy() & answers.notna().to_numpy()
        found[rows] = [bool(former & set(str(one).split())) for one in answers[rows]]
    return found


def former_share(
    sample: Sample, item: Item, *, answers: pd.Series, days: pd.Series, by: Names = (),
    where: Mask | None = None,
) -> Estimates:  # fmt: skip
    """The share of people who still give the answer of the old law, by the sample's design.

    Raises:
        AnalysisError: Nobody answered after an amendment of the item's law.
    """
    marks = former_answers(item, answers, days)
    if np.isnan(marks).all():
        raise AnalysisError(_never_amended(item))
    marked = replace(sample, data=sample.data.assign(**{_COLUMN: marks}))
    return estimate.share(marked, of=item.id, column=_COLUMN, by=by, where=where)


def _right(key: Key) -> frozenset[str]:
    return frozenset(str(code) for code, credit in key.credit.items() if credit > 0)


def _never_amended(item: Item) -> Problem:
    return Problem(
        where=item.id,
        what=say("nobody answered '{item}' after its law was amended.", item=item.id),
        hint=say("Give the item a key for each time: the old one ends the day before the new one begins."),
    )  # fmt: skip
