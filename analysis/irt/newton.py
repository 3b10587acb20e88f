"""Newton's method where the EM map hardly moves: a smooth density, of which answers say little.

The information is kept while steps shrink quickly, as it costs two passes for each parameter.
"""

from typing import NamedTuple

import numpy as np

from analysis.columns import Floats
from analysis.irt.calibration import Calibration, State
from analysis.irt.information import free_directions, information_of
from analysis.irt.passes import Expected

_MOST, _HALVINGS, _QUICK = 40, 12, 0.3
_FLAT = 1e-6
"""Curvature, as a part of the greatest, below which a direction is taken to curve that much."""
_SLACK = 1e-12
_DECREMENT = 1e-7
"""Twice the gain that a step promises, below which no parameter is 3e-4 standard errors away."""


class Settled(NamedTuple):
    """Where the method ends, what the last pass found, passes made, and whether it came to rest."""

    state: State
    found: Expected
    passes: int
    settled: bool


def polish(calibration: Calibration, state: State, weights: Floats, *, tolerance: float) -> Settled:
    """Climb until no parameter moves by more than `tolerance`; `weights` are by pattern.

    A step back over most of the last one is halved.
    """
    found, passes = calibration.expect(state, weights), 1
    inverse, before, last = None, np.inf, np.zeros(len(calibration.values(state)))
    for _ in range(_MOST):
        if inverse is None:
            inverse = _inverse(calibration, state, weights)
            passes += 2 * len(inverse)
        gradient = calibration.gradient(state, found)
        step = inverse @ gradient
        length = float(np.abs(step).max(initial=0.0))
        if length <= tolerance or gradient @ step <= _DECREMENT:
            return Settled(state, found, passes, settled=True)
        step, last = (step / 2 if step @ last < -0.5 * (last @ last) else step), step
        ahead, there, tried = _climbed(calibration, state, found, step, weights)
        passes += tried
        fresh, before = length > _QUICK * before or tried > 1, length
        if ahead is state:
            break
        state, found = ahead, there
        inverse = None if fresh else inverse
    return Settled(state, found, passes, settled=False)


def _inverse(calibration: Calibration, state: State, weights: Floats) -> Floats:
    """The inverse information with no direction flatter than a part of the steepest."""
    basis = free_directions(calibration, state)
    inner = basis.T @ information_of(calibration, state, weights) @ basis
    scale = np.sqrt(np.maximum(np.abs(np.diag(inner)), np.finfo(float).tiny))
    sizes, directions = np.linalg.eigh(inner / np.outer(scale, scale))
    sizes = np.maximum(np.abs(sizes), _FLAT * np.abs(sizes).max())
    inverse = (directions / sizes) @ directions.T / np.outer(scale, scale)
    return np.asarray(basis @ inverse @ basis.T)


def _climbed(
    calibration: Calibration, state: State, found: Expected, step: Floats, weights: Floats
) -> tuple[State, Expected, int]:
    """The step, halved until the objective does not fall; the state itself where it always does."""
    values, height = calibration.values(state), _objective(calibration, state, found)
    for tried in range(1, _HALVINGS + 1):
        ahead = calibration.at(state, values + step)
        there = calibration.expect(ahead, weights)
        if _objective(calibration, ahead, there) >= height - _SLACK * abs(height):
            return ahead, there, tried
        step = step / 2
    return state, found, _HALVINGS


def _objective(calibration: Calibration, state: State, found: Expected) -> float:
    value = found.log_likelihood + calibration.log_prior(state)
    return value if np.isfinite(value) else -np.inf
