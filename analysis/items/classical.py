"""Classical item analysis: difficulty, discrimination, what each item adds to the scale.

R: `psych::alpha` (item statistics and alpha if an item is dropped), `psych::guttman`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan, sqrt

import numpy as np
from scipy import special

from analysis.columns import Floats
from analysis.items.moments import Cases, Moments, moments, weighted_correlation, weighted_mean
from analysis.items.reliability import (
    Alpha,
    alpha,
    alpha_of,
    average_r,
    guttman,
    kuder_richardson,
    lambda6,
)

"""Cases below which no item statistic is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """The scale without one item."""

    alpha: float | None
    standardized_alpha: float | None
    lambda6: float | None
    average_r: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStatistics:
    """One item; a correlation is None where the item or the rest of the scale is constant."""

    item: str
    n: int
    mean: float
    sd: float
    p: float | None
    item_total: float | None
    corrected_item_total: float | None
    biserial: float | None
    if_deleted: Dropped
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """The sum score; with pairwise cases the mean of the answered items."""

    mean: float
    sd: float
    sem: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Classical:
    """A whole classical analysis."""

    n: int
    items: tuple[ItemStatistics, ...]
    total: Total
    alpha: Alpha
    kr20: float | None
    kr21: float | None
    guttman: Mapping[str, float]
    flags: tuple[str, ...] = ()


def classical(
    values: Floats, items: Sequence[str], *, weights: Floats | None = None,
    cases: Cases = "complete",
) -> Classical:  # fmt: skip
    """Analyse a scale of at least two items; `values` is persons by items, NaN missing."""
    found = moments(values, weights, cases=cases)
    covariance = found.covariance
    reliability = alpha(covariance, _correlation(found), n=found.n)
    lowest = _lowest_of_two(found.values)
    scores = _scores(found, cases)
    spread = _sd(scores, found)
    kr = (None, None) if lowest is None else _kuder_richardson(found, scores, lowest)
    sem = spread * sqrt(1 - reliability.estimate) if reliability.estimate <= 1 else None
    return Classical(
        n=found.n,
        items=tuple(_item(found, items, place, scores, cases) for place in range(found.k)),
        total=Total(mean=weighted_mean(scores, found.weight), sd=spread, sem=sem),
        alpha=reliability, kr20=kr[0], kr21=kr[1], guttman=guttman(_correlation(found)),
        flags=("negative_alpha",) if reliability.estimate < 0 else (),
    )  # fmt: skip


def _correlation(found: Moments) -> Floats:
    """Correlations, those of a constant item 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = np.nan_to_num(found.correlation)
    np.fill_diagonal(correlation, 1.0)
    return correlation


def _scores(found: Moments, cases: Cases) -> Floats:
    if cases == "complete":
        return np.asarray(found.values.sum(axis=1))
    return np.asarray(np.nanmean(found.values, axis=1))


def _sd(values: Floats, found: Moments) -> float:
    """Standard deviation in the manner of the covariances: n - 1, or the sum of weights."""
    weight = found.weight
    squares = weight @ (values - weighted_mean(values, weight)) ** 2
    divisor = weight.sum() - 1 if found.weights is None else weight.sum()
    return float(np.sqrt(squares / divisor))


def _lowest_of_two(values: Floats) -> int | None:
    """The lower code of dichotomous items, which are coded 0 and 1, or 1 and 2; else None."""
    codes = set(np.unique(values[~np.isnan(values)]).tolist())
    return next((low for low in (0, 1) if codes <= {low, low + 1}), None)


def _kuder_richardson(
    found: Moments, scores: Floats, lowest: int
) -> tuple[float | None, float | None]:
    weight = found.weight
    mean = weighted_mean(scores, weight)
    variance = weighted_mean((scores - mean) ** 2, weight)
    if np.isnan(found.values).any() or variance == 0:
        return None, None
    return kuder_richardson(found.mean - lowest, variance, mean=mean - lowest * found.k)


def _item(
    found: Moments, items: Sequence[str], place: int, scores: Floats, cases: Cases
) -> ItemStatistics:
    column = found.values[:, place]
    known = ~np.isnan(column)
    weight, own = found.weight[known], column[known]
    highest = float(own.max())
    rest = _rest(found, place, cases)[known]
    constant = float(own.min()) == highest
    return ItemStatistics(
        item=items[place], n=int(known.sum()), mean=float(found.mean[place]),
        sd=sqrt(max(float(found.covariance[place, place]), 0.0)),
        p=float(found.mean[place]) / highest if highest > 0 else None,
        item_total=_defined(weighted_correlation(own, scores[known], weight)),
        corrected_item_total=_defined(_corrected(found, place, cases, own, rest, weight)),
        biserial=_biserial(own, scores[known], weight, found),
        if_deleted=_without(found, place),
        flags=("constant",) if constant else (),
    )  # fmt: skip


def _rest(found: Moments, place: int, cases: Cases) -> Floats:
    """The score without one item."""
    others = np.delete(found.values, place, axis=1)
    if cases == "complete":
        return np.asarray(others.sum(axis=1))
    return np.where(np.isnan(others).all(axis=1), np.nan, _mean_of_known(others))


def _mean_of_known(values: Floats) -> Floats:
    known = ~np.isnan(values)
    return np.asarray(np.where(known, values, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))


def _corrected(
    found: Moments, place: int, cases: Cases, own: Floats, rest: Floats, weight: Floats
) -> float:
    """Correlation with the others' sum; of pairwise cases from the covariances (`r.drop`)."""
    if cases == "complete":
        return weighted_correlation(own, rest, weight)
    covariance = found.covariance
    others = np.delete(np.arange(found.k), place)
    variance = covariance[np.ix_(others, others)].sum() * covariance[place, place]
    return float(covariance[place, others].sum() / np.sqrt(variance)) if variance > 0 else np.nan


def _biserial(own: Floats, scores: Floats, weight: Floats, found: Moments) -> float | None:
    """(M₁ - M₀) p(1 - p) / (φ(z_p) sd of the total), the total with the item in it."""
    values = np.unique(own)
    if len(values) != 2:
        return None
    above = own == values[1]
    p = float(weight[above].sum() / weight.sum())
    gap = weighted_mean(scores[above], weight[above]) - weighted_mean(
        scores[~above], weight[~above]
    )
    ordinate = np.exp(-(float(special.ndtri(p)) ** 2) / 2) / sqrt(2 * np.pi)
    spread = _sd(scores, found) if len(scores) == found.n else float(np.std(scores, ddof=1))
    return _defined(gap * p * (1 - p) / (ordinate * spread)) if spread > 0 else None


def _without(found: Moments, place: int) -> Dropped:
    if found.k < 3:
        return Dropped(alpha=None, standardized_alpha=None, lambda6=None, average_r=None)
    rest = np.delete(np.arange(found.k), place)
    correlation = _correlation(found)[np.ix_(rest, rest)]
    return Dropped(
        alpha=alpha_of(found.covariance[np.ix_(rest, rest)]),
        standardized_alpha=alpha_of(correlation), lambda6=lambda6(correlation),
        average_r=average_r(correlation),
    )  # fmt: skip


def _defined(value: float) -> float | None:
    return None if isnan(value) else float(value)
