"""A recipe carried out: every step in order, told in figures.

The one engine for studies and SPECs; the margins that a step names are found by whoever declares
them (`Finder`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from analysis.columns import Floats
from analysis.design import Sample
from analysis.errors import AnalysisError
from analysis.weighting.adjustment import Adjustment, Findings, Reweighted, adjust
from analysis.weighting.binding import Declared, Finder, plan_step
from instruments.language import Message, say
from survey.recipe import RecipeStep


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Applied:
    """One step as it was applied: the weights before it and after it, and what was found."""

    step: RecipeStep
    adjustment: Adjustment
    before: Floats
    reweighted: Reweighted
    findings: Findings


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weighting:
    """The sample after a recipe, its steps, and what a reader should know."""

    base: Floats
    sample: Sample
    applied: tuple[Applied, ...]
    warnings: tuple[Message, ...]

    def __repr__(self) -> str:
        steps = ", ".join(one.step.method for one in self.applied) or "no steps"
        return f"<Weighting: {steps}: {self.sample!r}>"

    @property
    def last(self) -> Applied | None:
        """The last step that aims at known totals."""
        aimed = [one for one in self.applied if one.reweighted.worst_margin]
        return aimed[-1] if aimed else None


def apply_steps(sample: Sample, recipe: Sequence[Declared], find: Finder[Declared]) -> Weighting:
    """Apply every step.

    Raises:
        AnalysisError: a step cannot be done or met, with the step's number where there are several.
    """
    base, applied = sample.weights, []
    for number, step in enumerate(recipe, start=1):
        try:
            plan = plan_step(sample, step, find)
            done = adjust(sample, plan)
        except AnalysisError as error:
            raise _numbered(error, number if len(recipe) > 1 else None) from None
        applied.append(Applied(step=step, adjustment=plan, before=sample.weights,
                               reweighted=done.reweighted, findings=done.findings))  # fmt: skip
        sample = done.sample
    return Weighting(base=base, sample=sample, applied=tuple(applied),
                     warnings=tuple(_warnings(applied)))  # fmt: skip


def _numbered(error: AnalysisError, number: int | None) -> AnalysisError:
    if number is None:
        return error
    return AnalysisError(
        [replace(one, where=one.where.replace("calibrate", f"calibrate, step {number}", 1))
         for one in error.problems]
    )  # fmt: skip


def _warnings(applied: Sequence[Applied]) -> Iterator[Message]:
    for number, one in enumerate(applied, start=1):
        if not one.reweighted.converged:
            yield say("calibrate, step {number}: raking did not converge after {iterations} sweeps.",
                      number=number, iterations=one.reweighted.iterations)  # fmt: skip
        for advice in one.findings.advice:
            yield say("calibrate, step {number}: {advice}", number=number, advice=advice)
