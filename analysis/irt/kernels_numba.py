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
from analysis.irt.kernels import TINY, Pass, Sums

_HOME = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hieuluat" / "numba"
_TOGETHER = 16
"""Patterns whose likelihoods are worked out before their weights are added up: no one waits."""


def accumulate(over: Pass, into: Sums) -> None:
    """Go over the patterns once."""
    _pass(over, into, np.empty((_TOGETHER, over.tables.shape[1])))


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile into the user's cache, if there is one, leaving numba's own setting as it was."""
    before = config.CACHE_DIR
    kept = bool(before) or _writable(_HOME)
    config.CACHE_DIR = before or str(_HOME)
    options: dict[str, Any] = {"cache": kept, "nogil": True, "error_model": "numpy"}
    try:
        found: Callable[..., Any] = numba.njit(fastmath={"reassoc", "contract"}, **options)(
            function
        )
    finally:
        config.CACHE_DIR = before
    return found


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


@_compiled
def _pass(over: Pass, into: Sums, joint: Floats) -> None:  # noqa: C901, PLR0912 - calls cost rows
    together, nodes, chunks = *joint.shape, over.codes.shape[1]
    tables, counts = over.tables, into.counts
    for start in range(0, len(over.codes), together):
        several = min(together, len(over.codes) - start)
        for k in range(several):
            i, own = start + k, joint[k]
            prior, row = over.prior[over.cell[i]], tables[over.codes[i, 0]]
            for q in range(nodes):
                own[q] = prior[q] * row[q]
            for c in range(1, chunks - 1, 2):
                row, other = tables[over.codes[i, c]], tables[over.codes[i, c + 1]]
                for q in range(nodes):
                    own[q] *= row[q] * other[q]
            if chunks % 2 == 0:
                row = tables[over.codes[i, chunks - 1]]
                for q in range(nodes):
                    own[q] *= row[q]
            total = 0.0
            for q in range(nodes):
                total += own[q]
            into.likelihood[i] = max(total, TINY)
        for k in range(several):
            i, own = start + k, joint[k]
            share = over.weights[i] / into.likelihood[i]
            if share != 0.0:
                for c in range(chunks):
                    row = counts[over.codes[i, c]]
                    for q in range(nodes):
                        row[q] += share * own[q]
                if len(into.mass):
                    row = into.mass[over.cell[i]]
                    for q in range(nodes):
                        row[q] += share * own[q]
