"""Whether a list experiment can be believed, and what the direct question adds to it.

No design effect: being asked of the sensitive item must not change the answers on the others (Blair &
Imai 2012, Political Analysis 20, 47-77). The counts of both groups then give the share of people for
each number of other items, with the sensitive one and without; none of these shares can be negative.
Combined: who admits it is believed, the list speaks for the rest (Aronow, Coppock, Crawford & Green
2015, Journal of Survey Statistics and Methodology 3, 43-66).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.columns import Floats
from analysis.design import Sample
from analysis.intervals import t_interval
from analysis.linearize import covariance_of, degrees_of_freedom

Mask = np.ndarray
_LEAST = 2
"""Persons of each group without whom there is no difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The share of people of whom `count` other items hold, with the sensitive one or without."""

    count: int
    sensitive: bool
    share: float
    se: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignEffect:
    """The smallest p of a negative share, times their number (Bonferroni); small: do not believe it.

    `floor` and `ceiling` are shares of people whose honest count would tell on them: none of the other
    items holds, or all of them. R's `list::ict.test` selects among the shares and is less cautious.
    """

    p: float | None
    cells: tuple[Cell, ...]
    floor: float
    ceiling: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Combined:
    """The share by both questions; `placebo` among those who admit it should be 1.

    `placebo_p` tests that; small: the list or the direct answers are not honest.
    """

    estimate: float
    se: float | None
    ci: tuple[float | None, float | None]
    placebo: float | None
    placebo_se: float | None
    placebo_p: float | None


def design_effect(count: Floats, treated: Floats, *, sample: Sample, inside: Mask) -> DesignEffect:
    """Shares by number of other items; `count` and `treated` by row of the sample, NaN unknown."""
    known = ~(np.isnan(count) | np.isnan(treated)) & inside
    most = int(max(count[known & (treated == 0)].max(), count[known & (treated == 1)].max() - 1))
    cells, influences = [], []
    for at in range(most + 1):
        for sensitive in (True, False):
            share, influence = _cell(count, treated, known, sample, at, sensitive=sensitive)
            cells.append((at, sensitive, share))
            influences.append(influence)
    errors = np.sqrt(np.diag(covariance_of(sample, np.column_stack(influences), known)).clip(0))
    df = degrees_of_freedom(sample, known)
    chances = [float(stats.t.cdf(share / se, df)) for (_, _, share), se
               in zip(cells, errors, strict=True) if se > 0]  # fmt: skip
    found = tuple(Cell(count=at, sensitive=sensitive, share=share, se=float(se) or None)
                  for (at, sensitive, share), se in zip(cells, errors, strict=True))  # fmt: skip
    return DesignEffect(
        p=min(1.0, min(chances) * len(chances)) if chances and df > 0 else None, cells=found,
        floor=found[0].share, ceiling=found[-2].share,
    )  # fmt: skip


def _cell(
    count: Floats, treated: Floats, known: Mask, sample: Sample, at: int, *, sensitive: bool
) -> tuple[float, Floats]:
    """F0(y) - F1(y) with the sensitive item, F1(y) - F0(y - 1) without; and its influence."""
    sides = (
        ((0.0, at, 1.0), (1.0, at, -1.0)) if sensitive else ((1.0, at, 1.0), (0.0, at - 1, -1.0))
    )
    share, influence = 0.0, np.zeros(len(count))
    for side, limit, sign in sides:
        own, below = known & (treated == side), (count <= limit).astype(float)
        mean, moved = _mean(below, own, sample)
        share += sign * mean
        influence += sign * moved
    return share, influence


def combined(
    count: Floats, treated: Floats, direct: Floats, *, sample: Sample, inside: Mask
) -> Combined | None:
    """The direct share, and the list's among those who deny; None where too few deny."""
    known = ~(np.isnan(count) | np.isnan(treated) | np.isnan(direct)) & inside
    admits, denies = (known & (direct == answer) for answer in (1.0, 0.0))
    if not _enough(treated, denies):
        return None
    df = degrees_of_freedom(sample, known)
    admitted, of_admitted = _mean(direct, known, sample)
    listed, of_listed = _gap(count, treated, denies, sample)
    estimate = admitted + (1 - admitted) * listed
    se = _error((1 - listed) * of_admitted + (1 - admitted) * of_listed, sample, known)
    placebo, placebo_se = None, None
    if _enough(treated, admits):
        placebo, influence = _gap(count, treated, admits, sample)
        placebo_se = _error(influence, sample, known)
    return Combined(
        estimate=estimate, se=se, ci=_interval(estimate, se, df), placebo=placebo,
        placebo_se=placebo_se, placebo_p=_chance(placebo, placebo_se, df),
    )  # fmt: skip


def _enough(treated: Floats, among: Mask) -> bool:
    return min(int((among & (treated == side)).sum()) for side in (0.0, 1.0)) >= _LEAST


def _gap(count: Floats, treated: Floats, among: Mask, sample: Sample) -> tuple[float, Floats]:
    """The difference in mean counts among some, and its influence."""
    with_it, of_with = _mean(count, among & (treated == 1), sample)
    without, of_without = _mean(count, among & (treated == 0), sample)
    return with_it - without, of_with - of_without


def _mean(values: Floats, own: Mask, sample: Sample) -> tuple[float, Floats]:
    total = sample.weights[own].sum()
    mean = float(sample.weights[own] @ values[own] / total)
    return mean, np.where(own, (np.nan_to_num(values) - mean) / total, 0.0)


def _error(influence: Floats, sample: Sample, known: Mask) -> float | None:
    variance = float(covariance_of(sample, influence[:, None], known)[0, 0])
    return float(np.sqrt(variance)) if variance > 0 else None


def _interval(estimate: float, se: float | None, df: float) -> tuple[float | None, float | None]:
    if se is None or df <= 0:
        return None, None
    low, high = t_interval(estimate, se, df, 0.95)
    return float(low), float(high)


def _chance(placebo: float | None, se: float | None, df: float) -> float | None:
    """Two-sided, of a difference that far from 1."""
    if placebo is None or se is None or df <= 0:
        return None
    return float(2 * stats.t.sf(abs(placebo - 1) / se, df))


def told(effect: DesignEffect, both: Combined | None) -> Iterator[str]:
    """Flags of what speaks against the experiment."""
    if effect.p is not None and effect.p < 0.05:
        yield "design_effect"
    if both is not None and both.placebo_p is not None and both.placebo_p < 0.05:
        yield "admitted_but_not_counted"
