"""How the weights of a study came about: what its analysis tells, and reports print.

Plain frozen values, neither rounded nor worded, as all of `analysis.result`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import sqrt

from instruments.language import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginFit:
    """One category of one margin, before and after weighting; shares of the base.

    Of a number, which has no categories: its mean, with the standard deviation as `spread`.
    """

    margin: str
    category: str
    target: float
    before: float
    after: float
    spread: float | None = None

    @property
    def difference_before(self) -> float | None:
        """Standardized difference before weighting, (share - target) / sd at the target."""
        return self._standardized(self.before)

    @property
    def difference_after(self) -> float | None:
        """Standardized difference after weighting."""
        return self._standardized(self.after)

    def _standardized(self, value: float) -> float | None:
        """Cohen's d for means and shares; None where everybody or nobody is of the category."""
        variance = self.target * (1 - self.target) if self.spread is None else self.spread**2
        return (value - self.target) / sqrt(variance) if variance > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFit:
    """One class in which weight went from cases that give it up to those that take it.

    `share` is the takers' part of the class's weight (a response rate, or a rate of known
    eligibility), `factor` what their weights were multiplied by.
    """

    name: str
    cases: int
    takers: int
    share: float
    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReport:
    """What one step of the weighting recipe was and did.

    `variables` are its margins, classes or predictors. `limits` are bounds on the weights, in units
    of weight or, where `relative`, of their mean or of the given weight. `people` have a weight
    afterwards, `left_out` lost theirs in this step; `kept_share` is the part of the weight
    afterwards that people had before (a response rate, or a rate of known eligibility).
    """

    method: str
    variables: tuple[str, ...]
    by: tuple[str, ...]
    people: int
    left_out: int
    kept_share: float
    factors: tuple[float, float]
    limits: tuple[float | None, float | None] | None = None
    relative: bool = False
    classes: tuple[ClassFit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightDistribution:
    """How unequal the weights are, over the people who have one; weights in units of their mean.

    `quantiles` are at 1, 5, 25, 50, 75, 95 and 99 percent, `max_to_median` is the greatest over
    the median, `top_share` the part of all weight that the heaviest hundredth of people hold.
    """

    n: int
    cv: float
    quantiles: Mapping[str, float]
    max_to_median: float | None
    top_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginSource:
    """Where the figures of a margin come from, what day they describe, and whom they count."""

    source: Text
    as_of: date
    base: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightingReport:
    """How the weights came about and whether they hold."""

    base: Text
    converged: bool
    iterations: int
    worst: float
    margins: tuple[MarginFit, ...]
    sources: Mapping[str, MarginSource]
    missing_margins: tuple[str, ...]
    kish_deff: float
    n_eff: float
    minimum: float
    maximum: float
    steps: tuple[StepReport, ...] = ()
    distribution: WeightDistribution | None = None
