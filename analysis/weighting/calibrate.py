"""Calibration on any auxiliaries: weights as close to the given ones as meet the known totals.

Generalized regression (linear), multiplicative (raking), logit and truncated linear distances
(Deville & Särndal 1992; Deville, Särndal & Sautory 1993). Bounds on g = new/old weight are met
inside the solver: no weight is cut afterwards. R `survey::calibrate`, `grake`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from analysis.columns import Codes, Floats, first_row, numeric
from analysis.design import Sample
from analysis.errors import AnalysisError
from analysis.formula import build_matrix, parse_formula
from analysis.matrices import as_sparse, dense
from analysis.projection import Step, solve_symmetric
from analysis.result import MarginFit
from analysis.weighting.adjustment import Reweighted
from analysis.weighting.margins import Margin, code_margins, indicators, name_of
from instruments.errors import Problem
from instruments.language import say

Distance = Literal["linear", "raking", "logit", "truncated"]
Bounds = tuple[float, float]
_UNBOUNDED: Bounds = (-np.inf, np.inf)
_HALVINGS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Solver:
    """How the new weights are found; `tolerance` is on |achieved - target| / (1 + |target|).

    `trim` keeps g inside limits after raking and spreads what was cut over the other units, so
    that the sum of the weights is kept (R `calibrate(trim = )`).
    """

    distance: Distance = "linear"
    bounds: Bounds = _UNBOUNDED
    trim: Bounds | None = None
    tolerance: float = 1e-11
    max_iterations: int = 500


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibrating:
    """Auxiliaries with their known totals, bound to a sample.

    `spread` is proportional to the residual variance; `cluster` makes g constant within it.
    """

    names: tuple[str, ...]
    auxiliaries: Floats
    totals: Floats
    spread: Floats
    solver: Solver
    cluster: Codes | None = None

    def reweight(self, weights: Floats) -> Reweighted:
        """Calibrate `weights`; totals that cannot be met are an error that names the worst."""
        matrix, base, spread = self._aggregated(weights)
        g, iterations = _solve(self, matrix, base, spread)
        achieved = matrix.T @ (base * g)
        if self.solver.trim is not None:
            g = _trimmed(g, base, self.solver.trim)
        misfit = np.abs(achieved - self.totals) / (1 + np.abs(self.totals))
        place = int(np.argmax(misfit))
        return Reweighted(weights=weights * g, iterations=iterations, worst=float(misfit[place]),
                          worst_margin=self.names[place], worst_category=self.names[place])  # fmt: skip

    def steps(self, before: Floats, after: Floats) -> tuple[Step, ...]:
        """The projection on the auxiliaries with base weights over residual variances."""
        matrix, base, spread = self._aggregated(before)
        made = after / before * base
        step = Step(auxiliaries=as_sparse(matrix), metric=base / spread, after=made, taken=made)
        return (step,)

    def fits(self, before: Floats, after: Floats) -> tuple[MarginFit, ...]:
        """Totals of the auxiliaries before and after, as shares of their target."""
        old, new = self.auxiliaries.T @ before, self.auxiliaries.T @ after
        return tuple(
            MarginFit(margin=name, category="", target=1.0, before=float(old[i] / t),
                      after=float(new[i] / t))
            for i, (name, t) in enumerate(zip(self.names, self.totals, strict=True)) if t
        )  # fmt: skip

    def _aggregated(self, weights: Floats) -> tuple[Floats, Floats, Floats]:
        if self.cluster is None:
            return self.auxiliaries, weights, self.spread
        return (_average(self.auxiliaries, self.cluster), _average(weights, self.cluster),
                _average(self.spread, self.cluster))  # fmt: skip


def plan_calibration(
    sample: Sample, formula: str, totals: Mapping[str, float], solver: Solver
) -> Calibrating:
    """Bind a formula and the totals of its columns to a sample."""
    model = build_matrix(
        sample.data, parse_formula(formula), declared=sample.factors, role="calibrate, formula"
    )
    _refuse_mismatch(model.names, totals)
    missing = np.isnan(model.values)
    if missing.any():
        row = first_row(np.asarray(missing.any(axis=1)))
        name = model.names[int(np.argmax(missing[row - 1]))]
        what = say("row {row} has no value of '{variable}'.", row=row, variable=name)
        hint = say("Impute the value before calibrating.")
        raise AnalysisError(Problem(where="calibrate, formula", what=what, hint=hint))
    known = np.array([float(totals[name]) for name in model.names])
    plan = Calibrating(
        names=model.names, auxiliaries=model.values, totals=known,
        spread=np.ones(len(sample.data)), solver=solver,
    )  # fmt: skip
    return _without_empty(plan)


def plan_margins(sample: Sample, margins: Sequence[Margin], solver: Solver) -> Calibrating:
    """Bind margins of categories to a sample, each category an auxiliary."""
    coded = code_margins(sample, margins)
    names = tuple(f"{m.name}: {name_of(c)}" for m in coded for c in m.categories)
    plan = Calibrating(
        names=names, auxiliaries=dense(indicators(coded)),
        totals=np.concatenate([m.targets for m in coded]),
        spread=np.ones(len(sample.data)), solver=solver,
    )  # fmt: skip
    return _without_empty(plan)


def with_variance(plan: Calibrating, sample: Sample, column: str) -> Calibrating:
    """The same calibration with residual variance proportional to a column."""
    spread = numeric(sample.data, column, role="calibrate, variance")
    bad = ~(spread > 0)
    if bad.any():
        what = say("row {row}, column '{column}': the residual variance must be above zero.",
                   row=first_row(bad), column=column)  # fmt: skip
        raise AnalysisError(Problem(where="calibrate, variance", what=what))
    return replace(plan, spread=spread)


def _refuse_mismatch(names: tuple[str, ...], totals: Mapping[str, float]) -> None:
    lacking = [name for name in names if name not in totals]
    strange = [name for name in totals if name not in names]
    if not lacking and not strange:
        return
    what = say("the totals do not fit the formula: without a total {lacking}; not in it {strange}.",
               lacking=", ".join(lacking) or "-", strange=", ".join(strange) or "-")  # fmt: skip
    hint = say("Give one total for each of: {names}.", names=", ".join(names))
    raise AnalysisError(Problem(where="calibrate, totals", what=what, hint=hint))


def _without_empty(plan: Calibrating) -> Calibrating:
    """Drop columns that are zero throughout with a total of zero; another total is refused."""
    empty = ~plan.auxiliaries.any(axis=0)
    for place in np.flatnonzero(empty & (plan.totals != 0)):
        what = say("'{term}' has the total {total} but no respondents.",
                   term=plan.names[place], total=f"{plan.totals[place]:.10g}")  # fmt: skip
        hint = say("Merge it with a neighbouring category in the totals and in the data.")
        raise AnalysisError(Problem(where="calibrate, totals", what=what, hint=hint))
    kept = np.flatnonzero(~empty)
    return replace(plan, names=tuple(plan.names[i] for i in kept),
                   auxiliaries=plan.auxiliaries[:, kept], totals=plan.totals[kept])  # fmt: skip


def _average(values: Floats, group: Codes) -> Floats:
    size = np.bincount(group)
    if values.ndim == 1:
        return np.asarray((np.bincount(group, weights=values) / size)[group])
    return np.stack([_average(column, group) for column in values.T], axis=1)


def _solve(plan: Calibrating, matrix: Floats, base: Floats, spread: Floats) -> tuple[Floats, int]:
    """Newton's method on the multipliers, with halved steps where one does not help."""
    solver = plan.solver
    multiplier = np.zeros(matrix.shape[1])
    g, slope = _distance(matrix @ multiplier / spread, solver)
    misfit = plan.totals - matrix.T @ (base * g)
    for iteration in range(1, solver.max_iterations + 1):
        weighted = matrix * (base * slope / spread)[:, None]
        direction = solve_symmetric(weighted.T @ matrix, misfit[:, None]).ravel()
        multiplier, g, slope, misfit = _advance(plan, matrix, (base, spread), multiplier, direction)
        if _relative(plan, misfit) <= solver.tolerance:
            return g, iteration
    raise AnalysisError(_infeasible(plan, misfit))


