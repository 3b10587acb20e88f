"""Generalized linear models fitted to a sample, with design-based errors.

Maximum pseudo-likelihood by iteratively reweighted least squares; variance by the sandwich of
linearized scores over the design (Binder 1983; R `survey::svyglm`), or by refitting every replicate.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis import intervals
from analysis.columns import Factor, Floats, factor, is_numeric, numeric, unknown_column
from analysis.deferred import known
from analysis.design import Sample
from analysis.errors import AnalysisError
from analysis.estimates import Estimates
from analysis.formula import Formula, ModelMatrix, build_matrix
from analysis.linearize import covariance_of, degrees_of_freedom
from analysis.links import LINKS, Link
from analysis.result import Estimate
from instruments.errors import Problem
from instruments.language import Message, say

Family = Literal["gaussian", "binomial", "poisson"]
Mask = NDArray[np.bool_]
_TOLERANCE, _MOST = 1e-8, 50


CANONICAL: Mapping[Family, Link] = {"gaussian": "identity", "binomial": "logit", "poisson": "log"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """What is fitted: outcome, columns, family and link, on the rows that are `inside`."""

    formula: Formula
    outcome: Floats
    matrix: ModelMatrix
    inside: Mask
    family: Family
    link: Link


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """A fitted model with its covariance; `naive` is the inverse information at mean weight 1.

    `influence` is what a unit of each row's weight does to the coefficients (rows by coefficients).
    """

    model: Model
    coefficients: Floats
    influence: Floats
    covariance: Floats
    naive: Floats
    deviance: float
    df: float
    n: int

    def rows(self, level: float) -> Estimates:
        """The coefficients as estimates with t statistics and p-values."""
        se = np.sqrt(np.diag(self.covariance))
        names = self.model.matrix.names
        rows = tuple(
            tested_row(Estimate(of=name, estimate=float(value), se=float(error), ci=(None, None),
                                confidence=level, df=self.df, n=self.n))
            for name, value, error in zip(names, self.coefficients, se, strict=True)
        )  # fmt: skip
        return Estimates(rows=rows, joint=known(self.covariance))


def tested_row(row: Estimate) -> Estimate:
    """The row with its t interval, t statistic and p-value; without df or error: with a flag."""
    if row.estimate is None or not row.se or row.df is None or row.df <= 0:
        return replace(row, flags=(*row.flags, "low_df"))
    low, high = intervals.t_interval(row.estimate, row.se, row.df, row.confidence)
    ratio = row.estimate / row.se
    return replace(row, ci=(float(low), float(high)), statistic=ratio,
                   p=intervals.two_sided(ratio, row.df))  # fmt: skip


def build_model(
    sample: Sample, formula: Formula, *, family: Family, link: Link | None, where: Mask | None
) -> Model:
    """Bind a formula to the rows; rows left out or with a missing value are outside."""
    if formula.outcome is None:
        raise _refused(say("the formula has no outcome."), say("Write y ~ a + b."))
    outcome = _outcome(sample, formula.outcome)
    matrix = build_matrix(sample.data, formula, declared=sample.factors, role="estimate.formula")
    inside = sample.kept & ~(np.isnan(outcome) | np.isnan(matrix.values).any(axis=1))
    if where is not None:
        inside &= where
    if inside.sum() <= len(matrix.names):
        raise _refused(say("{rows} rows are too few for {terms} coefficients.",
                           rows=int(inside.sum()), terms=len(matrix.names)), None)  # fmt: skip
    _refuse_outcome(outcome[inside], family, formula.outcome)
    return Model(formula=formula, outcome=outcome, matrix=matrix, inside=inside, family=family,
                 link=link or CANONICAL[family])  # fmt: skip


def fit(sample: Sample, model: Model) -> Fit:
    """Fit the model with the sample's weights and design.

    Raises:
        AnalysisError: columns are collinear, or the coefficients do not settle.
    """
    weights = sample.weights * model.inside
    scale = len(weights[model.inside]) / weights.sum()
    solved = _iterate(model, weights * scale, None)
    beta = solved.coefficients
    influence, naive = _influence(model, weights * scale, solved)
    if sample.replicates is None:
        covariance = covariance_of(sample, influence * scale, model.inside)
    else:
        found = np.stack(
            [refit(model, w * model.inside, beta) for w in sample.replicates.weights()]
        )
        covariance, _ = sample.replicates.covariance(found, beta)
    df = degrees_of_freedom(sample, model.inside) + 1 - len(beta)
    return Fit(model=model, coefficients=beta, influence=influence * scale,
               covariance=covariance, naive=naive,
               deviance=solved.deviance, df=df, n=int(model.inside.sum()))  # fmt: skip


def refit(model: Model, weights: Floats, start: Floats) -> Floats:
    """The coefficients under other weights, NaN where they do not settle."""
    try:
        return _iterate(model, weights / weights.sum(), start).coefficients
    except AnalysisError:
        return np.full(len(start), np.nan)


class _Solved(NamedTuple):
    """Coefficients, deviance, and each row's working weight of the last step per survey weight."""

    coefficients: Floats
    deviance: float
    working: Floats


