"""Answers to the items of a scale, as category codes ranked from 0."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.columns import Codes, Floats, check_columns, coded, first_row, is_numeric, numeric
from analysis.errors import AnalysisError, refuse
from analysis.formula import Formula, build_matrix
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import say

Ranks = NDArray[np.int8]
NOT_ADMINISTERED = -1
_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ItemResponses:
    """Answers of persons to items, with what the model needs to know of the persons.

    `codes` is persons by items: the rank of the answer among the item's categories, -1 where the
    item was not administered. `values` are each item's categories as the data write them, by rank.
    `weights` are raw (None: all 1). `group` numbers each person's entry of `groups`; `covariates`
    is persons by names.
    """

    items: tuple[str, ...]
    codes: Ranks
    values: tuple[tuple[float, ...], ...]
    weights: Floats | None = None
    group: Codes | None = None
    groups: tuple[str, ...] = ()
    covariates: Floats | None = None
    covariate_names: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        data: pd.DataFrame,
        items: Sequence[str],
        *,
        weights: str | None = None,
        groups: str | None = None,
        condition_on: Sequence[str] = (),
        values: Mapping[str, Sequence[float]] | None = None,
    ) -> Self:
        """Take the columns of a table; missing cells are items that were not administered.

        Categories are ranked by value; `values` declares those of items of which some may not occur,
        which matters where parameters are known beforehand. Covariates of text enter as indicators of every level but
        the first, named as R does (`regionNorth`).

        Raises:
            AnalysisError: an unknown column, an item that is no number, a weight that is not above
                zero, a person without group or covariate.
        """
        named = [*items, *([weights] if weights else []), *([groups] if groups else []),
                 *condition_on]  # fmt: skip
        refuse(check_columns(data, named, role="items"))
        ranked = [_ranked(data, item, (values or {}).get(item)) for item in items]
        codes = np.empty((len(data), len(ranked)), dtype=np.int8)
        for place, (ranks, _) in enumerate(ranked):
            codes[:, place] = ranks
        bare = cls(items=tuple(items), codes=codes, values=tuple(values for _, values in ranked))
        return bare.with_persons(data, weights=weights, groups=groups, condition_on=condition_on)

    def with_persons(
        self, data: pd.DataFrame, *, weights: str | None = None, groups: str | None = None,
        condition_on: Sequence[str] = (),
    ) -> Self:  # fmt: skip
        """The same answers with weights, groups and covariates from columns of the data."""
        group, names = (None, ()) if groups is None else _groups(data, groups)
        covariates, labels = _covariates(data, condition_on)
        return replace(
            self, weights=None if weights is None else _weights(data, weights),
            group=group, groups=names, covariates=covariates, covariate_names=labels,
        )  # fmt: skip

    @property
    def categories(self) -> tuple[int, ...]:
        """How many categories each item has."""
        return tuple(len(values) for values in self.values)

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Which persons answered any item; the others say nothing of the model."""
        if self.complete:
            return np.ones(len(self.codes), dtype=bool)
        return np.asarray((self.codes >= 0).any(axis=1))

    @property
    def complete(self) -> bool:
        """Was every item administered to everybody?"""
        return bool(self.codes.min(initial=0) >= 0)

    def subset(self, items: Sequence[str]) -> Self:
        """The answers to some of the items."""
        refuse(
            Problem(where="items", what=say("item '{item}' is not among the items.", item=item),
                    hint=did_you_mean(item, self.items))
            for item in items if item not in self.items
        )  # fmt: skip
        places = [self.items.index(item) for item in items]
        return replace(
            self, items=tuple(items), codes=self.codes[:, places],
            values=tuple(self.values[place] for place in places),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.codes)


