"""Fixed points of an EM map, reached faster by squared extrapolation.

SQUAREM (Varadhan & Roland 2008, scheme S3): from x, F(x) and F(F(x)) a step of length
-|r|/|v| along r = F(x) - x and v = F(F(x)) - F(x) - r; where the objective falls, the plain EM step
is taken instead, so that it never gets worse.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from analysis.columns import Floats


class Evaluated(NamedTuple):
    """A point with the objective there, the EM map's image of it, and what the pass found."""

    point: Floats
    objective: float
    image: Floats
    found: Any


class Reached(NamedTuple):
    """The last point evaluated, how many passes it took, and whether the map had settled there."""

    last: Evaluated
    passes: int
    settled: bool


Evaluate = Callable[[Floats], Evaluated]


def accelerate(evaluate: Evaluate, start: Floats, *, tolerance: float, most: int) -> Reached:
    """Iterate until the map moves no coordinate by more than `tolerance`."""
    at, passes = evaluate(start), 1
    while passes < most:
        if _moved(at) <= tolerance:
            return Reached(at, passes, settled=True)
        once = evaluate(at.image)
        passes += 1
        if _moved(once) <= tolerance:
            return Reached(once, passes, settled=True)
        at, spent = _extrapolated(evaluate, at, once)
        passes += spent
    return Reached(at, passes, settled=_moved(at) <= tolerance)


def _extrapolated(evaluate: Evaluate, at: Evaluated, once: Evaluated) -> tuple[Evaluated, int]:
    """The better of the squared step and the plain one, and the passes spent on them."""
    r = at.image - at.point
    v = once.image - once.point - r
    length = max(1.0, float(np.linalg.norm(r)) / max(float(np.linalg.norm(v)), 1e-300))
    far = evaluate(at.point + 2 * length * r + length**2 * v)
    if far.objective >= once.objective:
        return far, 1
    return evaluate(once.image), 2


def _moved(at: Evaluated) -> float:
    return float(np.abs(at.image - at.point).max(initial=0.0))
