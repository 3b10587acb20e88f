"""Estimates that travel together, with their joint covariance."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import overload

import numpy as np
import pandas as pd

from analysis import intervals
from analysis.columns import Floats
from analysis.contrast import contrasts
from analysis.deferred import Deferred, known
from analysis.errors import AnalysisError
from analysis.result import Estimate
from analysis.text_table import Cell, html_table, text_table
from instruments.errors import Problem
from instruments.language import say

Rows = tuple[Estimate, ...]
_SHOWN = 60
_ALWAYS = ("of", "estimate", "se", "lower", "upper", "df")
_SOMETIMES = ("prob", "statistic", "p")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimates(Sequence[Estimate]):
    """Rows of estimates and the covariance matrix over them, in the same order.

    `joint` gives the matrix, which is worked out when somebody asks for it. `at_level` makes the rows anew at another confidence level; without it only intervals of the
    form estimate ± t·se can be moved to one.
    """

    rows: Rows
    joint: Deferred[Floats]
    at_level: Callable[[float], Rows] | None = None

    @property
    def covariance(self) -> Floats:
        """Covariance of the estimates, in the order of the rows."""
        return self.joint()

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> Estimate: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Estimate]: ...
    def __getitem__(self, place: int | slice) -> Estimate | Sequence[Estimate]:
        return self.rows[place]

    def __iter__(self) -> Iterator[Estimate]:
        return iter(self.rows)

    def __repr__(self) -> str:
        return f"{text_table(*self._shown())}\n{self._caption()}"

    def _repr_html_(self) -> str:
        return html_table(*self._shown(), caption=self._caption())

    def to_frame(self) -> pd.DataFrame:
        """A table with one row per estimate, grouping variables first."""
        return pd.DataFrame([_record(row) for row in self.rows])

    def confint(self, level: float | None = None) -> pd.DataFrame:
        """The limits of each interval, at another confidence level where one is given.

        Raises:
            AnalysisError: an interval does not follow from its estimate, error and df alone.
        """
        rows = self.rows
        if level is not None and self.at_level is not None:
            rows = self.at_level(level)
        elif level is not None:
            rows = tuple(_at_level(row, level) for row in rows)
        return pd.DataFrame([
            {**row.by, "of": row.of, "level": row.level, "lower": row.ci[0], "upper": row.ci[1]}
            for row in rows
        ])  # fmt: skip

    def contrast(
        self, expressions: str | Sequence[str], *, level: float = 0.95, df: float | None = None
    ) -> "Estimates":
        """Functions of the estimates, such as ``y[g=1] - y[g=2]`` or ``log(y[g=1] / y[g=2])``.

        Linear ones are exact, others by the delta method (R `svycontrast`); `df` is by default the
        least of the rows that an expression uses.

        Raises:
            AnalysisError: an expression names no estimate, or is not defined at them.
        """
        texts = (expressions,) if isinstance(expressions, str) else tuple(expressions)
        rows, joint = contrasts(self.rows, self.covariance, texts, level=level, df=df)
        return Estimates(rows=rows, joint=known(joint))

    def correlation(self) -> Floats:
        """Correlations between the estimates; 0 with one that has no variance."""
        matrix = self.covariance
        size = np.sqrt(np.diag(matrix))
        size = np.where(size > 0, size, np.inf)
        return np.asarray(matrix / np.outer(size, size))

    def _shown(self) -> tuple[list[str], list[list[Cell]]]:
        """Headings and cells for the eye, without columns in which nothing stands."""
        records = [_record(row) for row in self.rows[:_SHOWN]]
        names = [
            name
            for name in dict.fromkeys(name for one in records for name in one)
            if name in _ALWAYS or any(one.get(name) not in (None, "") for one in records)
        ]
        return names, [[one.get(name) for name in names] for one in records]

    def _caption(self) -> str:
        levels = {row.confidence for row in self.rows}
        text = f"{', '.join(f'{100 * one:.4g}%' for one in sorted(levels))} confidence intervals"
        more = len(self.rows) - _SHOWN
        return text if more <= 0 else f"{text}; {more} more rows: to_frame() has all"


def _record(row: Estimate) -> dict[str, Cell]:
    cells: dict[str, Cell] = {
        **row.by, "of": row.of, "level": row.level, "prob": row.prob, "estimate": row.estimate,
        "se": row.se, "lower": row.ci[0], "upper": row.ci[1], "df": row.df, "cv": row.cv,
        "deff": row.deff, "n": row.n, "n_eff": row.n_eff, "statistic": row.statistic, "p": row.p,
        "flags": ", ".join(row.flags),
    }  # fmt: skip
    return {name: one for name, one in cells.items() if name not in _SOMETIMES or one is not None}


def _at_level(row: Estimate, level: float) -> Estimate:
    """The row with its interval at another level, if that is estimate ± t·se."""
    if row.estimate is None or row.se is None or row.df is None or None in row.ci:
        return replace(row, confidence=level)
    present = intervals.t_interval(row.estimate, row.se, row.df, row.confidence)
    if not np.allclose(present, np.array(row.ci, dtype=np.float64), rtol=1e-9, atol=0):
        what = say("the interval of '{name}' cannot be moved to another level.", name=row.of)
        hint = say("Ask for the estimate again at that level.")
        raise AnalysisError(Problem(where="confint", what=what, hint=hint))
    low, high = intervals.t_interval(row.estimate, row.se, row.df, level)
    return replace(row, ci=(float(low), float(high)), confidence=level)
