"""How surely a cut on observed scores tells who is truly above it, and would tell so again.

Without an item response model the true proportion is taken to be beta distributed, on four or two
parameters: with binomial errors at an effective test length (Livingston & Lewis 1995, J. Educ.
Meas. 32, 179-197), or with Lord's (1965) two-term compound binomial errors (Hanson & Brennan 1990,
J. Educ. Meas. 27, 345-359). R: `betafunctions::LL.CA`, `HB.CA`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod, sqrt
from typing import Literal

import numpy as np
from scipy import stats

from analysis.columns import Floats
from analysis.errors import AnalysisError
from instruments.errors import Problem
from instruments.language import say

_NODES = 400
TrueModel = Literal[4, 2]
_Passing = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueScores:
    """A beta distribution of true proportions between `lower` and `upper`."""

    alpha: float
    beta: float
    lower: float
    upper: float

    def quantile(self, p: Floats) -> Floats:
        """Quantiles of the true proportion."""
        return np.asarray(
            self.lower + (self.upper - self.lower) * stats.beta.ppf(p, self.alpha, self.beta)
        )

    def below(self, value: float) -> float:
        """Share of true proportions below `value`."""
        scaled = (value - self.lower) / (self.upper - self.lower)
        return float(stats.beta.cdf(scaled, self.alpha, self.beta))


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """Shares of persons who are decided rightly, wrongly, and alike on two parallel forms.

    A false positive passes and is truly below; `consistency` counts equal decisions.
    """

    accuracy: float
    false_positive: float
    false_negative: float
    consistency: float
    chance_consistency: float
    kappa: float | None
    reliability: float
    true_score: TrueScores
    effective_test_length: float | None = None
    lords_k: float | None = None
    flags: tuple[str, ...] = ()


def livingston_lewis(
    scores: Floats, weights: Floats | None, *, highest: float, cut: float, reliability: float,
    true_score_model: TrueModel = 4,
) -> Classification:  # fmt: skip
    """Scores from 0 to `highest`; a person passes at `cut` or above, truly at cut/highest.

    The moments of true scores are taken at the effective length as it is; length and cut are then
    rounded to whole numbers for the binomial.
    """
    weight = np.ones(len(scores)) if weights is None else weights
    share = scores / highest
    mean, variance = _mean_and_variance(share, weight)
    length = (mean * (1 - mean) - reliability * variance) / (variance * (1 - reliability))
    truth, flags = _true_scores(_moments(share * length, weight, length, k=0.0), true_score_model)
    trials = round(length)
    passing = round(cut / highest * trials)
    return _classified(
        truth, cut / highest, reliability, flags,
        lambda tau: np.asarray(stats.binom.sf(passing - 1, trials, tau)),
        effective_test_length=float(length),
    )  # fmt: skip


def hanson_brennan(
    scores: Floats, weights: Floats | None, *, highest: int, cut: float, reliability: float,
    true_score_model: TrueModel = 4,
) -> Classification:  # fmt: skip
    """The same with errors that are less than binomial by Lord's k."""
    weight = np.ones(len(scores)) if weights is None else weights
    k = lords_k(scores, weight, highest, reliability)
    truth, flags = _true_scores(_moments(scores, weight, highest, k=k), true_score_model)
    return _classified(truth, cut / highest, reliability, flags,
                       lambda tau: _compound_pass(tau, highest, cut, k), lords_k=k)  # fmt: skip


def lords_k(scores: Floats, weight: Floats, n: int, reliability: float) -> float:
    """Lord's k, by which the two-term error variance agrees with the reliability (Lord 1965)."""
    mean, variance = _mean_and_variance(scores, weight)
    error = variance * (1 - reliability)
    above = n * ((n - 1) * (variance - error) - n * variance + mean * (n - mean))
    return float(above / (2 * (mean * (n - mean) - (variance - error))))


def _mean_and_variance(values: Floats, weight: Floats) -> tuple[float, float]:
    """With the divisor n - 1 where all weights are equal to 1, as the reference has it."""
    total = float(weight.sum())
    mean = float(weight @ values / total)
    divisor = total - 1 if (weight == 1).all() else total
    return mean, float(weight @ (values - mean) ** 2 / divisor)


def _moments(scores: Floats, weight: Floats, n: float, *, k: float) -> list[float]:
    """The first four raw moments of the true proportion from factorial moments of scores, or n.

    A score below r has no r-fold factorial, whole or not.
    Under two-term errors E[x^(r)] = (n^(r) + c) E[τ^r] - c E[τ^(r-1)], c = k r (r - 1) (n - 2)^(r-2).
    """
    found = [1.0]
    most = int(n) if n < 4 and n == int(n) else 4
    for r in range(1, most + 1):
        factorial = prod((scores - i for i in range(r)), start=np.ones_like(scores)) * (scores >= r)
        c = k * r * (r - 1) * prod((n - 2 - i for i in range(r - 2)), start=1.0) if r > 1 else 0.0
        scale = prod((n - i for i in range(r)), start=1.0)
        mean = float(weight @ factorial / weight.sum())
        found.append((mean + c * found[-1]) / (scale + c))
    return found[1:]


