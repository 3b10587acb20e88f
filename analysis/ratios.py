"""Totals and ratios of totals, the one form that means, totals, ratios and proportions share.

Every output is top·t over bottom·t, or top·t alone, where t are weighted sums by column and cell.
Its linearized score is (top - estimate·bottom)·s over bottom·t, with s the same sums by unit
(Woodruff 1971; Särndal et al. 1992, result 5.6.2): linear in the sums, so it is formed after
aggregation and never row by row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analysis.columns import Codes, Factor, Floats
from analysis.domains import Domains
from analysis.engine.memory import Grouping, cell_counts, cell_sums
from analysis.matrices import Sparse, as_sparse, times

_MANY = 4096
"""So many rows show well enough where the values lie."""


class Key(NamedTuple):
    """What one output is about: variable, level of a factor, domain."""

    of: str
    level: str | None
    domain: int


ElementVariance = Callable[[Floats, Floats], Floats]
Within = Callable[[int, int], Floats | float]
"""Covariance of two of the variables, by place, among the people that each row stands for."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ratios:
    """Outputs as ratios of weighted sums.

    `columns` are unweighted values per row; t has the sums of column 0 (ones) over all cells, then
    of column 1, and so on. Only the first `linear` columns enter `top` and `bottom`, so only they
    are summed by unit. `bottom` is None for totals. `spread(t, estimate)` is the element variance
    within the output's domain without the factor n/(n-1); `n` the rows behind each output.
    `correction` is taken off the ratio; it and its derivative are zero in the full sample.
    """

    keys: tuple[Key, ...]
    columns: tuple[Floats, ...]
    linear: int
    grouping: Grouping
    top: Sparse
    bottom: Sparse | None
    n: Codes
    spread: ElementVariance | None = None
    correction: Callable[[Floats], Floats] | None = None

    def estimates(self, totals: Floats) -> Floats:
        """The outputs from sums of (at least) the linear columns; rows may be replicates."""
        width = totals.shape[-1]
        value = np.asarray((self.top[:, :width] @ totals.T).T, dtype=np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.bottom is not None:
                value = value / np.asarray((self.bottom[:, :width] @ totals.T).T)
            return value if self.correction is None else value - self.correction(totals)


def _select(columns: Sequence[int] | Codes, width: int) -> Sparse:
    """A row per output that picks one sum."""
    rows = np.arange(len(columns))
    selection = sparse.csr_array((np.ones(len(columns)), (rows, columns)), shape=(len(rows), width))
    return as_sparse(selection)


def everyone(rows: int) -> Floats:
    """A column of ones, which takes no room."""
    return np.broadcast_to(1.0, rows)


def no_spread(_: int, __: int) -> float:
    """A row that is one person has no variance within."""
    return 0.0


def means(
    names: Sequence[str], values: Sequence[Floats], domains: Domains, within: Within = no_spread
) -> Ratios:
    """Means of numeric variables by domain."""
    return _numeric(names, values, domains, within, divided=True)


def totals(
    names: Sequence[str], values: Sequence[Floats], domains: Domains, within: Within = no_spread
) -> Ratios:
    """Totals of numeric variables by domain."""
    return _numeric(names, values, domains, within, divided=False)


def _numeric(
    names: Sequence[str], values: Sequence[Floats], domains: Domains, within: Within,
    *, divided: bool,
) -> Ratios:  # fmt: skip
    cells, count = len(domains), len(values)
    inside = domains.codes >= 0
    centres = np.array([_middle(v, inside) for v in values])
    squares = [_squares(v, centres[i], within(i, i)) for i, v in enumerate(values)]
    width = cells * (2 * count + 1)
    variable, cell = (a.ravel() for a in np.indices((count, cells)))
    top = _select(cells * (1 + variable) + cell, width)
    bottom = _select(cell, width)
    second = _select(cells * (1 + count + variable) + cell, width)

    def spread(t: Floats, _: Floats) -> Floats:
        weight = times(bottom, t)
        return np.asarray(
            (times(second, t)) / weight - np.square((times(top, t)) / weight - centres[variable])
        )

    return Ratios(
        keys=tuple(Key(names[int(v)], None, int(c)) for v, c in zip(variable, cell, strict=True)),
        columns=(everyone(len(inside)), *values, *squares),
        linear=1 + count,
        grouping=domains.grouping(),
        top=top,
        bottom=bottom if divided else None,
        spread=spread,
        n=np.tile(cell_counts(domains.grouping()), count),
    )


def ratios(
    names: Sequence[str], tops: Sequence[Floats], under: Floats, domains: Domains,
    within: Within = no_spread,
) -> Ratios:  # fmt: skip
    """Ratios of totals, each numerator over the same denominator, by domain.

    `within` counts the denominator as variable 0.
    """
    cells, count = len(domains), len(tops)
    inside = domains.codes >= 0
    start = np.array([_middle(v, inside) for v in tops]) / (_middle(under, inside) or 1.0)
    second = _second_moments(tops, under, start, within)
    columns = (everyone(len(inside)), under, *tops, *second)
    variable, cell = (a.ravel() for a in np.indices((count, cells)))
    width, after = cells * len(columns), 3 + count
    weight, bottom, under2 = (_select(cells * j + cell, width) for j in (0, 1, 2 + count))
    top, residual2, cross = (
        _select(cells * (j + variable) + cell, width) for j in (2, after, after + count)
    )

    def spread(t: Floats, estimate: Floats) -> Floats:
        shift = estimate - start[variable]
        squares = (
            times(residual2, t) - 2 * shift * (times(cross, t)) + shift**2 * (times(under2, t))
        )
        mean = (times(top, t) - estimate * (times(bottom, t))) / (times(weight, t))
        return np.asarray(squares / (times(weight, t)) - np.square(mean))

    return Ratios(
        keys=tuple(Key(names[int(v)], None, int(c)) for v, c in zip(variable, cell, strict=True)),
        columns=columns,
        linear=2 + count,
        grouping=domains.grouping(),
        top=top,
        bottom=bottom,
        spread=spread,
        n=np.tile(cell_counts(domains.grouping()), count),
    )


def _second_moments(
    tops: Sequence[Floats], under: Floats, start: Floats, within: Within
) -> list[Floats]:
    """Squares of the denominator, of each residual top - start·under, and their products."""
    squares, products = [], []
    for i, (top, r) in enumerate(zip(tops, start, strict=True), start=1):
        residual, both = top - r * under, within(0, i) - r * within(0, 0)
        squares.append(np.square(residual) + within(i, i) - r * (within(0, i) + both))
        products.append(residual * under + both)
    return [np.square(under) + within(0, 0), *squares, *products]


def marked(name: str, marks: Floats, domains: Domains) -> Ratios:
    """Share of people with a mark of 1, others having 0, by domain."""
    cells, grouping = len(domains), domains.grouping()
    return Ratios(
        keys=tuple(Key(name, None, cell) for cell in range(cells)),
        columns=(everyone(len(marks)), marks),
        linear=2,
        grouping=grouping,
        top=_select(cells + np.arange(cells), 2 * cells),
        bottom=_select(np.arange(cells), 2 * cells),
        spread=lambda _, p: p * (1 - p),
        n=cell_counts(grouping),
    )


def chosen(name: str, hits: NDArray[np.bool_], domains: Domains) -> Ratios:
    """Share of the rows that are hits, by domain: one sum over cells of domain by hit or not."""
    count = len(domains)
    codes = 2 * domains.codes + hits
    codes[domains.codes < 0] = -1
    hit = _select(2 * np.arange(count) + 1, 2 * count)
    return Ratios(
        keys=tuple(Key(name, None, cell) for cell in range(count)),
        columns=(everyone(len(hits)),),
        linear=1,
        grouping=Grouping(codes=codes, cells=2 * count, people=domains.people),
        top=hit,
        bottom=as_sparse(hit + _select(2 * np.arange(count), 2 * count)),
        spread=lambda _, p: p * (1 - p),
        n=cell_counts(domains.grouping()),
    )


def shares(of: Factor, domains: Domains) -> Ratios:
    """Share of each level of a factor within each domain."""
    return _levels(of, domains, divided=True)


def level_totals(of: Factor, domains: Domains) -> Ratios:
    """Population count of each level of a factor within each domain."""
    return _levels(of, domains, divided=False)


def variances(
    names: Sequence[str], values: Sequence[Floats], domains: Domains, weights: Floats
) -> Ratios:
    """Element variances, then covariances, by domain: means of centred products (R `svyvar`).

    Products are centred at the full sample's means; a replicate's own means enter as a correction.
    """
    cells, codes = len(domains), domains.codes
    counts = cell_counts(domains.grouping())
    centred = [_centred(v, weights, domains) for v in values]
    pairs = [(i, i) for i in range(len(values))]
    pairs += [(i, j) for i in range(len(values)) for j in range(i + 1, len(values))]
    growth = (counts / np.maximum(counts - 1, 1))[np.maximum(codes, 0)]
    products = [centred[i] * centred[j] * growth for i, j in pairs]
    variable, cell = (a.ravel() for a in np.indices((len(pairs), cells)))
    width = cells * (1 + len(values) + len(pairs))
    bottom = _select(cell, width)
    one, two = (
        _select(cells * (1 + np.array([pair[k] for pair in pairs])[variable]) + cell, width)
        for k in (0, 1)
    )
    grow = (counts / np.maximum(counts - 1, 1))[cell]

    def correction(t: Floats) -> Floats:
        first, second, weight = (np.asarray((m @ t.T).T) for m in (one, two, bottom))
        return np.asarray(grow * first * second / np.square(weight))

    return Ratios(
        keys=tuple(Key(_pair_name(names, *pairs[int(v)]), None, int(c))
                   for v, c in zip(variable, cell, strict=True)),
        columns=(everyone(len(codes)), *centred, *products),
        linear=1 + len(values) + len(pairs),
        grouping=domains.grouping(),
        top=_select(cells * (1 + len(values) + variable) + cell, width),
        bottom=bottom,
        n=np.tile(counts, len(pairs)),
        correction=correction,
    )  # fmt: skip


def _centred(values: Floats, weights: Floats, domains: Domains) -> Floats:
    """Values minus the weighted mean of their domain."""
    sums = cell_sums(domains.grouping(), [weights, weights * values])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(values - (sums[1] / sums[0])[domains.codes])


def _pair_name(names: Sequence[str], i: int, j: int) -> str:
    return names[i] if i == j else f"{names[i]}:{names[j]}"


def _levels(of: Factor, domains: Domains, *, divided: bool) -> Ratios:
    size = len(of.levels)
    grouping = domains.crossed(of)
    cells = grouping.cells
    top = as_sparse(sparse.eye_array(cells))
    whole = as_sparse(sparse.kron(sparse.eye_array(len(domains)), np.ones((size, size))))
    counts = cell_counts(grouping).reshape(len(domains), size).sum(axis=1)

    def spread(t: Floats, _: Floats) -> Floats:
        p = t / times(whole, t)
        return np.asarray(p * (1 - p))

    return Ratios(
        keys=tuple(Key(of.name, of.levels[c % size], c // size) for c in range(cells)),
        columns=(everyone(len(of.codes)),),
        linear=1,
        grouping=grouping,
        top=top,
        bottom=whole if divided else None,
        spread=spread,
        n=np.repeat(counts, size),
    )


def _squares(values: Floats, centre: float, within: Floats | float) -> Floats:
    """Mean squares about `centre` of the people that each row stands for."""
    found = values - centre
    found *= found
    found += within
    return found


def _middle(values: Floats, inside: NDArray[np.bool_]) -> float:
    """The plain mean of some rows in the domains, a shift that keeps sums of squares accurate."""
    step = max(1, len(values) // _MANY)
    chosen = values[::step][inside[::step]]
    if not len(chosen):
        chosen = values[inside]
    return float(chosen.mean()) if len(chosen) else 0.0
