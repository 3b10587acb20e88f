"""How the answers to questions of opinion and conduct are distributed, among those who gave one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answered:
    """What people answered to an item of opinion or conduct; missing where no answer counts.

    `credit` says what each code is worth, `favourable` is 1 where the answer is worth more than half,
    `unanswered` is 1 for people who were asked and gave no such answer, missing for all others.
    """

    item: str
    credit: Mapping[str, float]
    answers: "pd.Series[str]"
    favourable: "pd.Series[float]"
    unanswered: "pd.Series[float]"


def answer_shares(people: People, instruments: Sequence[Instrument]) -> Iterator[AnswerShares]:
    """The shares of the answers to every item that anybody answered."""
    for one in answered(people, instruments):
        yield AnswerShares(
            item=one.item, credit=one.credit, shares=_of_each(people, one),
            favourable=share(people.sample, one.favourable, of=one.item),
            unanswered=share(people.sample, one.unanswered, of=one.item),
        )  # fmt: skip


def answered(people: People, instruments: Sequence[Instrument]) -> Iterator[Answered]:
    """Every single-choice item of a dimension in which not to know is no wrong answer."""
    newest = instruments[-1]
    asked = {one.id for one in newest.dimensions if one.dont_know == "missing"}
    for placed in scored_items(newest):
        own = placed.item
        if own.type == "single" and own.dimension in asked and placed.path in people.frame:
            found = _answered(people, newest, placed)
            if found.answers.notna().any():
                yield found


def _answered(people: People, instrument: Instrument, placed: Placed) -> Answered:
    item, path = placed.item, placed.path
    credit = item.key[-1].credit
    worth = {one.code: credit.get(one.code, 0.0) for one in instrument.options_of(item)
             if instrument.counts(item, one)}  # fmt: skip
    answers = people.frame[path].where(people.frame[path].isin(list(worth)), None)
    favourable = answers.map({code: float(one > HALF) for code, one in worth.items()}).astype(float)
    given = administered(instrument, placed, people.frame) & people.sample.kept
    return Answered(item=path, credit=worth, answers=answers, favourable=favourable,
                    unanswered=pd.Series(np.where(given, answers.isna(), np.nan)))  # fmt: skip


def _of_each(people: People, one: Answered) -> tuple[Estimate, ...]:
    data = pd.DataFrame({_ANSWER: one.answers.to_numpy(dtype=object)})
    sample = replace(people.sample, data=data, factors={_ANSWER: tuple(one.credit)})
    found = estimate.proportion(sample, of=_ANSWER)
    return tuple(replace(share_of, of=one.item, level=share_of.level) for share_of in found)
