"""How the answers to questions of opinion and conduct are distributed, among those who gave one."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis import estimate
from analysis.administered import administered
from analysis.people import People
from analysis.result import AnswerShares, Estimate
from analysis.scoring import scored_items
from analysis.shares import share
from instruments.model import Instrument, Placed

HALF = 0.5
"""Credit above which an answer is favourable, and below which it is not."""
_ANSWER = "answer"


def answer_shares(people: People, instruments: Sequence[Instrument]) -> Iterator[AnswerShares]:
    """Every single-choice item of a dimension in which not to know is no wrong answer."""
    newest = instruments[-1]
    asked = {one.id for one in newest.dimensions if one.dont_know == "missing"}
    for placed in scored_items(newest):
        own = placed.item
        if own.type == "single" and own.dimension in asked and placed.path in people.frame:
            found = _shares(people, newest, placed)
            if found is not None:
                yield found


def _shares(people: People, instrument: Instrument, placed: Placed) -> AnswerShares | None:
    """The shares of an item's answers; None where nobody gave one."""
    item, path = placed.item, placed.path
    credit = item.key[-1].credit
    worth = {one.code: credit.get(one.code, 0.0) for one in instrument.options_of(item)
             if instrument.counts(item, one)}  # fmt: skip
    answers = people.frame[path].where(people.frame[path].isin(list(worth)), None)
    if not answers.notna().any():
        return None
    favourable = answers.map({code: float(one > HALF) for code, one in worth.items()}).astype(float)
    return AnswerShares(
        item=path, credit=worth, shares=_of_each(people, path, answers, tuple(worth)),
        favourable=share(people.sample, favourable, of=path),
        unanswered=_unanswered(people, instrument, placed, answers),
    )  # fmt: skip


def _of_each(
    people: People, path: str, answers: "pd.Series[str]", codes: tuple[str, ...]
) -> tuple[Estimate, ...]:
    data = pd.DataFrame({_ANSWER: answers.to_numpy(dtype=object)})
    sample = replace(people.sample, data=data, factors={_ANSWER: codes})
    found = estimate.proportion(sample, of=_ANSWER)
    return tuple(replace(one, of=path, level=one.level) for one in found)


def _unanswered(
    people: People, instrument: Instrument, placed: Placed, answers: "pd.Series[str]"
) -> Estimate:
    """Of the people whom the form asked: those without an answer that counts."""
    given = administered(instrument, placed, people.frame) & people.sample.kept
    missing = pd.Series(np.where(given, answers.isna(), np.nan))
    return share(people.sample, missing, of=placed.path)
