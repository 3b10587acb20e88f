"""Fixed points of an EM map, reached faster by Anderson's extrapolation.

From the last few points x_i and steps f_i = F(x_i) - x_i the combination of steps that is shortest
gives the next point (Anderson 1965; Walker & Ni 2011). Where the objective falls, the plain EM step
is taken instead and the memory is emptied, so that it never gets worse (Henderson & Varadhan 2019).
On item models it takes about two thirds of the passes of SQUAREM (Varadhan & Roland 2008).
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from analysis.columns import Floats

_MEMORY = 8
_SLACK = 1e-12
"""Rounding of the objective, relative: less than that is no fall."""


class Evaluated(NamedTuple):
    """A point with the objective there, the EM map's image of it, and what the pass found."""

    point: Floats
    objective: float
    image: Floats
    found: Any

    @property
    def step(self) -> Floats:
        """Where the EM map goes from here."""
        return self.image - self.point


class Reached(NamedTuple):
    """The last points evaluated, how many passes it took, and whether the map had settled there."""

    memory: Sequence[Evaluated]
    passes: int
    settled: bool

    @property
    def last(self) -> Evaluated:
        """The point reached."""
        return self.memory[-1]

    @property
    def ahead(self) -> Floats:
        """Where the next pass would be made."""
        return _extrapolated(self.memory)


Evaluate = Callable[[Floats], Evaluated]


def accelerate(
    evaluate: Evaluate, start: Floats, *, tolerance: float, most: int,
    memory: Sequence[Evaluated] = (),
) -> Reached:  # fmt: skip
    """Iterate until the map moves no coordinate by more than `tolerance`.

    `memory` may hold points of a map that is nearly the same.
    """
    at, passes = evaluate(start), 1
    memory = [*memory[-_MEMORY:], at]
    while not (settled := _settled(at, tolerance)) and passes < most:
        far = evaluate(_extrapolated(memory))
        passes += 1
        if not far.objective >= at.objective - _SLACK * abs(at.objective) and len(memory) > 1:
            far, memory = evaluate(at.image), []
            passes += 1
        at, memory = far, [*memory[-_MEMORY:], far]
    return Reached(memory, passes, settled=settled)


def _extrapolated(memory: Sequence[Evaluated]) -> Floats:
    """The next point from the last ones; from a single one the EM step."""
    at = memory[-1]
    if len(memory) == 1:
        return at.image
    steps = np.diff([one.step for one in memory], axis=0).T
    images = np.diff([one.image for one in memory], axis=0).T
    share = np.linalg.lstsq(steps, at.step, rcond=1e-10)[0]
    return np.asarray(at.image - images @ share)


def _settled(at: Evaluated, tolerance: float) -> bool:
    return float(np.abs(at.step).max(initial=0.0)) <= tolerance
