"""The kind `dif`: does an item work otherwise in one group, at equal scores?"""

from dataclasses import asdict, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from analysis.columns import Floats, check_columns, label
from analysis.errors import AnalysisError, refuse
from analysis.irt.items import Model
from analysis.items.checks import too_few_items
from analysis.items.context import Context
from analysis.items.dif import Matching, Tested, is_flagged, mantel, mantel_haenszel, purified
from analysis.items.dif_likelihood import likelihood_dif
from analysis.items.dif_regression import Test, logistic_dif
from analysis.items.flags import few_persons
from analysis.items.spec_model import AnalysisSpec, Named
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import say

Json = dict[str, Any]


class DifSpec(AnalysisSpec):
    """Compare two groups item by item."""

    group: str
    reference: str | float | None = None
    focal: str | float | None = None
    method: Literal["mh", "mantel", "logistic", "lrt"] = "mh"
    purify: bool = False
    max_iterations: int = Field(default=20, ge=0)
    test: Test = "both"
    model: Model = "2pl"
    test_items: Named | None = None


def answer_dif(context: Context, one: DifSpec) -> Json:
    """Test every item, or those of `test_items`; flagged ones are listed."""
    names = context.items(one)
    _check_items(names, one.test_items or ())
    focal, inside = _groups(context, one)
    values = context.values(one)[inside]
    weights = context.weights(one)
    own = np.ones(int(inside.sum())) if weights is None else weights[inside]
    own = own * len(own) / own.sum()
    flags = _flags(context, one, focal[inside])
    if one.method == "lrt":
        result = likelihood_dif(values, names, focal[inside], own if weights is not None else None,
                                model=one.model, tested=one.test_items or names)  # fmt: skip
        further = [*flags, *(["not_purified"] if one.purify else [])]
        return result | {"flags": [*result["flags"], *further]}
    tables = _Tables(values=values, names=names, focal=focal[inside], weights=own, one=one)
    tested = one.test_items or names
    found, repeated = purified(tested, tables.test, most=one.max_iterations if one.purify else 0)
    flagged = [name for name, result in found.items() if is_flagged(result)]
    return {"items": [_row(name, result) for name, result in found.items()], "flagged": flagged,
            "iterations": repeated, "flags": flags}  # fmt: skip


class _Tables:
    """Answers and scores of the persons who are compared."""

    def __init__(
        self,
        *,
        values: Floats,
        names: tuple[str, ...],
        focal: NDArray[np.bool_],
        weights: Floats,
        one: DifSpec,
    ) -> None:
        self.values, self.names, self.focal, self.weights = values, names, focal, weights
        self.one = one

    def test(self, item: str, out: frozenset[str]) -> Tested:
        """Test an item, with `out` left out of the matching score."""
        keep = [place for place, name in enumerate(self.names) if name not in out]
        score = self.values[:, keep].sum(axis=1)
        answer = self.values[:, self.names.index(item)]
        known = ~(np.isnan(score) | np.isnan(answer))
        given = Matching(answer=answer[known], focal=self.focal[known], score=score[known],
                         weight=self.weights[known])  # fmt: skip
        if self.one.method == "logistic":
            return logistic_dif(given, test=self.one.test)
        if self.one.method == "mantel":
            return mantel(given)
        return mantel_haenszel(replace(given, answer=self._right(item, answer[known])))

    def _right(self, item: str, answer: Floats) -> Floats:
        """The answers to an item of two categories, whatever their codes, as 0 and 1."""
        column = self.values[:, self.names.index(item)]
        codes = np.unique(column[~np.isnan(column)])
        if len(codes) > 2:
            raise AnalysisError(_not_dichotomous(item))
        return np.asarray(answer == codes[-1], dtype=np.float64) if len(codes) > 1 else 0 * answer


def _row(name: str, found: Any) -> Json:  # noqa: ANN401 - any method's result
    row = {"item": name, **asdict(found)}
    if "breslow_day" in row and row["breslow_day"] is None and not row["flags"]:
        row["flags"] = ["no_breslow_day"]
    if isinstance(row.get("breslow_day"), tuple):
        row["breslow_day"] = dict(zip(("chi2", "df", "p"), row["breslow_day"], strict=True))
    return row


def _groups(context: Context, one: DifSpec) -> tuple[Any, Any]:
    """Who is in the focal group, and who is compared at all."""
    table = context.table(one)
    refuse(check_columns(table, [one.group], role="group"))
    names: pd.Series = table[one.group].map(label, na_action="ignore")
    levels = sorted(names.dropna().unique(), key=_in_order)
    reference = None if one.reference is None else label(one.reference)
    focal = None if one.focal is None else label(one.focal)
    if (reference is None or focal is None) and len(levels) != 2:
        raise AnalysisError(_which_groups(one.group, levels))
    reference = reference or next(level for level in levels if level != focal)
    focal = focal or next(level for level in levels if level != reference)
    if reference == focal:
        raise AnalysisError(_same_group(focal))
    inside = context.inside(one) & names.isin([reference, focal]).to_numpy(dtype=bool)
    for level in (reference, focal):
        if not (names[inside] == level).any():
            raise AnalysisError(_no_such_group(level, levels))
    return (names == focal).to_numpy(dtype=bool), inside


def _check_items(names: tuple[str, ...], tested: tuple[str, ...]) -> None:
    if len(names) < 2:
        raise AnalysisError(too_few_items(2))
    strange = next((name for name in tested if name not in names), None)
    if strange is not None:
        what = say("item '{item}' is not among the items.", item=strange)
        raise AnalysisError(
            Problem(where="test_items", what=what, hint=did_you_mean(strange, names))
        )


def _flags(context: Context, one: DifSpec, focal: NDArray[np.bool_]) -> list[str]:
    """A group with few persons, and tests that know weights but no design."""
    smaller = int(min(focal.sum(), (~focal).sum()))
    clustered = ["errors_without_design"] if context.sample(one) is not None else []
    return [*few_persons(smaller), *clustered]


def _in_order(level: str) -> tuple[int, float, str]:
    try:
        return 0, float(level), level
    except ValueError:
        return 1, 0.0, level


def _which_groups(column: str, levels: list[str]) -> Problem:
    return Problem(
        where="group",
        what=say("column '{column}' has {count} groups: {groups}.", column=column,
                 count=len(levels), groups=", ".join(levels[:10])),
        hint=say("Name two of them under `reference` and `focal`."),
    )  # fmt: skip


def _no_such_group(level: str, levels: list[str]) -> Problem:
    return Problem(where="group", what=say("nobody is in the group '{group}'.", group=level),
                   hint=say("Use one of: {names}.", names=", ".join(levels[:10])))  # fmt: skip


def _same_group(level: str) -> Problem:
    return Problem(where="focal", what=say("'{group}' is both the reference and the focal group.",
                                           group=level),
                   hint=say("Name two of them under `reference` and `focal`."))  # fmt: skip


def _not_dichotomous(item: str) -> Problem:
    return Problem(
        where="method",
        what=say("item '{item}' has more than two categories.", item=item),
        hint=say("Use the method mantel or logistic for ordered items."),
    )
