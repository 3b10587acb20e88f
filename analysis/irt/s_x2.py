"""S-X²: observed against expected answers at each raw score.

Orlando & Thissen (2000, 2003) for dichotomous items, Kang & Chen (2008) for ordered ones. Expected
shares come from the distribution of the score with and without the item (Lord & Wingersky 1984).
R: `mirt::itemfit`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from scipy import stats

from analysis.columns import Floats
from analysis.irt.curves import probabilities
from analysis.irt.items import ItemParameters
from analysis.irt.responses import Ranks
from analysis.irt.score_distribution import score_distribution

LEAST = 1.0
"""Expected answers in a cell, below which it is joined with a neighbour."""
PERSONS, OBSERVED, EXPECTED = range(3)
"""The tables of an item, scores by categories: persons, their weights, what the model expects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SX2:
    """The statistic of one item; None where too few cells are left."""

    statistic: float | None
    df: int
    p: float | None


def s_x2(
    codes: Ranks, items: Sequence[ItemParameters], nodes: Floats, prior: Floats, *,
    free: Sequence[int], weights: Floats | None = None,
) -> list[SX2]:  # fmt: skip
    """Test every item on the persons who answered all; `free` counts each item's parameters."""
    complete = (codes >= 0).all(axis=1)
    answers = codes[complete].astype(np.int64)
    weight = np.ones(len(answers)) if weights is None else weights[complete]
    weight = weight * len(answers) / weight.sum() if len(answers) else weight
    curves = [probabilities(item, nodes) for item in items]
    whole = score_distribution(curves) * prior[:, None]
    totals = answers.sum(axis=1)
    found = []
    for place, (item, own) in enumerate(zip(items, curves, strict=True)):
        rest = score_distribution(curve for at, curve in enumerate(curves) if at != place)
        cells = np.zeros((3, whole.shape[1], item.categories))
        np.add.at(cells[PERSONS], (totals, answers[:, place]), 1.0)
        np.add.at(cells[OBSERVED], (totals, answers[:, place]), weight)
        shares = _shares(own, rest, prior, whole.sum(axis=0))
        cells[EXPECTED] = shares * cells[OBSERVED].sum(axis=1, keepdims=True)
        found.append(_tested(_joined(cells[:, 1:-1]), free[place]))
    return found


def _shares(own: Floats, rest: Floats, prior: Floats, whole: Floats) -> Floats:
    """P(answer = k | score) for every score, scores by categories."""
    top = rest.shape[1]
    found = np.zeros((len(whole), len(own)))
    for k, curve in enumerate(own):
        found[k : k + top, k] = (prior * curve) @ rest
    return found / np.maximum(whole, 1e-300)[:, None]


def _joined(cells: Floats) -> Floats:
    """Join what expects too little, in the order of R's `mirt::itemfit`.

    Scores at which a category cannot occur go to the nearest at which all can, scores of one person
    to the next. Then small categories of a score are joined, rare categories of all scores, and
    whole scores. What is left of a score's categories stands to the left, zeros behind it.
    """
    cells = _ends_joined(cells, cells.shape[2] - 2)
    cells = cells[:, cells[PERSONS].sum(axis=1) > 0]
    small = np.flatnonzero((cells[EXPECTED] < LEAST).any(axis=1))
    cells = _lone_joined(cells)
    if cells.shape[2] > 2:
        # Marked before lone scores were joined, as in R, where the places are those of that time.
        for row in small[small < cells.shape[1]]:
            cells[:, row] = _categories_joined(cells[:, row])
        cells = _rare_joined(cells.swapaxes(1, 2)).swapaxes(1, 2)
    return _scores_joined(cells)


def _ends_joined(cells: Floats, count: int) -> Floats:
    """Join `count` scores at either end with the score next to them; nothing where none is left."""
    if cells.shape[1] <= 2 * count:
        return cells[:, :0]
    inner = cells[:, count : cells.shape[1] - count].copy()
    inner[:, 0] += cells[:, :count].sum(axis=1)
    inner[:, -1] += cells[:, cells.shape[1] - count :].sum(axis=1)
    return inner


def _lone_joined(cells: Floats) -> Floats:
    """Join a score that one person has with the next one, the last with the one before."""
    row = 0
    while cells.shape[1] > 1 and row < cells.shape[1]:
        if cells[PERSONS, row].sum() == 1:
            last = row == cells.shape[1] - 1
            cells = _moved(cells, row, row - 1 if last else row + 1)
        else:
            row += 1
    return cells


def _categories_joined(score: Floats) -> Floats:
    """Join the least expected category with its lesser neighbour until all are large or two left."""
    width = score.shape[1]
    while score.shape[1] > 2:
        expected = score[EXPECTED]
        at = len(expected) - 1 - int(np.argmin(expected[::-1]))
        score = _moved(score, at, _neighbour(expected, at))
        if (score[EXPECTED] >= LEAST).all():
            break
    return np.pad(score, ((0, 0), (0, width - score.shape[1])))


def _rare_joined(columns: Floats) -> Floats:
    """Join categories that hardly any score has left with the one before; categories come first."""
    scores = columns.shape[2]
    while columns.shape[1] > 2 and columns[EXPECTED, -1].sum() < LEAST * ceil(scores / 10):
        columns = _moved(columns, columns.shape[1] - 1, columns.shape[1] - 2)
    for at in range(columns.shape[1] - 1, 0, -1):
        if (columns[EXPECTED, at] > 0).sum() < scores / 20:
            columns = _moved(columns, at, at - 1)
    return columns


def _scores_joined(cells: Floats) -> Floats:
    """Join scores with a small cell with the neighbour that fewer persons have."""
    while cells.shape[1] > 1:
        small = (cells[EXPECTED] < LEAST) & (cells[EXPECTED] > 0)
        if not small.any():
            break
        at = int(np.argmax(small.any(axis=1)))
        cells = _moved(cells, at, _neighbour(cells[PERSONS].sum(axis=1), at))
    return cells


def _neighbour(sizes: Floats, at: int) -> int:
    """The place beside `at` of the lesser size, the one before where both are equal."""
    if at in (0, len(sizes) - 1):
        return abs(at - 1)
    return at - 1 if sizes[at - 1] <= sizes[at + 1] else at + 1


def _moved(cells: Floats, at: int, into: int) -> Floats:
    """Add what stands at one place of the second axis to another place and leave it out."""
    grown = cells.copy()
    grown[:, into] += grown[:, at]
    return np.delete(grown, at, axis=1)


def _tested(cells: Floats, free: int) -> SX2:
    observed, expected = cells[OBSERVED], cells[EXPECTED]
    counted = expected > 0
    df = int(counted.sum()) - len(expected) - free
    if df < 1:
        return SX2(statistic=None, df=df, p=None)
    apart = (observed - expected)[counted] ** 2 / expected[counted]
    statistic = float(apart.sum())
    return SX2(statistic=statistic, df=df, p=float(stats.chi2.sf(statistic, df)))
