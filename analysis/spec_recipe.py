"""The weighting recipe of a SPEC: each step bound to the sample and applied in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.columns import Codes
from analysis.design import Sample
from analysis.errors import AnalysisError
from analysis.spec_model import CalibrationSpec, MarginSpec
from analysis.weighting.adjustment import Adjustment, Calibration, adjust
from analysis.weighting.calibrate import (
    Calibrating,
    Distance,
    Solver,
    plan_calibration,
    plan_margins,
    with_variance,
)
from analysis.weighting.margins import Margin
from analysis.weighting.rake import Stopping, plan_raking
from analysis.weighting.trim import Trimming
from analysis.weighting.within import plan_within
from instruments.errors import Problem
from instruments.language import Message, say

DISTANCES: Mapping[str, Distance] = {
    "linear": "linear", "raking": "raking", "logit": "logit", "truncated": "truncated",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weighting:
    """The sample after the recipe, its last calibration, and what a reader should know."""

    sample: Sample
    last: Calibration | None
    warnings: tuple[Message, ...]


def apply_recipe(sample: Sample, recipe: Sequence[CalibrationSpec]) -> Weighting:
    """Apply every step; a step that cannot be met is an error."""
    last, warnings = None, []
    for number, step in enumerate(recipe, start=1):
        done = adjust(sample, plan_step(sample, step))
        sample = done.sample
        if step.method != "trim":
            last = done
        if not done.reweighted.converged:
            warnings.append(
                say(
                    "calibrate, step {number}: raking did not converge after {iterations} sweeps.",
                    number=number,
                    iterations=done.reweighted.iterations,
                )
            )
    return Weighting(sample=sample, last=last, warnings=tuple(warnings))


def plan_step(sample: Sample, step: CalibrationSpec) -> Adjustment:
    """One step of the recipe, bound to the rows of the sample."""
    if step.method == "trim":
        return Trimming(
            lower=-np.inf if step.lower is None else step.lower,
            upper=np.inf if step.upper is None else step.upper,
            redistribute=step.redistribute, strict=step.strict,
        )  # fmt: skip
    if step.stage == 1:
        return plan_within(sample, _formula(step), _totals_by_psu(step))
    if step.method in ("poststratify", "rake") or (
        step.method == "raking" and step.margins and step.trim is None and step.bounds is None
    ):
        return plan_raking(sample, _margins(step), _stopping(step))
    return _calibrating(sample, step)


def _stopping(step: CalibrationSpec) -> Stopping:
    compatibility = step.compatibility if step.method == "rake" else "textbook"
    return Stopping(tolerance=step.tolerance, max_iterations=step.max_iterations,
                    compatibility=compatibility)  # fmt: skip


def _calibrating(sample: Sample, step: CalibrationSpec) -> Calibrating:
    solver = Solver(
        distance=DISTANCES[step.method],
        bounds=(-np.inf, np.inf) if step.bounds is None else _bounds(step.bounds),
        trim=step.trim, tolerance=step.tolerance, max_iterations=step.max_iterations,
    )  # fmt: skip
    if step.method in ("logit", "truncated") and step.bounds is None:
        raise _incomplete(say("{method} needs `bounds`.", method=step.method))
    if step.margins:
        plan = plan_margins(sample, _margins(step), solver)
    else:
        plan = plan_calibration(sample, _formula(step), _totals(step), solver)
    if step.variance is not None:
        plan = with_variance(plan, sample, step.variance)
    if step.aggregate_stage is not None:
        plan = replace(plan, cluster=_clusters(sample, step.aggregate_stage))
    return plan


def _bounds(bounds: tuple[float, float]) -> tuple[float, float]:
    if bounds[0] < 1 < bounds[1]:
        return bounds
    raise _incomplete(say("the bounds {low} to {high} do not lie on both sides of 1.",
                          low=bounds[0], high=bounds[1]))  # fmt: skip


def _clusters(sample: Sample, stage: int) -> Codes:
    unit = sample.unit
    for level in range(len(sample.stages) - 1, stage - 1, -1):
        unit = sample.stages[level].parent[unit]
    return unit


def _margins(step: CalibrationSpec) -> list[Margin]:
    if not step.margins:
        raise _incomplete(say("{method} needs `margins`.", method=step.method))
    return [_margin(margin) for margin in step.margins]


def _margin(spec: MarginSpec) -> Margin:
    name = " × ".join(spec.variables)
    targets: dict[tuple[str, ...], float] = {}
    for entry in spec.totals:
        if {*spec.variables, "total"} != set(entry):
            what = say("an entry of the totals names {found}, not {expected}.",
                       found=", ".join(entry), expected=", ".join((*spec.variables, "total")))  # fmt: skip
            raise AnalysisError(Problem(where=f"calibrate, margin '{name}'", what=what))
        targets[tuple(str(entry[v]) for v in spec.variables)] = float(entry["total"])
    return Margin(name=name, variables=spec.variables, targets=targets)


def _formula(step: CalibrationSpec) -> str:
    if step.formula is None:
        raise _incomplete(say("{method} needs `margins`, or `formula` with `totals`.",
                              method=step.method))  # fmt: skip
    return step.formula


def _totals(step: CalibrationSpec) -> dict[str, float]:
    return {name: t for name, t in step.totals.items() if not isinstance(t, Mapping)}


def _totals_by_psu(step: CalibrationSpec) -> dict[str, Mapping[str, float]]:
    return {psu: t for psu, t in step.totals.items() if isinstance(t, Mapping)}


def _incomplete(what: Message) -> AnalysisError:
    return AnalysisError(Problem(where="calibrate", what=what))
