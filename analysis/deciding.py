"""How many interviews would decide what this survey has left open."""

from math import ceil

from analysis.errors import AnalysisError
from analysis.result import Estimate, Verdict
from analysis.sample_assumptions import Assumptions
from analysis.sample_size import size_for_target

POWER = 0.8
NEAREST = 0.005
"""A share closer than this to its target cannot be told from it by any survey that is paid for."""


def interviews_to_decide(
    estimate: Estimate, *, threshold: float, verdict: Verdict, power: float = POWER
) -> int | None:
    """Interviews in the same domain that decide the target with probability `power`.

    The truth is taken to be where the estimate is, the design effect and the interviews per degree
    of freedom to be those of this survey. None where the verdict is not open, where the estimate
    lies within half a point of the target, or where no number of interviews is enough. What a
    panel's cut adds stays whatever the number is.
    """
    point = estimate.estimate
    if verdict.word != "inconclusive" or point is None or not 0 < point < 1:
        return None
    if abs(point - threshold) < NEAREST or not 0 < threshold < 1:
        return None
    try:
        asked = size_for_target(
            threshold, truth=point, power=power, level=estimate.confidence, given=_design(estimate)
        ).interviews
    except AnalysisError:
        return None
    return _beyond_panel(estimate, asked)


def _beyond_panel(estimate: Estimate, asked: int) -> int | None:
    """The interviews that leave room for the panel's variance under the one that decides."""
    panel = 0.0 if estimate.budget is None else estimate.budget.cut or 0.0
    point = estimate.estimate or 0.0
    needed = (estimate.deff or 1.0) * point * (1 - point) / asked
    return ceil(asked * needed / (needed - panel)) if needed > panel else None


def _design(estimate: Estimate) -> Assumptions:
    """The survey's own design effect; its PSUs as far as the degrees of freedom tell them."""
    deff = estimate.deff or 1.0
    if not estimate.df or estimate.df >= estimate.n:
        return Assumptions(deff=deff)
    return Assumptions(deff=deff, take=max(1, round(estimate.n / (estimate.df + 1))))
