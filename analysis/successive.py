"""Successive difference replication, for samples drawn systematically from an ordered list.

Neighbours on the list share rows of a Hadamard matrix, so that the replicates add up the squares of
their differences (Fay & Train 1995; Ash 2014, Survey Methodology 40, 47-59). Every stratum is a
closed loop, so that for a total the variance is ½ Σ (z_i - z_(i+1))², the last followed by the
first, exactly so where no row must serve twice.
"""

from math import gcd

import numpy as np
import pandas as pd
from scipy.linalg import hadamard

from analysis.columns import Codes, Floats, factor, first_row
from analysis.errors import AnalysisError
from analysis.stages import Stage
from instruments.errors import Problem
from instruments.language import say


def list_order(data: pd.DataFrame, column: str | None, psu: Codes) -> Floats:
    """Each PSU's place on the list: that of its first row, in the file or by the column."""
    places = np.arange(len(psu))
    if column is not None:
        found = factor(data, column, declared={}, role="design.replicates")
        if (blank := found.codes < 0).any():
            what = say("row {row} has no value of '{variable}', so it has no place in the order.",
                       row=first_row(blank), variable=column)  # fmt: skip
            hint = say("Give every row its place on the list from which it was drawn.")
            raise AnalysisError(Problem(where="design.replicates", what=what, hint=hint))
        places = found.codes
    first = np.full(int(psu.max()) + 1, np.inf)
    np.minimum.at(first, psu, places)
    return first


def successive_factors(place: Floats, stage: Stage, most: int) -> Floats:
    """Factors of PSUs by replicates, 1 + √(1-f) 2^(-3/2) (h_a - h_b) with rows a, b of the matrix.

    There are as many replicates as the PSUs need, or as `most` of them would: the next power of
    two. The fpc shrinks what a replicate departs from 1.

    Raises:
        AnalysisError: a stratum has one PSU, which has no neighbour.
    """
    if (stage.sampled == 1).any():
        raise AnalysisError(
            Problem(where="design.replicates",
                    what=say("a stratum has only one PSU, which has no neighbour on the list."),
                    hint=say("Join it with a similar stratum."))
        )  # fmt: skip
    size = max(4, 1 << min(stage.units, most - 1).bit_length())
    one, other = _rows(place, stage.stratum, size - 1)
    matrix = hadamard(size).astype(np.float64)[1:]
    apart = np.sqrt((1 - stage.fraction) / 8)
    return np.asarray(1 + apart[:, None] * (matrix[one] - matrix[other]))


def _rows(place: Floats, stratum: Codes, rows: int) -> tuple[Codes, Codes]:
    """The two rows of the matrix that each PSU gets; loops of neighbours within strata.

    Once all rows are taken they are taken again at a wider step, so that the same two rows come
    together as seldom as may be.
    """
    one, other = np.zeros((2, len(stratum)), dtype=np.int64)
    steps = [step for step in range(1, rows) if gcd(step, rows) == 1]
    taken = 0
    for code in np.unique(stratum):
        units = np.flatnonzero(stratum == code)
        units = units[np.argsort(place[units], kind="stable")]
        for loop in np.array_split(units, -(-len(units) // rows)):
            turn, start = divmod(taken, rows)
            if start and start + len(loop) > rows:
                turn, start = turn + 1, 0
            found = (start + np.arange(len(loop))) * steps[turn % len(steps)] % rows
            one[loop], other[loop] = found, np.roll(found, -1)
            taken = turn * rows + start + len(loop)
    return one, other
