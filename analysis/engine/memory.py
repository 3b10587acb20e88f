"""Sums over rows held in memory: one pass of counting per column, no loop over domains."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analysis.columns import Codes, Floats
from analysis.matrices import Matrix, Sparse, as_sparse

DENSE = 20_000_000
"""Beyond this many numbers a table of units by cells is kept sparse."""
_BLOCK = 65_536


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grouping:
    """Which cell each row belongs to; -1 is in none and weighs nothing.

    `people` is how many people each row stands for; None: one each.
    """

    codes: Codes
    cells: int
    people: Codes | None = None

    @property
    def spare(self) -> int:
        """1 where some row is outside every cell, else 0."""
        return int(self.codes.min(initial=0) < 0)


def unit_sums(
    unit: Codes, units: int, grouping: Grouping, weights: Floats, columns: Sequence[Floats]
) -> Matrix:
    """Sum each weighted column by unit and cell: a matrix of units by (column, cell).

    The table is laid out by cell first, which the combinations made of it want.
    """
    cells = grouping.cells
    if units * cells * len(columns) > DENSE:
        return _sparse_sums(unit, units, grouping, [weights * column for column in columns])
    spare = grouping.spare
    table = np.zeros((len(columns), cells + spare, units))
    for rows, key in _keys(unit, units, grouping.codes, spare):
        for sums, column in zip(table, columns, strict=True):
            np.add.at(sums.reshape(-1), key, weights[rows] * column[rows])
    return table[:, spare:].reshape(len(columns) * cells, units).T


def _keys(unit: Codes, units: int, codes: Codes, spare: int) -> Iterator[tuple[slice, Codes]]:
    """Where each row goes in a table of cells by units, block by block.

    A block stays in the processor's cache and needs no fresh memory, which costs more than the
    sums. Rows outside every cell go to a spare one before the others.
    """
    for start in range(0, len(unit), _BLOCK):
        rows = slice(start, start + _BLOCK)
        key = codes[rows] + spare
        key *= units
        key += unit[rows]
        yield rows, key


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
    spare = grouping.spare
    if grouping.cells == 1 and not spare:
        return np.array([[column.sum()] for column in columns])
    key, size = _counted(grouping), grouping.cells + spare
    return np.stack([np.bincount(key, weights=c, minlength=size)[spare:] for c in columns])


def cell_counts(grouping: Grouping) -> Codes:
    """Number of people in each cell."""
    size = grouping.cells + grouping.spare
    counts = np.bincount(_counted(grouping), weights=grouping.people, minlength=size)
    return counts[grouping.spare :].astype(np.int64)


def _counted(grouping: Grouping) -> Codes:
    return grouping.codes + 1 if grouping.spare else grouping.codes
