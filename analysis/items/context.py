"""What an analysis works on: its rows, its items as numbers, its weights, its design."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.columns import Floats, check_columns, label
from analysis.condition import choose_rows
from analysis.design import Design, Sample
from analysis.errors import AnalysisError, refuse
from analysis.items.scored import scored_table
from analysis.items.spec_model import AnalysisSpec, Cause, ItemsSpec, MissingSpec
from analysis.replicates import ReplicateDesign
from analysis.spec_model import DesignSpec
from analysis.table_file import read_table
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import say

Mask = np.ndarray
_SEVERAL, _NEARLY = 10, 0.9
"""With so many persons no one of them has this part of the weight, unless it is mistyped."""
EQUAL = "@equal"
"""A column of weights of 1."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Context:
    """The SPEC's tables, and the results of analyses that later ones start from.

    `results` has, by id, whatever an analysis leaves for others (a fitted model).
    """

    spec: ItemsSpec
    folder: Path
    file: Path | None
    results: dict[str, Any] = field(default_factory=dict)
    _tables: dict[Path, pd.DataFrame] = field(default_factory=dict)
    _items: dict[Path, tuple[str, ...]] = field(default_factory=dict)

    def table(self, one: AnalysisSpec) -> pd.DataFrame:
        """The whole table of an analysis."""
        name = one.data or self.spec.data
        path = self.file if self.file is not None and one.data is None else None
        if path is None and name is None:
            raise AnalysisError(_no_data())
        place = path or self.folder / str(name)
        if place not in self._tables:
            self._tables[place] = self._as_scored(place, read_table(place, ["*"]))
        if self._tables[place].empty:
            raise AnalysisError(_no_rows(place))
        return self._tables[place]

    def _as_scored(self, place: Path, table: pd.DataFrame) -> pd.DataFrame:
        """The table as it is, or scored by the instrument where that stands for the items."""
        if self.spec.instrument is None or self.spec.items:
            return table
        scored, self._items[place] = scored_table(table, self.folder / self.spec.instrument)
        return scored

    def inside(self, one: AnalysisSpec) -> Mask:
        """Which rows the analysis is about."""
        table = self.table(one)
        where = one.where or self.spec.where
        return np.ones(len(table), dtype=bool) if where is None else choose_rows(table, where)

    def items(self, one: AnalysisSpec) -> tuple[str, ...]:
        """The names of the items, which are columns of the table."""
        table = self.table(one)
        scored = next(
            (own for place, own in self._items.items() if self._tables[place] is table), ()
        )
        names = one.items or self.spec.items or scored
        if not names:
            raise AnalysisError(_no_items())
        refuse(check_columns(table, names, role="items"))
        return names

    def values(self, one: AnalysisSpec, names: Sequence[str] | None = None) -> Floats:
        """The items as numbers, rows by items, missing answers as the SPEC treats them."""
        table = self.table(one)
        codes = one.missing_codes or self.spec.missing_codes or {}
        rule = one.missing or self.spec.missing or MissingSpec()
        columns = [_scores(table[name], name, codes, rule) for name in names or self.items(one)]
        return np.column_stack(columns)

    def ranks(self, one: AnalysisSpec) -> list[Floats]:
        """The items as ranks from 0 of the categories that occur, NaN where missing."""
        rows = self.values(one)[self.inside(one)]
        return [_ranked(column) for column in rows.T]

    def weights(self, one: AnalysisSpec) -> Floats | None:
        """The weights of all rows, or None; those the analysis is about are above zero."""
        name = self.weight_column(one)
        if name is None:
            return None
        table = self.table(one)
        refuse(check_columns(table, [name], role="weights"))
        values = pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=float)
        bad = self.inside(one) & ~(np.isfinite(values) & (values > 0))
        if bad.any():
            raise AnalysisError(_bad_weight(table, name, bad))
        own = np.where(self.inside(one), values, 0.0)
        if np.count_nonzero(own) >= _SEVERAL and (own / own.max()).sum() < 1 / _NEARLY:
            raise AnalysisError(_one_counts(name, int(own.argmax()), float(own.max())))
        return values

    def weight_column(self, one: AnalysisSpec) -> str | None:
        """The column of weights, or None; what the analysis says itself comes first."""
        if one.own_weights:
            return one.weights
        own = None if one.design is None else one.design.weights
        design = self.spec.design
        return own or self.spec.weights or (None if design is None else design.weights)

    def sample(self, one: AnalysisSpec) -> Sample | None:
        """The sample with its design, all rows in it; None without a design."""
        given = one.design or self.spec.design
        if given is None or (one.own_weights and one.weights is None and one.design is None):
            return None
        return self.sample_of(one, given)

    def sample_of(self, one: AnalysisSpec, given: DesignSpec) -> Sample:
        """The sample with a design; where nothing gives weights everybody counts the same."""
        table, weights = self.table(one), given.weights or self.weight_column(one)
        if weights is None and not given.fpc:
            table, weights = table.assign(**{EQUAL: 1.0}), EQUAL
        return Sample.of(table, _design(given, weights), factors=self.spec.factors)

    def result(
        self, name: str | None, wanted: type | tuple[type, ...], *, role: str = "model"
    ) -> Any:  # noqa: ANN401
        """What an earlier analysis has left."""
        found = self.results.get(name or "")
        if isinstance(found, wanted):
            return found
        raise AnalysisError(_no_result(name, role, self, wanted))


