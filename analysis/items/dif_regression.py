"""Differential item functioning by regression of the answer on score, group and their product.

Swaminathan & Rogers (1990) for dichotomous items; Zumbo (1999) for ordered ones (proportional
odds) and for Nagelkerke's R² as size. R: `difR::difLogistic`, `MASS::polr`.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy import optimize, special, stats

from analysis.columns import Floats
from analysis.items.dif import Matching

Test = Literal["both", "uniform", "nonuniform"]
_MODELS: dict[Test, tuple[str, str]] = {
    "both": ("score", "product"), "uniform": ("score", "group"), "nonuniform": ("group", "product"),
}  # fmt: skip
"""The smaller model and the larger one that a test compares."""
_STEPS, _EXACT = 60, 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class LogisticDif:
    """The likelihood-ratio test of one item, and what it adds to Nagelkerke's R²."""

    chi2: float | None
    df: int
    p: float | None
    delta_r2: float | None
    flags: tuple[str, ...] = ()


def logistic_dif(given: Matching, *, test: Test = "both") -> LogisticDif:
    """Test one item: a group's difference at equal scores, the same at all of them or not."""
    given = _cells(given)
    values, ranks = np.unique(given.answer, return_inverse=True)
    df = 2 if test == "both" else 1
    if len(values) < 2 or given.focal.all() or not given.focal.any():
        return LogisticDif(chi2=None, df=df, p=None, delta_r2=None, flags=("constant",))
    fits = [_log_likelihood(_design(given, model), ranks, given.weight) for model in _MODELS[test]]
    null = _null(ranks, given.weight)
    if any(one is None for one in fits):
        return LogisticDif(chi2=None, df=df, p=None, delta_r2=None, flags=("separation",))
    small, large = (float(one) for one in fits if one is not None)
    chi2, n = max(2 * (large - small), 0.0), float(given.weight.sum())
    return LogisticDif(
        chi2=chi2, df=df, p=float(stats.chi2.sf(chi2, df)),
        delta_r2=_nagelkerke(null, large, n) - _nagelkerke(null, small, n),
    )  # fmt: skip


def _cells(given: Matching) -> Matching:
    """Persons alike in score, group and answer as one, with the sum of their weights."""
    scores, score = np.unique(given.score, return_inverse=True)
    answers, answer = np.unique(given.answer, return_inverse=True)
    places = (len(scores), 2, len(answers))
    cell = np.ravel_multi_index((score, given.focal.astype(np.int64), answer), places)
    weight = np.bincount(cell, weights=given.weight).astype(np.float64, copy=False)
    held = np.flatnonzero(weight)
    score, focal, answer = np.unravel_index(held, places)
    return replace(given, answer=answers[answer], score=scores[score], focal=focal == 1,
                   weight=weight[held])  # fmt: skip


def _design(given: Matching, model: str) -> Floats:
    """Score, and the group and its product with the score where the model has them."""
    spread = given.score.std() or 1.0
    score, group = (given.score - given.score.mean()) / spread, given.focal.astype(np.float64)
    columns = {"score": [score], "group": [score, group], "product": [score, group, score * group]}
    return np.column_stack(columns[model])


def _null(ranks: np.ndarray, weight: Floats) -> float:
    counts = np.bincount(ranks, weights=weight)
    return float((counts * np.log(counts / counts.sum())).sum())


def _nagelkerke(null: float, fitted: float, n: float) -> float:
    return float((1 - np.exp(2 * (null - fitted) / n)) / (1 - np.exp(2 * null / n)))


def _log_likelihood(x: Floats, ranks: np.ndarray, weight: Floats) -> float | None:
    """Of proportional odds, which of two categories is logistic regression; None if it diverges."""
    categories = int(ranks.max()) + 1
    shares = np.cumsum(np.bincount(ranks, weights=weight))[:-1] / weight.sum()
    start = np.concatenate([special.logit(shares), np.zeros(x.shape[1])])
    start[1 : categories - 1] = np.log(np.diff(start[: categories - 1]))
    found = optimize.minimize(_loss, start, args=(x, ranks, weight), jac=True, method="BFGS",
                              options={"gtol": 1e-9 * max(weight.sum(), 1), "maxiter": 500})  # fmt: skip
    if not np.isfinite(found.fun) or np.abs(found.x[categories - 1 :]).max() > 50:
        return None
    return -float(found.fun)


def _loss(
    values: Floats, x: Floats, ranks: np.ndarray, weight: Floats
) -> tuple[float, Floats]:  # fmt: skip
    """Minus the log-likelihood and its slope; cuts are a first one and logarithms of steps."""
    count = len(values) - x.shape[1]
    steps = np.exp(values[1:count])
    cuts = values[0] + np.concatenate(([0.0], np.cumsum(steps)))
    ends = np.concatenate(([-np.inf], cuts, [np.inf]))
    line = x @ values[count:]
    upper, lower = ends[ranks + 1] - line, ends[ranks] - line
    above, below = special.expit(upper), special.expit(lower)
    chance = np.maximum(above - below, 1e-300)
    slope_up, slope_low = above * (1 - above) / chance, below * (1 - below) / chance
    by_cut = np.zeros(count)
    up, low = ranks < count, ranks > 0
    np.add.at(by_cut, ranks[up], (weight * slope_up)[up])
    np.add.at(by_cut, ranks[low] - 1, -(weight * slope_low)[low])
    later = np.cumsum(by_cut[::-1])[::-1]
    by_line = -(weight * (slope_up - slope_low)) @ x
    gradient = np.concatenate([[later[0]], later[1:] * steps, by_line])
    return -float(weight @ np.log(chance)), -gradient
