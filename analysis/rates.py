"""Yearly rates of violations: how each year stands against the one before it."""

from collections.abc import Sequence
from itertools import pairwise

from scipy import special

from analysis.result import Rate, RateChange


def changes_between(series: Sequence[Rate], *, confidence: float = 0.95) -> tuple[RateChange, ...]:
    """Compare each year of `series`, which is in order of years, with the one before it."""
    return tuple(_change(before, after, confidence) for before, after in pairwise(series))


def rate_ratio_interval(
    events: tuple[int, int], strengths: tuple[float, float], *, confidence: float = 0.95
) -> tuple[float | None, float | None]:
    """Exact interval of the ratio of two Poisson rates, first over second.

    Given the sum of the counts, the first is binomial; the Clopper-Pearson interval of its share
    is carried to the ratio (Przyborowski & Wilenski 1940; R `poisson.test` with two counts).
    A limit that the data leave open is None.
    """
    first, second = events
    tail = (1 - confidence) / 2
    low = special.betaincinv(first, second + 1, tail) if first else 0.0
    high = special.betaincinv(first + 1, second, 1 - tail) if second else 1.0
    return _as_ratio(float(low), strengths), _as_ratio(float(high), strengths)


def _change(before: Rate, after: Rate, confidence: float) -> RateChange:
    return RateChange(
        year=after.year,
        since=before.year,
        ratio=float(after.exact / before.exact) if before.exact else None,
        ci=_interval(before, after, confidence),
        fell=after.exact < before.exact,
        stays_at_zero=after.exact == before.exact == 0,
    )


def _interval(before: Rate, after: Rate, confidence: float) -> tuple[float | None, float | None]:
    if before.events is None or after.events is None:
        return None, None
    if before.strength is None or after.strength is None:
        return None, None
    return rate_ratio_interval(
        (after.events, before.events), (after.strength, before.strength), confidence=confidence
    )


def _as_ratio(share: float, strengths: tuple[float, float]) -> float | None:
    if share >= 1:
        return None
    return share / (1 - share) * strengths[1] / strengths[0]
