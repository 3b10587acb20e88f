"""What administrative registers count: shares of persons in post, and violations by year."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from analysis.estimate_result import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """An administrative share: persons who have what the target asks, of persons in post.

    Units that have not reported bound the share: `low` if none of theirs has it, `high` if all.
    `outstanding` is how many persons they have, None where that is not known either.
    """

    numerator: int
    denominator: int
    units_reporting: int
    units_total: int
    low: float
    high: float
    as_of: date
    source: str
    late: int = 0
    outstanding: int | None = 0

    @property
    def share(self) -> float:
        """Numerator over denominator of the units that reported."""
        return self.numerator / self.denominator


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Violations in a year per 1,000 of average strength."""

    year: int
    per_thousand: float
    events: int | None = None
    strength: float | None = None

    @property
    def exact(self) -> Fraction:
        """The rate per 1,000 as a fraction, so that two years compare without rounding."""
        if self.events is None or self.strength is None:
            return Fraction(f"{self.per_thousand:.12g}")
        return Fraction(self.events) * 1000 / Fraction(self.strength)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateChange:
    """A year's rate against an earlier one; `ci` is exact and advice, never the verdict."""

    year: int
    since: int
    ratio: float | None
    ci: tuple[float | None, float | None]
    fell: bool
    stays_at_zero: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RateSeries:
    """The yearly rates of one kind of violation in one force, judged on their own.

    `kind` is law, discipline or pooled; `force` is pooled or a force's name; `numerator` says
    whether events or persons are counted.
    """

    kind: str
    force: str
    numerator: Literal["events", "persons"]
    rates: tuple[Rate, ...]
    changes: tuple[RateChange, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceCount:
    """The count of one force alone, judged by itself: a pool can hide the smallest."""

    force: str
    count: Count
    verdict: Verdict
