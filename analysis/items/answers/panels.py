"""The kind `standard_setting`: a cut with its error, from judges or from groups."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from analysis.columns import Floats, check_columns, label
from analysis.errors import AnalysisError, refuse
from analysis.items.context import Context, missing
from analysis.items.spec_model import AnalysisSpec
from analysis.items.standard_setting import (
    RESPONSE,
    angoff,
    bookmark,
    borderline,
    contrasting_groups,
)
from analysis.table_file import read_matrix
from instruments.errors import Problem
from instruments.language import say

Json = dict[str, Any]


class StandardSettingSpec(AnalysisSpec):
    """How a cut is set."""

    method: Literal["angoff", "bookmark", "contrasting_groups", "borderline"]
    ratings: tuple[tuple[float, ...], ...] | str | None = None
    pages: tuple[int, ...] = ()
    difficulties: tuple[float, ...] = ()
    slopes: tuple[Annotated[float, Field(gt=0)], ...] | None = None
    response: float = Field(default=RESPONSE, gt=0, lt=1)
    group: str | None = None
    focal: str | float | None = None


def answer_standard_setting(context: Context, one: StandardSettingSpec) -> Json:
    """The cut, its standard error, and what it follows from; without spread there is no error."""
    found = _cut(context, one)
    if found["se"] > 0:
        return found
    return found | {"se": None, "flags": ["no_variance"]}


def _cut(context: Context, one: StandardSettingSpec) -> Json:
    if one.method == "angoff":
        found = angoff(_ratings(context, one))
        return {"method": one.method, "cut": found.cut, "se": found.se,
                "judge_cuts": found.judge_cuts, "variance_components": found.components,
                "se_generalizability": found.se_generalizability}  # fmt: skip
    if one.method == "bookmark":
        cut = bookmark(one.pages, one.difficulties, slopes=one.slopes, response=one.response)
        return {"method": one.method, **asdict(cut)}
    return {"method": one.method, **_from_groups(context, one)}


def _from_groups(context: Context, one: StandardSettingSpec) -> Json:
    if one.group is None or one.focal is None:
        raise AnalysisError(missing("group" if one.group is None else "focal"))
    table, inside = context.table(one), context.inside(one)
    refuse(check_columns(table, [one.group], role="group"))
    scores = context.values(one).sum(axis=1)
    names = table[one.group].map(label, na_action="ignore")
    known = inside & ~np.isnan(scores) & names.notna().to_numpy()
    focal = (names == label(one.focal)).to_numpy(dtype=float)
    weights, sample = context.weights(one), context.sample(one)
    if one.method == "borderline":
        chosen = known & (focal == 1)
        return asdict(borderline(scores[chosen], None if weights is None else weights[chosen]))
    own = None if weights is None else weights[known]
    return asdict(
        contrasting_groups(scores[known], focal[known], weights=own, sample=sample, inside=known)
    )


def _ratings(context: Context, one: StandardSettingSpec) -> Floats:
    if one.ratings is None:
        raise AnalysisError(missing("ratings"))
    if isinstance(one.ratings, str):
        return read_matrix(context.folder / one.ratings)
    if len({len(row) for row in one.ratings}) > 1:
        what = say("the judges have not rated the same number of items.")
        hint = say("Give a row of ratings for each judge, all of the same items.")
        raise AnalysisError(Problem(where="ratings", what=what, hint=hint))
    return np.array(one.ratings, dtype=np.float64)
