"""Two-sided confidence intervals from an estimate, its standard error and degrees of freedom."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from analysis.columns import Floats

ProportionInterval = Literal["logit", "beta", "wilson", "asin", "xlogit", "likelihood", "mean"]


def t_quantile(p: float, df: ArrayLike) -> Floats:
    """Quantile of Student's t; an infinite `df` is the normal distribution."""
    degrees = np.asarray(df, dtype=np.float64)
    finite = np.where(np.isinf(degrees), 1.0, degrees)
    quantile = np.where(np.isinf(degrees), special.ndtri(p), special.stdtrit(finite, p))
    return np.asarray(quantile, dtype=np.float64)


def t_interval(estimate: ArrayLike, se: ArrayLike, df: ArrayLike, level: float) -> Floats:
    """Estimate ± t·se, last axis (lower, upper)."""
    half = t_quantile(0.5 + level / 2, df) * np.asarray(se)
    return np.stack([estimate - half, estimate + half], axis=-1)


def logit_interval(p: ArrayLike, se: ArrayLike, df: ArrayLike, level: float) -> Floats:
    """Interval symmetric on the logit scale (Korn & Graubard 1999, 2.4; R `svyciprop` logit)."""
    p = np.asarray(p, dtype=np.float64)
    scaled = np.asarray(se) / (p * (1 - p))
    return np.asarray(special.expit(t_interval(special.logit(p), scaled, df, level)))


def asin_interval(p: ArrayLike, se: ArrayLike, df: ArrayLike, level: float) -> Floats:
    """Interval symmetric on the scale of arcsin √p (R `svyciprop` asin)."""
    p = np.asarray(p, dtype=np.float64)
    scaled = np.asarray(se) / (2 * np.sqrt(p * (1 - p)))
    limits = t_interval(np.arcsin(np.sqrt(p)), scaled, df, level)
    return np.asarray(np.sin(np.clip(limits, 0, np.pi / 2)) ** 2)


def beta_interval(p: ArrayLike, n_eff: ArrayLike, level: float) -> Floats:
    """Clopper-Pearson limits at an effective sample size (Korn & Graubard 1998).

    Defined at p = 0 and p = 1 too, where one limit is the bound itself.
    """
    p = np.asarray(p, dtype=np.float64)
    hits, misses = p * np.asarray(n_eff), (1 - p) * np.asarray(n_eff)
    tail = (1 - level) / 2
    lower = np.where(p <= 0, 0.0, special.betaincinv(np.maximum(hits, 1e-300), misses + 1, tail))
    upper = np.where(
        p >= 1, 1.0, special.betaincinv(hits + 1, np.maximum(misses, 1e-300), 1 - tail)
    )
    return np.stack([lower, upper], axis=-1)


def wilson_interval(p: ArrayLike, n_eff: ArrayLike, df: ArrayLike, level: float) -> Floats:
    """Wilson's score limits at an effective sample size, with a t quantile."""
    p, n = np.asarray(p, dtype=np.float64), np.asarray(n_eff, dtype=np.float64)
    z = t_quantile(0.5 + level / 2, df)
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return np.stack([centre - half, centre + half], axis=-1)


def likelihood_interval(p: float, se: float, df: float, level: float, *, n: int) -> Floats:
    """Profile of the binomial pseudo-likelihood, scaled by the design (R `svyciprop` likelihood).

    Limits are where the deviance of `n` rows has grown by t² times the ratio of the design's
    variance to that of `n` independent rows, n/(n-1) included (Rao & Scott 1984).
    """
    t = float(t_quantile(0.5 + level / 2, df))
    growth = t**2 * se**2 / (p * (1 - p)) * n * n / (n - 1)

    def apart(q: float) -> float:
        return 2 * n * float(special.rel_entr(p, q) + special.rel_entr(1 - p, 1 - q)) - growth

    edge = 1e-15
    low = optimize.brentq(apart, edge, p, xtol=1e-15) if apart(edge) > 0 else 0.0
    high = optimize.brentq(apart, p, 1 - edge, xtol=1e-15) if apart(1 - edge) > 0 else 1.0
    return np.array([low, high], dtype=np.float64)


def effective_size(
    p: ArrayLike, se: ArrayLike, *, n: ArrayLike, df: ArrayLike, level: float
) -> Floats:
    """Effective sample size of a proportion for the Korn-Graubard interval.

    p(1-p)/V times the squared ratio of t quantiles on n - 1 and on the design's `df`
    (Korn & Graubard 1998; R `svyciprop` beta).
    """
    p = np.asarray(p, dtype=np.float64)
    return np.asarray(p * (1 - p) / np.square(se) * _t_ratio(n, df, level))


def bound_size(
    weight_sum: ArrayLike, square_sum: ArrayLike, *, n: ArrayLike, df: ArrayLike, level: float
) -> Floats:
    """Effective sample size where p is 0 or 1 and the sample shows no variance.

    Kish's (Σw)²/Σw², reduced by the t ratio of Korn & Graubard; at least one degree of freedom.
    """
    kish = np.square(weight_sum) / np.asarray(square_sum)
    return np.asarray(kish * np.minimum(1.0, _t_ratio(n, df, level)))


def _t_ratio(n: ArrayLike, df: ArrayLike, level: float) -> Floats:
    tail = 0.5 + level / 2
    within = t_quantile(tail, np.maximum(np.asarray(n, dtype=np.float64) - 1, 1.0))
    return np.asarray(np.square(within / t_quantile(tail, np.maximum(df, 1.0))))


def two_sided(statistic: float, df: float) -> float:
    """Two-sided p-value of a t statistic."""
    if np.isinf(df):
        return float(2 * special.ndtr(-abs(statistic)))
    return float(2 * special.stdtr(df, -abs(statistic)))
