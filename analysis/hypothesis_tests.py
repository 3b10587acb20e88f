"""Tests under a design: association in tables, means and ranks of groups, terms of a model."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis import intervals, mixtures
from analysis.columns import Factor, Floats, factor, is_numeric
from analysis.design import Sample
from analysis.domains import Domains, find_domains
from analysis.errors import AnalysisError
from analysis.estimate import mean
from analysis.formula import Formula, Term
from analysis.linearize import answer, degrees_of_freedom
from analysis.ratios import level_totals, shares
from analysis.regression import Fit, Model, build_model, fit
from analysis.rows import Options
from instruments.errors import Problem
from instruments.language import Message, say

ChisqTest = Literal["F", "Chisq", "Wald", "adjWald", "lincom", "saddlepoint"]
RankTest = Literal["wilcoxon", "vanderWaerden", "median", "KruskalWallis"]
TermTest = Literal["Wald", "LRT"]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """A test's statistic, its reference (one df for t and chi-square, two for F) and p-value."""

    statistic: float
    df: float | tuple[float, float] | None
    p: float
    estimate: float | None = None
    ci: tuple[float, float] | None = None
    n: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Table:
    """A table of two factors: cells in order of rows within columns, as shares and as totals."""

    rows: int
    columns: int
    cross: Factor
    domains: Domains
    n: int


def chisq(
    sample: Sample, *, of: tuple[str, str], test: ChisqTest = "F", where: Mask | None = None
) -> TestResult:
    """Test the association of two categorical variables.

    Pearson's X² with the corrections of Rao & Scott (1984), or a Wald statistic on the departures
    from independence (R `svychisq`).
    """
    table = _table(sample, of, where)
    nu = _whole_df(sample)
    if test in ("Wald", "adjWald"):
        return _wald_table(sample, table, nu, adjusted=test == "adjWald")
    shares_of = answer(sample, [shares(table.cross, table.domains)])
    p, v = shares_of.estimate, shares_of.covariance
    pearson = table.n * _pearson(p.reshape(table.columns, table.rows))
    delta = _rao_scott(p, v, table)
    weights = np.asarray(np.linalg.eigvals(delta).real, dtype=np.float64)
    trace, squares = weights.sum(), np.square(weights).sum()
    d0 = trace**2 / squares
    if test == "F":
        statistic = pearson / trace
        return TestResult(statistic=statistic, df=(d0, d0 * nu), n=table.n,
                          p=float(special.fdtrc(d0, d0 * nu, statistic)))  # fmt: skip
    if test == "Chisq":
        k = float(len(weights))
        tail = float(special.chdtrc(k, pearson / (trace / k)))
        return TestResult(statistic=pearson, df=k, p=tail, n=table.n)
    law = mixtures.exact_tail if test == "lincom" else mixtures.saddlepoint_tail
    reference = np.inf if sample.replicates is not None else d0 * nu
    return TestResult(statistic=pearson, df=None, p=law(pearson, weights, reference), n=table.n)


def _table(sample: Sample, of: tuple[str, str], where: Mask | None) -> _Table:
    first, second = (
        _observed(factor(sample.data, name, declared=sample.factors, role="estimate.of"))
        for name in of
    )
    if min(len(first.levels), len(second.levels)) < 2:
        raise _refused("of", say("a table needs two levels of each variable."), None)
    codes = np.where(
        (first.codes < 0) | (second.codes < 0), -1, second.codes * len(first.levels) + first.codes
    )
    levels = tuple(f"{a}.{b}" for b in second.levels for a in first.levels)
    cross = Factor(name=":".join(of), codes=codes, levels=levels)
    domains = find_domains(sample, (), where).without(codes < 0)
    return _Table(rows=len(first.levels), columns=len(second.levels), cross=cross, domains=domains,
                  n=int((domains.codes >= 0).sum()))  # fmt: skip


def _observed(found: Factor) -> Factor:
    used = np.unique(found.codes[found.codes >= 0])
    place = np.full(len(found.levels) + 1, -1)
    place[used] = np.arange(len(used))
    return replace(found, codes=place[found.codes], levels=tuple(found.levels[i] for i in used))


def _pearson(p: Floats) -> float:
    expected = np.outer(p.sum(axis=1), p.sum(axis=0))
    return float((np.square(p - expected) / expected).sum())