def _true_scores(
    moments: list[float], model: TrueModel
) -> tuple[TrueScores, tuple[str, ...]]:  # fmt: skip
    """Four parameters from four moments; two on [0, 1] where the bounds come out beyond it."""
    if model == 4 and len(moments) == 4:
        full = _four_parameters(moments)
        if full is not None:
            return full, ()
    if len(moments) < 2:
        raise AnalysisError(_too_short())
    mean, second = moments[0], moments[1]
    variance = max(second - mean**2, 1e-12)
    size = mean * (1 - mean) / variance - 1
    flags = ("two_parameter_true_scores",) if model == 4 else ()
    return TrueScores(alpha=mean * size, beta=(1 - mean) * size, lower=0.0, upper=1.0), flags


def _too_short() -> Problem:
    return Problem(
        where="reliability",
        what=say(
            "the test is as short as one question: its scores have no true scores behind them."
        ),
        hint=say("Take more items or persons, or give the model and the method lee."),
    )


def _four_parameters(moments: list[float]) -> TrueScores | None:
    m1, m2, m3, m4 = moments
    variance = m2 - m1**2
    if variance <= 0:
        return None
    skew = (m3 - 3 * m1 * m2 + 2 * m1**3) / variance**1.5
    kurtosis = (m4 - 4 * m1 * m3 + 6 * m1**2 * m2 - 3 * m1**4) / variance**2
    size = 6 * (kurtosis - skew**2 - 1) / (6 + 3 * skew**2 - 2 * kurtosis)
    inside = 1 - 24 * (size + 1) / (
        (size + 2) * (size + 3) * kurtosis - 3 * (size - 6) * (size + 1)
    )
    if not size > 0 or not 0 <= inside < 1:
        return None
    more, less = size / 2 * (1 + sqrt(inside)), size / 2 * (1 - sqrt(inside))
    alpha, beta = (more, less) if skew < 0 else (less, more)
    reach = sqrt(variance * (size + 1) / (alpha * beta))
    lower, upper = m1 - alpha * reach, m1 + beta * reach
    if lower < 0 or upper > 1:
        return None
    return TrueScores(alpha=alpha, beta=beta, lower=lower, upper=upper)


def _compound_pass(tau: Floats, n: int, cut: float, k: float) -> Floats:
    """P(score ≥ cut) under Lord's two-term approximation."""
    scores = np.arange(int(np.ceil(cut)), n + 1)[:, None]
    second = (
        stats.binom.pmf(scores, n - 2, tau) - 2 * stats.binom.pmf(scores - 1, n - 2, tau)
        + stats.binom.pmf(scores - 2, n - 2, tau)
    )  # fmt: skip
    chance = stats.binom.pmf(scores, n, tau) - k * tau * (1 - tau) * second
    return np.asarray(chance.sum(axis=0))


def _classified(
    truth: TrueScores,
    cut: float,
    reliability: float,
    flags: tuple[str, ...],
    passing: _Passing,
    **size: float,
) -> Classification:
    below = truth.below(cut)
    fails, fail_both, low = _integrals(truth, passing, (0.0, below))
    passes, pass_both, high = _integrals(truth, passing, (below, 1.0))
    consistency = fail_both + pass_both
    rate = fails + passes
    chance = rate**2 + (1 - rate) ** 2
    return Classification(
        accuracy=passes + low - fails, false_positive=fails, false_negative=high - passes,
        consistency=consistency, chance_consistency=chance,
        kappa=(consistency - chance) / (1 - chance) if chance < 1 else None, reliability=reliability, true_score=truth,
        flags=flags if chance < 1 else (*flags, "one_decision"), **size,
    )  # fmt: skip


def _integrals(
    truth: TrueScores, passing: _Passing, ends: tuple[float, float]
) -> tuple[float, float, float]:
    """Over a part of the true scores: share that passes, that decides alike twice, and its size.

    Nodes are quantiles, so that no density is evaluated where it may be infinite.
    """
    points, weights = np.polynomial.legendre.leggauss(_NODES)
    low, high = ends
    size = high - low
    chance = passing(truth.quantile(low + size * (points + 1) / 2))
    mass = weights * size / 2
    alike = chance**2 + (1 - chance) ** 2
    return float(mass @ chance), float(mass @ alike), size