def _design(given: DesignSpec, weights: str | None) -> Design:
    made = None if given.replicates is None else ReplicateDesign(**given.replicates.model_dump())
    fields = given.model_dump(exclude={"joint", "replicates", "weights"})
    return Design(**fields, weights=given.weights or weights, replicates=made)


def _scores(
    column: pd.Series, name: str, codes: Mapping[Cause, Sequence[str]], rule: MissingSpec
) -> Floats:
    """A column as numbers; a code of a missing answer becomes the lowest score, or nothing."""
    places, levels = pd.factorize(column)
    causes = {code: cause for cause, own in codes.items() for code in own}
    named = [causes.get(label(one)) for one in levels]
    kept = np.array([one is None for one in named], dtype=bool)
    plain = pd.Series(np.asarray(levels, dtype=object)).where(kept)
    values = pd.to_numeric(plain, errors="coerce").to_numpy(dtype=float)
    strange = np.isnan(values) & plain.notna().to_numpy()
    if strange.any():
        raise AnalysisError(_no_score(column, name, np.append(strange, False)[places]))
    wrong = [one is not None and getattr(rule, one) == "wrong" for one in named]
    return np.append(np.where(wrong, _lowest(values), values), np.nan)[places]


def _lowest(values: Floats) -> float:
    """The score of a wrong answer: the least that occurs, and 0 where all who answered are right."""
    known = values[~np.isnan(values)]
    if not len(known) or (known.min() == known.max() == 1):
        return 0.0
    return float(known.min())


def _ranked(column: Floats) -> Floats:
    values = np.unique(column[~np.isnan(column)])
    return np.where(np.isnan(column), np.nan, np.searchsorted(values, column))


def plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """A result as JSON data: arrays as lists, what is not finite as null."""
    if isinstance(value, np.ndarray):
        return [plain(one) for one in value.tolist()]
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value


Answer = Callable[[Context, Any], dict[str, Any]]


def _no_data() -> Problem:
    return Problem(where="data", what=say("no data are named."),
                   hint=say("Name the file under `data`, or give --data FILE."))  # fmt: skip


def _no_rows(place: Path) -> Problem:
    return Problem(where=place.name, what=say("the table has no rows."),
                   hint=say("Save it again with its rows below the names."))  # fmt: skip


def _no_items() -> Problem:
    return Problem(where="items", what=say("no items are named."),
                   hint=say("List the columns under `items`."))  # fmt: skip


def _bad_weight(table: pd.DataFrame, name: str, bad: Mask) -> Problem:
    row = int(np.argmax(bad))
    return Problem(
        where="weights",
        what=say("row {row}, column '{column}': the weight {value} is not above zero "
                 "({count} such rows).", row=row + 1, column=name, value=table[name].iloc[row],
                 count=int(bad.sum())),
        hint=say("Correct the weight, or leave the row out."),
    )  # fmt: skip


def _one_counts(name: str, row: int, value: float) -> Problem:
    return Problem(
        where="weights",
        what=say("row {row}, column '{column}': the weight {value} is nearly all of the weight there is.",
                 row=row + 1, column=name, value=f"{value:g}"),
        hint=say("Correct the weight, or leave the row out."),
    )  # fmt: skip


def _no_score(column: pd.Series, name: str, strange: Mask) -> Problem:
    row = int(np.argmax(strange))
    return Problem(
        where="items",
        what=say("row {row}, column '{column}': '{value}' is not a score.", row=row + 1,
                 column=name, value=column.iloc[row]),
        hint=say("Items of a model are scored: write 0, 1, 2 …, or name the code under "
                 "missing_codes."),
    )  # fmt: skip


def missing(field: str) -> Problem:
    """What to say of a field that an analysis cannot do without."""
    return Problem(where=field, what=say("'{field}' is missing.", field=field),
                   hint=say("Add '{name}: …'.", name=field))  # fmt: skip


def _no_result(
    name: str | None, role: str, context: Context, wanted: type | tuple[type, ...]
) -> Problem:
    if name is None:
        return missing(role)
    if context.results.get(name) is not None:
        what = say(
            "analysis '{source}' leaves nothing that this one could start from.", source=name
        )
        is_marginal = getattr(wanted, "__name__", "") == "Calibration"
        hint = say("Name a model of the estimator {estimator}.",
                   estimator="mml" if is_marginal else "cml")  # fmt: skip
        return Problem(where=role, what=what, hint=hint)
    if name in context.results:
        what = say(
            "analysis '{source}' was refused, so that nothing can start from it.", source=name
        )
        return Problem(where=role, what=what, hint=say("Mend that analysis first."))
    what = say("there is no analysis '{source}' before this one that it could start from.",
               source=name)  # fmt: skip
    declared = [str(one.get("id")) for one in context.spec.analyses]
    hint = say("Put the model before it.") if name in declared else did_you_mean(name, declared)
    return Problem(where=role, what=what, hint=hint)
