"""Sums over rows held in memory: one pass of counting per column, no loop over domains."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analysis.columns import Codes, Floats
from analysis.matrices import Matrix, Sparse, as_sparse

DENSE = 20_000_000
"""Beyond this many numbers a table of units by cells is kept sparse."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grouping:
    """Which cell each row belongs to; -1 is in none and weighs nothing.

    `people` is how many people each row stands for; None: one each.
    """

    codes: Codes
    cells: int
    people: Codes | None = None


def unit_sums(unit: Codes, units: int, grouping: Grouping, columns: Sequence[Floats]) -> Matrix:
    """Sum each column by unit and cell: a matrix of units by (column, cell), column-major.

    Rows outside every cell go to a spare cell before the others, so that no row is filtered or
    copied.
    """
    cells = grouping.cells
    if units * (cells + 1) * len(columns) > DENSE:
        return _sparse_sums(unit, units, grouping, columns)
    key = np.multiply(unit, cells + 1)
    key += grouping.codes
    key += 1
    size = units * (cells + 1)
    sums = [np.bincount(key, weights=column, minlength=size) for column in columns]
    return np.concatenate([s.reshape(units, cells + 1)[:, 1:] for s in sums], axis=1)


def _sparse_sums(unit: Codes, units: int, grouping: Grouping, columns: Sequence[Floats]) -> Sparse:
    inside = np.flatnonzero(grouping.codes >= 0)
    place = (unit[inside], grouping.codes[inside])
    blocks = [
        sparse.coo_array((column[inside], place), shape=(units, grouping.cells)).tocsr()
        for column in columns
    ]
    return as_sparse(sparse.hstack(blocks))


def cell_sums(grouping: Grouping, columns: Sequence[Floats]) -> Floats:
    """Sum each column by cell: an array of columns by cells."""
    key, size = grouping.codes + 1, grouping.cells + 1
    return np.stack([np.bincount(key, weights=c, minlength=size)[1:] for c in columns])


def cell_counts(grouping: Grouping) -> Codes:
    """Number of people in each cell."""
    key, size = grouping.codes + 1, grouping.cells + 1
    return np.bincount(key, weights=grouping.people, minlength=size)[1:].astype(np.int64)
