"""First values: intercepts from the shares of the categories, slopes 1, population N(0, 1)."""

from collections.abc import Sequence

import numpy as np
from scipy.special import logit

from analysis.columns import Floats
from analysis.irt.curves import Shape
from analysis.irt.items import NormalPrior, Priors
from analysis.irt.layout import Layout

_GUESS = NormalPrior(mean=float(logit(0.15)), sd=1.0)
_WIDER = 1.2
"""Logits of shares in the population are nearer to 0 than those at θ = 0 by about this factor."""


def first_values(layout: Layout, priors: Priors, shares: Sequence[Floats]) -> Floats:
    """Free parameters to begin with; `shares` of the categories are by item."""
    values = layout.base.copy()
    for family in layout.families:
        for item, places in zip(family.items, family.places, strict=True):
            row = _first(family.shape, shares[item], priors)
            free = layout.free[places]
            values[places[free]] = row[free]
    return layout.nearest(values)


def _first(shape: Shape, shares: Floats, priors: Priors) -> Floats:
    slope = 1.0 if shape.curve == "graded" else 2 / shape.categories
    if priors.log_slope is not None:
        slope = float(np.exp(priors.log_slope.mean))
    if shape.guessing:
        guess = priors.logit_guessing or _GUESS
        c = 1 / (1 + np.exp(-guess.mean))
        right = np.clip((shares[1] - c) / (1 - c), 0.05, 0.95)
        return np.array([slope, _WIDER * logit(right), guess.mean])
    if shape.curve == "graded":
        above = np.cumsum(shares[::-1])[::-1][1:]
        return np.array([slope, *(_WIDER * logit(np.clip(above, 1e-6, 1 - 1e-6)))])
    return np.array([slope, *np.log(shares[1:] / shares[0])])
