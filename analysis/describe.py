"""What is reported beside the targets: groups, items, reach of activities, and the curve of cuts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.labels import item_at
from analysis.people import People
from analysis.result import CurvePoint, Estimate
from analysis.shares import passes, share, shares_by
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


def measures(indicators: Sequence[Indicator], people: People) -> dict[str, "pd.Series[float]"]:
    """What is reported of a person: each indicator, and each cut alone where several join.

    Self-reported disposition pushes a joint rate up or down, so knowledge stands by itself too.
    """
    found: dict[str, pd.Series[float]] = {}
    for one in indicators:
        cuts = {cut.dimension: cut.at_least for cut in one.cuts}
        found[one.id] = passes(people.scores, cuts, joint=one.joint)
        for name, cut in cuts.items() if len(cuts) > 1 else ():
            found.setdefault(name, passes(people.scores, {name: cut}))
    return found


def group_estimates(
    people: People, values: Mapping[str, "pd.Series[float]"], levels: Mapping[str, Sequence[str]]
) -> Iterator[Estimate]:
    """Every measure for everybody, then for each level of the variables in `levels`."""
    for of, value in values.items():
        yield share(people.sample, value, of=of)
    for variable, order in levels.items():
        own = people.groups[variable]
        for of, value in values.items():
            yield from shares_by(
                people.sample, value, of=of, variable=variable, levels=own, order=order
            )


def item_estimates(people: People, credit: pd.DataFrame) -> Iterator[Estimate]:
    """Share of full credit on each item; an average where credit can be partial."""
    for path in credit:
        yield share(people.sample, credit[path], of=str(path))


def exposure_estimates(
    people: People, instruments: Sequence[Instrument], headline: Mapping[str, "pd.Series[float]"]
) -> Iterator[Estimate]:
    """Share whom each activity reached, and what share of those has the headline.

    The first has the activity as `level`, the second as a group in `by`. A difference between
    groups is an association.
    """
    path = people.settings.exposure
    placed = item_at(instruments, path)
    if path is None or placed is None or path not in people.frame:
        return
    chosen = [set(str(answer).split()) for answer in people.frame[path].fillna("")]
    missing = _missing_codes(instruments[-1], placed)
    known = np.array([bool(one - missing) for one in chosen])
    for option in instruments[-1].options_of(placed.item):
        if option.code in missing:
            continue
        reached = pd.Series([float(option.code in one) for one in chosen])
        found = share(people.sample, reached.where(known), of=path)
        yield replace(found, level=option.code)
        for of, value in headline.items():
            inside = (reached == 1).to_numpy() & known
            yield share(people.sample, value, of=of, by={path: option.code}, where=inside)


def curve(people: People, indicator: Indicator) -> Iterator[CurvePoint]:
    """The indicator's share with one dimension's cut elsewhere and the others as declared."""
    declared = {cut.dimension: cut.at_least for cut in indicator.cuts}
    for cut in indicator.cuts:
        for at in sorted({*CURVE, cut.at_least, *cut.alternatives}):
            values = passes(people.scores, declared | {cut.dimension: at}, joint=indicator.joint)
            found = share(people.sample, values, of=indicator.id)
            yield CurvePoint(dimension=cut.dimension, cut=at, estimate=found)


def _missing_codes(instrument: Instrument, placed: Placed) -> set[str]:
    return {one.code for one in instrument.options_of(placed.item) if one.missing}
