"""Trimming: cap weights, and give what was cut to the units that stay inside.

R `survey::trimWeights`. Margins met before are no longer met exactly. R's variance is that of the
calibrations before; the textbook one here (`steps`) knows that the sum of the weights is kept: what
a capped unit loses speaks for the mean of those never capped, and so does its error.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.columns import Floats
from analysis.errors import AnalysisError
from analysis.matrices import as_sparse
from analysis.projection import Step
from analysis.weighting.adjustment import Findings, Reweighted
from instruments.errors import Problem
from instruments.language import say

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trimming:
    """Limits on weights; with `redistribute` the sum is kept, with `strict` until all are inside.

    Limits `relative` are multiples of the mean weight. Rows without weight, such as those that a
    replicate has not drawn, stay without.
    """

    lower: float = -np.inf
    upper: float = np.inf
    redistribute: bool = True
    strict: bool = False
    relative: bool = False
    exact: bool = False

    def reweight(self, weights: Floats) -> Reweighted:
        """Trim `weights` once, or until none is outside the limits."""
        limits = self._limits(weights)
        free, rounds, trimmed = weights != 0, 0, weights
        while (outside := (trimmed != 0) & _outside(trimmed, limits)).any():
            free &= ~outside
            trimmed, rounds = self._round(trimmed, free, limits), rounds + 1
            if not self.strict or not self.redistribute:
                break
        return Reweighted(weights=trimmed, iterations=rounds)

    def steps(self, before: Floats, after: Floats) -> tuple[Step, ...]:
        """By the textbook the projections on a constant; as in R nothing."""
        if not self.exact:
            return ()
        low, high = self._limits(before)
        capped = (before != 0) & ((after == low) | (after == high))
        free = (before != 0) & ~capped
        steps = [self._moving(before, after, capped, free)] if self.relative else []
        if self.redistribute and free.any():
            weight = free.astype(np.float64)
            steps.append(_constant(after, metric=weight, taken=after - before, curvature=weight))
        return tuple(steps) if capped.any() else ()

    def findings(self, before: Floats, after: Floats) -> Findings:
        """Nothing: trimming knows no margins."""
        del before, after
        return Findings()

    def _limits(self, weights: Floats) -> tuple[float, float]:
        """Limits in units of weight; refused where the sum cannot be kept within them."""
        mean = float(weights[weights != 0].mean())
        scale = mean if self.relative else 1.0
        low, high = self.lower * scale, self.upper * scale
        if low <= mean <= high or not self.redistribute:
            return low, high
        what = say("the mean weight {mean} is outside {lower} to {upper}, so the sum cannot be kept.",
                   mean=f"{mean:.6g}", lower=f"{low:g}", upper=f"{high:g}")  # fmt: skip
        hint = say("Choose limits on both sides of the mean weight.")
        raise AnalysisError(Problem(where="calibrate, trim", what=what, hint=hint))

    def _round(self, weights: Floats, free: Mask, limits: tuple[float, float]) -> Floats:
        """Cap the weights and spread what was cut over the units never capped."""
        trimmed = np.where(weights != 0, np.clip(weights, *limits), 0.0)
        if self.redistribute and free.any():
            trimmed[free] += (weights - trimmed).sum() / np.count_nonzero(free)
        return np.asarray(trimmed)

    def _moving(self, before: Floats, after: Floats, capped: Mask, free: Mask) -> Step:
        """The error of the mean weight, with which limits relative to it move.

        A capped unit's weight follows the mean; with `redistribute` those never capped pay for it.
        The step comes before the other one, whose part it must not count twice.
        """
        mean = float(before[before != 0].mean())
        n = int((before != 0).sum())
        metric = np.where(capped, after / mean, 0.0)
        if self.redistribute and free.any():
            kept = np.divide(before, after, out=np.zeros_like(after), where=after != 0)
            metric -= np.where(free, float(metric @ kept) / float(kept[free].sum()), 0.0)
        present = before != 0
        return _constant(after, metric=metric, taken=np.where(present, (mean - before) / n, 0.0),
                         curvature=present / n)  # fmt: skip


def _outside(weights: Floats, limits: tuple[float, float]) -> Mask:
    return np.asarray((weights < limits[0]) | (weights > limits[1]))


def _constant(after: Floats, *, metric: Floats, taken: Floats, curvature: Floats) -> Step:
    """A projection on ones."""
    ones = as_sparse(np.ones((len(after), 1)))
    return Step(auxiliaries=ones, metric=metric, after=after, taken=taken, curvature=curvature)
