"""A weighting recipe written in Python, and what it achieved as a table."""

from collections.abc import Sequence

import pandas as pd

from analysis.design import Sample
from analysis.weighting.diagnostics import margin_fits
from analysis.weighting.margins import Margin
from analysis.weighting.recipe import Weighting, apply_steps
from survey.recipe import RecipeStep


class Step(RecipeStep):
    """One step of a recipe with its margins at hand; the other fields are those of ``study.yaml``."""

    margins: tuple[Margin, ...] = ()


def weigh(sample: Sample, steps: Sequence[Step]) -> Weighting:
    """Carry out a recipe in order; the errors of the sample that results know every step.

    Raises:
        AnalysisError: a step cannot be done or met, with its number where there are several.
    """
    recipe = [
        step.model_copy(update={"compatibility": step.compatibility or "textbook"})
        for step in steps
    ]
    return apply_steps(sample, recipe, lambda _, step: step.margins)


def balance(weighting: Weighting) -> pd.DataFrame:
    """Target, share before and after, and standardized difference of every category.

    Of a number, which has no categories: its mean.
    """
    return pd.DataFrame([
        {"margin": fit.margin, "category": fit.category, "target": fit.target,
         "before": fit.before, "after": fit.after, "difference_before": fit.difference_before,
         "difference_after": fit.difference_after}
        for fit in margin_fits(weighting)
    ])  # fmt: skip
