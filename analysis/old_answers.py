"""Who still gives the answer of an amended law, by item: an indicator of its own, no drift.

From the day on which an item's key changed, the answer that only the former key called right is
knowledge out of date. The share is of those who answered since then.
"""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from analysis.errors import AnalysisError
from analysis.items.old_law import former_share
from analysis.measured import Measured
from analysis.result import Estimate
from analysis.scoring import scored_items


def old_answers(made: Measured) -> Iterator[Estimate]:
    """For each item whose law was amended, the share that answers by the old one; `of` is its path."""
    people = made.people
    for one in scored_items(made.instruments[-1]):
        if len(one.item.key) < 2 or one.path not in people.frame:
            continue
        try:
            found = former_share(people.sample, one.item, days=made.drawn.days,
                                 answers=_answered(made, one.path))  # fmt: skip
        except AnalysisError:
            continue
        yield from (replace(each, of=one.path, by={}, level=None) for each in found)


def _answered(made: Measured, path: str) -> "pd.Series[str]":
    answers = made.people.frame[path]
    return answers.where(answers != "")
