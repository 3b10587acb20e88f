"""Weighted quantiles and their intervals.

Rules are those of Hyndman & Fan (1996) carried to weights, with R `svyquantile`'s names. Intervals
are Woodruff's (1952): limits for the distribution function at the estimate, turned back into
values; or score limits; or, with replicates, the variance of the quantile itself.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from analysis import intervals
from analysis.columns import Floats, numeric
from analysis.deferred import known
from analysis.design import Sample
from analysis.domains import Domains, find_domains
from analysis.estimates import Estimates
from analysis.linearize import answer
from analysis.ratios import means
from analysis.result import Estimate
from analysis.rows import DEFAULT, Options, make_rows

Rule = Literal[
    "math", "school", "shahvaish", "hf1", "hf2", "hf3", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9"
]
Interval = Literal["mean", "beta", "xlogit", "asin", "score", "quantile"]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantileOptions:
    """Which quantiles, by which rule, with which interval."""

    probs: tuple[float, ...] = (0.5,)
    rule: Rule = "math"
    interval: Interval = "mean"
    options: Options = DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Sorted:
    """Values of one domain in order, their weights and cumulated weights."""

    values: Floats
    weights: Floats
    cumulated: Floats

    @property
    def total(self) -> float:
        return float(self.cumulated[-1])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Place:
    """One domain of one variable: its rows and their numbers in order."""

    rows: NDArray[np.int64]
    sorted: _Sorted


def quantile(
    sample: Sample, *, of: Sequence[str], by: Sequence[str] = (), where: Mask | None = None,
    how: QuantileOptions,
) -> Estimates:  # fmt: skip
    """Estimate quantiles of numeric variables by domain; their covariances are not known (NaN)."""
    rows: list[Estimate] = []
    base = find_domains(sample, by, where)
    values = [numeric(sample.data, name, role="estimate.of") for name in of]
    missing: Mask = np.any([np.isnan(v) for v in values], axis=0)
    domains = base.without(missing)
    for name, column in zip(of, values, strict=True):
        rows += _of_variable(sample, name, column, domains, how)
    order = sorted(range(len(rows)), key=lambda i: _domain_order(rows[i], domains))
    found = tuple(rows[i] for i in order)
    variance = np.array([np.square(row.se) if row.se is not None else np.nan for row in found])
    alone = np.full((len(found), len(found)), np.nan)
    np.fill_diagonal(alone, variance)
    return Estimates(rows=found, joint=known(alone))


def _domain_order(row: Estimate, domains: Domains) -> int:
    return domains.labels.index(row.by)


def _of_variable(
    sample: Sample, name: str, values: Floats, domains: Domains, how: QuantileOptions
) -> list[Estimate]:
    places = [_place(sample.weights, values, domains, d) for d in range(len(domains))]
    rows: list[Estimate] = []
    for prob in how.probs:
        quantiles = np.array([_quantile(p.sorted, prob, how.rule) for p in places])
        below = (values <= quantiles[np.maximum(domains.codes, 0)]).astype(np.float64)
        question = means([name], [below], domains)
        shares = make_rows(answer(sample, [question]), domains.labels, "mean", how.options)
        for d, share in enumerate(shares):
            row = replace(share, estimate=float(quantiles[d]), prob=prob, cv=None, deff=None)
            rows.append(
                share if share.n == 0 else
                _with_interval(sample, row, share, _Context(values, places[d], how))
            )  # fmt: skip
    return rows


@dataclass(frozen=True, slots=True)
class _Context:
    values: Floats
    place: _Place
    how: QuantileOptions


def _with_interval(sample: Sample, row: Estimate, share: Estimate, context: _Context) -> Estimate:
    how = context.how
    df = row.df if row.df is not None else 0.0
    if df <= 0:
        return replace(row, se=None, ci=(None, None))
    if how.interval == "quantile":
        return _replicated(sample, row, context)
    if how.interval == "score":
        limits = _score_limits(sample, row, context)
    else:
        limits = _woodruff_limits(share, context.how)
    low, high = (_turned(p, context) for p in limits)
    t = float(intervals.t_quantile(0.5 + how.options.level / 2, df))
    se = None if low is None or high is None else (high - low) / (2 * t)
    flags = row.flags if se is not None else (*row.flags, "no_limit")
    return replace(row, se=se, ci=(low, high), flags=flags)


def _turned(p: float | None, context: _Context) -> float | None:
    if p is None or not 0 <= p <= 1:
        return None
    return _quantile(context.place.sorted, p, context.how.rule)


def _woodruff_limits(share: Estimate, how: QuantileOptions) -> tuple[float | None, float | None]:
    """Limits of the share at or below the quantile; None where the interval is not defined."""
    p, se, df, level = share.estimate, share.se, share.df, how.options.level
    if p is None or se is None or df is None:
        return None, None
    if how.interval == "mean":
        low, high = intervals.t_interval(p, se, df, level)
        return float(low), float(high)
    if not 0 < p < 1 or se == 0:
        return None, None
    makers: Mapping[str, Callable[[], Floats]] = {
        "xlogit": lambda: intervals.logit_interval(p, se, df, level),
        "asin": lambda: intervals.asin_interval(p, se, df, level),
        "beta": lambda: intervals.beta_interval(
            p, intervals.effective_size(p, se, n=share.n, df=df, level=level), level
        ),
    }
    low, high = makers[how.interval]()
    return float(low), float(high)


def _score_limits(
    sample: Sample, row: Estimate, context: _Context
) -> tuple[float | None, float | None]:
    """Values where the score test of the quantile meets its critical value (Francisco & Fuller 1991)."""
    place, prob = context.place, float(row.prob if row.prob is not None else 0.5)
    values = place.sorted.values
    t = float(intervals.t_quantile(0.5 + context.how.options.level / 2, float(row.df or 0)))
    inside = np.full(len(sample.data), -1, dtype=np.int64)
    inside[place.rows] = 0
    domain = Domains(codes=inside, labels=({},), people=None)

    def score(theta: float) -> float:
        above = (context.values > theta).astype(np.float64) - (1 - prob)
        found = answer(sample, [means(["u"], [above], domain)])
        return float(found.estimate[0] / np.sqrt(found.covariance[0, 0]))

    spread = np.subtract(*np.quantile(values, [0.75, 0.25])) / 100
    start, end = float(values[0] + spread), float(values[-1] - spread)
    tolerance = 1 / (100 * np.sqrt(len(values)))
    found: list[float | None] = []
    for limit in (t, -t):
        if not score(start) > limit > score(end):
            found.append(None)
            continue
        root = brentq(lambda theta, at=limit: score(theta) - at, start, end, xtol=tolerance)
        found.append(float((values <= root).mean()))
    return found[0], found[1]


def _replicated(sample: Sample, row: Estimate, context: _Context) -> Estimate:
    """The variance of the quantile over the replicates."""
    replicates = sample.replicates
    if replicates is None:
        return replace(row, se=None, ci=(None, None), flags=(*row.flags, "no_replicates"))
    place, prob = context.place, float(row.prob if row.prob is not None else 0.5)
    found = [
        _quantile(_sort(context.values[place.rows], w[place.rows]), prob, context.how.rule)
        for w in replicates.weights()
    ]
    full = np.array([row.estimate], dtype=np.float64)
    matrix, _ = replicates.covariance(np.array(found)[:, None], full)
    se = float(np.sqrt(matrix[0, 0]))
    low, high = intervals.t_interval(full[0], se, float(row.df or 0), context.how.options.level)
    return replace(row, se=se, ci=(float(low), float(high)))


def _place(weights: Floats, values: Floats, domains: Domains, domain: int) -> _Place:
    rows = np.flatnonzero(domains.codes == domain)
    return _Place(rows=rows, sorted=_sort(values[rows], weights[rows]))


def _sort(values: Floats, weights: Floats) -> _Sorted:
    kept = weights != 0
    values, weights = values[kept], weights[kept]
    order = np.argsort(values, kind="stable")
    cumulated = np.cumsum(weights[order].astype(np.longdouble)).astype(np.float64)
    return _Sorted(values=values[order], weights=weights[order], cumulated=cumulated)


def _quantile(data: _Sorted, p: float, rule: Rule) -> float:
    if len(data.values) == 0:
        return np.nan
    if len(data.values) == 1:
        return float(data.values[0])
    if rule in ("math", "hf1", "school", "hf2", "hf3", "hf4"):
        return _stepped(data, p, rule)
    if rule == "shahvaish":
        return _shah_vaish(data, p)
    return float(np.interp(p, _POSITIONS[rule](data), data.values))


def _shah_vaish(data: _Sorted, p: float) -> float:
    """Shah & Vaish (2006) as R has it, where half of the unscaled weight is taken off.

    It exists to reproduce R: it depends on the scale of the weights and may fall where p grows.
    """
    shares = np.cumsum(data.weights / data.weights.mean())
    positions = (shares + 0.5 - data.weights / 2) / (len(data.values) + 1)
    order = np.argsort(positions, kind="stable")
    place = int(np.searchsorted(positions[order], p, side="right")) - 1
    return float(data.values[order][max(place, 0)])


def _stepped(data: _Sorted, p: float, rule: str) -> float:
    """Rules on the step function itself: below, above, or between two neighbours."""
    if rule == "hf3":
        data = _pooled(data)
    values, cumulated = data.values, data.cumulated
    place = int(np.searchsorted(cumulated, p * data.total, side="right")) - 1
    if place < 0:
        return float(values[0])
    after = min(place + 1, len(values) - 1)
    low, high = float(values[place]), float(values[after])
    below = p - cumulated[place] / data.total
    above = cumulated[after] / data.total - p
    if rule == "hf4":
        return low if after == place else low + (high - low) * below / (above + below)
    if below != 0 or (rule == "hf3" and (place + 1) % 2):
        return high
    return (low + high) / 2 if rule in ("school", "hf2") else low


def _pooled(data: _Sorted) -> _Sorted:
    values, place = np.unique(data.values, return_inverse=True)
    weights = np.bincount(place, weights=data.weights).astype(np.float64)
    return _Sorted(values=values, weights=weights, cumulated=np.cumsum(weights))


def _before(data: _Sorted) -> Floats:
    return np.concatenate([[0.0], data.cumulated[:-1]])


_POSITIONS: Mapping[str, Callable[[_Sorted], Floats]] = {
    "hf5": lambda d: (d.cumulated - d.weights / 2) / d.total,
    "hf6": lambda d: d.cumulated / (d.total + d.weights[-1]),
    "hf7": lambda d: _before(d) / d.cumulated[-2],
    "hf8": lambda d: (_before(d) / 3 + d.cumulated * 2 / 3) / (d.total + d.weights[-1] / 3),
    "hf9": lambda d: (_before(d) * 3 / 8 + d.cumulated * 5 / 8) / (d.total + d.weights[-1] / 4),
}
