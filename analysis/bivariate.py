"""The bivariate normal distribution in whole tables: probabilities of cells between thresholds."""

import numpy as np
from scipy import special

from analysis.columns import Floats

_ZERO = 1e-150
"""A limit nearer to 0 is 0: its quotients would overflow."""


def distribution(h: Floats, k: Floats, rho: Floats | float) -> Floats:
    """P(X ≤ h, Y ≤ k) at correlation `rho` (Owen 1956, by his T function)."""
    h, k, rho = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (h, k, rho)))
    inside = np.isfinite(h) & np.isfinite(k)
    x, y = (np.where(np.abs(side) < _ZERO, 0.0, np.where(inside, side, 1.0)) for side in (h, k))
    root = np.sqrt(np.maximum(1 - rho**2, 1e-300))
    with np.errstate(divide="ignore", invalid="ignore"):
        slope_x = np.where(x == 0, np.copysign(np.inf, y), (y / x - rho) / root)
        slope_y = np.where(y == 0, np.copysign(np.inf, x), (x / y - rho) / root)
    both_zero = (x == 0) & (y == 0)
    apart = (x * y < 0) | ((x * y == 0) & (x + y < 0))
    half = 0.5 * (special.ndtr(x) + special.ndtr(y)) - 0.5 * apart
    owen = special.owens_t(x, slope_x) + special.owens_t(y, slope_y)
    found = np.where(both_zero, 0.25 + np.arcsin(rho) / (2 * np.pi), half - owen)
    edge = np.where((h == -np.inf) | (k == -np.inf), 0.0,
                    np.where(h == np.inf, special.ndtr(k), special.ndtr(h)))  # fmt: skip
    return np.asarray(np.where(inside, found, edge))


def density(h: Floats, k: Floats, rho: Floats | float) -> Floats:
    """The density at (h, k), which is the slope of the distribution in `rho` (Plackett 1954)."""
    h, k, rho = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (h, k, rho)))
    inside = np.isfinite(h) & np.isfinite(k)
    x, y, free = np.where(inside, h, 0.0), np.where(inside, k, 0.0), 1 - rho**2
    power = -(x**2 - 2 * rho * x * y + y**2) / (2 * free)
    return np.asarray(np.where(inside, np.exp(power) / (2 * np.pi * np.sqrt(free)), 0.0))


def cells(corners: Floats) -> Floats:
    """What lies between neighbouring corners of a grid: second differences."""
    return np.asarray(np.diff(np.diff(corners, axis=0), axis=1))


def grid(rows: Floats, columns: Floats) -> tuple[Floats, Floats]:
    """Thresholds with both infinities, as matrices of every pair."""
    ends = [np.concatenate(([-np.inf], one, [np.inf])) for one in (rows, columns)]
    return ends[0][:, None], ends[1][None, :]
