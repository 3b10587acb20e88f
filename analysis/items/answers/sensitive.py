"""The kinds `list_experiment` and `randomized_response`."""

from dataclasses import asdict
from typing import Any, Literal

import pandas as pd

from analysis.columns import Floats, check_columns
from analysis.design import Sample
from analysis.errors import refuse
from analysis.items.context import Context
from analysis.items.sensitive import Prevalence, forced, list_experiment, share_of, warner
from analysis.items.spec_model import AnalysisSpec
from analysis.spec_model import DesignSpec

Json = dict[str, Any]


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
    p_forced_yes: float = 0.0


def answer_list_experiment(context: Context, one: ListExperimentSpec) -> Json:
    """The share that the difference in means stands for, and the share that admits it."""
    inside, sample = context.inside(one), _sample(context, one)
    found = list_experiment(_column(context, one, one.count), _column(context, one, one.treatment),
                            sample=sample, inside=inside)  # fmt: skip
    direct = None
    if one.direct is not None:
        asked = share_of(_column(context, one, one.direct), sample=sample, inside=inside)
        direct = {"estimate": asked.estimate, "se": asked.se}
    return _shown(found) | {"direct": direct}


def answer_randomized(context: Context, one: RandomizedSpec) -> Json:
    """The share of persons of whom the sensitive statement holds."""
    answered = share_of(_column(context, one, one.of), sample=_sample(context, one),
                        inside=context.inside(one))  # fmt: skip
    if one.method == "warner":
        return _shown(warner(answered, p_truth=one.p_truth))
    return _shown(forced(answered, p_truth=one.p_truth, p_forced_yes=one.p_forced_yes))


def _sample(context: Context, one: AnalysisSpec) -> Sample | None:
    """The sample with its design, or of weights alone; None where everybody counts the same."""
    if context.weight_column(one) is None:
        return context.sample(one)
    return context.sample(one) or context.sample_of(one, DesignSpec())


def _column(context: Context, one: AnalysisSpec, name: str) -> Floats:
    table = context.table(one)
    refuse(check_columns(table, [name], role="items"))
    return pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=float)


def _shown(found: Prevalence) -> Json:
    return asdict(found) | {"flags": list(found.flags)}
