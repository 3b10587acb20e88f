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


class Secant(NamedTuple):
    """How step and image changed from one point to the next."""

    step: Floats
    image: Floats


class Reached(NamedTuple):
    """The last point evaluated, the last changes, passes made, and whether the map had settled."""

    last: Evaluated
    secants: tuple[Secant, ...]
    passes: int
    settled: bool

    @property
    def ahead(self) -> Floats:
        """Where the next pass would be made."""
        return _extrapolated(self.last, self.secants)


Evaluate = Callable[[Floats], Evaluated]


def accelerate(
    evaluate: Evaluate, start: Floats, *, tolerance: float, most: int,
    secants: Sequence[Secant] = (),
) -> Reached:  # fmt: skip
    """Iterate until the map moves no coordinate by more than `tolerance`.

    `secants` may be those of a map that is nearly the same: on fewer nodes, with other weights.
    """
    at, known, passes = evaluate(start), tuple(secants), 1
    while not (settled := _settled(at, tolerance)) and passes < most:
        far = evaluate(_extrapolated(at, known))
        passes += 1
        if not far.objective >= at.objective - _SLACK * abs(at.objective) and known:
            far, known = evaluate(at.image), ()
            passes += 1
        change = Secant(far.step - at.step, far.image - at.image)
        at, known = far, (*known[1 - _MEMORY :], change)
    return Reached(at, known, passes, settled=settled)


def _extrapolated(at: Evaluated, secants: Sequence[Secant]) -> Floats:
    """The next point from the last changes; without any the EM step."""
    if not secants:
        return at.image
    steps = np.stack([one.step for one in secants], axis=1)
    images = np.stack([one.image for one in secants], axis=1)
    share = np.linalg.lstsq(steps, at.step, rcond=1e-10)[0]
    return np.asarray(at.image - images @ share)


def _settled(at: Evaluated, tolerance: float) -> bool:
    return bool(np.abs(at.step).max(initial=0.0) <= tolerance)
