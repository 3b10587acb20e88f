"""Differential item functioning by comparing persons of equal score: Mantel-Haenszel and its kin.

Dorans & Holland (1993) for the procedure, the ETS classes and the standardized difference; Robins,
Breslow & Greenland (1986) for the error of the log odds ratio; Mantel (1963) for ordered items;
Breslow & Day (1980). R: `difR::difMH`, `difR::difStd`, `difR::difBD`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Any, Literal, Protocol

import numpy as np
from scipy import stats

from analysis.columns import Floats

ALPHA = 0.05
"""An item is flagged where its test's p-value is below."""
DELTA = -2.35
"""From a log odds ratio to the ETS delta scale."""
EtsClass = Literal["A", "B", "C"]


class Tested(Protocol):
    """What every method gives of an item."""

    @property
    def p(self) -> float | None:
        """The p-value by which the item is flagged; None where it cannot be tested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """An item's answers beside group and matching score.

    `answer` are codes, `focal` is True in the focal group, `weight` what each person counts;
    persons without an answer or in neither group are left out before.
    """

    answer: Floats
    focal: np.ndarray
    score: Floats
    weight: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class MantelHaenszel:
    """The test of one dichotomous item, and how large the difference is.

    `odds_ratio` is of the reference group over the focal one; `delta` is negative where the item
    favours the reference group.
    """

    chi2: float | None
    chi2_uncorrected: float | None
    df: int
    p: float | None
    odds_ratio: float | None
    log_odds_se: float | None
    delta: float | None
    delta_se: float | None
    ets_class: EtsClass | None
    std_p_dif: float | None
    breslow_day: tuple[float, int, float] | None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mantel:
    """Mantel's test of one ordered item, and the standardized mean difference."""

    chi2: float | None
    df: int
    p: float | None
    smd: float | None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Strata:
    """Persons by matching score where both groups are present: sums of weights, by stratum."""

    focal: Floats
    reference: Floats
    focal_sum: Floats
    reference_sum: Floats
    squares: Floats

    @property
    def n(self) -> Floats:
        return self.focal + self.reference


def mantel_haenszel(given: Matching) -> MantelHaenszel:
    """Test one item whose answers are 0 and 1."""
    found = _strata(given)
    n, hits = found.n, found.focal_sum + found.reference_sum
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = found.reference * hits / n
        variance = found.focal * found.reference * hits * (n - hits) / (n**2 * (n - 1))
    used = n > 1
    gap = abs(float((found.reference_sum - expected)[used].sum()))
    spread = float(variance[used].sum())
    if spread <= 0:
        return _untested(_reason(found, given))
    chi2 = (gap - 0.5) ** 2 / spread
    odds = _odds_ratio(found)
    return MantelHaenszel(
        chi2=chi2, chi2_uncorrected=gap**2 / spread, df=1, p=float(stats.chi2.sf(chi2, 1)),
        std_p_dif=_smd(found), **_sizes(found, odds),
    )  # fmt: skip


def mantel(given: Matching) -> Mantel:
    """Test one item of ordered codes, without continuity correction."""
    found = _strata(given)
    n, total = found.n, found.focal_sum + found.reference_sum
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = found.focal * found.reference / (n**2 * (n - 1)) * (n * found.squares - total**2)
    gap = found.focal_sum - found.focal * total / n
    used = n > 1
    variance = float(spread[used].sum())
    if variance <= 0:
        return Mantel(chi2=None, df=1, p=None, smd=None, flags=(_reason(found, given),))
    chi2 = float(gap[used].sum()) ** 2 / variance
    return Mantel(chi2=chi2, df=1, p=float(stats.chi2.sf(chi2, 1)), smd=_smd(found))


def ets_class(delta: float, delta_se: float) -> EtsClass:
    """A: not different from 0 or below 1; C: 1.5 or more and clearly above 1; else B."""
    size = abs(delta)
    if size < 1 or size / delta_se < stats.norm.ppf(1 - ALPHA / 2):
        return "A"
    clearly_above = (size - 1) / delta_se > stats.norm.ppf(1 - ALPHA)
    return "C" if size >= 1.5 and clearly_above else "B"


def purified(
    items: Sequence[str], test: Callable[[str, frozenset[str]], Tested], *, most: int
) -> tuple[dict[str, Tested], int]:
    """Test again and again, flagged items out of the matching score of others, until stable.

    `test` takes an item and those that are left out of its matching score. With `most` 0 the
    items are tested once. The tests, and how often they were repeated.
    """
    out: frozenset[str] = frozenset()
    for round_ in range(most + 1):
        found = {item: test(item, out - {item}) for item in items}
        flagged = frozenset(name for name, one in found.items() if is_flagged(one))
        if flagged == out or round_ == most:
            return found, round_
        out = flagged
    raise AssertionError


