"""A declared step bound to the rows that it is about: those not left out, level by level of `by`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from analysis.columns import Codes, Factor, factor, numeric
from analysis.design import Sample
from analysis.errors import AnalysisError
from analysis.formula import parse_formula
from analysis.weighting.adjustment import Adjustment
from analysis.weighting.calibrate import (
    Calibrating,
    plan_calibration,
    plan_margins,
    with_variance,
)
from analysis.weighting.distance import UNBOUNDED, Bounds, Distance, Solver
from analysis.weighting.margins import Category, Margin, crossed, name_of
from analysis.weighting.propensity import plan_propensity
from analysis.weighting.rake import Stopping, plan_raking
from analysis.weighting.response import plan_nonresponse, plan_unknown
from analysis.weighting.rows import ByLevel, OnRows
from analysis.weighting.standardize import standardization
from analysis.weighting.trim import Trimming
from analysis.weighting.within import plan_within
from instruments.errors import Problem
from instruments.language import Message, say
from survey.recipe import RecipeStep

Declared = TypeVar("Declared", bound=RecipeStep)
Finder = Callable[[Sample, Declared], Sequence[Margin]]
"""The margins that a step names, for the present weights of a sample."""
_DISTANCES: Mapping[str, Distance] = {
    "linear": "linear", "raking": "raking", "logit": "logit", "truncated": "truncated",
}  # fmt: skip
_OF_CASES: Mapping[str, Callable[[Sample, RecipeStep], Adjustment]] = {
    "unknown_eligibility": plan_unknown, "nonresponse": plan_nonresponse,
    "propensity": plan_propensity,
}  # fmt: skip


def plan_step(sample: Sample, step: Declared, find: Finder[Declared]) -> Adjustment:
    """One step, bound to the rows that are not left out, in every level of `by` by itself."""
    if step.method == "standardize":
        plain, margin = standardization(sample, step)
        return plan_step(sample, plain, lambda _, __: [margin])
    if step.variance is not None:
        numeric(sample.data, step.variance, role="calibrate, variance")
    rows = np.flatnonzero(sample.kept)
    margins = find(sample if sample.left_out is None else sample.part(rows), step)
    if step.by:
        return _by_level(sample, step, margins)
    return (
        _plan(sample, step, margins)
        if sample.left_out is None
        else _on_rows(sample, rows, step, margins)
    )


def _by_level(sample: Sample, step: RecipeStep, margins: Sequence[Margin]) -> ByLevel:
    factors = [_level_of(sample, name) for name in step.by]
    levels, codes = crossed(factors)
    counts = np.bincount(codes[sample.kept], minlength=len(levels))
    order = np.flatnonzero(sample.kept)[np.argsort(codes[sample.kept], kind="stable")]
    rows = np.split(order, np.cumsum(counts)[:-1])
    present = [(level, own) for level, own in zip(levels, rows, strict=True) if len(own)]
    return ByLevel(
        parts=tuple(_in_level(sample, own, step, (level, margins)) for level, own in present),
        names=tuple(name_of(level) for level, _ in present),
    )


def _level_of(sample: Sample, name: str) -> Factor:
    found = factor(sample.data, name, declared=sample.factors, role="calibrate, by")
    blank = (found.codes < 0) & sample.kept
    if blank.any():
        what = say("row {row} has no value of '{variable}', so it has no category.",
                   row=sample.row_number(blank), variable=name)  # fmt: skip
        hint = say("Impute the value, or give missing answers a category of their own.")
        raise AnalysisError(Problem(where="calibrate, by", what=what, hint=hint))
    return found


def _in_level(
    sample: Sample, rows: Codes, step: RecipeStep, at: tuple[Category, Sequence[Margin]]
) -> OnRows:
    """The step in one level, with the part of each margin and total that is about it."""
    level, margins = at
    totals = step.totals.get(name_of(level), step.totals)
    inside = {"by": (), "totals": totals if isinstance(totals, Mapping) else {}}
    try:
        own = [_within(margin, step.by, level) for margin in margins]
        return _on_rows(sample, rows, step.model_copy(update=inside), own)
    except AnalysisError as error:
        place = " × ".join(step.by) + f" '{name_of(level)}'"
        raise AnalysisError(
            [replace(one, where=one.where.replace("calibrate", f"calibrate, {place}", 1))
             for one in error.problems]
        ) from None  # fmt: skip


def _on_rows(sample: Sample, rows: Codes, step: RecipeStep, margins: Sequence[Margin]) -> OnRows:
    return OnRows(rows=rows, size=len(sample.weights),
                  inner=_plan(sample.part(rows), step, margins))  # fmt: skip


def _within(margin: Margin, by: Sequence[str], level: Category) -> Margin:
    """A margin's part for one level of `by`; shares are then of the level."""
    if not set(by) < set(margin.variables):
        what = say("the margin is not crossed with {variables}.", variables=" × ".join(by))
        hint = say("Give its totals for every level of `by`.")
        raise AnalysisError(
            Problem(where=f"calibrate, margin '{margin.name}'", what=what, hint=hint)
        )
    wanted = dict(zip(by, level, strict=True))
    places = [i for i, name in enumerate(margin.variables) if name not in wanted]
    targets = {
        tuple(category[i] for i in places): target
        for category, target in margin.targets.items()
        if all(
            category[i] == wanted[name] for i, name in enumerate(margin.variables) if name in wanted
        )
    }
    whole = sum(targets.values()) if margin.unit == "share" else 1.0
    return replace(margin, name=" × ".join(margin.variables[i] for i in places),
                   variables=tuple(margin.variables[i] for i in places),
                   targets={one: target / (whole or 1.0) for one, target in targets.items()})  # fmt: skip


