"""Answers that change while the fieldwork goes on: a trend over the days, or a break in them.

So many items are looked at that some move by chance; p-values are adjusted for all of them
together by Holm's step-down method, which holds whatever their dependence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
from scipy import stats
from statsmodels.stats.multitest import multipletests

LEAST = 30
"""Dated interviews below which nothing is said of a course."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One item over the field period: weekly means, its trend, and where a break is likeliest.

    `slope` is per week; `p_trend` is of the linear trend, `p_break` of the cumulative sum;
    `adjusted` is the smaller of the two after adjustment over all items and both tests.
    """

    item: str
    weeks: tuple[tuple[date, int, float], ...]
    slope: float
    p_trend: float
    break_on: date
    p_break: float
    adjusted: float


def drifts(values: Sequence[tuple[str, npt.ArrayLike]], days: Sequence[date]) -> tuple[Drift, ...]:
    """The course of each item, in order, with p-values adjusted over all of them."""
    numbers = np.array([day.toordinal() for day in days], dtype=float)
    found = [one for item, value in values if (one := _drift(item, value, numbers)) is not None]
    if not found:
        return ()
    raw = [p for one in found for p in (one.p_trend, one.p_break)]
    adjusted = multipletests(raw, method="holm")[1].reshape(-1, 2).min(axis=1)
    return tuple(replace(one, adjusted=float(p)) for one, p in zip(found, adjusted, strict=True))


def _drift(item: str, values: npt.ArrayLike, days: npt.NDArray[np.float64]) -> Drift | None:
    value = np.asarray(values, dtype=float)
    known = np.isfinite(value)
    value, number = value[known], days[known]
    if len(value) < LEAST or np.ptp(value) == 0 or np.ptp(number) == 0:
        return None
    order = np.argsort(number, kind="stable")
    value, number = value[order], number[order]
    slope, p_trend = _trend(value, number / 7)
    at, p_break = cusum(value, number)
    return Drift(item=item, weeks=_weeks(value, number), slope=slope, p_trend=p_trend,
                 break_on=date.fromordinal(int(at)), p_break=p_break, adjusted=1.0)  # fmt: skip


def _trend(value: npt.NDArray[np.float64], weeks: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Slope and p of the linear trend.

    Cochran & Armitage's chi-square on one degree of freedom, (n - 1) r² for values of any kind
    (Agresti 2013, 3.4.1), which is the square of their statistic for shares but for n - 1 over n.
    """
    r = float(np.corrcoef(value, weeks)[0, 1])
    slope = r * float(value.std() / weeks.std())
    return slope, float(stats.chi2.sf((len(value) - 1) * r * r, 1))


def cusum(value: npt.NDArray[np.float64], days: npt.NDArray[np.float64]) -> tuple[float, float]:
    """The last day before the likeliest break, and p of the largest cumulative sum.

    max |S_t| / (sd √n) over the ends of days, against the supremum of a Brownian bridge, whose
    law is Kolmogorov's (Ploberger & Krämer 1992). Looking at the ends of days alone is cautious.
    """
    sums = np.cumsum(value - value.mean()) / (value.std() * np.sqrt(len(value)))
    ends = np.flatnonzero(np.diff(days, append=np.inf) > 0)[:-1]
    top = ends[np.argmax(np.abs(sums[ends]))]
    return float(days[top]), float(stats.kstwobign.sf(abs(sums[top])))


def _weeks(
    value: npt.NDArray[np.float64], days: npt.NDArray[np.float64]
) -> tuple[tuple[date, int, float], ...]:
    """Mondays with the number of answers and their mean."""
    monday = days - (days - 1) % 7
    return tuple(
        (date.fromordinal(int(week)), int((monday == week).sum()),
         float(value[monday == week].mean()))
        for week in np.unique(monday)
    )  # fmt: skip
