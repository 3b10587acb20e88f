"""Correlations of the normal variables that are thought to lie behind ordered categories.

Olsson (1979, Psychometrika 44, 443-460): thresholds from the margins and then the correlation
(two-step), or all by maximum likelihood. No correction is made for empty cells. R:
`psych::polychoric(correct = 0)`, `polycor::polychor(ML = TRUE)`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from scipy import optimize, special

from analysis.bivariate import cells, density, distribution, grid
from analysis.columns import Floats

Method = Literal["two_step", "ml"]
_EDGES = (0.5, 0.9, 0.98, 0.998)
"""Where the root is looked for, outwards; beyond the last a table has no estimate inside."""
_LEAST = 1e-300


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The correlation of two items, its standard error, and the thresholds it rests on."""

    rho: float
    se: float | None
    rows: Floats
    columns: Floats
    at_bound: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Polychoric:
    """Correlations of all pairs, their standard errors, and each item's thresholds."""

    correlations: Floats
    se: Floats
    thresholds: tuple[Floats, ...]
    bounds: tuple[tuple[int, int], ...] = ()
    unknown: tuple[tuple[int, int], ...] = ()


def thresholds_of(counts: Floats) -> Floats:
    """Normal quantiles of the cumulative shares of the categories."""
    shares = np.cumsum(counts) / counts.sum()
    return np.asarray(special.ndtri(shares[:-1]))


def polychoric(
    codes: Sequence[Floats], weights: Floats | None = None, *, method: Method = "two_step"
) -> Polychoric:
    """Correlations of every pair of items; `codes` are ranks from 0, NaN where missing.

    Each pair rests, thresholds and all, on those who answered both items; the thresholds that are
    given back are those of all who answered the item. Pairs that nobody answered both, or in which
    an item does not vary, are `unknown` and NaN.
    """
    k = len(codes)
    mass = np.ones(len(codes[0])) if weights is None else weights * len(weights) / weights.sum()
    sizes = [int(np.nanmax(one)) + 1 for one in codes]
    margins = [thresholds_of(_counts(one, mass, size))
               for one, size in zip(codes, sizes, strict=True)]  # fmt: skip
    rho, se = np.eye(k), np.zeros((k, k))
    bounds: list[tuple[int, int]] = []
    unknown: list[tuple[int, int]] = []
    for i, j in combinations(range(k), 2):
        table = table_of(codes[i], codes[j], mass, shape=(sizes[i], sizes[j]))
        if min(np.count_nonzero(table.sum(axis=axis)) for axis in (0, 1)) < 2:
            rho[i, j] = rho[j, i] = se[i, j] = se[j, i] = np.nan
            unknown.append((i, j))
            continue
        pair = from_margins(table) if method == "two_step" else joint(table)
        rho[i, j] = rho[j, i] = pair.rho
        se[i, j] = se[j, i] = np.nan if pair.se is None else pair.se
        bounds += [(i, j)] if pair.at_bound else []
        if method == "ml" and k == 2:
            margins = [pair.rows, pair.columns]
    return Polychoric(correlations=rho, se=se, thresholds=tuple(margins), bounds=tuple(bounds),
                      unknown=tuple(unknown))  # fmt: skip


def table_of(a: Floats, b: Floats, mass: Floats, *, shape: tuple[int, int]) -> Floats:
    """The weighted cross table of two items."""
    known = ~(np.isnan(a) | np.isnan(b))
    places = (a[known] * shape[1] + b[known]).astype(np.int64)
    found = np.bincount(places, weights=mass[known], minlength=shape[0] * shape[1])
    return np.asarray(found.reshape(shape))


def from_margins(table: Floats) -> Pair:
    """The correlation at the thresholds of the table's own margins."""
    return two_step(table, thresholds_of(table.sum(axis=1)), thresholds_of(table.sum(axis=0)))


def two_step(table: Floats, rows: Floats, columns: Floats) -> Pair:
    """The correlation at given thresholds; its error holds the thresholds fixed."""

    def slope(rho: float) -> float:
        return float((table * rho_scores(rho, rows, columns)).sum())

    side = 1.0 if slope(0.0) >= 0 else -1.0
    edge = next((one for one in _EDGES if side * slope(side * one) < 0), None)
    if edge is None:
        return Pair(rho=side * _EDGES[-1], se=None, rows=rows, columns=columns, at_bound=True)
    rho = float(optimize.brentq(slope, 0.0, side * edge, xtol=1e-12))
    step = 1e-5
    information = (slope(rho - step) - slope(rho + step)) / (2 * step)
    se = 1 / np.sqrt(information) if information > 0 else None
    return Pair(rho=rho, se=se, rows=rows, columns=columns)


