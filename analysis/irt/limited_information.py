"""Fit of the whole model from margins of one and two items: M2, and C2 for ordered categories.

Maydeu-Olivares & Joe (2006, Psychometrika 71, 713-732); Cai & Monroe (2014) for C2, which keeps
every category of single items and products of scores of pairs. R: `mirt::M2`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from typing import Literal

import numpy as np
from scipy import optimize, stats

from analysis.columns import Codes, Floats
from analysis.irt.curves import probabilities
from analysis.irt.fitted import FittedModel
from analysis.irt.items import ItemParameters
from analysis.irt.population import Population

_STEP = 1e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The test of the model and what follows from it; `rmsea_ci` is at 90%."""

    type: Literal["M2", "C2"]
    statistic: float | None
    df: int
    p: float | None
    rmsea: float | None
    rmsea_ci: tuple[float, float] | None
    srmsr: float
    cfi: float | None
    tli: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Moments:
    """Functions of one item or of two, by item and place among the item's functions.

    The functions of an item are the indicators of its categories but the first, then its score.
    """

    first: np.ndarray
    first_at: np.ndarray
    second: np.ndarray
    second_at: np.ndarray

    @classmethod
    def of(cls, categories: Sequence[int]) -> "_Moments":
        single = [(i, k, -1, -1) for i, count in enumerate(categories) for k in range(count - 1)]
        pairs = [(i, categories[i] - 1, j, categories[j] - 1)
                 for i, j in combinations(range(len(categories)), 2)]  # fmt: skip
        table = np.array([*single, *pairs])
        return cls(first=table[:, 0], first_at=table[:, 1], second=table[:, 2],
                   second_at=table[:, 3])  # fmt: skip

    def __len__(self) -> int:
        return len(self.first)


def limited_information(fitted: FittedModel) -> Fit:
    """Test a model of one normal population on the persons who answered all items."""
    codes = fitted.responses.codes
    complete = (codes >= 0).all(axis=1)
    answers = codes[complete].astype(np.int64)
    weights = fitted.weights[complete]
    items, population = fitted.items, fitted.population
    categories = [item.categories for item in items]
    moments = _Moments.of(categories)
    observed = _observed(moments, answers, categories, weights)
    statistic, df = _statistic(moments, observed, len(answers), items, population,
                               _slopes(moments, fitted))  # fmt: skip
    null = _null(moments, observed, len(answers), categories)
    srmsr = _srmsr(answers, weights, items, population)
    dichotomous = all(count == 2 for count in categories)
    kind: Literal["M2", "C2"] = "M2" if dichotomous else "C2"
    if df < 1:
        return Fit(type=kind, statistic=None, df=df, p=None, rmsea=None, rmsea_ci=None,
                   srmsr=srmsr, cfi=None, tli=None)  # fmt: skip
    n = len(answers)
    return Fit(
        type=kind, statistic=statistic, df=df, p=float(stats.chi2.sf(statistic, df)),
        rmsea=sqrt(max(statistic - df, 0) / (df * (n - 1))),
        rmsea_ci=_rmsea_interval(statistic, df, n), srmsr=srmsr, **_incremental(statistic, df, *null),
    )  # fmt: skip


def _conditional(items: Sequence[ItemParameters], nodes: Floats) -> list[tuple[Floats, Floats]]:
    """Of each item: means of its functions, and means of their products, by node."""
    found = []
    for item in items:
        p = probabilities(item, nodes)
        functions = _functions(item.categories)
        found.append((functions @ p, np.einsum("fk,gk,kq->fgq", functions, functions, p)))
    return found


def _functions(categories: int) -> Floats:
    return np.vstack([np.eye(categories)[1:], np.arange(categories)])


def _base(moments: _Moments, conditional: Sequence[tuple[Floats, Floats]]) -> Floats:
    """The mean of each moment's function at each node."""
    means = np.zeros((len(conditional) + 1, max(len(one) for one, _ in conditional) + 1,
                      conditional[0][0].shape[1]))  # fmt: skip
    means[-1, -1] = 1.0
    for place, (own, _) in enumerate(conditional):
        means[place, : len(own)] = own
    return np.asarray(
        means[moments.first, moments.first_at] * means[moments.second, moments.second_at]
    )


