"""Rows sorted into cells, the combinations of several variables, once for all margins.

What a margin needs to know of the rows follows from the cells, of which there are few: which
categories occur, how many people are in each, which are missing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.columns import Codes, Factor, Floats, coarse_factor, occurring
from analysis.design import Sample

_MOST = 1 << 60
_BLOCK = 65_536


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Crossing:
    """Which cell each row is in, and each cell's levels (-1 is missing) and people."""

    cell: Codes
    factors: dict[str, Factor]
    people: Codes

    def sums(self, weights: Floats) -> Floats:
        """Sum of the weights in each cell."""
        found = np.bincount(self.cell, weights=weights, minlength=len(self.people))
        return np.asarray(found, dtype=np.float64)


def cross(sample: Sample, names: Sequence[str]) -> Crossing:
    """Sort the rows by the levels of all `names`."""
    coded = [coarse_factor(sample.data, name) for name in dict.fromkeys(names)]
    spare = [int(one.codes.min(initial=0) < 0) for one in coded]
    sizes = [len(one.levels) + more for one, more in zip(coded, spare, strict=True)]
    size = math.prod(sizes)
    if size > _MOST:
        return _crossed_slowly(sample, coded)
    key = np.zeros(len(sample.data), dtype=np.int64)
    for start in range(0, len(key), _BLOCK):
        block = key[start : start + _BLOCK]
        for one, more, own in zip(coded, spare, sizes, strict=True):
            block *= own
            block += one.codes[start : start + _BLOCK]
            block += more
    used, cell = occurring(key, size)
    levels = np.unravel_index(used, sizes)
    codes = [level - more for level, more in zip(levels, spare, strict=True)]
    return _crossing(sample, coded, codes, cell)


def _crossed_slowly(sample: Sample, coded: Sequence[Factor]) -> Crossing:
    """The same where there are more combinations than numbers to count them with."""
    rows = np.stack([one.codes for one in coded], axis=1)
    cells, cell = np.unique(rows, axis=0, return_inverse=True)
    return _crossing(sample, coded, list(cells.T), cell.reshape(-1))


def _crossing(
    sample: Sample, coded: Sequence[Factor], codes: Sequence[Codes], cell: Codes
) -> Crossing:
    people = np.bincount(cell, weights=sample.people, minlength=len(codes[0])).astype(np.int64)
    factors = {
        one.name: Factor(name=one.name, codes=own, levels=one.levels)
        for one, own in zip(coded, codes, strict=True)
    }
    return Crossing(cell=cell, factors=factors, people=people)
