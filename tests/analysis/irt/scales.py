"""Simulated answers to small scales."""

from collections.abc import Sequence

import numpy as np

from analysis.irt.curves import probabilities
from analysis.irt.items import ItemParameters, Model
from analysis.irt.responses import ItemResponses

ITEMS: dict[Model, tuple[ItemParameters, ...]] = {
    "2pl": tuple(
        ItemParameters(item=f"k{j}", model="2pl", slope=a, intercepts=(d,))
        for j, (a, d) in enumerate([(0.8, 1.0), (1.2, 0.3), (1.6, -0.2), (1.0, -0.9), (1.3, 0.1)])
    ),
    "grm": tuple(
        ItemParameters(item=f"s{j}", model="grm", slope=a, intercepts=d)
        for j, (a, d) in enumerate(
            [(0.9, (1.2, -0.4)), (1.5, (0.9, 0.0, -1.3)), (1.2, (0.5, -0.6)), (1.8, (0.8,))]
        )
    ),
    "gpcm": tuple(
        ItemParameters(item=f"p{j}", model="gpcm", slope=a, intercepts=d)
        for j, (a, d) in enumerate(
            [(0.7, (0.6, 0.2)), (1.1, (0.4, 0.3, -0.8)), (0.9, (-0.2, -0.9)), (1.4, (0.3,))]
        )
    ),
    "3pl": tuple(
        ItemParameters(item=f"g{j}", model="3pl", slope=a, intercepts=(d,), guessing=0.2)
        for j, (a, d) in enumerate([(1.1, 0.8), (1.4, 0.0), (1.7, -0.6), (1.2, -1.2)])
    ),
}


def answers(
    items: Sequence[ItemParameters], theta: np.ndarray, rng: np.random.Generator,
    *, missing: float = 0.0,
) -> np.ndarray:  # fmt: skip
    """Codes of persons at `theta`; a share of the cells is not administered."""
    columns = []
    for item in items:
        below = probabilities(item, theta).cumsum(axis=0)
        columns.append((rng.random(len(theta)) > below).sum(axis=0).clip(0, item.categories - 1))
    codes = np.stack(columns, axis=1)
    return np.where(rng.random(codes.shape) < missing, -1, codes).astype(np.int8)


def simulated(
    model: Model, *, persons: int = 400, seed: int = 1, missing: float = 0.0,
    theta: np.ndarray | None = None,
) -> ItemResponses:  # fmt: skip
    """Answers of persons from N(0, 1), or at the given `theta`."""
    rng = np.random.default_rng(seed)
    items = ITEMS[model]
    levels = rng.normal(size=persons) if theta is None else theta
    return responses_of(items, answers(items, levels, rng, missing=missing))


def responses_of(items: Sequence[ItemParameters], codes: np.ndarray) -> ItemResponses:
    """Codes as answers with every category that an item has."""
    return ItemResponses(
        items=tuple(item.item for item in items), codes=codes,
        values=tuple(tuple(float(k) for k in range(item.categories)) for item in items),
    )  # fmt: skip
