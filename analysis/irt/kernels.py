"""The one pass over the patterns: likelihoods, and posterior weights added up by table row.

In numpy, a block of patterns at a time; `analysis.irt.kernels_numba` is the same compiled.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analysis.columns import Floats
from analysis.irt.packing import Places

Choice = Literal["auto", "numpy", "numba"]
Cells = NDArray[np.int32]


class Pass(NamedTuple):
    """What a pass goes over: patterns, the prior by cell, weights, and the tables' rows by node."""

    codes: Places
    cell: Cells
    prior: Floats
    weights: Floats
    tables: Floats


class Sums(NamedTuple):
    """What a pass adds to: `counts` by table row and, unless it has no rows, `mass` by cell.

    It fills `likelihood` by pattern. The mass of a single cell is the sum of any table's counts.
    """

    counts: Floats
    mass: Floats
    likelihood: Floats


Kernel = Callable[[Pass, Sums], None]
TINY = 1e-300
"""No likelihood is smaller: far extrapolations may underflow, and are then left again."""
_BLOCK = 2**17
"""Numbers of a block: a megabyte, which stays in the cache."""
_WORTH_COMPILING = 2e7
"""Products per pass from which compiling once costs less than it saves in a fit."""


def choose(choice: Choice, work: float) -> Kernel:
    """The kernel for passes of `work` products each."""
    module = "analysis.irt.kernels_numba"
    compiled = choice == "numba" or (
        choice == "auto"
        and (work >= _WORTH_COMPILING or module in sys.modules)
        and find_spec("numba") is not None
    )
    if not compiled:
        return accumulate
    kernel: Kernel = import_module(module).accumulate
    return kernel


def accumulate(over: Pass, into: Sums) -> None:
    """Go over the patterns once."""
    nodes = over.tables.shape[1]
    room = np.empty((2, max(1, _BLOCK // nodes), nodes))
    for start in range(0, len(over.codes), room.shape[1]):
        rows = slice(start, start + room.shape[1])
        codes, cell = over.codes[rows], over.cell[rows]
        joint = joint_density(codes, cell, over.prior, over.tables, room=room[:, : len(codes)])
        into.likelihood[rows] = np.maximum(joint.sum(axis=1), TINY)
        share = over.weights[rows] / into.likelihood[rows]
        np.add(into.counts, _spread(codes, share, len(into.counts)) @ joint, out=into.counts)
        if len(into.mass):
            np.add(into.mass, _spread(cell[:, None], share, len(into.mass)) @ joint, out=into.mass)


def joint_density(
    codes: Places, cell: Cells, prior: Floats, tables: Floats, *, room: Floats | None = None
) -> Floats:
    """Density of the trait times the likelihood of the answers, patterns by nodes.

    `room` (2 by patterns by nodes) is where it may be worked out, and holds the result.
    """
    joint, factor = np.empty((2, len(codes), tables.shape[1])) if room is None else room
    prior.take(cell, axis=0, out=joint, mode="clip")
    for column in codes.T:
        joint *= tables.take(column, axis=0, out=factor, mode="clip")
    return np.asarray(joint)


def _spread(places: NDArray[np.integer], share: Floats, rows: int) -> sparse.csc_array:
    """The matrix that adds each pattern, times its share, to all its places."""
    patterns, each = places.shape
    ends = np.arange(0, patterns * each + 1, each)
    entries = (np.repeat(share, each), places.astype(np.int32).ravel(), ends)
    return sparse.csc_array(entries, shape=(rows, patterns))
