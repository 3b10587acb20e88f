"""The weighting recipe of a SPEC: its steps, with the margins written out in them."""

from collections.abc import Iterator, Sequence

from analysis.design import Sample
from analysis.errors import AnalysisError
from analysis.spec_model import CalibrationSpec, MarginSpec
from analysis.weighting.binding import columns_of
from analysis.weighting.margins import Margin
from analysis.weighting.recipe import Weighting, apply_steps
from instruments.errors import Problem
from instruments.language import say


def apply_recipe(sample: Sample, recipe: Sequence[CalibrationSpec]) -> Weighting:
    """Apply every step; a step that cannot be met is an error."""
    return apply_steps(sample, recipe, lambda _, step: _margins(step))


def recipe_columns(step: CalibrationSpec) -> Iterator[str]:
    """Every column that a step needs."""
    yield from columns_of(step)
    for margin in step.margins:
        yield from margin.variables


def _margins(step: CalibrationSpec) -> list[Margin]:
    return [_margin(margin, step.by) for margin in step.margins]


def _margin(spec: MarginSpec, by: Sequence[str]) -> Margin:
    variables = (*by, *(name for name in spec.variables if name not in by))
    name = " × ".join(variables)
    targets: dict[tuple[str, ...], float] = {}
    for entry in spec.totals:
        if {*variables, "total"} != set(entry):
            what = say("an entry of the totals names {found}, not {expected}.",
                       found=", ".join(entry), expected=", ".join((*variables, "total")))  # fmt: skip
            raise AnalysisError(Problem(where=f"calibrate, margin '{name}'", what=what))
        targets[tuple(str(entry[v]) for v in variables)] = float(entry["total"])
    return Margin(name=name, variables=variables, targets=targets)
