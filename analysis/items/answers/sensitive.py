"""The kinds `list_experiment` and `randomized_response`."""

from dataclasses import asdict
from typing import Any, Literal

import numpy as np
from pydantic import Field

from analysis.columns import Floats, numeric
from analysis.design import Sample
from analysis.errors import AnalysisError
from analysis.items.context import Context
from analysis.items.flags import few_persons
from analysis.items.list_checks import combined, design_effect, told
from analysis.items.sensitive import Prevalence, forced, list_experiment, share_of, warner
from analysis.items.spec_model import AnalysisSpec
from analysis.spec_model import DesignSpec
from instruments.errors import Problem
from instruments.language import say

Json = dict[str, Any]
_LONGEST = 100
"""Items of a list, beyond which nobody counts."""


class ListExperimentSpec(AnalysisSpec):
    """Counts of items in two groups, and perhaps a direct question."""

    count: str
    treatment: str
    direct: str | None = None


class RandomizedSpec(AnalysisSpec):
    """Answers to a question whose meaning chance decided."""

    of: str
    method: Literal["forced", "warner"]
    p_truth: float
    p_forced_yes: float = Field(default=0.0, ge=0, le=1)


def answer_list_experiment(context: Context, one: ListExperimentSpec) -> Json:
    """The share that the difference in means stands for, and the share that admits it."""
    inside, sample = context.inside(one), _sample(context, one)
    table = context.table(one)
    count, treated = (numeric(table, name, role=role)
                      for name, role in ((one.count, "count"), (one.treatment, "treatment")))  # fmt: skip
    _check_count(one.count, np.where(inside, count, np.nan))
    found = list_experiment(count, treated, sample=sample, inside=inside)
    whole = sample or context.sample_of(one, DesignSpec())
    effect = design_effect(count, treated, sample=whole, inside=inside)
    direct, both = None, None
    if one.direct is not None:
        marks = _marks(context, one, one.direct, role="direct")
        asked = share_of(marks, sample=sample, inside=inside)
        direct = {"estimate": asked.estimate, "se": asked.se or None, "flags": list(asked.flags)}
        both = combined(count, treated, marks, sample=whole, inside=inside)
    shown = _shown(found)
    return shown | {"flags": [*shown["flags"], *told(effect, both)], "direct": direct,
                    "design_effect": asdict(effect), "combined": both and asdict(both)}  # fmt: skip


def answer_randomized(context: Context, one: RandomizedSpec) -> Json:
    """The share of persons of whom the sensitive statement holds."""
    if one.method == "warner" and "p_forced_yes" in one.model_fields_set:
        raise AnalysisError(_not_forced())
    answered = share_of(_marks(context, one, one.of, role="of"), sample=_sample(context, one),
                        inside=context.inside(one))  # fmt: skip
    if one.method == "warner":
        return _shown(warner(answered, p_truth=one.p_truth))
    return _shown(forced(answered, p_truth=one.p_truth, p_forced_yes=one.p_forced_yes))


def _sample(context: Context, one: AnalysisSpec) -> Sample | None:
    """The sample with its design, or of weights alone; None where everybody counts the same."""
    if context.weight_column(one) is None:
        return context.sample(one)
    return context.sample(one) or context.sample_of(one, DesignSpec())


def _marks(context: Context, one: AnalysisSpec, name: str, *, role: str) -> Floats:
    """A column of yes and no as 1 and 0."""
    values = numeric(context.table(one), name, role=role)
    strange = context.inside(one) & ~np.isnan(values) & ~np.isin(values, (0.0, 1.0))
    if strange.any():
        row = int(np.argmax(strange))
        raise AnalysisError(_no_mark(name, row + 1, values[row], role))
    return values


def _shown(found: Prevalence) -> Json:
    flags, shown = [*few_persons(found.n), *found.flags], asdict(found)
    if not found.se > 0:
        shown |= {"se": None, "ci": (None, None)}
    elif not np.isfinite(found.ci).all():
        shown, flags = shown | {"ci": (None, None)}, [*flags, "no_interval"]
    return shown | {"flags": flags}


def _check_count(column: str, values: Floats) -> None:
    """Refuse what is no count of the items of a list."""
    known = ~np.isnan(values)
    whole = (values >= 0) & (values <= _LONGEST) & (values == np.floor(values))
    if (known & ~whole).any():
        row = int(np.argmax(known & ~whole))
        raise AnalysisError(Problem(
            where="count", what=say("row {row}, column '{column}': {value} is no count of items.",
                                    row=row + 1, column=column, value=f"{values[row]:g}"),
            hint=say("Write how many items of the list hold: 0, 1, 2 …"),
        ))  # fmt: skip


def _no_mark(column: str, row: int, value: float, role: str) -> Problem:
    return Problem(where=role, what=say("row {row}, column '{column}': {value} is neither 0 nor 1.",
                                        row=row, column=column, value=f"{value:g}"),
                   hint=say("Write 1 for yes and 0 for no."))  # fmt: skip


def _not_forced() -> Problem:
    return Problem(where="p_forced_yes", what=say("Warner's design has no forced answers."),
                   hint=say("Leave the field out, or use the method forced."))  # fmt: skip