def _advance(
    plan: Calibrating, matrix: Floats, fixed: tuple[Floats, Floats], start: Floats, step: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    base, spread = fixed
    for halving in range(_HALVINGS):
        multiplier = start + step / 2**halving
        with np.errstate(over="ignore", invalid="ignore"):
            g, slope = _distance(matrix @ multiplier / spread, plan.solver)
        if np.isfinite(g).all() and np.isfinite(slope).all():
            misfit = plan.totals - matrix.T @ (base * g)
            return multiplier, g, slope, misfit
    raise AnalysisError(_infeasible(plan, plan.totals - matrix.T @ base))


def _distance(u: Floats, solver: Solver) -> tuple[Floats, Floats]:
    """The weight ratio g(u) and its derivative, with g(0) = g'(0) = 1."""
    low, high = solver.bounds
    if solver.distance == "raking":
        g = np.exp(u)
        return np.clip(g, low, high), np.where((g > low) & (g < high), g, 0.0)
    if solver.distance == "logit":
        return _logit(u, low, high)
    g = 1 + u
    return np.clip(g, low, high), ((g > low) & (g < high)).astype(np.float64)


def _logit(u: Floats, low: float, high: float) -> tuple[Floats, Floats]:
    scale = (high - low) / ((high - 1) * (1 - low))
    grown = np.exp(scale * u)
    under = high - 1 + (1 - low) * grown
    g = (low * (high - 1) + high * (1 - low) * grown) / under
    return g, (high - g) * (g - low) * scale / (high - low)


def _relative(plan: Calibrating, misfit: Floats) -> float:
    return float(np.max(np.abs(misfit) / (1 + np.abs(plan.totals))))


def _trimmed(g: Floats, base: Floats, limits: Bounds) -> Floats:
    low, high = limits
    outside = (g < low) | (g > high)
    if not outside.any():
        return g
    kept = np.clip(g, low, high)
    cut = float(((g - kept) * base).sum())
    kept[~outside] += cut / base[~outside].sum()
    return np.asarray(kept)


def _infeasible(plan: Calibrating, misfit: Floats) -> Problem:
    place = int(np.argmax(np.abs(misfit) / (1 + np.abs(plan.totals))))
    target = plan.totals[place]
    what = say(
        "calibration did not converge: '{term}' reaches {achieved} where {target} is wanted.",
        term=plan.names[place], achieved=f"{target - misfit[place]:.8g}", target=f"{target:.8g}",
    )  # fmt: skip
    low, high = plan.solver.bounds
    hint = (
        say("Merge or drop '{term}', or check its total.", term=plan.names[place])
        if np.isinf(high)
        else say("No weights between {low} and {high} times the given ones may meet it: widen the "
                 "bounds, or merge or drop '{term}'.",
                 low=f"{low:g}", high=f"{high:g}", term=plan.names[place])
    )  # fmt: skip
    return Problem(where="calibrate", what=what, hint=hint)
