"""The distribution of sum scores at each point of the trait."""

from collections.abc import Iterable

import numpy as np

from analysis.columns import Floats


def score_distribution(probabilities: Iterable[Floats]) -> Floats:
    """P(sum = 0..max) at each of Q points, Q by max + 1 (Lord & Wingersky 1984).

    `probabilities` are each item's, categories by points; categories score 0, 1, 2 ...
    """
    total: Floats | None = None
    for item in probabilities:
        categories, points = item.shape
        if total is None:
            total = np.ones((points, 1))
        grown = np.zeros((points, total.shape[1] + categories - 1))
        for score, chance in enumerate(item):
            grown[:, score : score + total.shape[1]] += total * chance[:, None]
        total = grown
    return np.ones((0, 1)) if total is None else total
