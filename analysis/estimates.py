"""Estimates that travel together, with their joint covariance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import pandas as pd

from analysis.columns import Floats
from analysis.result import Estimate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimates(Sequence[Estimate]):
    """Rows of estimates and the covariance matrix over them, in the same order."""

    rows: tuple[Estimate, ...]
    covariance: Floats

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

    def to_frame(self) -> pd.DataFrame:
        """A table with one row per estimate, grouping variables first."""
        return pd.DataFrame([_record(row) for row in self.rows])

    def correlation(self) -> Floats:
        """Correlations between the estimates; 0 with one that has no variance."""
        size = np.sqrt(np.diag(self.covariance))
        size = np.where(size > 0, size, np.inf)
        return np.asarray(self.covariance / np.outer(size, size))


def _record(row: Estimate) -> dict[str, object]:
    return {
        **row.by, "of": row.of, "level": row.level, "estimate": row.estimate, "se": row.se,
        "lower": row.ci[0], "upper": row.ci[1], "df": row.df, "cv": row.cv, "deff": row.deff,
        "n": row.n, "n_eff": row.n_eff, "flags": ", ".join(row.flags),
    }  # fmt: skip
