"""Interviews that fell into the transition of a law that a question asks about.

While a law is news an answer may be by the law before it or the law to come, so that neither right
nor wrong tells what people know. Answers stay scored by the key of their day; they are counted here,
and the question is flagged wherever it is shown.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analysis.estimate_result import Estimate
from analysis.law_result import TransitionReport
from analysis.measured import Measured
from analysis.scoring import scored_items
from analysis.shares import share
from analysis.trait_result import LatentReport
from instruments.item import Item
from instruments.transition import Transition, transitions

IN_TRANSITION = "law_in_transition"
"""Flag of a question some of whose answers were given while its law changed."""


def law_transitions(made: Measured) -> Iterator[TransitionReport]:
    """By question and change of its law, where any interview fell between."""
    for one in scored_items(made.instruments[-1]):
        if one.path in made.people.frame:
            answers = made.people.frame[one.path]
            known = answers.notna() & answers.ne("") & made.drawn.days.notna()
            given = known.to_numpy(dtype=bool) & made.people.sample.kept
            for change in transitions(one.item):
                yield from _report(made, one.path, one.item, change, given)


def flagged(items: Sequence[Estimate], found: Collection[TransitionReport]) -> tuple[Estimate, ...]:
    """The questions, those with answers of a transition flagged."""
    own = {one.item for one in found}
    return tuple(replace(one, flags=(*one.flags, IN_TRANSITION)) if one.of in own else one
                 for one in items)  # fmt: skip


def on_scales(
    report: LatentReport | None, found: Collection[TransitionReport]
) -> LatentReport | None:
    """What the shares rest on, those questions marked on their scale, so that a later wave knows."""
    own = {one.item for one in found}
    if report is None or not own:
        return report
    return replace(report, traits=tuple(
        replace(trait, scale=tuple(replace(one, in_transition=one.item in own) for one in trait.scale))
        for trait in report.traits
    ))  # fmt: skip


def _report(
    made: Measured, path: str, item: Item, change: Transition, given: np.ndarray
) -> Iterator[TransitionReport]:
    days = made.drawn.days
    inside = days.between(pd.Timestamp(change.opens), pd.Timestamp(change.closes))
    within = inside.to_numpy(dtype=bool) & given
    if not within.any():
        return
    earlier = (days < pd.Timestamp(change.changes)).to_numpy(dtype=bool)
    values = pd.Series(np.where(given, within.astype(float), np.nan))
    eve = change.changes - timedelta(days=1)
    yield TransitionReport(
        item=path, law="" if change.law is None else change.law.number,
        article="" if change.law is None else change.law.article, changes=change.changes,
        opens=change.opens, closes=change.closes,
        before=int((within & earlier).sum()), after=int((within & ~earlier).sum()),
        has_former_key=_is_scored(item, eve),
        share=share(made.people.sample, values, of=path),
    )  # fmt: skip


def _is_scored(item: Item, day: date) -> bool:
    """Whether a key and a law of the item were in force on a day."""
    laws = [law.valid_from <= day <= (law.valid_to or day) for law in item.law]
    return (any(laws) or not laws) and any(key.holds_on(day) for key in item.key)
