"""Trimming: cap weights, and give what was cut to the units that stay inside.

R `survey::trimWeights`. Margins met before are no longer met exactly, and the linearized variance
is that of the calibrations before (R does the same).
"""

from dataclasses import dataclass

import numpy as np

from analysis.columns import Floats
from analysis.errors import AnalysisError
from analysis.result import MarginFit
from analysis.weighting.adjustment import Reweighted
from instruments.errors import Problem
from instruments.language import say

_MOST_ROUNDS = 1000


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
        rounds = 0
        while ((weights < self.lower) | (weights > self.upper)).any():
            weights = self._round(weights)
            rounds += 1
            if not self.strict or not self.redistribute or rounds == _MOST_ROUNDS:
                break
        return Reweighted(weights=weights, iterations=rounds)

    def step(self, before: Floats, after: Floats) -> None:
        """Nothing: the scores keep the projections of the calibrations before."""

    def fits(self, before: Floats, after: Floats) -> tuple[MarginFit, ...]:  # noqa: ARG002
        """Nothing: trimming knows no margins."""
        return ()

    def _round(self, weights: Floats) -> Floats:
        outside = (weights < self.lower) | (weights > self.upper)
        trimmed = np.clip(weights, self.lower, self.upper)
        if self.redistribute and not outside.all():
            trimmed[~outside] += (weights - trimmed).sum() / np.count_nonzero(~outside)
        return np.asarray(trimmed)

    def _refuse_impossible(self, weights: Floats) -> None:
        mean = float(weights.mean())
        if self.lower <= mean <= self.upper or not self.redistribute:
            return
        what = say("the mean weight {mean} is outside {lower} to {upper}, so the sum cannot be kept.",
                   mean=f"{mean:.6g}", lower=f"{self.lower:g}", upper=f"{self.upper:g}")  # fmt: skip
        hint = say("Choose limits on both sides of the mean weight.")
        raise AnalysisError(Problem(where="calibrate, trim", what=what, hint=hint))
