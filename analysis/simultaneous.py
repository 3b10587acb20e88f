"""Many areas judged at once: intervals that hold together, and what one by one would have said.

Judged each by its own 95% interval, 30 districts that all lie exactly at a target give 0.75 false
"met" on average. Bonferroni's intervals hold together whatever the dependence between areas, and
unlike the steps of Holm they can be printed beside the verdicts that they give.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import log

from analysis.errors import AnalysisError
from analysis.intervals import beta_interval, logit_interval
from analysis.result import Areas, AreaVerdict, Estimate
from analysis.verdict import judge
from instruments.errors import Problem
from instruments.language import say


def judge_areas(
    estimates: Sequence[Estimate], *, variable: str, threshold: float, planned: int, due: bool
) -> Areas:
    """Judge every area by an interval at confidence 1 - α/m (Bonferroni), m being `planned`.

    Raises:
        AnalysisError: More areas have an estimate than were planned.
    """
    if len(estimates) > planned:
        raise AnalysisError(_unplanned(variable, len(estimates), planned))
    rows = []
    confidence = estimates[0].confidence if estimates else 0.95
    for own in estimates:
        joint = at_confidence(own, 1 - (1 - own.confidence) / planned)
        rows.append(AreaVerdict(estimate=joint, verdict=judge(joint, threshold=threshold, due=due),
                                alone=judge(own, threshold=threshold, due=due)))  # fmt: skip
    return Areas(variable=variable, threshold=threshold, planned=planned, confidence=confidence,
                 rows=tuple(rows))  # fmt: skip


def at_confidence(estimate: Estimate, confidence: float) -> Estimate:
    """The share with its interval at another confidence, of the same family as before.

    Inside (0, 1) that is the logit interval; at 0 and 1 the exact one of the same effective size,
    which is read off the limit that it has.
    """
    p, (low, high) = estimate.estimate, estimate.ci
    if p is None or low is None or high is None:
        return estimate
    if 0 < p < 1 and estimate.se and estimate.df:
        limits = logit_interval(p, estimate.se, estimate.df, confidence)
    else:
        tail = (1 - estimate.confidence) / 2
        size = log(tail) / log(low if p == 1 else 1 - high)
        limits = beta_interval(p, size, confidence)
    return replace(estimate, ci=(float(limits[0]), float(limits[1])), confidence=confidence)


def _unplanned(variable: str, found: int, planned: int) -> Problem:
    return Problem(
        where=variable,
        what=say("{found} areas have an estimate, but the plan of analysis names {planned}.",
                 found=found, planned=planned),
        hint=say("Joint intervals hold for the number fixed beforehand; state the new one and say "
                 "when it was fixed."),
    )  # fmt: skip