def _rao_scott(p: Floats, v: Floats, table: _Table) -> Floats:
    """The matrix whose eigenvalues are the design effects of the contrasts of interaction."""
    row, column = (
        np.tile(np.arange(table.rows), table.columns),
        np.repeat(np.arange(table.columns), table.rows),
    )
    main = np.concatenate(
        [np.ones((len(p), 1)), row[:, None] == np.arange(1, table.rows),
         column[:, None] == np.arange(1, table.columns)], axis=1
    )  # fmt: skip
    both = [
        (row == i) & (column == j) for i in range(1, table.rows) for j in range(1, table.columns)
    ]
    interaction = np.stack(both, axis=1).astype(np.float64)
    contrast = interaction - main @ np.linalg.lstsq(main, interaction, rcond=None)[0]
    inverse = np.divide(1, p, out=np.zeros_like(p), where=p > 0)
    scaled = contrast * inverse[:, None]
    return np.linalg.solve((contrast.T @ scaled) / table.n, scaled.T @ v @ scaled)


def _wald_table(sample: Sample, table: _Table, nu: float, *, adjusted: bool) -> TestResult:
    found = answer(sample, [level_totals(table.cross, table.domains)])
    cells = found.estimate.reshape(table.columns, table.rows)
    total, by_row, by_column = cells.sum(), cells.sum(axis=0), cells.sum(axis=1)
    row, column = (
        np.tile(np.arange(table.rows), table.columns),
        np.repeat(np.arange(table.columns), table.rows),
    )
    apart = cells.ravel() - by_row[row] * by_column[column] / total
    slopes = (
        np.eye(cells.size)
        - (row[:, None] == row[None, :]) * (by_column[column] / total)[:, None]
        - (column[:, None] == column[None, :]) * (by_row[row] / total)[:, None]
        + (by_row[row] * by_column[column] / total**2)[:, None]
    )
    used = np.flatnonzero((row > 0) & (column > 0))
    v = (slopes @ found.covariance @ slopes.T)[np.ix_(used, used)]
    k = float(len(used))
    statistic = float(apart[used] @ np.linalg.solve(v, apart[used])) / k
    ddf = nu - k + 1 if adjusted else nu
    statistic *= ddf / nu if adjusted else 1.0
    return TestResult(statistic=statistic, df=(k, ddf), n=table.n,
                      p=float(special.fdtrc(k, ddf, statistic)))  # fmt: skip


def _whole_df(sample: Sample) -> float:
    return degrees_of_freedom(sample, np.ones(len(sample.data), dtype=bool))


def ttest(sample: Sample, formula: Formula, *, where: Mask | None = None) -> TestResult:
    """Test a mean against zero (``y ~ 0``), or the difference of two groups (R `svyttest`)."""
    if not formula.terms:
        return _one_sample(sample, formula, where)
    fitted = fit(sample, build_model(sample, formula, family="gaussian", link=None, where=where))
    if len(fitted.coefficients) != 2:
        raise _refused("formula", say("the groups are not two."), say("Use ranktest or glm."))
    row = fitted.rows(0.95)[1]
    if row.statistic is None or row.p is None or row.ci[0] is None or row.ci[1] is None:
        raise _refused("formula", say("too few degrees of freedom are left."), None)
    return TestResult(statistic=row.statistic, df=fitted.df, p=row.p, estimate=row.estimate,
                      ci=(row.ci[0], row.ci[1]), n=fitted.n)  # fmt: skip


def _one_sample(sample: Sample, formula: Formula, where: Mask | None) -> TestResult:
    if formula.outcome is None:
        raise _refused("formula", say("the formula has no outcome."), say("Write y ~ 0."))
    row = mean(sample, of=formula.outcome, where=where, options=Options())[0]
    if not row.se or row.estimate is None or row.df is None or row.df <= 1:
        raise _refused("formula", say("the mean has no standard error."), None)
    df, statistic = row.df - 1, row.estimate / row.se
    low, high = intervals.t_interval(row.estimate, row.se, df, 0.95)
    return TestResult(statistic=statistic, df=df, p=intervals.two_sided(statistic, df), n=row.n,
                      estimate=row.estimate, ci=(float(low), float(high)))  # fmt: skip


