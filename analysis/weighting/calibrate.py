"""Calibration on any auxiliaries: weights as close to the given ones as meet the known totals.

Generalized regression (linear), multiplicative (raking), logit and truncated linear distances
(`analysis.weighting.distance`). Bounds on g = new/old weight are met inside the solver: no weight
is cut afterwards. R `survey::calibrate`, `grake`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.columns import Codes, Floats, numeric
from analysis.design import Sample
from analysis.errors import AnalysisError, refuse
from analysis.formula import INTERCEPT, build_matrix, parse_formula
from analysis.matrices import as_sparse, dense
from analysis.projection import Step
from analysis.weighting.adjustment import Findings, Reweighted
from analysis.weighting.distance import Bounds, Equations, Solver, solve
from analysis.weighting.margins import (
    Category,
    Margin,
    code_margins,
    indicators,
    merging,
    name_of,
)
from analysis.weighting_result import MarginFit
from instruments.errors import Problem
from instruments.language import Message, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Auxiliary:
    """One auxiliary: a category of a margin, or a column of a formula's term."""

    margin: str
    category: Category
    name: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibrating:
    """Auxiliaries with their known totals, bound to a sample.

    `spread` is proportional to the residual variance; `cluster` makes g constant within it.
    """

    terms: tuple[Auxiliary, ...]
    auxiliaries: Floats
    totals: Floats
    spread: Floats
    solver: Solver
    cluster: Codes | None = None

    def reweight(self, weights: Floats, _times: Floats | None = None, /) -> Reweighted:
        """Calibrate `weights`; totals that cannot be met are an error that names the worst."""
        matrix, base, spread = self._aggregated(weights)
        equations = Equations(
            matrix=matrix, base=base, spread=spread, totals=self.totals, solver=self.solver
        )
        found, iterations, met = solve(equations)
        if not met:
            raise AnalysisError(_infeasible(self, base, found.lacking))
        g = found.g if self.solver.trim is None else _trimmed(found.g, base, self.solver.trim)
        misfit = np.abs(found.lacking) / (1 + np.abs(self.totals))
        worst = self.terms[int(np.argmax(misfit))]
        return Reweighted(
            weights=weights * g, iterations=iterations, worst=float(misfit.max()),
            worst_margin=worst.margin, worst_category=name_of(worst.category),
        )  # fmt: skip

    def steps(self, before: Floats, after: Floats) -> tuple[Step, ...]:
        """The projection on the auxiliaries with base weights over residual variances."""
        matrix, base, spread = self._aggregated(before)
        ratio = np.divide(after, before, out=np.ones_like(after), where=before != 0)
        made = ratio * base
        step = Step(auxiliaries=as_sparse(matrix), metric=base / spread, after=made, taken=made)
        return (step,)

    def findings(self, before: Floats, after: Floats) -> Findings:
        """Means of the auxiliaries, which are shares for categories, before and after."""
        population = float(after.sum())
        old, new = (self.auxiliaries.T @ w / w.sum() for w in (before, after))
        fits = tuple(
            MarginFit(margin=term.margin, category=name_of(term.category),
                      target=float(self.totals[i] / population), before=float(old[i]),
                      after=float(new[i]), spread=self._spread(i, before))
            for i, term in enumerate(self.terms) if term.name != INTERCEPT
        )  # fmt: skip
        return Findings(fits=fits, advice=tuple(_negative(after)))

    def _spread(self, place: int, weights: Floats) -> float | None:
        """The standard deviation of a number; of a category it follows from its share."""
        values = self.auxiliaries[:, place]
        if np.isin(values, (0, 1)).all():
            return None
        return float(np.sqrt(np.cov(values, aweights=weights, ddof=0)))

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
        blank = np.asarray(missing.any(axis=1))
        row, name = sample.row_number(blank), model.names[int(np.argmax(missing[blank][0]))]
        what = say("row {row} has no value of '{variable}'.", row=row, variable=name)
        hint = say("Impute the value before calibrating.")
        raise AnalysisError(Problem(where="calibrate, formula", what=what, hint=hint))
    terms = tuple(
        Auxiliary(margin=":".join(term) or INTERCEPT, category=(name,), name=name)
        for name, term in zip(model.names, model.terms, strict=True)
    )
    plan = Calibrating(
        terms=terms, auxiliaries=model.values,
        totals=np.array([float(totals[name]) for name in model.names]),
        spread=np.ones(len(sample.data)), solver=solver,
    )  # fmt: skip
    return _without_empty(plan)


