"""What is reported beside the targets: groups, items, topics, reach, and the curve of cuts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.labels import item_at
from analysis.people import People
from analysis.result import CurvePoint, Estimate
from analysis.rules import Rule
from analysis.scoring import scored_items
from analysis.shares import share
from instruments.model import Instrument, Placed
from instruments.plan import Indicator, Plan

CURVE = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def headline_indicators(plan: Plan, people: People) -> tuple[Indicator, ...]:
    """Indicators of the plan's survey targets that the instrument measures."""
    wanted = dict.fromkeys(one.indicator for one in plan.targets if one.measure == "survey")
    return tuple(
        one
        for one in plan.indicators
        if one.id in wanted and all(cut.dimension in people.scores for cut in one.cuts)
    )


def rules(indicators: Sequence[Indicator]) -> dict[str, Rule]:
    """What is reported of a person: each indicator, and each cut alone where several join.

    Self-reported disposition pushes a joint rate up or down, so knowledge stands by itself too.
    """
    found: dict[str, Rule] = {}
    for one in indicators:
        cuts = {cut.dimension: cut.at_least for cut in one.cuts}
        found[one.id] = Rule(cuts=cuts, joint=one.joint)
        for name, cut in cuts.items() if len(cuts) > 1 else ():
            found.setdefault(name, Rule(cuts={name: cut}))
    return found


def group_estimates(
    people: People, measured: Mapping[str, Rule], levels: Mapping[str, Sequence[str]]
) -> Iterator[Estimate]:
    """Every measure for everybody, then for each level of the variables in `levels`."""
    for of, rule in measured.items():
        yield rule.share(people, of=of)
    for variable, order in levels.items():
        for of, rule in measured.items():
            yield from rule.shares_by(people, of=of, variable=variable, order=order)


def item_estimates(people: People, credit: pd.DataFrame) -> Iterator[Estimate]:
    """Share of full credit on each item; an average where credit can be partial."""
    for path in credit:
        yield share(people.sample, credit[path], of=str(path))


def topics(credit: pd.DataFrame, instrument: Instrument) -> "dict[str, pd.Series[float]]":
    """By topic of what is to be known: each person's average credit on the items answered of it."""
    known = {one.id for one in instrument.dimensions if one.dont_know == "wrong"}
    paths: dict[str, list[str]] = {}
    for one in scored_items(instrument):
        if one.item.topic and one.item.dimension in known and one.path in credit:
            paths.setdefault(one.item.topic, []).append(one.path)
    return {topic: credit[own].mean(axis="columns") for topic, own in paths.items()}


def topic_estimates(people: People, values: Mapping[str, "pd.Series[float]"]) -> Iterator[Estimate]:
    """Average credit on each topic."""
    for topic, value in values.items():
        yield share(people.sample, value, of=topic)


def exposure_estimates(
    people: People, instruments: Sequence[Instrument], headline: Mapping[str, Rule]
) -> Iterator[Estimate]:
    """Share whom each activity reached, and what share of those has the headline.

    The first has the activity as `level`, the second as a group in `by`. A difference between
    groups is an association.
    """
    path = people.settings.exposure or ""
    for code, reached in reach(people, instruments).items():
        yield replace(share(people.sample, reached, of=path), level=code)
        for of, rule in headline.items():
            inside = (reached == 1).to_numpy()
            yield rule.share(people, of=of, by={path: code}, where=inside)


def reach(people: People, instruments: Sequence[Instrument]) -> dict[str, "pd.Series[float]"]:
    """By activity: 1 for each person whom it reached, 0 for others, NaN without an answer."""
    path = people.settings.exposure
    placed = item_at(instruments, path)
    if path is None or placed is None or path not in people.frame:
        return {}
    chosen = [set(str(answer).split()) for answer in people.frame[path].fillna("")]
    missing = _missing_codes(instruments[-1], placed)
    known = np.array([bool(one - missing) for one in chosen])
    return {
        option.code: pd.Series([float(option.code in one) for one in chosen]).where(known)
        for option in instruments[-1].options_of(placed.item)
        if option.code not in missing
    }


def curve(people: People, indicator: Indicator) -> Iterator[CurvePoint]:
    """The indicator's share with one dimension's cut elsewhere and the others as declared."""
    for cut in indicator.cuts:
        for at in sorted({*CURVE, cut.at_least, *cut.alternatives}):
            rule = moved(indicator, dimension=cut.dimension, cut=at)
            found = rule.share(people, of=indicator.id)
            yield CurvePoint(dimension=cut.dimension, cut=at, estimate=found)


def moved(indicator: Indicator, *, dimension: str, cut: float) -> Rule:
    """The indicator with one dimension's cut elsewhere."""
    declared = {one.dimension: one.at_least for one in indicator.cuts}
    return Rule(cuts=declared | {dimension: cut}, joint=indicator.joint)


def _missing_codes(instrument: Instrument, placed: Placed) -> set[str]:
    return {one.code for one in instrument.options_of(placed.item) if one.missing}
