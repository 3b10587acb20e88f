"""How many interviews: for an interval of a given width, and for deciding a target.

A size is asked for before anything is drawn, so it rests on `Assumptions` about the fieldwork. The
intervals are those that will be printed (`analysis.intervals`), on the degrees of freedom that the
planned PSUs will give.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, inf, isinf, sqrt
from typing import Literal

import numpy as np
from scipy import special, stats

from analysis import intervals
from analysis.columns import Floats
from analysis.errors import AnalysisError, refuse
from analysis.sample_assumptions import (
    Assumptions,
    fraction_problems,
    same_as_target,
    too_many,
)

Interval = Literal["mean", "logit"]
_MOST = 100_000_000
_NODES = 48
"""Values of the estimated variance over which a power is averaged."""
_TAIL = 1e-10


SIMPLE = Assumptions()
"""A simple random sample of a large population in which everybody answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A sample that reaches what was asked.

    `approached` is the number of persons to approach for so many `interviews`; `reached` is the
    half-width or the power that the sample gives.
    """

    interviews: int
    psus: int | None
    approached: int
    deff: float
    df: float
    n_eff: float
    reached: float


def size_for_interval(
    share: float, *, half_width: float, level: float = 0.95, interval: Interval = "mean",
    given: Assumptions = SIMPLE,
) -> Size:  # fmt: skip
    """The fewest interviews whose interval around `share` is at most `half_width` to each side.

    With ``mean`` and no PSUs this is n0/(1 + (n0 - 1)/N), n0 = deff z² p(1 - p)/d² (Cochran 1977,
    4.2 and 4.3); with ``logit`` half the length of the interval that is printed counts.

    >>> size_for_interval(0.9, half_width=0.02, given=Assumptions(deff=2)).interviews
    1729
    """
    refuse([*given.problems(),
            *fraction_problems(share=share, half_width=half_width, level=level)])  # fmt: skip
    size = _least(
        lambda n: _half_width(share, n, level, interval, given) <= half_width * (1 + 1e-12), given
    )
    return _sized(size, _half_width(share, size, level, interval, given), given)


def size_for_target(
    target: float, *, truth: float, power: float = 0.8, level: float = 0.95,
    given: Assumptions = SIMPLE,
) -> Size:  # fmt: skip
    """The fewest interviews that decide `target` with probability `power` if `truth` holds.

    See `power_to_decide`. Counts are whole, so the power goes up and down a little from size to
    size; from the size given it stays at or above what was asked.

    >>> clusters = Assumptions(take=20, icc=0.05, strata=30)
    >>> size_for_target(0.7, truth=0.75, power=0.9, given=clusters).psus
    86
    """
    refuse([*given.problems(),
            *fraction_problems(target=target, truth=truth, power=power, level=level),
            *([same_as_target(target)] if truth == target else [])])  # fmt: skip

    def decides(n: int) -> bool:
        return power_to_decide(target, truth=truth, interviews=n, level=level, given=given) >= power

    size = _settled(decides, _least(decides, given), given.take or 1)
    reached = power_to_decide(target, truth=truth, interviews=size, level=level, given=given)
    return _sized(size, reached, given)


def power_to_decide(
    target: float, *, truth: float, interviews: int, level: float = 0.95,
    given: Assumptions = SIMPLE,
) -> float:  # fmt: skip
    """Probability that the printed interval decides `target` on the side where `truth` lies.

    Met: the lower limit of the logit interval on t reaches the target; not met: its upper limit
    stays below. Hits are beta-binomial with the variance of the design (binomial where the design
    effect is 1); the estimated variance is taken as chi-square on the degrees of freedom.
    """
    df = given.degrees_of_freedom(interviews)
    if df < 1:
        return 0.0
    hits, chance = _hits(interviews, truth, given.dispersion(interviews))
    limits = _limits(hits, interviews, df, level, given)
    decided = limits[..., 0] >= target if truth >= target else limits[..., 1] < target
    return float(chance @ decided.mean(axis=1))


def _half_width(
    share: float, interviews: int, level: float, interval: Interval, given: Assumptions
) -> float:
    df = given.degrees_of_freedom(interviews)
    if df < 1:
        return inf
    se = sqrt(share * (1 - share) / interviews * given.dispersion(interviews))
    maker = intervals.t_interval if interval == "mean" else intervals.logit_interval
    low, high = maker(share, se, df, level)
    return float(high - low) / 2


def _hits(interviews: int, truth: float, dispersion: float) -> tuple[Floats, Floats]:
    """The numbers of hits that may come, and the chance of each."""
    spread = sqrt(interviews * truth * (1 - truth) * max(dispersion, 1.0))
    low = max(0, int(interviews * truth - 9 * spread))
    high = min(interviews, ceil(interviews * truth + 9 * spread))
    hits = np.arange(low, high + 1)
    if dispersion <= 1 + _TAIL or interviews == 1:
        return hits.astype(np.float64), stats.binom.pmf(hits, interviews, truth)
    correlation = min((dispersion - 1) / (interviews - 1), 1 - _TAIL)
    total = 1 / correlation - 1
    chance = stats.betabinom.pmf(hits, interviews, truth * total, (1 - truth) * total)
    return hits.astype(np.float64), chance


def _limits(hits: Floats, interviews: int, df: float, level: float, given: Assumptions) -> Floats:
    """Limits by number of hits and value of the estimated variance: (hits, nodes, 2)."""
    share = hits / interviews
    se = np.sqrt(share * (1 - share) / interviews * given.dispersion(interviews))
    limits = np.empty((len(hits), len(nodes := _variances(df)), 2))
    inside = (share > 0) & (share < 1)
    limits[inside] = intervals.logit_interval(
        share[inside, None], se[inside, None] * np.sqrt(nodes), df, level
    )
    n_eff = intervals.bound_size(
        interviews, interviews * given.weighting, n=interviews, df=df, level=level
    )
    limits[~inside] = intervals.beta_interval(share[~inside], n_eff, level)[:, None]
    return limits


def _variances(df: float) -> Floats:
    """Equally likely values of the estimated variance over the true one."""
    if isinf(df):
        return np.ones(1)
    middles = (np.arange(_NODES) + 0.5) / _NODES
    return np.asarray(2 * special.gammaincinv(df / 2, middles) / df)


def _least(holds: Callable[[int], bool], given: Assumptions) -> int:
    """The least number of interviews, in whole PSUs, for which `holds` turns true."""
    step = given.take or 1
    most = int(min(given.population, _MOST) // step)
    high = 2 * given.strata if given.take else 1
    low = high - 1
    while high <= most and not holds(high * step):
        low, high = high, max(high + 1, min(2 * high, most))
    if high > most:
        raise AnalysisError(too_many(most * step))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle * step) else (middle, high)
    return high * step


def _settled(holds: Callable[[int], bool], size: int, step: int) -> int:
    """The first size after the last one nearby that fails."""
    reach = min(60, max(3, size // step // 4))
    failing = [k for k in range(reach, -1, -1) if not holds(size + k * step)]
    if failing:
        return size + (failing[0] + 1) * step
    return size


def _sized(interviews: int, reached: float, given: Assumptions) -> Size:
    dispersion = given.dispersion(interviews)
    return Size(
        interviews=interviews,
        psus=None if given.take is None else interviews // given.take,
        approached=ceil(interviews / given.response - 1e-9),
        deff=given.design_effect,
        df=given.degrees_of_freedom(interviews),
        n_eff=inf if dispersion == 0 else interviews / dispersion,
        reached=reached,
    )
