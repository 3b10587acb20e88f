"""How much answers depend on who asked: intraclass correlation by interviewer and its price.

Without interpenetrated assignments an interviewer's effect and that of the places where the
interviewer worked cannot be told apart; the correlation is then of both.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

FEW = 10
"""Interviews below which an interviewer's own figures say little."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewerEffect:
    """The intraclass correlation of one item; None where it is not defined.

    `deff` is the factor by which a mean's variance grows. `few` of the interviewers have fewer
    than ten interviews.
    """

    item: str
    interviews: int
    interviewers: int
    few: int
    icc: float | None
    ci: tuple[float | None, float | None]
    deff: float | None
    p: float | None


def interviewer_effect(
    item: str, values: npt.ArrayLike, interviewers: npt.ArrayLike, *, level: float = 0.95
) -> InterviewerEffect:
    """One-way random-effects analysis of variance of `values` (NaN: no answer).

    ICC = (MSB - MSW) / (MSB + (m0 - 1) MSW) with m0 = (N - sum m²/N) / (k - 1) (Snedecor &
    Cochran 1989, 13.3; negative values are kept). The interval refers MSB/MSW to F, exact where
    all have the same number of interviews (Searle 1971, 9.9), with m0 in place of it otherwise.
    deff = 1 + (sum m²/N - 1) max(ICC, 0) (Kish 1965, 5.4, for unequal workloads).
    """
    value, who = np.asarray(values, dtype=float), np.asarray(interviewers)
    known = np.isfinite(value)
    names, at, sizes = np.unique(who[known], return_inverse=True, return_counts=True)
    value = value[known]
    few = int((sizes < FEW).sum())
    if len(names) < 2 or len(value) <= len(names) or np.ptp(value) == 0:
        return InterviewerEffect(item=item, interviews=len(value), interviewers=len(names),
                                 few=few, icc=None, ci=(None, None), deff=None, p=None)  # fmt: skip
    between, within, m0 = _mean_squares(value, at, sizes)
    icc = _icc(between / within, m0) if within > 0 else 1.0
    load = float((sizes**2).sum() / len(value))
    df = (len(names) - 1, len(value) - len(names))
    return InterviewerEffect(
        item=item, interviews=len(value), interviewers=len(names), few=few, icc=icc,
        ci=_limits(between, within, m0, df, level), deff=1 + (load - 1) * max(icc, 0.0),
        p=float(stats.f.sf(between / within, *df)) if within > 0 else 0.0,
    )  # fmt: skip


def _mean_squares(
    value: Floats, at: npt.NDArray[np.intp], sizes: npt.NDArray[np.intp]
) -> tuple[float, float, float]:
    """Mean squares between and within, and the effective number of interviews each."""
    total, groups = len(value), len(sizes)
    means = np.bincount(at, weights=value) / sizes
    between = float(sizes @ (means - value.mean()) ** 2) / (groups - 1)
    within = float(((value - means[at]) ** 2).sum()) / (total - groups)
    return between, within, float((total - (sizes**2).sum() / total) / (groups - 1))


def _icc(ratio: float, m0: float) -> float:
    return float((ratio - 1) / (ratio + m0 - 1))


def _limits(
    between: float, within: float, m0: float, df: tuple[int, int], level: float
) -> tuple[float | None, float | None]:
    if within <= 0:
        return None, None
    tail, ratio = (1 - level) / 2, between / within
    high, low = stats.f.ppf(1 - tail, *df), stats.f.ppf(tail, *df)
    return _icc(ratio / high, m0), _icc(ratio / low, m0)
