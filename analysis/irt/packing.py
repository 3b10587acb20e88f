"""Answers packed for speed: several items in one code, equal persons in one pattern.

The likelihood of a pattern at the nodes is then the product of a few rows of tables, one per chunk
of items, instead of one factor per item.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from analysis.columns import Codes, Floats
from analysis.irt.responses import ItemResponses, Ranks

Places = NDArray[np.uint16] | NDArray[np.uint32]
_TABLE = 640
"""Most rows of a table; with 61 nodes it then stays in the second-level cache."""
_DISTINCT = 0.8
_KEY = 2**62
_BLOCK = 2**13


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chunk:
    """Items coded together: the sizes of their digits, and where their table starts among all.

    `digits` tells which digit of which item each row has: digits of all items by rows, 0 or 1.
    """

    items: tuple[int, ...]
    sizes: tuple[int, ...]
    start: int
    digits: Floats

    @property
    def rows(self) -> int:
        """The rows of the chunk's table."""
        return prod(self.sizes)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Packed:
    """Patterns by chunks: each entry is a row of the tables laid one after the other.

    `cell` is each pattern's combination of group and covariates, ascending; `pattern` is each
    person's. `group` and `covariates` belong to the cells.
    """

    chunks: tuple[Chunk, ...]
    codes: Places
    cell: NDArray[np.int32]
    pattern: NDArray[np.int32]
    group: Codes
    covariates: Floats

    @property
    def rows(self) -> int:
        """The rows of all tables together."""
        return self.chunks[-1].start + self.chunks[-1].rows

    def spans(self, most: int = 2048) -> Iterator[tuple[slice, slice]]:
        """Patterns and cells in runs of at most `most` cells."""
        cells = len(self.group)
        for first in range(0, cells, most):
            last = min(first + most, cells)
            low, high = np.searchsorted(self.cell, [first, last])
            yield slice(int(low), int(high)), slice(first, last)

    def by_item(self, sums: Floats) -> dict[int, Floats]:
        """Sums by table row added up by item and digit, with any further axes kept."""
        found: dict[int, Floats] = {}
        for chunk in self.chunks:
            table = sums[chunk.start : chunk.start + chunk.rows]
            parts = np.split(chunk.digits @ table, np.cumsum(chunk.sizes)[:-1])
            found.update(zip(chunk.items, parts, strict=True))
        return found

    def summed(self, weights: Floats) -> Floats:
        """Weights of persons added up by pattern."""
        sums = np.bincount(self.pattern, weights=weights, minlength=len(self.cell))
        return sums.astype(np.float64, copy=False)


def pack(responses: ItemResponses) -> Packed:
    """Pack the answers; patterns are sorted by cell and code."""
    chunks = _chunks(responses)
    cell, group, covariates = _cells(responses)
    places = _places(responses.codes, chunks)
    kept, pattern = _patterns(*_key(places, chunks, cell, len(group)))
    return Packed(
        chunks=chunks, codes=places[kept], pattern=pattern, cell=cell[kept].astype(np.int32),
        group=group, covariates=covariates,
    )  # fmt: skip


def _patterns(key: Codes, exact: bool) -> tuple[Codes, NDArray[np.int32]]:  # noqa: FBT001 - of _key
    """A person of each pattern in the order of the keys, and the pattern of each person."""
    order = np.argsort(key, kind="stable")
    key, starts = key[order], np.ones(len(key), dtype=bool)
    if exact:
        np.not_equal(key[1:], key[:-1], out=starts[1:])
    if np.count_nonzero(starts) > _DISTINCT * len(key):
        starts[:] = True
    pattern = np.empty(len(key), dtype=np.int32)
    pattern[order] = np.cumsum(starts, dtype=np.int32) - np.int32(1)
    return order[starts], pattern