def _prior(population: Population) -> Floats:
    return np.asarray(population.prior(np.zeros(1, dtype=np.int64), np.empty((1, 0)))[0])


def _expected(moments: _Moments, items: Sequence[ItemParameters], population: Population) -> Floats:
    return _base(moments, _conditional(items, population.nodes)) @ _prior(population)


def _observed(
    moments: _Moments, answers: Codes, categories: Sequence[int], weights: Floats
) -> Floats:
    columns = [_functions(count)[:, answers[:, place]] for place, count in enumerate(categories)]
    share = weights / weights.sum()
    found = np.empty(len(moments))
    for at in range(len(moments)):
        value = columns[moments.first[at]][moments.first_at[at]]
        if moments.second[at] >= 0:
            value = value * columns[moments.second[at]][moments.second_at[at]]
        found[at] = share @ value
    return found


def _covariance(
    moments: _Moments, items: Sequence[ItemParameters], population: Population
) -> Floats:
    """Covariance of the moments' functions under the model; shared items enter once."""
    conditional = _conditional(items, population.nodes)
    base, prior = _base(moments, conditional), _prior(population)
    expected = base @ prior
    found = np.empty((len(moments), len(moments)))
    for at in range(len(moments)):
        joint = base[at] * base
        for item, function in _parts(moments, at):
            _share(joint, moments, conditional[item], item, function)
        found[at] = joint @ prior - expected[at] * expected
    return (found + found.T) / 2


def _parts(moments: _Moments, at: int) -> list[tuple[int, int]]:
    parts = [(int(moments.first[at]), int(moments.first_at[at]))]
    if moments.second[at] >= 0:
        parts.append((int(moments.second[at]), int(moments.second_at[at])))
    return parts


def _share(
    joint: Floats, moments: _Moments, own: tuple[Floats, Floats], item: int, function: int
) -> None:
    """Where another moment has the item too, the mean of the product stands for that of means."""
    means, products = own
    ratio = products[function] / np.maximum(means[function] * means, 1e-300)
    for places, functions in ((moments.first, moments.first_at),
                              (moments.second, moments.second_at)):  # fmt: skip
        rows = np.flatnonzero(places == item)
        joint[rows] *= ratio[functions[rows]]


def _slopes(moments: _Moments, fitted: FittedModel) -> Floats:
    """Slopes of the expected moments in the free parameters, by central differences."""
    values = np.asarray(fitted.values, dtype=np.float64)
    columns = [np.empty((len(moments), 0))]
    for at in range(len(values)):
        ends = []
        for sign in (1, -1):
            moved = values.copy()
            moved[at] += sign * _STEP
            ends.append(_expected(moments, fitted.items_at(moved), fitted.population_at(moved)))
        columns.append((ends[0] - ends[1]) / (2 * _STEP))
    return np.column_stack(columns)


def _statistic(
    moments: _Moments, observed: Floats, n: int, items: Sequence[ItemParameters],
    population: Population, slopes: Floats,
) -> tuple[float, int]:  # fmt: skip
    """N e' (Ξ⁻¹ - Ξ⁻¹Δ(Δ'Ξ⁻¹Δ)⁻¹Δ'Ξ⁻¹) e, and the moments less the parameters."""
    residual = observed - _expected(moments, items, population)
    xi = _covariance(moments, items, population)
    solved = np.linalg.solve(xi, np.column_stack([residual, slopes]))
    pull, spread = solved[:, 0], solved[:, 1:]
    inner = slopes.T @ spread
    taken = slopes.T @ pull
    value = residual @ pull - taken @ np.linalg.pinv(inner, hermitian=True) @ taken
    return float(n * value), len(moments) - slopes.shape[1]


