"""What a raw score alone says of the trait: the posterior given the sum of all items.

Thissen, Pommerich, Billeaud & Williams (1995). R: `mirt::fscores(method = "EAPsum")`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.columns import Floats
from analysis.irt.curves import probabilities
from analysis.irt.items import ItemParameters
from analysis.irt.score_distribution import score_distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class RawScore:
    """One raw score: posterior mean and sd, how many had it and how many the model expects."""

    score: int
    theta: float
    se: float
    observed: float
    expected: float


def by_raw_score(
    items: Sequence[ItemParameters], nodes: Floats, prior: Floats, *, scores: Floats,
    weights: Floats,
) -> list[RawScore]:  # fmt: skip
    """Every possible raw score; `scores` are those of the persons who answered all items."""
    joint = score_distribution(probabilities(item, nodes) for item in items) * prior[:, None]
    chance = joint.sum(axis=0)
    counts = np.bincount(scores.astype(np.int64), weights=weights, minlength=len(chance))
    mass = joint / np.maximum(chance, 1e-300)
    theta = nodes @ mass
    spread = np.sqrt(np.maximum(nodes**2 @ mass - theta**2, 0))
    return [RawScore(score=score, theta=float(theta[score]), se=float(spread[score]),
                     observed=float(counts[score]), expected=float(chance[score] * weights.sum()))
            for score in range(len(chance))]  # fmt: skip
