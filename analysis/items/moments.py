"""Means, variances and covariances of items, weighted or not, of complete cases or pair by pair."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.columns import Codes, Floats

Cases = Literal["complete", "pairwise"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moments:
    """First and second moments of k items.

    `values` are the cases that count (NaN where missing, with `pairwise` cases), `weights` theirs
    or None; `n` is the number of cases. Without weights variances divide by n - 1, with weights by
    their sum (R `cov.wt(method = "ML")`).
    """

    values: Floats
    weights: Floats | None
    mean: Floats
    covariance: Floats
    counts: Codes

    @property
    def n(self) -> int:
        """Number of cases."""
        return len(self.values)

    @property
    def k(self) -> int:
        """Number of items."""
        return len(self.mean)

    @property
    def correlation(self) -> Floats:
        """Correlations of the items."""
        scale = np.sqrt(np.diag(self.covariance))
        return np.asarray(self.covariance / np.outer(scale, scale))

    @property
    def weight(self) -> Floats:
        """The weights, ones where there are none."""
        return np.ones(self.n) if self.weights is None else self.weights


def moments(values: Floats, weights: Floats | None, *, cases: Cases) -> Moments:
    """Moments of the columns of `values` (persons by items, NaN missing)."""
    known = ~np.isnan(values)
    keep = known.all(axis=1) if cases == "complete" else known.any(axis=1)
    values, known = values[keep], known[keep]
    weights = None if weights is None else weights[keep]
    weight = np.ones(len(values)) if weights is None else weights
    filled, mass = np.where(known, values, 0.0), known * weight[:, None]
    total = mass.sum(axis=0)
    mean = np.divide((mass * filled).sum(axis=0), total, out=np.full(len(total), np.nan),
                     where=total > 0)  # fmt: skip
    covariance = _covariance(values, known, weight, divisor=0 if weights is not None else 1)
    return Moments(values=values, weights=weights, mean=mean, covariance=covariance,
                   counts=known.sum(axis=0))  # fmt: skip


def weighted_mean(values: Floats, weights: Floats) -> float:
    """Σwx / Σw."""
    return float(weights @ values / weights.sum())


def weighted_correlation(x: Floats, y: Floats, weights: Floats) -> float:
    """Correlation of two variables under weights; NaN where one of them is constant."""
    dx, dy = x - weighted_mean(x, weights), y - weighted_mean(y, weights)
    scale = np.sqrt((weights @ dx**2) * (weights @ dy**2))
    return float(weights @ (dx * dy) / scale) if scale > 0 else float("nan")


def _covariance(values: Floats, known: Floats, weight: Floats, *, divisor: int) -> Floats:
    """Covariances, each over the cases that have both items (R `cov(use = "pairwise")`)."""
    inside = known.astype(np.float64)
    filled = np.where(known, values, 0.0)
    w = weight[:, None]
    both = inside.T @ (w * inside)
    sums = filled.T @ (w * inside)
    products = filled.T @ (w * filled)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((products - sums * sums.T / both) / (both - divisor))
