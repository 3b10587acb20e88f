"""The share above a cut, and one budget for everything that makes it uncertain."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf, isfinite, sqrt
from typing import Literal

from analysis.intervals import logit_interval, t_interval

Statistic = Literal["share", "mean"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Variances by where they come from; None where a source was not asked for or does not apply.

    `sampling` is that of persons by the design, `measurement` of not knowing the trait,
    `calibration` of the items' parameters, `cut` of the panel, `linking` of the scale.
    """

    sampling: float
    measurement: float | None = None
    calibration: float | None = None
    cut: float | None = None
    linking: float | None = None

    @property
    def total(self) -> float:
        """The sum of all lines."""
        lines = (self.sampling, self.measurement, self.calibration, self.cut, self.linking)
        return sum(line for line in lines if line is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AwarenessRow:
    """One group's share (or mean) with its interval; `ci` of a share is on the logit scale."""

    by: Mapping[str, str]
    cut: float | None
    estimate: float
    budget: Budget
    df: float
    n: int
    statistic: Statistic = "share"
    flags: tuple[str, ...] = ()
    further: Mapping[str, object] = field(default_factory=dict)

    @property
    def se(self) -> float:
        """Square root of the budget's total; NaN where nobody is in the group."""
        return sqrt(self.budget.total)

    @property
    def ci(self) -> tuple[float | None, float | None]:
        """The 95% interval; None where it has no width, or the degrees of freedom are not positive."""
        if not self.se > 0 or not self.df > 0:
            return None, None
        df = self.df if isfinite(self.df) else inf
        inside = self.statistic == "share" and 0 < self.estimate < 1
        form = logit_interval if inside else t_interval
        low, high = form(self.estimate, self.se, df, 0.95)
        return (float(low), float(high)) if low < high else (None, None)
