"""S-X²: observed against expected answers at each raw score.

Orlando & Thissen (2000, 2003) for dichotomous items, Kang & Chen (2008) for ordered ones. Expected
shares come from the distribution of the score with and without the item (Lord & Wingersky 1984).
R: `mirt::itemfit`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.columns import Floats
from analysis.irt.curves import probabilities
from analysis.irt.items import ItemParameters
from analysis.irt.responses import Ranks
from analysis.irt.score_distribution import score_distribution

LEAST = 1.0
"""Expected answers in a cell, below which it is joined with a neighbour."""


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
        expected = _shares(own, rest, prior, whole.sum(axis=0))
        observed = np.zeros_like(expected)
        np.add.at(observed, (totals, answers[:, place]), weight)
        inside = slice(1, len(expected) - 1)
        counts = observed[inside].sum(axis=1, keepdims=True)
        tables = _joined(observed[inside], expected[inside] * counts, item.categories)
        found.append(_tested(*tables, free[place]))
    return found


def _shares(own: Floats, rest: Floats, prior: Floats, whole: Floats) -> Floats:
    """P(answer = k | score) for every score, scores by categories."""
    top = rest.shape[1]
    found = np.zeros((len(whole), len(own)))
    for k, curve in enumerate(own):
        found[k : k + top, k] = (prior * curve) @ rest
    return found / np.maximum(whole, 1e-300)[:, None]


def _joined(observed: Floats, expected: Floats, categories: int) -> tuple[Floats, Floats]:
    """Join what expects too little: neighbouring scores, and neighbouring categories of a score."""
    used = expected.sum(axis=1) > 0
    observed, expected = observed[used], expected[used]
    if categories > 2:
        return _joined_categories(observed, expected)
    while len(expected) > 1 and (small := ((expected < LEAST) & (expected > 0)).any(axis=1)).any():
        row = int(np.argmax(small))
        if row == 0:
            other = 1
        elif row == len(expected) - 1:
            other = row - 1
        else:
            other = row - 1 if observed[row - 1].sum() <= observed[row + 1].sum() else row + 1
        for table in (observed, expected):
            table[other] += table[row]
        observed, expected = (np.delete(table, row, axis=0) for table in (observed, expected))
    return observed, expected


def _joined_categories(observed: Floats, expected: Floats) -> tuple[Floats, Floats]:
    """Within a score, cells from the outside inwards; what was joined away is NaN."""
    observed, expected = observed.copy(), expected.copy()
    for row in range(len(expected)):
        while True:
            cells = np.flatnonzero(np.isfinite(expected[row]) & (expected[row] > 0))
            small = cells[expected[row, cells] < LEAST]
            if not len(small) or len(cells) < 2:
                break
            cell = small[0]
            place = int(np.flatnonzero(cells == cell)[0])
            if place == 0:
                other = cells[1]
            elif place == len(cells) - 1:
                other = cells[place - 1]
            else:
                sides = cells[[place - 1, place + 1]]
                other = sides[np.argmin(expected[row, sides])]
            for table in (observed, expected):
                table[row, other] += table[row, cell]
                table[row, cell] = np.nan
    return observed, expected


def _tested(observed: Floats, expected: Floats, free: int) -> SX2:
    counted = np.isfinite(expected) & (expected > 0)
    df = int((counted.sum(axis=1) - 1).clip(min=0).sum()) - free
    if df < 1:
        return SX2(statistic=None, df=df, p=None)
    apart = np.where(counted, (observed - expected) ** 2 / np.where(counted, expected, 1.0), 0.0)
    statistic = float(apart.sum())
    return SX2(statistic=statistic, df=df, p=float(stats.chi2.sf(statistic, df)))