def _plan(sample: Sample, step: RecipeStep, margins: Sequence[Margin]) -> Adjustment:
    if step.method in _OF_CASES:
        return _OF_CASES[step.method](sample, step)
    if step.method == "trim":
        return _trimming(sample, step)
    if step.stage == 1:
        return plan_within(sample, _formula(step), _totals_by_psu(step))
    plain = step.trim is None and step.bounds is None
    if step.method in ("poststratify", "rake") or (step.method == "raking" and margins and plain):
        return plan_raking(sample, _required(step, margins), _stopping(step))
    return _calibrating(sample, step, margins)


def _trimming(sample: Sample, step: RecipeStep) -> Trimming:
    """Limits relative to the mean weight are fixed at that of the sample, also for replicates."""
    scale = float(sample.weights.mean()) if step.relative_to == "mean" else 1.0
    lower = -np.inf if step.lower is None else step.lower
    upper = np.inf if step.upper is None else step.upper
    if lower >= upper or (step.lower is None and step.upper is None):
        raise _incomplete(say("trim needs `lower` or `upper`, the one below the other."))
    return Trimming(
        lower=lower * scale, upper=upper * scale,
        redistribute=step.redistribute, strict=step.strict,
        exact=step.compatibility == "textbook",
    )  # fmt: skip


def _stopping(step: RecipeStep) -> Stopping:
    own = step.compatibility if step.method == "rake" else None
    return Stopping(tolerance=step.tolerance, max_iterations=step.max_iterations,
                    compatibility=own or "textbook")  # fmt: skip


def _calibrating(sample: Sample, step: RecipeStep, margins: Sequence[Margin]) -> Calibrating:
    solver = Solver(
        distance=_DISTANCES[step.method],
        bounds=UNBOUNDED if step.bounds is None else _bounds(step.bounds),
        trim=step.trim, tolerance=step.tolerance, max_iterations=step.max_iterations,
    )  # fmt: skip
    if step.method in ("logit", "truncated") and step.bounds is None:
        raise _incomplete(say("{method} needs `bounds`.", method=step.method))
    if margins:
        plan = plan_margins(sample, margins, solver)
    else:
        plan = plan_calibration(sample, _formula(step), _totals(step), solver)
    if step.variance is not None:
        plan = with_variance(plan, sample, step.variance)
    if step.aggregate_stage is not None:
        plan = replace(plan, cluster=_clusters(sample, step.aggregate_stage))
    return plan


def _bounds(bounds: Bounds) -> Bounds:
    if bounds[0] < 1 < bounds[1]:
        return bounds
    raise _incomplete(say("the bounds {low} to {high} do not lie on both sides of 1.",
                          low=bounds[0], high=bounds[1]))  # fmt: skip


def _clusters(sample: Sample, stage: int) -> Codes:
    unit = sample.unit
    for level in range(len(sample.stages) - 1, stage - 1, -1):
        unit = sample.stages[level].parent[unit]
    return np.unique(unit, return_inverse=True)[1]


def _required(step: RecipeStep, margins: Sequence[Margin]) -> Sequence[Margin]:
    if not margins:
        raise _incomplete(say("{method} needs `margins`.", method=step.method))
    return margins


def _formula(step: RecipeStep) -> str:
    if step.formula is None:
        raise _incomplete(say("{method} needs `margins`, or `formula` with `totals`.",
                              method=step.method))  # fmt: skip
    return step.formula


def _totals(step: RecipeStep) -> dict[str, float]:
    return {name: t for name, t in step.totals.items() if not isinstance(t, Mapping)}


def _totals_by_psu(step: RecipeStep) -> dict[str, Mapping[str, float]]:
    return {psu: t for psu, t in step.totals.items() if isinstance(t, Mapping)}


def columns_of(step: RecipeStep) -> Iterator[str]:
    """Every column that a step needs, but for those of its margins."""
    yield from (*step.by, *step.classes, *step.over)
    yield from (name for entry in step.population for name in entry if name != "total")
    yield from () if step.status is None else (step.status,)
    yield from () if step.variance is None else (step.variance,)
    yield from () if step.formula is None else parse_formula(step.formula).variables()


def _incomplete(what: Message) -> AnalysisError:
    return AnalysisError(Problem(where="calibrate", what=what))
