"""Average marginal effects of a model: what a change of one variable does to the mean outcome.

A categorical variable is set to each level in turn and compared with its first, all else as
observed; a number has the derivative of the mean. Both are averaged over the population of the fit,
whose covariates are a sample too: the error is that of the linearized average, in which the row's
own effect and its pull on the coefficients stand together (Stata `margins, vce(unconditional)`;
Korn & Graubard 1999, section 3.8; Graubard & Korn 1999, Biometrics 55, 652-659).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.columns import Codes, Floats, factor, is_numeric, numeric
from analysis.deferred import known
from analysis.design import Sample
from analysis.domains import Domains, find_domains
from analysis.errors import AnalysisError
from analysis.estimates import Estimates
from analysis.formula import build_matrix
from analysis.linearize import covariance_of, degrees_of_freedom
from analysis.links import LINKS, LinkFunction
from analysis.regression import Fit, refit, tested_row
from analysis.result import Estimate
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import say

_ROLE = "estimate.formula"


class _Effect(NamedTuple):
    """One effect: each row's, from the coefficients, and its derivatives by them."""

    of: str
    level: str | None
    values: Callable[[Floats], Floats]
    slopes: Callable[[Floats], Floats]


def average_marginal_effects(
    sample: Sample, fitted: Fit, *, of: Sequence[str] = (), by: Sequence[str] = (),
    level: float = 0.95,
) -> Estimates:  # fmt: skip
    """Average marginal effects of the variables `of` (all by default), in each domain of `by`.

    `level` of a row is the level that is compared with the variable's first; a number has none.

    Raises:
        AnalysisError: a variable is not in the model.
    """
    effects = [e for name in _chosen(fitted, of) for e in _effects(sample, fitted, name)]
    domains = find_domains(sample, by).without(~fitted.model.inside)
    beta = fitted.coefficients
    values = [effect.values(beta) for effect in effects]
    estimates = _averages(domains, sample.weights, values)
    if sample.replicates is None:
        influence = _influence(sample, fitted, effects, domains)
        covariance = covariance_of(sample, influence, fitted.model.inside)
    else:
        found = np.stack([
            _again(fitted, effects, domains, weights) for weights in sample.replicates.weights()
        ])  # fmt: skip
        covariance, _ = sample.replicates.covariance(found, estimates)
    rows = _rows(sample, fitted, effects, domains, (estimates, covariance), level)
    return Estimates(rows=tuple(rows), joint=known(covariance))


def _chosen(fitted: Fit, of: Sequence[str]) -> Sequence[str]:
    explained = fitted.model.formula.variables()
    for name in of:
        if name not in explained:
            what = say("'{variable}' is not in the model.", variable=name)
            raise AnalysisError(
                Problem(where="estimate.of", what=what, hint=did_you_mean(name, explained))
            )
    return of or explained


def _effects(sample: Sample, fitted: Fit, name: str) -> Iterator[_Effect]:
    link = LINKS[fitted.model.link]
    if name not in sample.factors and is_numeric(sample.data[name]):
        yield _derivative(sample, fitted, name, link)
        return
    found = factor(sample.data, name, declared=sample.factors, role=_ROLE)
    low, *others = (_design(sample, fitted, name, level, found.levels) for level in found.levels)
    for level, high in zip(found.levels[1:], others, strict=True):
        yield _contrast(name, level, (low, high), link)


def _contrast(name: str, level: str, pair: tuple[Floats, Floats], link: LinkFunction) -> _Effect:
    low, high = pair

    def slopes(beta: Floats) -> Floats:
        return link.slope(high @ beta)[:, None] * high - link.slope(low @ beta)[:, None] * low

    return _Effect(name, level, lambda beta: link.mean(high @ beta) - link.mean(low @ beta), slopes)


def _derivative(sample: Sample, fitted: Fit, name: str, link: LinkFunction) -> _Effect:
    """The derivative by a number: columns are linear in it, so one step more is the slope."""
    here = np.where(fitted.model.inside[:, None], fitted.model.matrix.values, 0.0)
    more = numeric(sample.data, name, role=_ROLE) + 1
    step = _design(sample, fitted, name, more, None) - here

    def slopes(beta: Floats) -> Floats:
        eta, change = here @ beta, step @ beta
        return (link.curvature(eta) * change)[:, None] * here + link.slope(eta)[:, None] * step

    return _Effect(name, None, lambda beta: link.slope(here @ beta) * (step @ beta), slopes)


def _design(
    sample: Sample, fitted: Fit, name: str, value: Floats | str, levels: tuple[str, ...] | None
) -> Floats:
    """The model's columns with one variable set; rows outside the fit are zero."""
    column = pd.Series(value, index=sample.data.index)
    declared = sample.factors if levels is None else {**sample.factors, name: levels}
    data = sample.data[list(fitted.model.formula.variables())].assign(**{name: column})
    matrix = build_matrix(data, fitted.model.formula, declared=declared, role=_ROLE)
    return np.where(fitted.model.inside[:, None], matrix.values, 0.0)


def _averages(domains: Domains, weights: Floats, values: Sequence[Floats]) -> Floats:
    """Weighted means by domain, domain after domain; NaN where a domain has no weight."""
    inside = np.flatnonzero(domains.codes >= 0)
    codes, w = domains.codes[inside], weights[inside]
    sums = np.stack([_sums(codes, w * v[inside], len(domains)) for v in values], axis=1)
    whole = _sums(codes, w, len(domains))[:, None]
    return np.divide(sums, whole, out=np.full_like(sums, np.nan), where=whole > 0).ravel()


def _sums(codes: Codes, values: Floats, size: int) -> Floats:
    return np.asarray(np.bincount(codes, weights=values, minlength=size), dtype=np.float64)


def _influence(sample: Sample, fitted: Fit, effects: Sequence[_Effect], domains: Domains) -> Floats:
    """Each row's influence on every average, per unit of its weight, domain after domain."""
    beta, columns = fitted.coefficients, []
    each = [(effect.values(beta), effect.slopes(beta)) for effect in effects]
    for domain in range(len(domains)):
        inside = domains.codes == domain
        weights = np.where(inside, sample.weights, 0.0)
        whole = weights.sum() or 1.0
        for values, slopes in each:
            own = np.where(inside, values - weights @ values / whole, 0.0)
            columns.append((own + fitted.influence @ (weights @ slopes)) / whole)
    return np.stack(columns, axis=1)


def _again(fitted: Fit, effects: Sequence[_Effect], domains: Domains, weights: Floats) -> Floats:
    """The averages under the weights of a replicate, with the model fitted to it."""
    beta = refit(fitted.model, weights * fitted.model.inside, fitted.coefficients)
    return _averages(domains, weights, [effect.values(beta) for effect in effects])


def _rows(
    sample: Sample, fitted: Fit, effects: Sequence[_Effect], domains: Domains,
    found: tuple[Floats, Floats], level: float,
) -> Iterator[Estimate]:  # fmt: skip
    estimates, covariance = found
    errors = np.sqrt(np.diag(covariance))
    for place, (value, se) in enumerate(zip(estimates, errors, strict=True)):
        domain, number = divmod(place, len(effects))
        inside = domains.codes == domain
        row = Estimate(of=effects[number].of, level=effects[number].level, estimate=None, se=None,
                       by=domains.labels[domain], ci=(None, None), confidence=level, df=None,
                       n=int(inside.sum()), flags=("empty",))  # fmt: skip
        if inside.any():
            df = min(fitted.df, degrees_of_freedom(sample, inside))
            row = tested_row(replace(row, estimate=float(value), se=float(se), df=df, flags=()))
        yield row
