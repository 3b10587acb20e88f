"""Tails of sums of weighted chi-squares, the reference of likelihood-ratio tests under a design."""

import numpy as np
from scipy import integrate, optimize, special

from analysis.columns import Floats

_LEFT, _TERMS = 1e-13, 5000


def exact_tail(statistic: float, weights: Floats, df: float) -> float:
    """P(Σ λ χ²₁ > x χ²_df/df); infinite `df`: the sum against x itself.

    A mixture of chi-square laws (Ruben 1962; Farebrother 1984), or, with a denominator, numerical
    inversion of the characteristic function (Imhof 1961).
    """
    if np.isinf(df):
        return _ruben(statistic, weights)
    lambdas, degrees, x = _joint(statistic, weights, df)

    def integrand(u: float) -> float:
        angle = 0.5 * (degrees * np.arctan(lambdas * u)).sum() - 0.5 * x * u
        size = (degrees * np.log1p(np.square(lambdas * u))).sum() / 4
        return float(np.sin(angle) * np.exp(-size) / u)

    upper, _ = integrate.quad(integrand, 0, np.inf, limit=2000, epsabs=1e-12, epsrel=1e-9)
    return float(min(max(0.5 + upper / np.pi, 0.0), 1.0))


def _ruben(x: float, weights: Floats) -> float:
    """Σ a_k P(χ²(m + 2k) > x/β) with β the least weight, until the a_k sum to 1."""
    least, m = float(weights.min()), len(weights)
    shrunk = 1 - least / weights
    powers, shares, sums = shrunk.copy(), [float(np.sqrt(least / weights).prod())], []
    while 1 - sum(shares) > _LEFT and len(shares) < _TERMS:
        sums.append(float(powers.sum()))
        powers = powers * shrunk
        k = len(shares)
        shares.append(float(np.dot(sums[::-1], shares)) / (2 * k))
    tails = special.chdtrc(m + 2 * np.arange(len(shares)), x / least)
    return float(min(np.dot(shares, tails) + max(1 - sum(shares), 0.0), 1.0))


def saddlepoint_tail(statistic: float, weights: Floats, df: float) -> float:
    """The same by Lugannani & Rice's saddlepoint (Kuonen 1999; R `survey::pFsum`).

    The denominator counts as floor(df) chi-squares, as in R; near the mean, where the formula is
    undefined, Satterthwaite's approximation stands for it.
    """
    lambdas, degrees, x = _joint(statistic, weights, np.floor(df) if np.isfinite(df) else df)
    if np.isfinite(df):
        lambdas[-1] = -statistic / df
    found = _lugannani_rice(np.repeat(lambdas, degrees.astype(int)), x)
    return satterthwaite_tail(statistic, weights, df) if found is None else found


def satterthwaite_tail(statistic: float, weights: Floats, df: float) -> float:
    """The same by one chi-square (or F) with the first two moments (Satterthwaite 1946)."""
    mean = weights.mean()
    ratio = np.square(weights).mean() / mean**2
    degrees = len(weights) / ratio
    if np.isinf(df):
        return float(special.chdtrc(degrees, statistic / (mean * ratio)))
    return float(special.fdtrc(degrees, df, statistic / degrees / (mean * ratio)))


def _joint(statistic: float, weights: Floats, df: float) -> tuple[Floats, Floats, float]:
    if np.isinf(df):
        return np.array(weights), np.ones(len(weights)), statistic
    return np.append(weights, -statistic / df), np.append(np.ones(len(weights)), df), 0.0


def _lugannani_rice(lambdas: Floats, x: float) -> float | None:
    largest = lambdas.max()
    lambdas, x = lambdas / largest, x / largest

    def slope(z: float) -> float:
        return float((lambdas / (1 - 2 * z * lambdas)).sum() - x)

    negative = lambdas[lambdas < 0]
    if len(negative):
        low = float((1 / (2 * negative)).max()) * 0.99999
    else:
        low = -0.01 if x > lambdas.sum() else -len(lambdas) / (2 * x)
    high = float((1 / (2 * lambdas[lambdas > 0])).min()) * 0.99999
    z = float(optimize.brentq(slope, low, high, xtol=1e-10))
    if abs(z) < 1e-4:
        return None
    cumulant = -np.log(1 - 2 * z * lambdas).sum() / 2
    w = np.sign(z) * np.sqrt(2 * (z * x - cumulant))
    v = z * np.sqrt(2 * np.square(lambdas / (1 - 2 * z * lambdas)).sum())
    return float(special.ndtr(-(w + np.log(v / w) / w)))
