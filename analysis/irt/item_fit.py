"""How well single items fit: mean squares of residuals, and residuals that correlate.

Wright & Masters (1982) infit and outfit with the Wilson-Hilferty transformation; Yen (1984) Q3.
R: `mirt::itemfit(fit_stats = "infit")`, `mirt::residuals(type = "Q3")`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from analysis.columns import Floats
from analysis.irt.curves import LEAST, probabilities
from analysis.irt.items import ItemParameters
from analysis.irt.responses import Ranks

CERTAIN = sqrt(1e-5)
"""Variance of an answer that counts as certain: R's mirt divides no residual by less, eRm does."""
_WIDEST = sqrt(2)
"""Standard deviation of a mean square of one degree of freedom (R: `mirt::itemfit`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanSquares:
    """Infit and outfit of one item, expected 1, and both as standard normal deviates."""

    item: str
    infit: float | None
    outfit: float | None
    infit_z: float | None
    outfit_z: float | None


def mean_squares(
    codes: Ranks, items: Sequence[ItemParameters], theta: Floats, weights: Floats | None = None, *,
    least: float = LEAST,
) -> list[MeanSquares]:  # fmt: skip
    """Outfit is the mean of squared standardized residuals, infit Σ residual² / Σ variance.

    Persons without a trait (NaN) or without an answer to the item do not count. `least` is the
    variance that an answer has at the least.
    """
    weight = np.ones(len(codes)) if weights is None else weights * len(weights) / weights.sum()
    return [_of_item(item, codes[:, place], theta, weight, least)
            for place, item in enumerate(items)]  # fmt: skip


def q3(codes: Ranks, items: Sequence[ItemParameters], theta: Floats) -> Floats:
    """Correlations of residuals x - E(x | θ), of those who answered both items."""
    residual = np.full(codes.shape, np.nan)
    for place, item in enumerate(items):
        known = (codes[:, place] >= 0) & np.isfinite(theta)
        mean, _, _ = _moments(item, theta[known])
        residual[known, place] = codes[known, place] - mean
    return correlations(residual)


def correlations(values: Floats) -> Floats:
    """Pairwise Pearson correlations of columns with missing cells."""
    known = (~np.isnan(values)).astype(np.float64)
    filled = np.nan_to_num(values)
    n, sums, squares = known.T @ known, filled.T @ known, (filled**2).T @ known
    products = filled.T @ filled
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.sqrt((squares - sums**2 / n) * (squares.T - sums.T**2 / n))
        found = (products - sums * sums.T / n) / spread
    np.fill_diagonal(found, 1.0)
    return np.asarray(found)


def _of_item(
    item: ItemParameters, answers: Ranks, theta: Floats, weight: Floats, least: float
) -> MeanSquares:
    known = (answers >= 0) & np.isfinite(theta)
    if not known.any():
        return MeanSquares(item=item.item, infit=None, outfit=None, infit_z=None, outfit_z=None)
    w = weight[known]
    mean, variance, fourth = _moments(item, theta[known])
    variance = np.maximum(variance, least)
    squares = (answers[known] - mean) ** 2
    n = w.sum()
    outfit = float(w @ (squares / variance) / n)
    infit = float(w @ squares / (w @ variance))
    spread_out = np.sqrt(max(float(w @ (fourth / variance**2) / n**2 - 1 / n), 0.0))
    spread_in = np.sqrt(max(float(w @ (fourth - variance**2)), 0.0)) / float(w @ variance)
    return MeanSquares(item=item.item, infit=infit, outfit=outfit,
                       infit_z=_deviate(infit, float(spread_in)),
                       outfit_z=_deviate(outfit, float(spread_out)))  # fmt: skip


def _moments(item: ItemParameters, theta: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean, variance and fourth central moment of the answer's rank."""
    p = probabilities(item, theta)
    ranks = np.arange(item.categories)[:, None]
    mean = (ranks * p).sum(axis=0)
    apart = ranks - mean
    return mean, (apart**2 * p).sum(axis=0), (apart**4 * p).sum(axis=0)


def _deviate(square: float, spread: float) -> float | None:
    """(x^(1/3) - 1) 3/σ + σ/3 (Wilson & Hilferty 1931), σ at most that of one degree of freedom."""
    if spread <= 0:
        return None
    held = min(spread, _WIDEST)
    return float((square ** (1 / 3) - 1) * 3 / held + held / 3)
