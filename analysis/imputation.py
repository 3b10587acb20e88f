"""Estimates from multiply imputed data as one, with the error of not knowing what was missing.

Rubin's rules (Rubin 1987): the mean of the estimates, and as covariance the mean of theirs plus
(1 + 1/m) times that between the imputations. Degrees of freedom are those of Barnard & Rubin (1999,
Biometrika 86, 948-955) with each row's own as the complete data's.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np

from analysis import intervals
from analysis.columns import Floats
from analysis.deferred import known
from analysis.errors import AnalysisError
from analysis.estimates import Estimates
from analysis.result import Estimate
from instruments.errors import Problem
from instruments.language import say

Compatibility = Literal["textbook", "r"]


class _Pooled(NamedTuple):
    """Numbers over all rows: `within` and `between` are variances, `total` the covariance."""

    estimate: Floats
    within: Floats
    between: Floats
    total: Floats
    imputations: int


def combine_imputed(
    found: Sequence[Estimates], *, df: float | None = None, on_logits: bool = False,
    compatibility: Compatibility = "textbook",
) -> Estimates:  # fmt: skip
    """Combine what the same question found in each imputed data set.

    `df` stands for the complete data's degrees of freedom in every row. Intervals of shares are
    formed `on_logits`. With `compatibility="r"`
    their share that is observed leaves out 1 + 1/m, as R `mitools::MIcombine` does. A row that is
    undefined in one imputation stays undefined.

    Raises:
        AnalysisError: the imputed data sets do not have the same rows of results.
    """
    _refuse_unlike(found)
    values = np.array([[_number(row) for row in one] for one in found])
    each = np.stack([one.covariance for one in found])
    apart = values - values.mean(axis=0)
    between = apart.T @ apart / (len(found) - 1)
    pooled = _Pooled(
        estimate=values.mean(axis=0), within=np.diag(each.mean(axis=0)), between=np.diag(between),
        total=each.mean(axis=0) + (1 + 1 / len(found)) * between, imputations=len(found),
    )  # fmt: skip
    rows = []
    for place in range(len(found[0])):
        row = _plain([one.rows[place] for one in found], df)
        if not np.isnan(pooled.estimate[place]):
            row = _with_interval(
                _pooled_row(row, place, pooled, compatibility), on_logits=on_logits
            )
        rows.append(row)
    undefined = np.isnan(pooled.estimate)
    joint = np.where(undefined[:, None] | undefined, 0.0, pooled.total)
    return Estimates(rows=tuple(rows), joint=known(joint))


def _number(row: Estimate) -> float:
    return np.nan if row.estimate is None or row.se is None else row.estimate


def _refuse_unlike(found: Sequence[Estimates]) -> None:
    keys = [[(row.of, row.level, tuple(row.by.items())) for row in one] for one in found]
    for number, other in enumerate(keys[1:], start=2):
        if other != keys[0]:
            what = say("imputation {number} has other levels or domains than the first.",
                       number=number)  # fmt: skip
            hint = say("Declare the levels of imputed variables under `factors`.")
            raise AnalysisError(Problem(where="imputations", what=what, hint=hint))


def _plain(rows: Sequence[Estimate], df: float | None) -> Estimate:
    """What the imputations' rows share, with the complete data's degrees of freedom."""
    flags = tuple(dict.fromkeys(flag for row in rows for flag in row.flags))
    least = min(row.df or 0.0 for row in rows)
    return replace(rows[0], estimate=None, se=None, ci=(None, None), cv=None, deff=None, n_eff=None,
                   df=least if df is None else df, n=min(row.n for row in rows), flags=flags)  # fmt: skip


def _pooled_row(
    row: Estimate, place: int, pooled: _Pooled, compatibility: Compatibility
) -> Estimate:
    estimate, se = float(pooled.estimate[place]), float(np.sqrt(pooled.total[place, place]))
    df, missing = _degrees(pooled, place, row.df or 0.0, compatibility)
    return replace(row, estimate=estimate, se=se, df=df, missing_information=missing,
                   cv=se / abs(estimate) if estimate else None)  # fmt: skip


def _with_interval(row: Estimate, *, on_logits: bool) -> Estimate:
    """The row with its interval, and its test where the imputations' rows had one."""
    if row.estimate is None or not row.se or not row.df or row.df <= 0:
        return replace(row, statistic=None, p=None)
    form = intervals.logit_interval if on_logits and 0 < row.estimate < 1 else intervals.t_interval
    low, high = form(row.estimate, row.se, row.df, row.confidence)
    found = replace(row, ci=(float(low), float(high)))
    if row.statistic is None:
        return found
    ratio = row.estimate / row.se
    return replace(found, statistic=ratio, p=intervals.two_sided(ratio, row.df))


def _degrees(
    pooled: _Pooled, place: int, complete: float, compatibility: Compatibility
) -> tuple[float, float]:
    """Degrees of freedom, and the share of information that is missing."""
    within, m = pooled.within[place], pooled.imputations
    extra = (1 + 1 / m) * pooled.between[place]
    if extra <= 1e-24 * max(within, pooled.estimate[place] ** 2):
        observed = np.inf
    elif within == 0:
        observed = m - 1.0
    else:
        observed = (m - 1) * (1 + within / extra) ** 2
    if np.isfinite(complete) and within > 0:
        lost = pooled.between[place] if compatibility == "r" else extra
        left = (complete + 1) / (complete + 3) * complete * within / (within + lost)
        observed = 1 / (1 / observed + 1 / left) if left > 0 else 0.0
    if within == 0:
        return float(observed), 1.0 if extra > 0 else 0.0
    ratio = extra / within
    return float(observed), float((ratio + 2 / (observed + 3)) / (ratio + 1))
