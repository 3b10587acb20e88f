"""Trimming: cap weights, and give what was cut to the units that stay inside.

R `survey::trimWeights`. Margins met before are no longer met exactly, and the linearized variance
is that of the calibrations before (R does the same).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.columns import Floats
from analysis.errors import AnalysisError
from analysis.projection import Step
from analysis.result import MarginFit
from analysis.weighting.adjustment import Reweighted
from instruments.errors import Problem
from instruments.language import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Trimming:
    """Limits on weights; with `redistribute` the sum is kept, with `strict` until all are inside."""

    lower: float = -np.inf
    upper: float = np.inf
    redistribute: bool = True
    strict: bool = False

    def reweight(self, weights: Floats) -> Reweighted:
        """Trim `weights` once, or until none is outside the limits."""
        self._refuse_impossible(weights)
        free, rounds = np.ones(len(weights), dtype=bool), 0
        while (outside := (weights < self.lower) | (weights > self.upper)).any():
            free &= ~outside
            weights, rounds = self._round(weights, free), rounds + 1
            if not self.strict or not self.redistribute:
                break
        return Reweighted(weights=weights, iterations=rounds)

    def steps(self, before: Floats, after: Floats) -> tuple[Step, ...]:
        """Nothing: the scores keep the projections of the calibrations before."""
        del before, after
        return ()

    def fits(self, before: Floats, after: Floats) -> tuple[MarginFit, ...]:  # noqa: ARG002
        """Nothing: trimming knows no margins."""
        return ()

    def _round(self, weights: Floats, free: NDArray[np.bool_]) -> Floats:
        """Cap the weights and spread what was cut over the units never capped."""
        trimmed = np.clip(weights, self.lower, self.upper)
        if self.redistribute and free.any():
            trimmed[free] += (weights - trimmed).sum() / np.count_nonzero(free)
        return np.asarray(trimmed)

    def _refuse_impossible(self, weights: Floats) -> None:
        mean = float(weights.mean())
        if self.lower <= mean <= self.upper or not self.redistribute:
            return
        what = say("the mean weight {mean} is outside {lower} to {upper}, so the sum cannot be kept.",
                   mean=f"{mean:.6g}", lower=f"{self.lower:g}", upper=f"{self.upper:g}")  # fmt: skip
        hint = say("Choose limits on both sides of the mean weight.")
        raise AnalysisError(Problem(where="calibrate, trim", what=what, hint=hint))
