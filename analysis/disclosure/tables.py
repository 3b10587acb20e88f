"""Tables of unweighted counts with the sums that hold between their cells.

Every published count is a cell; a total is a cell too. Tables that share cells (sex and age of the
same people) are one system, because whoever reads one reads the other.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Cell = Hashable


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """A total and the parts that add up to it."""

    total: Cell
    parts: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Counts:
    """Respondents in each cell, and every sum that a reader knows to hold.

    Raises:
        ValueError: A count is negative, a sum names a cell that is not there or does not hold.
    """

    cells: Mapping[Cell, int]
    sums: tuple[Sum, ...]

    def __post_init__(self) -> None:
        if any(count < 0 for count in self.cells.values()):
            raise ValueError("a count is negative")
        for one in self.sums:
            if self.cells[one.total] != sum(self.cells[part] for part in one.parts):
                raise ValueError(f"the parts of {one.total!r} do not add up to it")

    @property
    def names(self) -> list[Cell]:
        """The cells in their order."""
        return list(self.cells)

    @property
    def values(self) -> NDArray[np.float64]:
        """The counts in the order of `names`."""
        return np.array(list(self.cells.values()), dtype=np.float64)

    def equations(self) -> sparse.csr_matrix:
        """The sums as rows of A in A·counts = 0, columns in the order of `names`."""
        place = {name: at for at, name in enumerate(self.cells)}
        rows, columns, signs = [], [], []
        for row, one in enumerate(self.sums):
            for name, sign in ((one.total, -1.0), *((part, 1.0) for part in one.parts)):
                rows.append(row)
                columns.append(place[name])
                signs.append(sign)
        shape = (len(self.sums), len(place))
        return sparse.csr_matrix((signs, (rows, columns)), shape=shape)


def cross_table(
    inner: Mapping[tuple[Cell, Cell], int], *, rows: Sequence[Cell], columns: Sequence[Cell]
) -> Counts:
    """A two-way table with its margins; a total is named None on the side that it sums over."""
    cells: dict[Cell, int] = {}
    for row in rows:
        cells |= {(row, column): inner.get((row, column), 0) for column in columns}
    cells |= {(row, None): sum(inner.get((row, one), 0) for one in columns) for row in rows}
    cells |= {(None, one): sum(inner.get((row, one), 0) for row in rows) for one in columns}
    cells[(None, None)] = sum(inner.values())
    return Counts(cells=cells, sums=tuple(_margins(rows, columns)))


def _margins(rows: Sequence[Cell], columns: Sequence[Cell]) -> Iterable[Sum]:
    for row in (*rows, None):
        yield Sum(total=(row, None), parts=tuple((row, column) for column in columns))
    for column in (*columns, None):
        yield Sum(total=(None, column), parts=tuple((row, column) for row in rows))
