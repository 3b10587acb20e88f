"""Response curves and their derivatives, for many items of one shape at once.

A family's parameters are a row per item: slope, intercepts, and logit c where there is guessing.
The derivatives are of log P, in forms that lose no digits in the tails: for graded items
d log P_k / dη = 1 - S_k - S_(k+1) with S_k = P(X ≥ k), and S_k - S_(k+1) = S_k (1 - S_(k+1))
(1 - exp(d_(k+1) - d_k)) (Samejima 1969, chapter 4; Muraki 1992 for partial credit).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, softmax

from analysis.columns import Floats
from analysis.irt.items import Curve, ItemParameters, curve_of

LEAST = 1e-100
"""No probability is taken to be smaller, so that no answer is impossible everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What items must share to be computed together."""

    curve: Curve
    categories: int
    guessing: bool

    @property
    def parameters(self) -> int:
        """Slope, an intercept per category but one, and logit c where there is guessing."""
        return self.categories + self.guessing


def family_probabilities(shape: Shape, values: Floats, theta: Floats) -> Floats:
    """P(X = k) as items by categories by θ; NaN where graded intercepts do not decrease."""
    if shape.guessing:
        return _guessed(values, theta)
    if shape.curve == "partial":
        return np.asarray(softmax(_exponents(shape, values, theta), axis=1))
    above, below, gap = _boundaries(values, theta)
    return above[:, :-1] * below[:, 1:] * gap


def log_derivatives(shape: Shape, values: Floats, theta: Floats) -> tuple[Floats, Floats]:
    """P, and d log P_k of every parameter: items by parameters by categories by θ."""
    if shape.guessing:
        return _guessing_derivatives(values, theta)
    if shape.curve == "partial":
        return _partial_derivatives(shape, values, theta)
    return _graded_derivatives(shape, values, theta)


def probabilities(item: ItemParameters, theta: Floats) -> Floats:
    """P(X = k | θ), categories by θ."""
    shape, values = as_family(item)
    return np.asarray(family_probabilities(shape, values, np.asarray(theta))[0])


def derivatives(item: ItemParameters, theta: Floats) -> Floats:
    """dP(X = k | θ)/dθ, categories by θ."""
    theta = np.asarray(theta, dtype=np.float64)
    shape, values = as_family(item)
    found = family_probabilities(shape, values, theta)[0]
    if shape.curve == "partial":
        ranks = np.arange(shape.categories)[:, None]
        return np.asarray(item.slope * found * (ranks - ranks.T @ found))
    above, below, _ = _boundaries(values[:, : shape.categories], theta)
    slopes = -np.diff(above * below, axis=1)
    return np.asarray((1 - item.guessing) * item.slope * slopes[0])


def information(item: ItemParameters, theta: Floats) -> Floats:
    """Expected Fisher information of one item, Σ P'²/P (Samejima 1969; Lord 1980, 5.3)."""
    slopes, found = derivatives(item, theta), probabilities(item, theta)
    return np.asarray((slopes**2 / np.maximum(found, LEAST)).sum(axis=0))


def expected_score(item: ItemParameters, theta: Floats) -> Floats:
    """The mean of the category's rank at each θ."""
    return np.asarray(np.arange(item.categories) @ probabilities(item, theta))


def as_family(item: ItemParameters) -> tuple[Shape, Floats]:
    """One item as a family of its own."""
    guessing = item.guessing > 0
    shape = Shape(curve="graded" if item.categories == 2 else curve_of(item.model),
                  categories=item.categories, guessing=guessing)  # fmt: skip
    values = [item.slope, *item.intercepts, *([float(logit(item.guessing))] if guessing else [])]
    return shape, np.array([values])


def _guessed(values: Floats, theta: Floats) -> Floats:
    c, exponent = expit(values[:, 2:3]), values[:, :1] * theta + values[:, 1:2]
    wrong = (1 - c) * expit(-exponent)
    return np.stack([wrong, c + (1 - c) * expit(exponent)], axis=1)


def _exponents(shape: Shape, values: Floats, theta: Floats) -> Floats:
    ranks = np.arange(shape.categories)
    found = (ranks[:, None] * theta) * values[:, 0, None, None]
    found[:, 1:] += values[:, 1 : shape.categories, None]
    return np.asarray(found)


def _boundaries(values: Floats, theta: Floats) -> tuple[Floats, Floats, Floats]:
    """P(X ≥ k) and P(X < k) for k from 0 to all categories, and 1 - exp(d_(k+1) - d_k) by category.

    Both are computed, so that neither is a difference from 1.
    """
    d = values[:, 1:]
    exponent = values[:, :1, None] * theta + d[:, :, None]
    certain = np.ones((len(values), 1, len(theta)))
    above = np.concatenate([certain, expit(exponent), 0 * certain], axis=1)
    below = np.concatenate([0 * certain, expit(-exponent), certain], axis=1)
    gap = np.ones((len(values), d.shape[1] + 1, 1))
    steps = np.diff(d, axis=1)
    gap[:, 1:-1, 0] = np.where(steps < 0, -np.expm1(np.minimum(steps, 0.0)), np.nan)
    return above, below, gap


def _graded_derivatives(shape: Shape, values: Floats, theta: Floats) -> tuple[Floats, Floats]:
    above, below, gap = _boundaries(values, theta)
    found = np.zeros((len(values), shape.parameters, shape.categories, len(theta)))
    found[:, 0] = (below[:, :-1] - above[:, 1:]) * theta
    for k in range(1, shape.categories):
        found[:, k, k] = below[:, k] / (np.maximum(below[:, k + 1], LEAST) * gap[:, k])
        found[:, k, k - 1] = -above[:, k] / (np.maximum(above[:, k - 1], LEAST) * gap[:, k - 1])
    return above[:, :-1] * below[:, 1:] * gap, found


def _partial_derivatives(shape: Shape, values: Floats, theta: Floats) -> tuple[Floats, Floats]:
    p = family_probabilities(shape, values, theta)
    ranks = np.arange(shape.categories)
    found = np.empty((len(values), shape.parameters, shape.categories, len(theta)))
    mean = np.tensordot(p, ranks, axes=(1, 0))
    found[:, 0] = (ranks[:, None] - mean[:, None, :]) * theta
    found[:, 1:] = np.eye(shape.categories)[1:, :, None] - p[:, 1:, None, :]
    return p, found


def _guessing_derivatives(values: Floats, theta: Floats) -> tuple[Floats, Floats]:
    c, p = expit(values[:, 2:3]), _guessed(values, theta)
    wrong, right = p[:, 0], np.maximum(p[:, 1], LEAST)
    s = expit(values[:, :1] * theta + values[:, 1:2])
    eta = np.stack([-s, wrong * s / right], axis=1)
    guess = np.stack([np.broadcast_to(-c, s.shape), c * wrong / right], axis=1)
    return p, np.stack([eta * theta[None, None], eta, guess], axis=1)