def ranktest(
    sample: Sample, formula: Formula, *, test: RankTest = "wilcoxon", where: Mask | None = None
) -> TestResult:
    """Compare groups by scores of their estimated population ranks (Lumley & Scott 2013)."""
    if len(formula.terms) != 1 or len(formula.terms[0]) != 1:
        raise _refused("formula", say("a rank test has one grouping variable."), None)
    model = build_model(
        _grouped(sample, formula.terms[0][0]), formula, family="gaussian", link=None, where=where
    )
    score = _rank_scores(model, sample.weights, test)
    fitted = fit(sample, replace(model, outcome=score))
    k = len(fitted.coefficients) - 1
    degf = fitted.df + k
    if k == 1:
        se = float(np.sqrt(fitted.covariance[1, 1]))
        t = float(fitted.coefficients[1]) / se
        return TestResult(statistic=t, df=degf - 1, p=intervals.two_sided(t, degf - 1), n=fitted.n,
                          estimate=float(fitted.coefficients[1]))  # fmt: skip
    statistic = _wald(fitted, np.arange(1, k + 1)) / k
    return TestResult(statistic=statistic, df=(float(k), degf - k), n=fitted.n,
                      p=float(special.fdtrc(k, degf - k, statistic)))  # fmt: skip


def _grouped(sample: Sample, name: str) -> Sample:
    """The sample with its grouping variable declared as categorical."""
    if name in sample.factors or name not in sample.data or not is_numeric(sample.data[name]):
        return sample
    levels = factor(sample.data, name, declared={}, role="estimate.formula").levels
    return replace(sample, factors={**sample.factors, name: levels})


def _rank_scores(model: Model, weights: Floats, test: RankTest) -> Floats:
    inside = np.flatnonzero(model.inside)
    order = inside[np.argsort(model.outcome[inside], kind="stable")]
    w = weights[order]
    values, tie = np.unique(model.outcome[order], return_inverse=True)
    middle = np.cumsum(w) - w / 2
    rank = np.full(len(model.outcome), np.nan)
    rank[order] = (np.bincount(tie, weights=middle) / np.bincount(tie, minlength=len(values)))[tie]
    share = rank / w.sum()
    if test == "vanderWaerden":
        return np.asarray(special.ndtri(share))
    if test == "median":
        return np.where(np.isnan(share), np.nan, (share > 0.5).astype(np.float64))
    return np.asarray(share)


def termtest(sample: Sample, fitted: Fit, term: Term, *, test: TermTest = "Wald") -> TestResult:
    """Test that all coefficients of a term are zero.

    A Wald F, or the likelihood ratio of the pseudo-likelihood against the law of Rao & Scott
    (Lumley & Scott 2014; R `regTermTest`).
    """
    wanted = frozenset(term)
    terms = fitted.model.matrix.terms
    used = np.array([i for i, owner in enumerate(terms) if frozenset(owner) == wanted and owner])
    if not len(used):
        known = ", ".join(dict.fromkeys(":".join(owner) for owner in terms if owner))
        what = say(
            "'{term}' is not a term of the model: {known}.", term=":".join(term), known=known
        )
        raise _refused("term", what, None)
    k = float(len(used))
    if test == "Wald":
        statistic = _wald(fitted, used) / k
        return TestResult(statistic=statistic, df=(k, fitted.df), n=fitted.n,
                          p=float(special.fdtrc(k, fitted.df, statistic)))  # fmt: skip
    statistic = fit(sample, _without(fitted.model, used)).deviance - fitted.deviance
    block = np.ix_(used, used)
    weights = np.linalg.eigvals(np.linalg.solve(fitted.naive[block], fitted.covariance[block])).real
    p = mixtures.saddlepoint_tail(statistic, weights, fitted.df)
    return TestResult(statistic=statistic, df=(k, fitted.df), p=p, n=fitted.n)


def _without(model: Model, used: NDArray[np.int64]) -> Model:
    kept = [i for i in range(len(model.matrix.names)) if i not in set(used.tolist())]
    matrix = replace(
        model.matrix, names=tuple(model.matrix.names[i] for i in kept),
        values=model.matrix.values[:, kept], terms=tuple(model.matrix.terms[i] for i in kept),
    )  # fmt: skip
    return replace(model, matrix=matrix)


def _wald(fitted: Fit, used: NDArray[np.int64]) -> float:
    beta = fitted.coefficients[used]
    return float(beta @ np.linalg.solve(fitted.covariance[np.ix_(used, used)], beta))


def _refused(field: str, what: Message, hint: Message | None) -> AnalysisError:
    return AnalysisError(Problem(where=f"estimate.{field}", what=what, hint=hint))