def _ranked(
    data: pd.DataFrame, item: str, declared: Sequence[float] | None
) -> tuple[Ranks, tuple[float, ...]]:
    """Ranks of a column's values, and the values."""
    column = data[item]
    if not is_numeric(column):
        column = _numbers(column, item)
    ranks, labels = coded(column)
    if len(labels) > _MOST:
        what = say("item '{item}' has {count} different answers.", item=item, count=len(labels))
        hint = say("An item has a few ordered categories; score it or group it first.")
        raise AnalysisError(Problem(where="items", what=what, hint=hint))
    found = tuple(float(label) for label in labels)
    return (
        (ranks.astype(np.int8), found)
        if declared is None
        else _declared(item, ranks, found, declared)
    )


def _declared(
    item: str, ranks: Codes, found: tuple[float, ...], declared: Sequence[float]
) -> tuple[Ranks, tuple[float, ...]]:
    """Ranks among the declared values."""
    known = tuple(sorted(float(value) for value in declared))
    strange = sorted(set(found) - set(known))
    if strange:
        what = say("item '{item}' has the answer {value}, which is not among its values {values}.",
                   item=item, value=f"{strange[0]:g}", values=", ".join(f"{v:g}" for v in known))  # fmt: skip
        hint = say("Add the value, or correct the data.")
        raise AnalysisError(Problem(where="items", what=what, hint=hint))
    places = np.array([*(known.index(value) for value in found), NOT_ADMINISTERED], dtype=np.int8)
    return places[ranks], known


def _numbers(column: pd.Series, item: str) -> pd.Series:
    """A text column whose every value is a number."""
    found = pd.to_numeric(column.astype("object"), errors="coerce")
    bad = found.isna().to_numpy() & column.notna().to_numpy()
    if bad.any():
        row = first_row(bad)
        what = say("row {row}, column '{column}': '{value}' is not a score.",
                   row=row, column=item, value=column.iloc[row - 1])  # fmt: skip
        hint = say("Items of a model are scored: write 0, 1, 2 …, or name the code under "
                   "missing_codes.")  # fmt: skip
        raise AnalysisError(Problem(where="items", what=what, hint=hint))
    return found


def _groups(data: pd.DataFrame, name: str) -> tuple[Codes, tuple[str, ...]]:
    group, levels = coded(data[name])
    _refuse_missing(group < 0, name)
    return group, levels


def _covariates(
    data: pd.DataFrame, names: Sequence[str]
) -> tuple[Floats | None, tuple[str, ...]]:  # fmt: skip
    """Columns of the regression without the intercept, which is 0."""
    if not names:
        return None, ()
    for name in names:
        _refuse_missing(data[name].isna().to_numpy(), name)
    same = next((name for name in names if len(set(data[name])) == 1), None)
    if same is not None:
        raise AnalysisError(_all_the_same(same))
    formula = Formula(outcome=None, terms=tuple((name,) for name in names))
    matrix = build_matrix(data, formula, declared={}, role="condition_on")
    return np.delete(matrix.values, 0, axis=1), matrix.names[1:]


def _all_the_same(name: str) -> Problem:
    return Problem(where="condition_on", what=say("everybody has the same '{column}'.", column=name),
                   hint=say("Leave it out: it explains no difference."))  # fmt: skip


def _refuse_missing(missing: NDArray[np.bool_], name: str) -> None:
    if missing.any():
        what = say("row {row}, column '{column}': the value is missing ({count} such rows).",
                   row=first_row(missing), column=name, count=int(missing.sum()))  # fmt: skip
        hint = say("Everybody in a model of groups or covariates needs a value: fill it in, or make "
                   "`missing` a level of its own.")  # fmt: skip
        raise AnalysisError(Problem(where="items", what=what, hint=hint))


def _weights(data: pd.DataFrame, name: str) -> Floats:
    weights = numeric(data, name, role="weights")
    bad = ~(np.isfinite(weights) & (weights > 0))
    if bad.any():
        row = first_row(bad)
        what = say("row {row}, column '{column}': the weight {value} is not above zero "
                   "({count} such rows).",
                   row=row, column=name, value=f"{weights[row - 1]:g}", count=int(bad.sum()))  # fmt: skip
        hint = say("Correct the weight, or leave the row out.")
        raise AnalysisError(Problem(where="weights", what=what, hint=hint))
    return weights