def is_flagged(found: Tested) -> bool:
    """Whether the difference is beyond chance."""
    return found.p is not None and found.p < ALPHA


def _strata(given: Matching) -> _Strata:
    levels, place = np.unique(given.score, return_inverse=True)
    size = len(levels)

    def summed(values: Floats) -> Floats:
        return np.bincount(place, weights=values, minlength=size).astype(np.float64)

    focal = given.focal.astype(np.float64) * given.weight
    reference = given.weight - focal
    sums = [summed(one) for one in (focal, reference, focal * given.answer,
                                    reference * given.answer,
                                    given.weight * given.answer**2)]  # fmt: skip
    both = (sums[0] > 0) & (sums[1] > 0)
    focal_n, reference_n, focal_sum, reference_sum, squares = (one[both] for one in sums)
    return _Strata(focal=focal_n, reference=reference_n, focal_sum=focal_sum,
                   reference_sum=reference_sum, squares=squares)  # fmt: skip


def _odds_ratio(found: _Strata) -> float | None:
    n = found.n
    right = (found.reference_sum * (found.focal - found.focal_sum) / n).sum()
    wrong = ((found.reference - found.reference_sum) * found.focal_sum / n).sum()
    return float(right / wrong) if right > 0 and wrong > 0 else None


def _sizes(found: _Strata, odds: float | None) -> dict[str, Any]:
    if odds is None:
        return {"odds_ratio": None, "log_odds_se": None, "delta": None, "delta_se": None,
                "ets_class": None, "breslow_day": None, "flags": ("no_odds_ratio",)}  # fmt: skip
    error = _log_odds_error(found)
    delta, delta_error = DELTA * log(odds), -DELTA * error
    return {"odds_ratio": odds, "log_odds_se": error, "delta": delta, "delta_se": delta_error,
            "ets_class": ets_class(delta, delta_error),
            "breslow_day": _breslow_day(found, odds)}  # fmt: skip


def _log_odds_error(found: _Strata) -> float:
    """Robins, Breslow & Greenland (1986)."""
    n = found.n
    a, b = found.reference_sum, found.reference - found.reference_sum
    c, d = found.focal_sum, found.focal - found.focal_sum
    right, wrong = a * d / n, b * c / n
    p, q = (a + d) / n, (b + c) / n
    variance = (
        (p * right).sum() / (2 * right.sum() ** 2)
        + (p * wrong + q * right).sum() / (2 * right.sum() * wrong.sum())
        + (q * wrong).sum() / (2 * wrong.sum() ** 2)
    )
    return sqrt(float(variance))


def _smd(found: _Strata) -> float | None:
    """Mean difference of focal and reference at equal scores, weighted by the focal group."""
    if not found.focal.sum():
        return None
    gap = found.focal_sum / found.focal - found.reference_sum / found.reference
    return float((found.focal * gap).sum() / found.focal.sum())


def _breslow_day(found: _Strata, odds: float) -> tuple[float, int, float] | None:
    """Whether the odds ratio is the same at all scores; strata with a zero margin say nothing."""
    hits = found.focal_sum + found.reference_sum
    used = (hits > 0) & (hits < found.n)
    if used.sum() < 2:
        return None
    reference, focal, hit = found.reference[used], found.focal[used], hits[used]
    expected = _expected(reference, focal, hit, odds)
    spread = 1 / (
        1 / expected + 1 / (reference - expected) + 1 / (hit - expected)
        + 1 / (focal - hit + expected)
    )  # fmt: skip
    chi2 = float(((found.reference_sum[used] - expected) ** 2 / spread).sum())
    df = int(used.sum()) - 1
    return chi2, df, float(stats.chi2.sf(chi2, df))


def _expected(reference: Floats, focal: Floats, hits: Floats, odds: float) -> Floats:
    """Right answers of the reference group with these margins under a common odds ratio."""
    if abs(odds - 1) < 1e-9:
        return reference * hits / (reference + focal)
    a = odds - 1
    b = -(odds * (reference + hits) + focal - hits)
    c = odds * reference * hits
    return np.asarray((-b - np.sqrt(b**2 - 4 * a * c)) / (2 * a))


def _reason(found: _Strata, given: Matching) -> str:
    """Why nothing can be tested."""
    same = len(given.answer) > 0 and not np.ptp(given.answer)
    return "constant" if len(found.n) and same else "no_stratum_with_both_groups"


def _untested(flag: str) -> MantelHaenszel:
    return MantelHaenszel(
        chi2=None, chi2_uncorrected=None, df=1, p=None, odds_ratio=None, log_odds_se=None,
        delta=None, delta_se=None, ets_class=None, std_p_dif=None, breslow_day=None,
        flags=(flag,),
    )  # fmt: skip
