"""A smooth density on nodes: log-linear in a polynomial of the trait.

Masses π_q ∝ exp(Σ_m γ_m H_m(θ_q)), m ≤ M, with Hermite polynomials H_m. Given masses s the maximum of
Σ_q s_q log π_q has their first M moments (Xu & von Davier 2008; Holland & Thayer 2000). M = 2 is the
normal density on the nodes.
"""

from math import factorial, sqrt

import numpy as np
from numpy.polynomial import hermite_e

from analysis.columns import Floats

_SPREAD = 4.0
"""Units of the polynomials between the middle of the nodes and their ends."""
_STEPS, _HALVINGS, _ENOUGH = 25, 20, 1e-14


def basis(nodes: int, moments: int) -> Floats:
    """The polynomials of degree 1 to M at the nodes, nodes by degrees."""
    powers = hermite_e.hermevander(np.linspace(-_SPREAD, _SPREAD, nodes), moments)[:, 1:]
    return np.asarray(powers / [sqrt(factorial(m)) for m in range(1, moments + 1)])


def coefficients(mass: Floats, moments: int) -> Floats:
    """γ of masses that are a smooth density."""
    powers = np.column_stack([np.ones(len(mass)), basis(len(mass), moments)])
    return np.asarray(np.linalg.lstsq(powers, np.log(mass))[0][1:], dtype=np.float64)


def density(gamma: Floats, nodes: int) -> Floats:
    """The masses of coefficients, adding up to 1."""
    exponent = basis(nodes, len(gamma)) @ gamma
    found = np.exp(exponent - exponent.max())
    return np.asarray(found / found.sum())


def smoothed(share: Floats, before: Floats) -> Floats:
    """Coefficients of the density with the moments of `share`, by Newton's method from `before`."""
    powers, gamma = basis(len(share), len(before)), before
    for _ in range(_STEPS):
        mass = density(gamma, len(share))
        mean = mass @ powers
        slope = share @ powers - mean
        spread = (powers * mass[:, None]).T @ powers - np.outer(mean, mean)
        step = np.asarray(np.linalg.lstsq(spread, slope, rcond=1e-13)[0], dtype=np.float64)
        if slope @ step < _ENOUGH:
            break
        gamma = _climbed(powers, share, gamma, step)
    return gamma


def _climbed(powers: Floats, share: Floats, gamma: Floats, step: Floats) -> Floats:
    before = _objective(powers, share, gamma)
    for _ in range(_HALVINGS):
        if _objective(powers, share, gamma + step) >= before:
            return gamma + step
        step = step / 2
    return gamma


def _objective(powers: Floats, share: Floats, gamma: Floats) -> float:
    exponent = powers @ gamma
    greatest = exponent.max()
    return float(share @ exponent - greatest - np.log(np.exp(exponent - greatest).sum()))
