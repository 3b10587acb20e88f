"""Questions that protect the person who answers: list experiment and randomized response.

Item count (Miller 1984; Blair & Imai 2012): the mean number of items in the group with the
sensitive one, less that without. Randomized response: forced answers (Boruch 1971) and Warner
(1965). Estimates are never cut off at 0 or 1: an estimate outside says that something is wrong.
"""

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np

from analysis.columns import Floats
from analysis.design import Sample
from analysis.errors import AnalysisError
from analysis.intervals import t_interval
from analysis.linearize import covariance_of, degrees_of_freedom
from instruments.errors import Problem
from instruments.language import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Prevalence:
    """A share of people, its error and interval; `flags` say when it cannot be one."""

    estimate: float
    se: float
    ci: tuple[float, float]
    df: float
    n: int
    flags: tuple[str, ...] = ()


def list_experiment(
    count: Floats,
    treated: Floats,
    *,
    sample: Sample | None = None,
    inside: np.ndarray | None = None,
) -> Prevalence:
    """The difference in mean counts, with Welch's error or the design's.

    Raises:
        AnalysisError: A group has fewer than two persons, or `treated` has values but 0 and 1.
    """
    known = ~(np.isnan(count) | np.isnan(treated)) & (True if inside is None else inside)
    if (
        not set(np.unique(treated[known])) == {0.0, 1.0}
        or min((treated[known] == 0).sum(), (treated[known] == 1).sum()) < 2
    ):
        raise AnalysisError(_no_groups())
    if sample is None:
        return _welch(count[known & (treated == 1)], count[known & (treated == 0)])
    weights = np.where(known, sample.weights, 0.0)
    influence, estimate = np.zeros(len(count)), 0.0
    for side, sign in ((1.0, 1.0), (0.0, -1.0)):
        own = known & (treated == side)
        total = weights[own].sum()
        mean = float(weights[own] @ count[own] / total)
        estimate += sign * mean
        influence[own] = sign * (count[own] - mean) / total
    return _designed(estimate, influence, sample, known)


def share_of(values: Floats, *, sample: Sample | None, inside: np.ndarray) -> Prevalence:
    """The plain share of a 0/1 variable, as a direct question would give it."""
    known = ~np.isnan(values) & inside
    if known.sum() < 2:
        raise AnalysisError(_too_few(int(known.sum())))
    if sample is None:
        own = values[known]
        mean, se = float(own.mean()), float(own.std(ddof=1) / sqrt(len(own)))
        return _prevalence(mean, se, df=len(own) - 1.0, n=len(own))
    weights = np.where(known, sample.weights, 0.0)
    mean = float(weights[known] @ values[known] / weights.sum())
    influence = np.where(known, np.nan_to_num(values) - mean, 0.0) / weights.sum()
    return _designed(mean, influence, sample, known)


def forced(answered: Prevalence, *, p_truth: float, p_forced_yes: float) -> Prevalence:
    """λ = p_truth π + p_forced_yes, solved for π."""
    _check(p_truth=p_truth)
    if not 0 <= p_forced_yes <= 1 - p_truth + 1e-12:
        raise AnalysisError(_too_much(p_truth, p_forced_yes))
    return _scaled(answered, slope=1 / p_truth, at=(answered.estimate - p_forced_yes) / p_truth)


def warner(answered: Prevalence, *, p_truth: float) -> Prevalence:
    """λ = p_truth π + (1 - p_truth)(1 - π), solved for π; p_truth must not be a half."""
    _check(p_truth=p_truth)
    if abs(2 * p_truth - 1) < 1e-9:
        raise AnalysisError(_half())
    slope = 1 / (2 * p_truth - 1)
    return _scaled(answered, slope=abs(slope), at=(answered.estimate + p_truth - 1) * slope)


def _welch(treated: Floats, control: Floats) -> Prevalence:
    parts = [group.var(ddof=1) / len(group) for group in (treated, control)]
    se = sqrt(sum(parts))
    below = sum(part**2 / (len(group) - 1)
                for part, group in zip(parts, (treated, control), strict=True))  # fmt: skip
    df = sum(parts) ** 2 / below if below else inf
    gap = float(treated.mean() - control.mean())
    return _prevalence(gap, se, df=float(df), n=len(treated) + len(control))


def _designed(estimate: float, influence: Floats, sample: Sample, known: np.ndarray) -> Prevalence:
    se = sqrt(max(float(covariance_of(sample, influence[:, None], known)[0, 0]), 0.0))
    return _prevalence(estimate, se, df=degrees_of_freedom(sample, known), n=int(known.sum()))


def _scaled(answered: Prevalence, *, slope: float, at: float) -> Prevalence:
    return _prevalence(at, slope * answered.se, df=answered.df, n=answered.n)


def _prevalence(estimate: float, se: float, *, df: float, n: int) -> Prevalence:
    low, high = t_interval(estimate, se, df, 0.95)
    outside = estimate < 0 or estimate > 1
    flags = [name for name, holds in (("outside_0_1", outside), ("no_variance", se == 0)) if holds]
    return Prevalence(estimate=float(estimate), se=float(se), ci=(float(low), float(high)), df=df,
                      n=n, flags=tuple(flags))  # fmt: skip


def _check(*, p_truth: float) -> None:
    if not 0 < p_truth <= 1:
        what = say("{value} is not possible.", value=f"{p_truth:g}")
        raise AnalysisError(Problem(where="p_truth", what=what,
                                    hint=say("Give a number between 0 and 1.")))  # fmt: skip


def _too_much(p_truth: float, p_forced_yes: float) -> Problem:
    return Problem(
        where="p_forced_yes",
        what=say("p_truth {truth} and p_forced_yes {forced} do not leave a chance between 0 and 1 of a "
                 "forced no.", truth=f"{p_truth:g}", forced=f"{p_forced_yes:g}"),
        hint=say("Give chances whose sum is 1 at most."),
    )  # fmt: skip


def _half() -> Problem:
    return Problem(
        where="p_truth",
        what=say("with a half, the answers say nothing of the question."),
        hint=say("Warner's design needs another probability."),
    )


def _too_few(count: int) -> Problem:
    return Problem(where="of", what=say("{count} persons have answers that count.", count=count),
                   hint=say("Two or more are needed: look at the column, and at `where`."))  # fmt: skip


def _no_groups() -> Problem:
    return Problem(
        where="treatment",
        what=say("the list experiment needs two groups of two persons or more, coded 0 and 1."),
        hint=say("1 is the group whose list has the sensitive item."),
    )
