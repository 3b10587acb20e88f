"""The kinds `distractors` and `dimensionality`: what options do, and how many things are measured."""

from dataclasses import asdict
from typing import Any

import numpy as np
from pydantic import Field

from analysis.errors import AnalysisError
from analysis.items.checks import check_dimensions
from analysis.items.context import Context
from analysis.items.dimensionality import dimensionality
from analysis.items.distractors import Chosen, distractors
from analysis.items.spec_model import AnalysisSpec, MissingSpec
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import say

Json = dict[str, Any]


class DistractorsSpec(AnalysisSpec):
    """The key of items whose answers are options, and into how many groups of score to look."""

    key: dict[str, str | int | tuple[str | int, ...]]
    groups: int = Field(default=5, ge=2, le=10)


class DimensionalitySpec(AnalysisSpec):
    """How many permutations to compare with, and their seed."""

    draws: int = Field(default=20, ge=20, le=1000)
    seed: int = Field(default=1, ge=0)


def answer_distractors(context: Context, one: DistractorsSpec) -> Json:
    """Shares and rest scores of every option of every item."""
    _refuse_strange(one, context.items(one))
    found = distractors(chosen_of(context, one), groups=one.groups)
    rows = [{**asdict(item), "flags": list(item.flags)} for item in found]
    return {"groups": one.groups, "items": rows}


def _refuse_strange(one: DistractorsSpec, names: tuple[str, ...]) -> None:
    strange = next((name for name in one.key if name not in names), None)
    if strange is not None:
        what = say("item '{item}' is not among the items.", item=strange)
        raise AnalysisError(Problem(where="key", what=what, hint=did_you_mean(strange, names)))


def answer_dimensionality(context: Context, one: DimensionalitySpec) -> Json:
    """Eigenvalues of the polychoric correlations, with those of permuted answers."""
    names = context.items(one)
    ranks, weights = context.ranks(one), context.weights(one)
    check_dimensions(np.column_stack(ranks), names)
    own = None if weights is None else weights[context.inside(one)]
    found = dimensionality(ranks, own, draws=one.draws, rng=np.random.default_rng(one.seed))
    return {"items": list(names), **asdict(found), "seed": one.seed, "flags": list(found.flags)}


def chosen_of(context: Context, one: DistractorsSpec) -> Chosen:
    """The answers of the rows that the analysis is about, with their key."""
    table, inside, weights = context.table(one), context.inside(one), context.weights(one)
    sample = context.sample(one)
    codes = one.missing_codes or context.spec.missing_codes or {}
    rule = one.missing or context.spec.missing or MissingSpec()
    answers = table[[*context.items(one)]]
    if sample is None:
        answers, weights = answers[inside], None if weights is None else weights[inside]
    else:
        answers = answers.where(np.broadcast_to(np.asarray(inside)[:, None], answers.shape))
    return Chosen(
        answers=answers, key={item: _options(key) for item, key in one.key.items()},
        causes={code: cause for cause, own in codes.items() for code in own},
        ignored=[cause for cause in codes if getattr(rule, cause) == "ignore"], weights=weights,
        sample=sample,
    )  # fmt: skip


def _options(key: str | int | tuple[str | int, ...]) -> tuple[str, ...]:
    return tuple(map(str, key)) if isinstance(key, tuple) else (str(key),)
