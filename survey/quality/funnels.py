"""How each interviewer stands against all: a share or a mean, and the limits of chance for it.

Limits are those of a funnel plot (Spiegelhalter 2005): 95% as a warning, 99.8% as a reason to
look. Of yes-or-no values they are exact binomial, of others normal about the mean of all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from survey.quality.effects import FEW

WARNING, ALARM = 0.95, 0.998
Stands = Literal["inside", "warning", "alarm", "few"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewerMean:
    """One indicator of one interviewer; `limits` are the 99.8% limits at this workload.

    `stands` is few where ten interviews are not reached: their limits are printed, not judged.
    """

    indicator: str
    interviewer: str
    interviews: int
    mean: float
    overall: float
    limits: tuple[float, float]
    stands: Stands


def interviewer_means(
    indicator: str, values: npt.ArrayLike, interviewers: npt.ArrayLike
) -> Iterator[InterviewerMean]:
    """Each interviewer's mean of `values` (one per interview, NaN: none) with its funnel limits."""
    value, who = np.asarray(values, dtype=float), np.asarray(interviewers)
    known = np.isfinite(value)
    value, who = value[known], who[known]
    if len(value) < 2 or np.ptp(value) == 0:
        return
    overall, spread = float(value.mean()), float(value.std(ddof=1))
    binary = bool(np.isin(value, (0.0, 1.0)).all())
    for name in np.unique(who):
        own = value[who == name]
        size, mean = len(own), float(own.mean())
        near, far = (_limits(overall, spread, size, level, binary=binary)
                     for level in (WARNING, ALARM))  # fmt: skip
        yield InterviewerMean(indicator=indicator, interviewer=str(name), interviews=size,
                              mean=mean, overall=overall, limits=far,
                              stands=_stands(mean, size, near, far))  # fmt: skip


def _limits(
    overall: float, spread: float, size: int, level: float, *, binary: bool
) -> tuple[float, float]:
    tail = (1 - level) / 2
    if binary:
        low, high = stats.binom.ppf(tail, size, overall), stats.binom.ppf(1 - tail, size, overall)
        return float(low) / size, float(high) / size
    reach = float(stats.norm.ppf(1 - tail)) * spread / float(np.sqrt(size))
    return overall - reach, overall + reach


def _stands(mean: float, size: int, near: tuple[float, float], far: tuple[float, float]) -> Stands:
    if size < FEW:
        return "few"
    if not far[0] <= mean <= far[1]:
        return "alarm"
    return "inside" if near[0] <= mean <= near[1] else "warning"