def _null(
    moments: _Moments, observed: Floats, n: int, categories: Sequence[int]
) -> tuple[float, int]:
    """The same statistic for items that have nothing in common."""
    items, slopes, at = [], np.zeros((len(moments), sum(categories) - len(categories))), 0
    for place, count in enumerate(categories):
        p = observed[at : at + count - 1]
        shares = np.concatenate(([1 - p.sum()], p))
        items.append(ItemParameters(
            item=str(place), model="gpcm", slope=0.0,
            intercepts=tuple(np.log(np.maximum(shares[1:], 1e-12) / max(shares[0], 1e-12)).tolist()),
        ))  # fmt: skip
        at += count - 1
    population = Population.normal(np.array([0.0]))
    for column in range(slopes.shape[1]):
        slopes[:, column] = _null_slope(moments, items, categories, column)
    return _statistic(moments, observed, n, items, population, slopes)


def _null_slope(
    moments: _Moments, items: Sequence[ItemParameters], categories: Sequence[int], column: int
) -> Floats:
    """Slope of independent moments in the share of one category: 1, or its score times a mean."""
    ends = np.cumsum([count - 1 for count in categories])
    item = int(np.searchsorted(ends, column, side="right"))
    rank = column - int(ends[item] - (categories[item] - 1)) + 1
    scores = np.array([np.arange(item_.categories) @ probabilities(item_, np.array([0.0]))[:, 0]
                       for item_ in items])  # fmt: skip
    found = np.zeros(len(moments))
    found[column] = 1.0
    for side, other in ((moments.first, moments.second), (moments.second, moments.first)):
        rows = np.flatnonzero((side == item) & (moments.second >= 0))
        found[rows] = rank * scores[other[rows]]
    return found


def _incremental(statistic: float, df: int, null: float, null_df: int) -> dict[str, float | None]:
    if null_df < 1 or null <= null_df:
        return {"cfi": None, "tli": None}
    cfi = 1 - max(statistic - df, 0.0) / (null - null_df)
    return {"cfi": min(cfi, 1.0), "tli": (null / null_df - statistic / df) / (null / null_df - 1)}


def _rmsea_interval(statistic: float, df: int, n: int) -> tuple[float, float]:
    ends = [_noncentrality(statistic, df, p) for p in (0.95, 0.05)]
    low, high = (sqrt(end / (df * (n - 1))) for end in ends)
    return low, high


def _noncentrality(statistic: float, df: int, p: float) -> float:
    """The noncentrality at which the statistic is the quantile p; 0 where none is."""
    if stats.chi2.cdf(statistic, df) <= p:
        return 0.0
    top = max(statistic, 1.0)
    while stats.ncx2.cdf(statistic, df, top) > p:
        top *= 2
    return float(optimize.brentq(lambda lam: stats.ncx2.cdf(statistic, df, lam) - p, 1e-10, top))


def _srmsr(
    answers: Codes, weights: Floats, items: Sequence[ItemParameters], population: Population
) -> float:
    """Root mean square of observed less expected correlations of scores."""
    share = weights / weights.sum()
    apart = answers - share @ answers
    covariance = (apart * share[:, None]).T @ apart
    scale = np.sqrt(np.diag(covariance))
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = covariance / np.outer(scale, scale)
    lower = np.tril_indices(len(items), -1)
    gap = observed[lower] - _expected_correlations(items, population)[lower]
    return float(np.sqrt(np.mean(gap**2)))


def _expected_correlations(items: Sequence[ItemParameters], population: Population) -> Floats:
    prior, nodes = _prior(population), population.nodes
    means, squares = [], []
    for item in items:
        p, ranks = probabilities(item, nodes), np.arange(item.categories)
        means.append(ranks @ p)
        squares.append(float((ranks**2 @ p) @ prior))
    curves = np.array(means)
    mean = curves @ prior
    products = (curves * prior) @ curves.T - np.outer(mean, mean)
    scale = np.sqrt(np.array(squares) - mean**2)
    return np.asarray(products / np.outer(scale, scale))