def _iterate(model: Model, weights: Floats, start: Floats | None) -> _Solved:
    """Iteratively reweighted least squares, from R's start and with R's rule for stopping.

    R's `glm` ends when the deviance changes by less than 1e-8 of itself and keeps the working
    weights of its last step; standard errors agree with it only if both are done alike.
    """
    rows = weights != 0
    x, y, w = model.matrix.values[rows], model.outcome[rows], weights[rows]
    link, family = LINKS[model.link], model.family
    eta = link.start(_first_means(y, w, family)) if start is None else x @ start
    before = _deviance(y, link.mean(eta), w, family)
    for _ in range(_MOST):
        mean, slope = link.mean(eta), link.slope(eta)
        working = w * slope**2 / _variance(mean, family)
        beta = _least_squares(x, eta + (y - mean) / slope, working, model.matrix.names)
        eta = x @ beta
        deviance = _deviance(y, link.mean(eta), w, family)
        if abs(deviance - before) < _TOLERANCE * (abs(deviance) + 0.1):
            per_weight = np.zeros(len(rows))
            per_weight[rows] = working / w
            return _Solved(beta, deviance, per_weight)
        before = deviance
    raise _refused(say("the coefficients do not settle; some may be infinite."),
                   say("Look for a category in which every outcome is the same."))  # fmt: skip


def _first_means(y: Floats, w: Floats, family: Family) -> Floats:
    if family == "binomial":
        return np.asarray((w * y + 0.5) / (w + 1))
    return y + 0.1 if family == "poisson" else y


def _variance(mean: Floats, family: Family) -> Floats:
    if family == "binomial":
        return np.maximum(mean * (1 - mean), 1e-300)
    return mean if family == "poisson" else np.ones_like(mean)


def _deviance(y: Floats, mean: Floats, w: Floats, family: Family) -> float:
    if family == "gaussian":
        return float((w * (y - mean) ** 2).sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        if family == "poisson":
            return float(2 * (w * (special.xlogy(y, y / mean) - (y - mean))).sum())
        ones = special.xlogy(y, y / mean) + special.xlogy(1 - y, (1 - y) / (1 - mean))
    return float(2 * (w * ones).sum())


def _least_squares(x: Floats, y: Floats, w: Floats, names: tuple[str, ...]) -> Floats:
    root = np.sqrt(w)[:, None]
    scale = np.sqrt(np.square(x * root).sum(axis=0))
    if (scale == 0).any() or not np.isfinite(scale).all():
        raise _collinear(names[int(np.argmin(scale))])
    q, r = np.linalg.qr(x * root / scale)
    small = np.abs(np.diag(r)) < 1e-9
    if small.any():
        raise _collinear(names[int(np.argmax(small))])
    return np.asarray(np.linalg.solve(r, q.T @ (y * root[:, 0])) / scale)


def _influence(model: Model, weights: Floats, solved: _Solved) -> tuple[Floats, Floats]:
    """Each row's influence per unit of its scaled weight, and (X'WX)^-1."""
    x = np.where(model.inside[:, None], model.matrix.values, 0.0)
    link, working = LINKS[model.link], solved.working
    eta = x @ solved.coefficients
    naive = np.linalg.inv((x * (weights * working)[:, None]).T @ x)
    residual = (model.outcome - link.mean(eta)) / link.slope(eta)
    score = x * np.where(model.inside, residual * working, 0.0)[:, None]
    return np.asarray(score @ naive, dtype=np.float64), np.asarray(naive, dtype=np.float64)


def _outcome(sample: Sample, name: str) -> Floats:
    if name not in sample.data.columns:
        raise AnalysisError(unknown_column(sample.data, name, role="estimate.formula"))
    if is_numeric(sample.data[name]) and name not in sample.factors:
        return numeric(sample.data, name, role="estimate.formula")
    found: Factor = factor(sample.data, name, declared=sample.factors, role="estimate.formula")
    if len(found.levels) != 2:
        raise _refused(say("the outcome '{name}' has {count} levels.", name=name,
                           count=len(found.levels)), say("Use a number or two levels."))  # fmt: skip
    return np.where(found.codes < 0, np.nan, found.codes.astype(np.float64))


def _refuse_outcome(y: Floats, family: Family, name: str) -> None:
    if family == "binomial" and ((y < 0) | (y > 1)).any():
        raise _refused(say("the outcome '{name}' is not between 0 and 1.", name=name),
                       say("Use family: gaussian, or an outcome of 0 and 1."))  # fmt: skip
    if family == "poisson" and (y < 0).any():
        raise _refused(say("the outcome '{name}' is below zero.", name=name),
                       say("Use family: gaussian."))  # fmt: skip


def _collinear(name: str) -> AnalysisError:
    return _refused(say("'{name}' follows from the other columns of the formula.", name=name),
                    say("Leave it out."))  # fmt: skip


def _refused(what: Message, hint: Message | None) -> AnalysisError:
    return AnalysisError(Problem(where="estimate.formula", what=what, hint=hint))
