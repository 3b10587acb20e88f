"""How reliable a sum score is: alpha and its interval, KR-20, Guttman's bounds.

Sources: Cronbach (1951), Feldt (1965), Duhachek & Iacobucci (2004), Guttman (1945), Kuder &
Richardson (1937). R: `psych::alpha`, `psych::alpha.ci`, `psych::guttman`.
"""

from dataclasses import dataclass
from itertools import combinations
from math import sqrt

import numpy as np
from scipy import stats

from analysis.columns import Floats

_EXHAUSTIVE = 15
"""Items up to which every split into halves is tried for lambda 4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alpha:
    """Cronbach's alpha, that of standardized items, its standard error and its interval."""

    estimate: float
    standardized: float
    average_r: float
    se: float
    ci: tuple[float, float]


def alpha_of(covariance: Floats) -> float:
    """k/(k - 1) (1 - Σ variances / variance of the sum)."""
    k = len(covariance)
    return float(k / (k - 1) * (1 - np.trace(covariance) / covariance.sum()))


def average_r(correlation: Floats) -> float:
    """Mean correlation of two different items."""
    k = len(correlation)
    return float((correlation.sum() - k) / (k * (k - 1)))


def alpha(covariance: Floats, correlation: Floats, *, n: int, level: float = 0.95) -> Alpha:
    """Alpha with Feldt's interval on n - 1 and (n - 1)(k - 1) degrees of freedom."""
    estimate, k = alpha_of(covariance), len(covariance)
    tail = (1 - level) / 2
    df1, df2 = n - 1, (n - 1) * (k - 1)
    low = 1 - (1 - estimate) * stats.f.ppf(1 - tail, df1, df2)
    high = 1 - (1 - estimate) * stats.f.ppf(tail, df1, df2)
    return Alpha(
        estimate=estimate, standardized=alpha_of(correlation), average_r=average_r(correlation),
        se=alpha_error(covariance, n=n), ci=(float(low), float(high)),
    )  # fmt: skip


def alpha_error(covariance: Floats, *, n: int) -> float:
    """Standard error of alpha under normality (Duhachek & Iacobucci 2004, equation 2)."""
    k, total = len(covariance), float(covariance.sum())
    trace, square = float(np.trace(covariance)), covariance @ covariance
    inner = total * (np.trace(square) + trace**2) - 2 * trace * square.sum()
    return sqrt(max(2 * k**2 / ((k - 1) ** 2 * total**3) * inner / n, 0.0))


def kuder_richardson(p: Floats, total_variance: float, *, mean: float) -> tuple[float, float]:
    """KR-20 and KR-21 of dichotomous items; `total_variance` divides by n."""
    k = len(p)
    kr20 = k / (k - 1) * (1 - (p * (1 - p)).sum() / total_variance)
    kr21 = k / (k - 1) * (1 - mean * (k - mean) / (k * total_variance))
    return float(kr20), float(kr21)


def guttman(correlation: Floats) -> dict[str, float]:
    """Guttman's six lower bounds, of standardized items."""
    k, total = len(correlation), float(correlation.sum())
    first = 1 - k / total
    beside = correlation - np.diag(np.diag(correlation))
    squares = float((beside**2).sum())
    strongest = float((beside**2).sum(axis=0).max())
    return {
        "lambda1": first,
        "lambda2": first + sqrt(k / (k - 1) * squares) / total,
        "lambda3": first * k / (k - 1),
        "lambda4": best_split_half(correlation),
        "lambda5": first + 2 * sqrt(strongest) / total,
        "lambda6": lambda6(correlation),
    }


def lambda6(correlation: Floats) -> float:
    """1 - Σ (1 - squared multiple correlation) / variance of the sum."""
    return float(1 - (1 - squared_multiple(correlation)).sum() / correlation.sum())


def squared_multiple(correlation: Floats) -> Floats:
    """Squared multiple correlation of each item with all others; its variance where singular."""
    try:
        inverse = np.linalg.inv(correlation)
    except np.linalg.LinAlgError:
        inverse = np.linalg.pinv(correlation)
    return np.asarray(np.clip(1 - 1 / np.diag(inverse), 0, 1))


def best_split_half(correlation: Floats) -> float:
    """Lambda 4: the greatest 4·cov(halves)/variance over splits, halves differing by one at most.

    Every split of few items is tried; of many, exchanges between halves are made while they help,
    from a split by the second eigenvector and from the odd and even items.
    """
    k = len(correlation)
    if k <= _EXHAUSTIVE:
        signs = _splits(k)
    else:
        leaning = np.argsort(np.linalg.eigh(correlation)[1][:, -2])
        starts = [np.isin(np.arange(k), leaning[: k // 2]), np.arange(k) % 2 == 0]
        starts += [start[np.random.default_rng(k).permutation(k)] for start in starts]
        signs = np.array([_exchanged(correlation, np.where(one, 1.0, -1.0)) for one in starts])
    apart = np.einsum("si,ij,sj->s", signs, correlation, signs)
    return float((1 - apart / correlation.sum()).max())


def _splits(k: int) -> Floats:
    halves = combinations(range(1, k), k - k // 2 - 1)
    signs = np.array([np.isin(np.arange(k), (0, *half)) for half in halves])
    if k % 2:
        more = combinations(range(1, k), k // 2 - 1)
        signs = np.vstack([signs, [np.isin(np.arange(k), (0, *half)) for half in more]])
    return np.where(signs, 1.0, -1.0)


def _exchanged(correlation: Floats, signs: Floats) -> Floats:
    """Exchange the pair that lessens the difference of the halves most, until none does."""
    while True:
        pull = signs * (correlation @ signs)
        above, below = np.flatnonzero(signs > 0), np.flatnonzero(signs < 0)
        gain = (
            pull[above][:, None] + pull[below][None, :]
            - 2 + 2 * correlation[np.ix_(above, below)]
        )  # fmt: skip
        best = np.unravel_index(np.argmax(gain), gain.shape)
        if gain[best] <= 1e-12:
            return signs
        signs = signs.copy()
        signs[[above[best[0]], below[best[1]]]] *= -1