def _chunks(responses: ItemResponses) -> tuple[Chunk, ...]:
    sizes = list(responses.categories)
    if not responses.complete:
        sizes = [
            n + int(least < 0) for n, least in zip(sizes, responses.codes.min(axis=0), strict=True)
        ]
    found: list[Chunk] = []
    for low, high in _runs(sizes, max(*sizes, min(_TABLE, max(64, len(responses))))):
        start = found[-1].start + found[-1].rows if found else 0
        found.append(Chunk(items=tuple(range(low, high)), sizes=tuple(sizes[low:high]),
                           start=start, digits=_digits(sizes[low:high])))  # fmt: skip
    return tuple(found)


def _digits(sizes: Sequence[int]) -> Floats:
    """Digits by rows of a table whose last digit changes fastest."""
    places = np.indices(sizes).reshape(len(sizes), -1)
    return np.concatenate(
        [place == np.arange(size)[:, None] for place, size in zip(places, sizes, strict=True)]
    ).astype(np.float64)


def _runs(sizes: Sequence[int], most: int) -> list[tuple[int, int]]:
    """The fewest runs of items within `most` rows, and among those the smallest tables."""
    low, high = max(sizes), most
    fewest = len(_greedy(sizes, most))
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if len(_greedy(sizes, middle)) > fewest else (low, middle)
    return _greedy(sizes, high)


def _greedy(sizes: Sequence[int], most: int) -> list[tuple[int, int]]:
    runs, low, size = [], 0, 1
    for place, base in enumerate(sizes):
        if size * base > most and place > low:
            runs.append((low, place))
            low, size = place, 1
        size *= base
    return [*runs, (low, len(sizes))]


def _cells(responses: ItemResponses) -> tuple[Codes, Codes, Floats]:
    """Each person's cell, and the cells' groups and covariates."""
    n = len(responses)
    alike = np.broadcast_to(np.int64(0), n)
    group = alike if responses.group is None else responses.group
    if responses.covariates is None and responses.group is None:
        return group, group[:1].copy(), np.empty((1, 0))
    if responses.covariates is None:
        cells, cell = np.unique(group, return_inverse=True)
        return cell.astype(np.int64), cells, np.empty((len(cells), 0))
    rows = np.column_stack([group, responses.covariates])
    cells, cell = np.unique(rows, axis=0, return_inverse=True)
    return cell.astype(np.int64), cells[:, 0].astype(np.int64), np.ascontiguousarray(cells[:, 1:])


def _key(places: Places, chunks: Sequence[Chunk], cell: Codes, cells: int) -> tuple[Codes, bool]:
    """A number that sorts persons by cell and answers, and whether it tells all answers apart."""
    key, states = cell.astype(np.int64), cells
    for column, chunk in zip(places.T, chunks, strict=True):
        states *= chunk.rows
        if states >= _KEY:
            return key, False
        key *= chunk.rows
        key += column
        key -= chunk.start
    return key, True


def _places(codes: Ranks, chunks: Sequence[Chunk]) -> Places:
    """Each person's rows of the tables; an item that was not administered has the last digit."""
    rows = chunks[-1].start + chunks[-1].rows
    found = np.empty((len(codes), len(chunks)), dtype=np.uint16 if rows < 2**16 else np.uint32)
    worth, last = _worth(chunks), np.array([size - 1 for chunk in chunks for size in chunk.sizes])
    complete = codes.min(initial=0) >= 0
    for start in range(0, len(codes), _BLOCK):
        block = codes[start : start + _BLOCK]
        digits = block if complete else np.where(block < 0, last, block)
        found[start : start + _BLOCK] = digits.astype(np.float32) @ worth
    found += np.array([chunk.start for chunk in chunks], dtype=found.dtype)
    return found


def _worth(chunks: Sequence[Chunk]) -> NDArray[np.float32]:
    """What a digit of each item adds to each chunk's row: whole numbers far below 2^24."""
    worth = np.zeros((chunks[-1].items[-1] + 1, len(chunks)), dtype=np.float32)
    for place, chunk in enumerate(chunks):
        worth[list(chunk.items), place] = np.cumprod([1, *chunk.sizes[:0:-1]])[::-1]
    return worth
