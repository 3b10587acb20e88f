"""How far new weights are from the given ones, and the nearest that meet known totals.

With g = new/old weight and u = x'λ/spread, each distance gives g(u): linear 1 + u, multiplicative
exp(u), logit between bounds, and both of the first cut at bounds (Deville & Särndal 1992, section
2; Deville, Särndal & Sautory 1993). The multipliers λ minimize a convex function whose gradient is
what the totals still lack, so Newton's steps are halved where they pass its minimum by far.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.columns import Floats
from analysis.projection import solve_symmetric

Distance = Literal["linear", "raking", "logit", "truncated"]
Bounds = tuple[float, float]
UNBOUNDED: Bounds = (-np.inf, np.inf)
_HALVINGS = 40
_OVERSHOOT = 0.1
_PATIENCE = 50
"""Steps without a smaller deviation, after which the totals count as out of reach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solver:
    """How the new weights are found; `tolerance` is on |achieved - target| / (1 + |target|).

    `trim` keeps g inside limits after raking and spreads what was cut over the other units, so
    that the sum of the weights is kept (R `calibrate(trim = )`).
    """

    distance: Distance = "linear"
    bounds: Bounds = UNBOUNDED
    trim: Bounds | None = None
    tolerance: float = 1e-11
    max_iterations: int = 500


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Equations:
    """Totals to be met: auxiliaries by row, base weights, residual variances."""

    matrix: Floats
    base: Floats
    spread: Floats
    totals: Floats
    solver: Solver

    def at(self, multiplier: Floats) -> "Solution":
        """The weight ratios for some multipliers."""
        with np.errstate(over="ignore", invalid="ignore"):
            g, slope = _ratio(self.matrix @ multiplier / self.spread, self.solver)
        return Solution(multiplier=multiplier, g=g, slope=slope,
                        lacking=self.totals - self.matrix.T @ (self.base * g))  # fmt: skip

    def direction(self, at: "Solution", slope: Floats) -> Floats:
        """The step for a given slope of the weight ratios; Newton's with their own."""
        weighted = self.matrix * (self.base * slope / self.spread)[:, None]
        return solve_symmetric(weighted.T @ self.matrix, at.lacking[:, None]).ravel()

    def deviation(self, at: "Solution") -> float:
        """The largest |achieved - target| / (1 + |target|)."""
        return float(np.max(np.abs(at.lacking) / (1 + np.abs(self.totals))))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solution:
    """Weight ratios g, their slope in u, and what the totals lack with them."""

    multiplier: Floats
    g: Floats
    slope: Floats
    lacking: Floats


def solve(equations: Equations) -> tuple[Solution, int, bool]:
    """The nearest that is found, Newton's steps, and whether the totals are met."""
    solver = equations.solver
    at = best = equations.at(np.zeros(equations.matrix.shape[1]))
    since = 0
    for iteration in range(1, solver.max_iterations + 1):
        further = _further(equations, at)
        if further is None:
            return best, iteration, False
        at, since = further, since + 1
        if equations.deviation(at) < equations.deviation(best):
            best, since = at, 0
        if equations.deviation(best) <= solver.tolerance:
            return best, iteration, True
        if since > _PATIENCE:
            return best, iteration, False
    return best, solver.max_iterations, False


def _further(equations: Equations, at: Solution) -> Solution | None:
    """One step on; where all weights that could still move are at a bound, as if none were."""
    for slope in (at.slope, np.ones_like(at.slope)):
        step = equations.direction(at, slope)
        ahead = float(at.lacking @ step)
        if ahead > 0:
            found = _longest(equations, at, step, ahead)
            if found is not None:
                return found
    return None


def _longest(equations: Equations, at: Solution, step: Floats, ahead: float) -> Solution | None:
    """The longest of the step's halves that does not pass the minimum by far."""
    for halving in range(_HALVINGS):
        found = equations.at(at.multiplier + step / 2**halving)
        if not (np.isfinite(found.g).all() and np.isfinite(found.slope).all()):
            continue
        if found.lacking @ step >= -_OVERSHOOT * ahead or (
            equations.deviation(found) <= equations.solver.tolerance
        ):
            return found
    return None


def _ratio(u: Floats, solver: Solver) -> tuple[Floats, Floats]:
    """The weight ratio g(u) and its derivative, with g(0) = g'(0) = 1."""
    low, high = solver.bounds
    if solver.distance == "raking":
        g = np.exp(u)
        return np.clip(g, low, high), np.where((g > low) & (g < high), g, 0.0)
    if solver.distance == "logit":
        return _logit(u, low, high)
    g = 1 + u
    return np.clip(g, low, high), ((g > low) & (g < high)).astype(np.float64)


def _logit(u: Floats, low: float, high: float) -> tuple[Floats, Floats]:
    scale = (high - low) / ((high - 1) * (1 - low))
    grown = np.exp(scale * u)
    under = high - 1 + (1 - low) * grown
    g = (low * (high - 1) + high * (1 - low) * grown) / under
    return g, (high - g) * (g - low) * scale / (high - low)
