"""Numbers that were rounded: multiples of five and ten, and the classic indices of ages."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FIRST, LAST = 23, 62
"""Ages between which Whipple's index looks."""
_MYERS_FROM, _MYERS_DECADES = 10, 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Heaping:
    """Rounding of one number; by chance a fifth are multiples of five, a tenth of ten."""

    item: str
    answers: int
    by_five: float
    by_ten: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeHeaping:
    """Whipple's index (100: none, 500: only 0 and 5) and Myers' (0: none, 90: one digit only)."""

    ages: int
    whipple: float | None
    myers: float | None


def heaping(item: str, values: npt.ArrayLike) -> Heaping | None:
    """Shares of whole numbers that are multiples of five and of ten; None without an answer."""
    number = np.asarray(values, dtype=float)
    number = number[np.isfinite(number)]
    if not len(number):
        return None
    return Heaping(item=item, answers=len(number), by_five=float((number % 5 == 0).mean()),
                   by_ten=float((number % 10 == 0).mean()))  # fmt: skip


def age_heaping(ages: npt.ArrayLike) -> AgeHeaping:
    """Both indices of digit preference in ages in whole years."""
    age = np.asarray(ages, dtype=float)
    age = age[np.isfinite(age)]
    return AgeHeaping(ages=len(age), whipple=whipple(age), myers=myers(age))


def whipple(ages: npt.NDArray[np.float64]) -> float | None:
    """Five times the ages 25, 30, ..., 60 per hundred of the ages 23 to 62 (Shryock & Siegel)."""
    inside = ages[(ages >= FIRST) & (ages <= LAST)]
    if not len(inside):
        return None
    return float(500 * (inside % 5 == 0).sum() / len(inside))


def myers(ages: npt.NDArray[np.float64]) -> float | None:
    """Myers' blended index of the ages 10 to 89 (Myers 1940; Shryock & Siegel 1976, 8).

    Each digit's count is blended over ten starting ages, weights 1 to 10 for the decades from 10
    on and 9 to 0 from 20 on, so that a falling age pyramid favours no digit.
    """
    decades = np.arange(_MYERS_DECADES)
    counts = np.bincount(np.clip(ages, 0, 119).astype(np.intp), minlength=120)
    blended = np.array([
        (digit + 1) * counts[_MYERS_FROM + digit + 10 * decades].sum()
        + (9 - digit) * counts[_MYERS_FROM + 10 + digit + 10 * decades].sum()
        for digit in range(10)
    ], dtype=float)  # fmt: skip
    if not blended.sum():
        return None
    return float(50 * np.abs(blended / blended.sum() - 0.1).sum())
