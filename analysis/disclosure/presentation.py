"""Whether a share is reliable enough to be printed at all.

The NCHS Data Presentation Standards for Proportions (Parker et al. 2017, Vital and Health
Statistics 2(175), Table II as revised in 2021), in their order:

1. fewer than 30 respondents, or fewer than 30 effective ones: not shown;
2. Korn-Graubard interval at most 5 points wide: shown;
3. at least 30 points wide: not shown;
4. in between, wider than 130% of the share: not shown;
5. shown, but wider than 130% of the complement: the complement is doubtful;
6. fewer than 8 degrees of freedom, or nobody or everybody in the sample: for a statistician to see.
"""

from dataclasses import dataclass
from math import inf, isinf
from typing import Literal

from analysis.intervals import beta_interval, t_quantile
from analysis.precision import settled
from analysis.result import Estimate

LEAST_N, LEAST_DF = 30, 8
NARROW, WIDE, RELATIVE = 0.05, 0.30, 1.30

Reason = Literal["few_respondents", "few_effective", "wide", "relatively_wide"]
Doubt = Literal["complement", "few_df", "at_bound"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """Why a share is not to be shown (`reason`, None where it is), and what to say beside it."""

    reason: Reason | None
    doubts: tuple[Doubt, ...] = ()

    @property
    def shown(self) -> bool:
        """Whether the share may be printed."""
        return self.reason is None


def presentation(estimate: Estimate) -> Presentation:
    """Judge an estimated share between 0 and 1 by the standards; one without a value is not shown."""
    if estimate.estimate is None or not estimate.n:
        return Presentation(reason="few_respondents")
    size = effective_respondents(estimate)
    if estimate.n < LEAST_N:
        return Presentation(reason="few_respondents")
    if settled(size) < LEAST_N:
        return Presentation(reason="few_effective")
    width = korn_graubard_width(estimate)
    reason = _too_wide(width, estimate.estimate)
    return Presentation(
        reason=reason, doubts=() if reason else tuple(_doubts(estimate, width=width))
    )


def effective_respondents(estimate: Estimate) -> float:
    """p(1 - p) over the design's variance, at most n; n itself where p is 0 or 1."""
    p, n = estimate.estimate or 0.0, float(estimate.n)
    if not estimate.se or not 0 < p < 1:
        return n
    return min(n, p * (1 - p) / estimate.se**2)


def korn_graubard_width(estimate: Estimate) -> float:
    """Width of the interval of Korn & Graubard (1998): exact binomial at the effective size.

    The size is lessened by the squared ratio of t quantiles on n - 1 and on the design's degrees
    of freedom, and never exceeds n.
    """
    n, tail = estimate.n, 0.5 + estimate.confidence / 2
    df = inf if estimate.df is None else max(estimate.df, 1.0)
    ratio = float(t_quantile(tail, max(n - 1, 1)) / t_quantile(tail, df)) ** 2
    size = min(float(n), effective_respondents(estimate) * ratio)
    low, high = beta_interval(estimate.estimate or 0.0, size, estimate.confidence)
    return float(high - low)


def _too_wide(width: float, share: float) -> Reason | None:
    if settled(width) <= NARROW:
        return None
    if settled(width) >= WIDE:
        return "wide"
    return "relatively_wide" if share == 0 or width / share > RELATIVE else None


def _doubts(estimate: Estimate, *, width: float) -> list[Doubt]:
    p = estimate.estimate or 0.0
    few = estimate.df is not None and not isinf(estimate.df) and estimate.df < LEAST_DF
    found: dict[Doubt, bool] = {
        "complement": width > NARROW and (p == 1 or width / (1 - p) > RELATIVE),
        "few_df": few,
        "at_bound": p in (0, 1),
    }
    return [doubt for doubt, holds in found.items() if holds]
