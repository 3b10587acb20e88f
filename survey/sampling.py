"""Stratified selection of PSUs with probability proportional to size, and the sample table."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from instruments.errors import Problem
from instruments.language import say
from survey.errors import StudyError, unusable

DIGITS = 12
"""Decimals that count in a probability; below them a sum is taken for the whole number it is."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Positions of the selected units, each with its inclusion probability; 1 is certainty."""

    positions: npt.NDArray[np.intp]
    probabilities: Floats


def inclusion_probabilities(sizes: npt.ArrayLike, *, count: int) -> Floats:
    """Probabilities proportional to size that sum to `count`, none above 1.

    Units whose share would reach 1 are taken with certainty and the rest is shared out anew,
    until none is left (Särndal, Swensson & Wretman 1992, 3.6.2).
    """
    size = np.asarray(sizes, dtype=float)
    certain = np.zeros(size.shape, dtype=bool)
    while True:
        scale = (count - certain.sum()) / max(size[~certain].sum(), np.finfo(float).tiny)
        probability = np.where(certain, 1.0, size * scale)
        beyond = ~certain & (np.round(probability, DIGITS) >= 1)
        if not beyond.any():
            return probability
        certain |= beyond


def select_pps(sizes: npt.ArrayLike, *, count: int, rng: np.random.Generator) -> Selection:
    """Draw `count` units by systematic PPS in their given order.

    One random start in [0, 1) over the cumulated probabilities (Madow 1949), so that the order of
    the list stratifies implicitly; units of certainty are always among the drawn.
    """
    probability = inclusion_probabilities(sizes, count=count)
    certain = probability >= 1
    steps = np.cumsum(np.where(certain, 0.0, probability))
    reach = np.round(np.concatenate([[0.0], steps]), DIGITS)
    hits = np.diff(np.floor(reach - (1 - rng.random())))
    chosen = np.flatnonzero(certain | (hits > 0))
    return Selection(positions=chosen, probabilities=probability[chosen])


def allocate(sizes: Mapping[str, float], *, total: int, least: int = 2) -> dict[str, int]:
    """Share `total` PSUs out over strata in proportion to `sizes`, at least `least` to each.

    Largest remainders decide who is rounded up. Two PSUs are the fewest that show a variance.

    Raises:
        StudyError: `total` is too small for that.
    """
    if total < least * len(sizes):
        raise unusable("allocation",
                       say("{total} PSUs do not give {least} to each of {strata} strata.",
                           total=total, least=least, strata=len(sizes)),
                       say("Draw more PSUs, or join strata."))  # fmt: skip
    spare, whole = total - least * len(sizes), sum(sizes.values())
    exact = {stratum: spare * size / whole for stratum, size in sizes.items()}
    floors = {stratum: int(share) for stratum, share in exact.items()}
    by_remainder = sorted(exact, key=lambda stratum: floors[stratum] - exact[stratum])
    up = set(by_remainder[: spare - sum(floors.values())])
    return {stratum: least + floors[stratum] + (stratum in up) for stratum in sizes}


def draw_sample(
    frame: pd.DataFrame,
    *,
    size: str,
    allocation: Mapping[str, int],
    interviews: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """The sample table: the drawn PSUs of each stratum, in the order of the frame.

    `frame` has a row for each PSU with columns ``point``, ``stratum`` and `size` (persons). Added
    are ``psu``, ``probability``, ``certainty``, ``interviews`` (the same in every PSU) and
    ``weight``, the number of persons that one interview stands for: with `interviews` persons
    drawn at random of the `size` in the PSU, ``size / (interviews * probability)``.

    Raises:
        StudyError: every stratum with too few units, or with a size that is not above 0.
    """
    if problems := _frame_problems(frame, size, allocation):
        raise StudyError(problems)
    drawn = [_draw(frame[frame["stratum"] == stratum], size=size, count=count, rng=rng)
             for stratum, count in allocation.items()]  # fmt: skip
    table = pd.concat(drawn).sort_index()
    weight = table[size] / (interviews * table["probability"])
    table = table.assign(psu=table["point"], interviews=interviews, weight=weight)
    return table.reset_index(drop=True)


def _draw(
    stratum: pd.DataFrame, *, size: str, count: int, rng: np.random.Generator
) -> pd.DataFrame:
    selection = select_pps(stratum[size], count=count, rng=rng)
    probability = selection.probabilities
    certainty = np.where(probability >= 1, "yes", "no")
    return stratum.iloc[selection.positions].assign(probability=probability, certainty=certainty)


def _frame_problems(frame: pd.DataFrame, size: str, allocation: Mapping[str, int]) -> list[Problem]:
    return [
        *(_not_above_zero(point, value)
          for point, value in zip(frame["point"], frame[size], strict=True) if not value > 0),
        *(_too_small(stratum, count, units)
          for stratum, count in allocation.items()
          if (units := int((frame["stratum"] == stratum).sum())) < count),
    ]  # fmt: skip


def _not_above_zero(point: object, value: object) -> Problem:
    return Problem(
        where=f"frame, point '{point}'",
        what=say("its size {value} is not above 0, so it could never be drawn.", value=value),
        hint=say("Correct the size, or take the point out of the frame."),
    )


def _too_small(stratum: str, count: int, units: int) -> Problem:
    return Problem(
        where=f"frame, stratum '{stratum}'",
        what=say("{count} PSUs are asked of it and it has {units}.", count=count, units=units),
        hint=say("Ask fewer of it, or join it with another stratum."),
    )