def plan_margins(sample: Sample, margins: Sequence[Margin], solver: Solver) -> Calibrating:
    """Bind margins of categories to a sample, each category an auxiliary."""
    coded = code_margins(sample, margins)
    terms = tuple(
        Auxiliary(margin=m.name, category=c, name=f"{m.name}: {name_of(c)}")
        for m in coded
        for c in m.categories
    )
    plan = Calibrating(
        terms=terms, auxiliaries=dense(indicators(coded)),
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
                   row=sample.row_number(bad), column=column)  # fmt: skip
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
    refuse(
        Problem(where="calibrate, totals",
                what=say("'{term}' has the total {total} but no respondents.",
                         term=plan.terms[place].name, total=f"{plan.totals[place]:.10g}"),
                hint=_merging(plan, int(place)))
        for place in np.flatnonzero(empty & (plan.totals != 0))
    )  # fmt: skip
    kept = np.flatnonzero(~empty)
    return replace(plan, terms=tuple(plan.terms[i] for i in kept),
                   auxiliaries=plan.auxiliaries[:, kept], totals=plan.totals[kept])  # fmt: skip


def _merging(plan: Calibrating, place: int) -> Message:
    """What to merge a category with; a number can only be left out."""
    values = plan.auxiliaries[:, place]
    if not np.isin(values, (0, 1)).all() or plan.terms[place].name == INTERCEPT:
        return say("Check the total of '{term}', or leave it out.", term=plan.terms[place].name)
    own = [i for i, term in enumerate(plan.terms) if term.margin == plan.terms[place].margin]
    counts = (plan.auxiliaries[:, own] != 0).sum(axis=0).astype(np.int64)
    return merging([plan.terms[i].category for i in own], counts, own.index(place))


def _negative(weights: Floats) -> Iterator[Message]:
    below = int((weights < 0).sum())
    if below:
        yield say("{count} calibrated weights are below zero; use truncated, logit or raking to "
                  "keep them above it.", count=below)  # fmt: skip


def _average(values: Floats, group: Codes) -> Floats:
    size = np.bincount(group)
    if values.ndim == 1:
        return np.asarray((np.bincount(group, weights=values) / size)[group])
    return np.stack([_average(column, group) for column in values.T], axis=1)


def _trimmed(g: Floats, base: Floats, limits: Bounds) -> Floats:
    low, high = limits
    outside = (g < low) | (g > high)
    if not outside.any():
        return g
    kept = np.clip(g, low, high)
    cut = float(((g - kept) * base).sum())
    kept[~outside] += cut / base[~outside].sum()
    return np.asarray(kept)


def _infeasible(plan: Calibrating, base: Floats, lacking: Floats) -> Problem:
    """Name the worst total, how far the bounds alone reach, and what to merge."""
    place = int(np.argmax(np.abs(lacking) / (1 + np.abs(plan.totals))))
    target, term = plan.totals[place], plan.terms[place]
    what = say(
        "calibration did not converge: '{term}' reaches {achieved} where {target} is wanted, the "
        "worst deviation ({share}%).",
        term=term.name, achieved=f"{target - lacking[place]:.8g}", target=f"{target:.8g}",
        share=f"{-100 * lacking[place] / (abs(target) or 1):+.2g}",
    )  # fmt: skip
    hint = _merging(plan, place)
    if np.isfinite(plan.solver.bounds[1]):
        hint = _bounded(plan, base, place, hint)
    return Problem(where=f"calibrate, margin '{term.margin}'", what=what, hint=hint)


def _bounded(plan: Calibrating, base: Floats, place: int, merging: Message) -> Message:
    low, high = plan.solver.bounds
    values, target = base * plan.auxiliaries[:, place], plan.totals[place]
    least = float(np.minimum(low * values, high * values).sum())
    greatest = float(np.maximum(low * values, high * values).sum())
    if least <= target <= greatest:
        return say("No weights between {low} and {high} times the given ones meet all totals "
                   "together: widen the bounds. {merging}",
                   low=f"{low:g}", high=f"{high:g}", merging=merging)  # fmt: skip
    return say("Weights between {low} and {high} times the given ones bring it to between {least} "
               "and {greatest}: widen the bounds. {merging}",
               low=f"{low:g}", high=f"{high:g}", least=f"{least:.8g}",
               greatest=f"{greatest:.8g}", merging=merging)  # fmt: skip
