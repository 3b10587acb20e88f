"""Shares of people in a weighted sample: one number, its interval, and nothing about plans."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis import estimate
from analysis.design import Sample
from analysis.intervals import logit_interval
from analysis.result import Estimate

Mask = NDArray[np.bool_]

_VALUE, _LEVEL = "@value", "@level"
AVERAGE = "average"
"""Flag of a mean of fractions, which is no share of people."""


def share(
    sample: Sample,
    values: "pd.Series[float]",
    *,
    of: str,
    by: Mapping[str, str] | None = None,
    where: Mask | None = None,
) -> Estimate:
    """Estimate the mean of values between 0 and 1, with an interval on the logit scale.

    Rows without a value, or where `where` is False, have weight zero and stay in the design.
    """
    (found,) = _estimates(sample, values, levels=None, where=where)
    return replace(found, of=of, by=dict(by or {}), level=None)


def shares_by(
    sample: Sample,
    values: "pd.Series[float]",
    *,
    of: str,
    variable: str,
    levels: "pd.Series[str]",
    order: Sequence[str] = (),
) -> tuple[Estimate, ...]:
    """The share in every level of a grouping variable, empty levels of `order` included."""
    named = dict.fromkeys([*order, *sorted(levels.dropna().unique())])
    coded = pd.Categorical(levels, categories=list(named))
    found = _estimates(sample, values, levels=coded, where=None)
    return tuple(replace(one, of=of, by={variable: one.by[_LEVEL]}, level=None) for one in found)


def difference(
    sample: Sample, values: "pd.Series[float]", *, inside: Mask
) -> Estimate | None:  # fmt: skip
    """The mean of values inside less that outside; None where either side has nobody with a value."""
    known = values.notna().to_numpy()
    if not (known & inside).any() or not (known & ~inside).any():
        return None
    data = pd.DataFrame({"value": values.to_numpy(dtype=float), "side": np.where(inside, "a", "b")})
    found = estimate.mean(replace(sample, data=data, factors={}), of="value", by="side")
    (one,) = found.contrast("value[side=a] - value[side=b]")
    return one


def passes(
    scores: pd.DataFrame, cuts: Mapping[str, float], *, joint: str = "both"
) -> "pd.Series[float]":
    """Whether each person has what an indicator asks: 1, 0, or their average; NaN if unknown.

    A person without a score on one of the dimensions is unknown, also where another dimension
    alone would decide: counting only the failures among them would bias the share.
    """
    reached = pd.DataFrame({name: reaches(scores[name], cut) for name, cut in cuts.items()})
    known = reached.notna().all(axis="columns")
    joined = {"both": reached.min, "either": reached.max, "average": reached.mean}[joint]
    return joined(axis="columns").where(known)


def reaches(scores: "pd.Series[float]", cut: float) -> "pd.Series[float]":
    """1 where a score is at or above `cut`, 0 below it, NaN where there is no score.

    Both sides are rounded to 12 decimals, so that 12 right of 20 reaches a cut of 0.6.
    """
    passed = (scores.round(12) >= round(cut, 12)).astype(float)
    return passed.where(scores.notna())


def _estimates(
    sample: Sample,
    values: "pd.Series[float]",
    *,
    levels: pd.Categorical | None,
    where: Mask | None,
) -> Sequence[Estimate]:
    data = pd.DataFrame({_VALUE: values.to_numpy(dtype=float)})
    by = () if levels is None else (_LEVEL,)
    data = data if levels is None else data.assign(**{_LEVEL: levels})
    if values.dropna().isin([0, 1]).all():
        asked = replace(sample, data=data, factors={_VALUE: ("0", "1")})
        found = estimate.proportion(asked, of=_VALUE, equals=1, by=by, where=where)
        return [replace(one, hits=_hits(data, one.by, where=where)) for one in found]
    asked = replace(sample, data=data, factors={})
    return [_on_logit(one) for one in estimate.mean(asked, of=_VALUE, by=by, where=where)]


def _hits(data: pd.DataFrame, by: Mapping[str, str], *, where: Mask | None) -> int:
    having = data[_VALUE].to_numpy() == 1
    if where is not None:
        having &= where
    for name, level in by.items():
        having &= (data[name] == level).to_numpy(dtype=bool)
    return int(having.sum())


def _on_logit(one: Estimate) -> Estimate:
    """The interval of a mean of fractions, which like a share stays between 0 and 1."""
    flagged = replace(one, flags=(*one.flags, AVERAGE))
    if one.estimate is None or not one.se or not one.df or not 0 < one.estimate < 1:
        return flagged
    low, high = logit_interval(one.estimate, one.se, one.df, one.confidence)
    return replace(flagged, ci=(float(low), float(high)))
