"""Differences: each group from what is asked of everybody and from all others, each topic likewise.

Groups: the share among its people less the share among all others of the base, known or not to be of
another group, so that nothing is told that a reader could not subtract. Where shares rest on traits
the difference does too, and its error knows that both rest on the same items and cut; else it is the
difference of two domains of one sample (Särndal et al. 1992, 5.8; R `svycontrast`). Topics: each
person's credit on the topic less that on the other topics, averaged over people. Intervals hold
together over all groups, and over all topics (Bonferroni).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from analysis import estimate
from analysis.intervals import t_interval
from analysis.people import People
from analysis.result import Estimate, Gap, TargetResult
from analysis.rules import Rule
from analysis.shares import Mask

_VALUE = "value"


def group_gaps(
    people: People, headline: Mapping[str, Rule], estimates: Sequence[Estimate],
    targets: Sequence[TargetResult],
) -> Iterator[Gap]:  # fmt: skip
    """Every group of the headline that was estimated, against its target and against the others."""
    for of, rule in headline.items():
        groups = [one for one in estimates if one.of == of and len(one.by) == 1]
        inside = [_members(people, one.by) for one in groups]
        found = rule.differences(people, of=of, inside=inside)
        asked = next((one for one in reversed(targets) if _is_of(one, of)), None)
        together = 1 - 0.05 / max(len(groups), 1)
        for own, difference in zip(groups, found, strict=True):
            named = None if difference is None else replace(difference, by=own.by)
            yield _against(own, asked, named and held_at(named, together))


def topic_gaps(
    people: People, values: Mapping[str, "pd.Series[float]"], topics: Sequence[Estimate]
) -> Iterator[Gap]:
    """Every topic against the average of the others, person by person."""
    table = pd.DataFrame(dict(values))
    together = 1 - 0.05 / max(len(topics), 1)
    for own in topics if len(topics) > 1 else ():
        others = table.drop(columns=own.of).mean(axis="columns")
        data = pd.DataFrame({_VALUE: (table[own.of] - others).to_numpy(dtype=float)})
        (found,) = estimate.mean(replace(people.sample, data=data, factors={}), of=_VALUE)
        yield Gap(share=own, to_others=held_at(replace(found, of=own.of), together))


def held_at(difference: Estimate, confidence: float) -> Estimate:
    """The difference with the interval estimate ± t·se at a confidence; without one where it has no error."""
    point, se, df = difference.estimate, difference.se, difference.df
    if point is None or not se or not df:
        return replace(difference, ci=(None, None), confidence=confidence)
    low, high = t_interval(point, se, df, confidence)
    return replace(difference, ci=(float(low), float(high)), confidence=confidence)


def _members(people: People, by: Mapping[str, str]) -> Mask:
    ((variable, level),) = by.items()
    inside: Mask = (people.groups[variable] == level).to_numpy(dtype=bool)
    return inside


def _is_of(result: TargetResult, of: str) -> bool:
    own = result.estimate
    return own is not None and own.of == of and not own.by and result.threshold is not None


def _against(own: Estimate, asked: TargetResult | None, to_others: Estimate | None) -> Gap:
    level = None if asked is None else asked.threshold
    if asked is None or level is None:
        return Gap(share=own, to_others=to_others)
    return Gap(share=own, threshold=level, target=asked.target, to_target=_less(own, level),
               to_others=to_others)  # fmt: skip


def _less(own: Estimate, level: float) -> Estimate:
    """An estimate less a constant: the same error, the same degrees of freedom."""
    low, high = own.ci
    return Estimate(
        of=own.of, by=own.by, estimate=None if own.estimate is None else own.estimate - level,
        se=own.se, ci=(None if low is None else low - level, None if high is None else high - level),
        confidence=own.confidence, df=own.df, n=own.n, flags=own.flags,
    )  # fmt: skip
