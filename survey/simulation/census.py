"""What every simulated adult would answer: the truth that the survey tries to estimate."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from survey.simulation.city import City
from survey.simulation.items import GRID, ItemCurves, Scale

Draws = npt.NDArray[np.uint16]
Bins = npt.NDArray[np.uint8]
Positions = npt.NDArray[np.intp]
Singles = npt.NDArray[np.float32]
CHUNK = 200_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Census:
    """Whether each adult reaches the cut, by dimension, and the answers of those to be kept.

    `answers` has a column of codes for each scored item; its index holds the adults' positions.
    """

    reaches: Mapping[str, npt.NDArray[np.bool_]]
    answers: pd.DataFrame


def hold_census(
    city: City, scales: Sequence[Scale], *, keep: Positions, rng: np.random.Generator
) -> Census:
    """Let every adult answer every scored item once; keep the answers of the adults at `keep`."""
    keep = np.sort(keep)
    reaches: dict[str, npt.NDArray[np.bool_]] = {}
    answers: list[pd.DataFrame] = []
    for scale, trait in zip(scales, city.traits, strict=True):
        parts = [_answer(scale, trait, keep, part, rng) for part in _chunks(city.adults)]
        reaches[scale.dimension] = np.concatenate([passed for passed, _ in parts])
        answers.append(pd.concat([codes for _, codes in parts]))
    return Census(reaches=reaches, answers=pd.concat(answers, axis="columns"))


def _chunks(size: int) -> Iterator[slice]:
    return (slice(start, min(start + CHUNK, size)) for start in range(0, size, CHUNK))


def _answer(
    scale: Scale, trait: Singles, keep: Positions, part: slice, rng: np.random.Generator
) -> tuple[npt.NDArray[np.bool_], pd.DataFrame]:
    """Who of one chunk reaches the cut, and the codes that its kept adults chose."""
    bins = np.clip((trait[part] - GRID[0]) * 32, 0, len(GRID) - 1).astype(np.uint8)
    mine = keep[slice(*np.searchsorted(keep, [part.start, part.stop]))]
    local = mine - part.start
    codes: dict[str, npt.NDArray[np.object_]] = {}
    earned, possible = np.zeros(len(bins), np.float32), np.zeros(len(bins), np.float32)
    for item in scale.items:
        draws = rng.integers(0, 2**16, len(bins), dtype=np.uint16)
        worth, counted = _worth(item, draws, bins)
        earned += worth
        possible += counted
        rank = _rank(item.cumulative[:-1], draws[local], bins[local])
        codes[item.path] = np.array(item.codes, dtype=object)[rank]
    passed = (possible > 0) & (earned >= scale.cut * possible - 1e-4)
    return passed, pd.DataFrame(codes, index=mine)


def _worth(item: ItemCurves, draws: Draws, bins: Bins) -> tuple[Singles, Singles]:
    """Credit of each answer and the credit it could have had, both 0 where it does not count."""
    last = np.flatnonzero(np.append(np.diff(np.nan_to_num(item.credit, nan=-1)) > 0, True))
    credit = item.credit[last].astype(np.float32)
    most = np.where(np.isnan(credit), np.float32(0), credit[-1])
    rank = _rank(item.cumulative[last[:-1]], draws, bins)
    return np.nan_to_num(credit).take(rank, mode="clip"), most.take(rank, mode="clip")


def _rank(cumulative: npt.NDArray[np.float64], draws: Draws, bins: Bins) -> npt.NDArray[np.uint8]:
    """How many of the cumulative chances (rows) a uniform draw has passed, by trait bin."""
    rank = np.zeros(len(draws), dtype=np.uint8)
    for row in np.minimum(np.round(cumulative * 2**16), 2**16 - 1).astype(np.uint16):
        rank += draws >= row.take(bins, mode="clip")
    return rank
