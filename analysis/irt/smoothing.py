"""A density on nodes made smooth: log-linear in a polynomial, with the moments of given masses.

Masses π_q ∝ exp(Σ_m γ_m P_m(θ_q)), m ≤ M, maximise Σ_q s_q log π_q; their first M moments are then
those of s (Xu & von Davier 2008; Holland & Thayer 2000). M = 2 is the normal density on the nodes.
"""

import numpy as np
from numpy.polynomial import legendre

from analysis.columns import Floats

_STEPS, _HALVINGS, _ENOUGH = 25, 20, 1e-18


def smoothed(share: Floats, before: Floats, moments: int) -> Floats:
    """The smooth masses with the moments of `share`, by Newton's method from the masses `before`."""
    powers = legendre.legvander(np.linspace(-1, 1, len(share)), moments)
    basis: Floats = np.asarray(powers[:, 1:], dtype=np.float64)
    logs = np.log(np.maximum(before, 1e-300))
    gamma = np.asarray(np.linalg.lstsq(powers, logs)[0][1:], dtype=np.float64)
    for _ in range(_STEPS):
        mass = _mass(basis, gamma)
        mean = mass @ basis
        slope = share @ basis - mean
        spread = (basis * mass[:, None]).T @ basis - np.outer(mean, mean)
        step = np.asarray(np.linalg.lstsq(spread, slope, rcond=1e-13)[0], dtype=np.float64)
        if slope @ step < _ENOUGH:
            break
        gamma = _climbed(basis, share, gamma, step)
    return _mass(basis, gamma)


def _climbed(basis: Floats, share: Floats, gamma: Floats, step: Floats) -> Floats:
    before = _objective(basis, share, gamma)
    for _ in range(_HALVINGS):
        if _objective(basis, share, gamma + step) >= before:
            return gamma + step
        step = step / 2
    return gamma


def _objective(basis: Floats, share: Floats, gamma: Floats) -> float:
    exponent = basis @ gamma
    greatest = exponent.max()
    return float(share @ exponent - greatest - np.log(np.exp(exponent - greatest).sum()))


def _mass(basis: Floats, gamma: Floats) -> Floats:
    exponent = basis @ gamma
    found = np.exp(exponent - exponent.max())
    return np.asarray(found / found.sum())
