"""Trimming: cap weights, and give what was cut to the units that stay inside.

R `survey::trimWeights`. Margins met before are no longer met exactly. R's variance is that of the
calibrations before, and its replicates cap what they have multiplied. The textbook's (`exact`)
knows that the sum of the weights is kept, that what a capped unit loses is borne by those never
capped, and that a capped weight no longer follows earlier steps. Its replicates cap each unit as
drawn and then multiply it, because a limit is about one person's weight: else a unit drawn twice
would be capped as if it were one heavy one.
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

    Rows without weight, such as those that a replicate has not drawn, stay without.
    """

    lower: float = -np.inf
    upper: float = np.inf
    redistribute: bool = True
    strict: bool = False
    exact: bool = False

    def reweight(self, weights: Floats, times: Floats | None = None, /) -> Reweighted:
        """Trim `weights` once, or until none is outside the limits."""
        present = weights != 0
        count = present.astype(np.float64)
        if self.exact and times is not None:
            count = np.where(present, times, 0.0)
        each = np.divide(weights, count, out=np.zeros_like(weights), where=present)
        self._refuse_impossible(float(weights.sum() / count.sum()))
        free, rounds = present, 0
        while (outside := present & ((each < self.lower) | (each > self.upper))).any():
            free = free & ~outside
            each, rounds = self._round(each, count, free), rounds + 1
            if not self.strict or not self.redistribute:
                break
        return Reweighted(weights=each * count, iterations=rounds)

    def steps(self, before: Floats, after: Floats) -> tuple[Step, ...]:
        """By the textbook a projection on a constant among those never capped; as in R nothing."""
        if not self.exact:
            return ()
        present = before != 0
        free = present & (after != self.lower) & (after != self.upper)
        capped = present & ~free
        weight = free.astype(np.float64)
        kept = np.divide(before, after, out=np.ones_like(after), where=after != 0)
        shared = float(self.redistribute)
        return (Step(
            auxiliaries=as_sparse(np.ones((len(after), 1))), metric=weight, after=after,
            taken=shared * (after - before), passed=np.where(capped, 0.0, kept),
            shifted=np.where(capped, -shared * before, 0.0),
        ),)  # fmt: skip

    def findings(self, before: Floats, after: Floats) -> Findings:
        """Nothing: trimming knows no margins."""
        del before, after
        return Findings()

    def _round(self, each: Floats, count: Floats, free: Mask) -> Floats:
        """Cap the weights and spread what was cut over the units never capped."""
        trimmed = np.where(count != 0, np.clip(each, self.lower, self.upper), 0.0)
        if self.redistribute and free.any():
            trimmed[free] += ((each - trimmed) * count).sum() / count[free].sum()
        return np.asarray(trimmed)

    def _refuse_impossible(self, mean: float) -> None:
        if self.lower <= mean <= self.upper or not self.redistribute:
            return
        what = say("the mean weight {mean} is outside {lower} to {upper}, so the sum cannot be kept.",
                   mean=f"{mean:.6g}", lower=f"{self.lower:g}", upper=f"{self.upper:g}")  # fmt: skip
        hint = say("Choose limits on both sides of the mean weight.")
        raise AnalysisError(Problem(where="calibrate, trim", what=what, hint=hint))
