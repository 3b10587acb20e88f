"""Accuracy and consistency of decisions when the trait, or its distribution, is known.

Rudner (2001, 2005) from an estimate of the trait with normal error; Lee (2010, J. Educ. Meas. 47,
1-17) from the distribution of sum scores at each value of the trait. R: `cacIRT::class.Rud`,
`class.Lee`. Averages are over persons (`P`) or over a distribution (`D`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.columns import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Of one cut, or of all jointly (`cut` is None): share decided rightly, and alike twice."""

    cut: float | None
    accuracy: float
    consistency: float


def rudner(theta: Floats, se: Floats, cuts: Sequence[float], weights: Floats) -> list[Decision]:
    """The estimate is normal around `theta` with error `se`; a person is in the category of theta."""
    ordered = np.sort(np.asarray(cuts, dtype=np.float64))
    below = special.ndtr((ordered[None, :] - theta[:, None]) / se[:, None])
    return _decisions(below, np.searchsorted(ordered, theta, side="right"), ordered, weights)


def lee(
    distribution: Floats, expected: Floats, cuts: Sequence[float], weights: Floats
) -> list[Decision]:
    """A score of a cut or more passes; truly so where the expected score does.

    `distribution` is points by scores from 0, `expected` the expected score at each point.
    """
    ordered = np.sort(np.asarray(cuts, dtype=np.float64))
    scores = np.arange(distribution.shape[1])
    below = distribution @ (scores[:, None] < ordered[None, :])
    return _decisions(below, np.searchsorted(ordered, expected, side="right"), ordered, weights)


def _decisions(below: Floats, true: np.ndarray, cuts: Floats, weights: Floats) -> list[Decision]:
    """`below` is P(decided below each cut), `true` the category of each point."""
    found = [
        _decision(float(cut), _categories(below[:, [place]]), (true > place).astype(int), weights)
        for place, cut in enumerate(cuts)
    ]
    if len(cuts) > 1:
        found.append(_decision(None, _categories(below), true, weights))
    return found


def _categories(below: Floats) -> Floats:
    """Probability of each category between cuts."""
    ends = np.column_stack([np.zeros(len(below)), below, np.ones(len(below))])
    return np.asarray(np.diff(ends, axis=1))


def _decision(cut: float | None, chance: Floats, true: np.ndarray, weights: Floats) -> Decision:
    share = weights / weights.sum()
    right = chance[np.arange(len(true)), true]
    return Decision(cut=cut, accuracy=float(share @ right),
                    consistency=float(share @ (chance**2).sum(axis=1)))  # fmt: skip
