"""The kind `guessing`: the share above the cut by how a don't-know counts."""

from dataclasses import asdict
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import Field

from analysis.awareness.cut import Cut
from analysis.columns import label
from analysis.errors import AnalysisError
from analysis.items.answers.awareness import ExpectedCut
from analysis.items.context import Context
from analysis.items.guessing import RULES, Candour, Rule, by_rule, spread
from analysis.items.spec_model import AnalysisSpec, MissingSpec
from analysis.spec_model import DesignSpec
from instruments.errors import Problem
from instruments.language import say

Json = dict[str, Any]


class GuessingSpec(AnalysisSpec):
    """The cut, how many options items have (one number, or by item), and which rules to compare."""

    cut: ExpectedCut
    options: int | dict[str, int]
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)] = RULES
    draws: int = Field(default=5, ge=2, le=100)
    seed: int = Field(default=1, ge=0)


def answer_guessing(context: Context, one: GuessingSpec) -> Json:
    """A row for each rule, and the range of their shares."""
    names = context.items(one)
    sample = context.sample(one)
    if sample is None:
        sample = context.sample_of(one, DesignSpec())
    options = dict.fromkeys(names, one.options) if isinstance(one.options, int) else one.options
    inside = context.inside(one)
    given = Candour(
        right=np.where(inside[:, None], _right(context, one), np.nan), items=names, options=options,
        unknown=_unknown(context, one) & inside[:, None], sample=sample, inside=inside,
    )  # fmt: skip
    cut = Cut(value=one.cut.expected, items=one.cut.items)
    rows = by_rule(
        given, cut, rules=one.rules, draws=one.draws, rng=np.random.default_rng(one.seed)
    )
    shares = given.unknown.sum(axis=0) / (~np.isnan(given.right)).sum(axis=0)
    failed = [f"no_share: {row.rule}" for row in rows if row.share is None]
    return {"rows": [asdict(row) for row in rows], "range": spread(rows), "seed": one.seed,
            "dont_know": dict(zip(names, shares.tolist(), strict=True)), "flags": failed}  # fmt: skip


def _right(context: Context, one: GuessingSpec) -> np.ndarray:
    """Right or wrong, a don't-know as wrong."""
    rule = (one.missing or context.spec.missing or MissingSpec()).model_copy(
        update={"dont_know": "wrong"}
    )
    values = context.values(one.model_copy(update={"missing": rule}))
    strange = ~np.isnan(values) & ~np.isin(values, (0.0, 1.0))
    if strange.any():
        name = context.items(one)[int(np.argmax(strange.any(axis=0)))]
        raise AnalysisError(Problem(where="items", what=say(
            "item '{item}' has other scores than 0 and 1.", item=name),
            hint=say("Leave the item out, or score it 0 and 1.")))  # fmt: skip
    return values


def _unknown(context: Context, one: GuessingSpec) -> np.ndarray:
    codes = (one.missing_codes or context.spec.missing_codes or {}).get("dont_know", ())
    table: pd.DataFrame = context.table(one)[[*context.items(one)]]
    marks = [table[name].map(label, na_action="ignore").isin([*codes]) for name in table.columns]
    return np.column_stack([mark.to_numpy(dtype=bool) for mark in marks])
