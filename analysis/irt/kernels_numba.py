"""The pass over the patterns compiled with numba: the same sums as `analysis.irt.kernels`.

The machine code is kept in the user's cache, so that only the first large fit waits for it.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
from numba import config

from analysis.columns import Floats
from analysis.irt.kernels import Pass, Sums

_HOME = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hieuluat" / "numba"


def accumulate(over: Pass, into: Sums) -> None:
    """Go over the patterns once."""
    _pass(over, into, np.empty(over.tables.shape[1]))


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile into the user's cache, leaving numba's own setting as it was."""
    before = config.CACHE_DIR
    config.CACHE_DIR = before or str(_HOME)
    options: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
    try:
        found: Callable[..., Any] = numba.njit(fastmath={"reassoc", "contract"}, **options)(
            function
        )
    finally:
        config.CACHE_DIR = before
    return found


@_compiled
def _density(over: Pass, i: int, joint: Floats) -> float:
    """Fill the joint density of pattern i at the nodes, and add it up."""
    total = 0.0
    prior, first = over.prior[over.cell[i]], over.tables[over.codes[i, 0]]
    for q in range(len(joint)):
        joint[q] = prior[q] * first[q]
    for c in range(1, over.codes.shape[1]):
        row = over.tables[over.codes[i, c]]
        for q in range(len(joint)):
            joint[q] *= row[q]
    for q in range(len(joint)):
        total += joint[q]
    return total


@_compiled
def _add(row: Floats, share: float, joint: Floats) -> None:
    for q in range(len(joint)):
        row[q] += share * joint[q]


@_compiled
def _pass(over: Pass, into: Sums, joint: Floats) -> None:
    for i in range(len(over.codes)):
        into.likelihood[i] = _density(over, i, joint)
        share = over.weights[i] / into.likelihood[i]
        if share != 0.0:
            for c in range(over.codes.shape[1]):
                _add(into.counts[over.codes[i, c]], share, joint)
            _add(into.mass[over.cell[i]], share, joint)