def joint(table: Floats) -> Pair:
    """Correlation and thresholds together; the error is from the observed information."""
    start = from_margins(table)
    if start.at_bound:
        return start
    first = np.concatenate(([np.arctanh(start.rho)], start.rows, start.columns))
    found = optimize.minimize(_loss, first, args=(table,), jac=True, method="BFGS",
                              options={"gtol": 1e-9 * table.sum()})  # fmt: skip
    rho, rows, columns = _split(found.x, table.shape)
    covariance = np.linalg.inv(_hessian(np.concatenate(([rho], rows, columns)), table))
    return Pair(rho=rho, se=float(np.sqrt(covariance[0, 0])), rows=rows, columns=columns)


def probabilities(rho: float, rows: Floats, columns: Floats) -> Floats:
    """Probability of each cell."""
    return np.maximum(cells(distribution(*grid(rows, columns), rho)), _LEAST)


def rho_scores(rho: float, rows: Floats, columns: Floats) -> Floats:
    """Slope of the logarithm of each cell's probability in the correlation."""
    slopes = cells(density(*grid(rows, columns), rho))
    return np.asarray(slopes / probabilities(rho, rows, columns))


def threshold_scores(rho: float, rows: Floats, columns: Floats) -> Floats:
    """Slope of the logarithm of each cell's probability in each threshold of the row item.

    Thresholds by rows by columns: a threshold moves mass between the two rows beside it.
    """
    free = np.sqrt(1 - rho**2)
    ends = np.concatenate(([-np.inf], columns, [np.inf]))
    within = np.diff(special.ndtr((ends[None, :] - rho * rows[:, None]) / free), axis=1)
    moved = np.exp(-(rows**2) / 2)[:, None] / np.sqrt(2 * np.pi) * within
    found = np.zeros((len(rows), len(rows) + 1, len(columns) + 1))
    places = np.arange(len(rows))
    found[places, places], found[places, places + 1] = moved, -moved
    return np.asarray(found / probabilities(rho, rows, columns))


def _counts(codes: Floats, mass: Floats, size: int) -> Floats:
    known = ~np.isnan(codes)
    counts = np.bincount(codes[known].astype(np.int64), weights=mass[known], minlength=size)
    return counts.astype(np.float64)


def _split(values: Floats, shape: tuple[int, ...]) -> tuple[float, Floats, Floats]:
    cut = shape[0]
    return float(np.tanh(values[0])), values[1:cut], values[cut:]


def _loss(values: Floats, table: Floats) -> tuple[float, Floats]:
    """Minus the log-likelihood and its slope, the correlation on Fisher's scale."""
    rho, rows, columns = _split(values, table.shape)
    if (np.diff(rows) <= 0).any() or (np.diff(columns) <= 0).any():
        return float("inf"), np.zeros_like(values)
    gradient = _gradient(rho, rows, columns, table)
    gradient[0] *= 1 - rho**2
    return -float((table * np.log(probabilities(rho, rows, columns))).sum()), -gradient


def _gradient(rho: float, rows: Floats, columns: Floats, table: Floats) -> Floats:
    by_row = (table * threshold_scores(rho, rows, columns)).sum(axis=(1, 2))
    by_column = (table.T * threshold_scores(rho, columns, rows)).sum(axis=(1, 2))
    slope = (table * rho_scores(rho, rows, columns)).sum()
    return np.concatenate(([slope], by_row, by_column))


def _hessian(values: Floats, table: Floats, *, step: float = 1e-5) -> Floats:
    """Minus the slope of the gradient, by central differences."""
    cut = table.shape[0]

    def gradient(at: Floats) -> Floats:
        return _gradient(float(at[0]), at[1:cut], at[cut:], table)

    moves = step * np.eye(len(values))
    slopes = np.array([(gradient(values + one) - gradient(values - one)) / (2 * step)
                       for one in moves])  # fmt: skip
    return np.asarray(-(slopes + slopes.T) / 2)
