"""Priors of item parameters: normal on logit c, log-normal on the slope.

A slope's prior is about a trait whose reference group has the variance 1: where a free density leaves the
unit of the trait open, `unit` is that group's standard deviation, and slopes times it are meant.
"""

import numpy as np

from analysis.columns import Floats
from analysis.irt.items import NormalPrior, Priors
from analysis.irt.layout import Family, Layout

_LOG_ROOT = 0.5 * np.log(2 * np.pi)


def log_prior(layout: Layout, priors: Priors, values: Floats, *, unit: float = 1.0) -> Floats:
    """The log density at the free parameters by item, constants included."""
    found = np.zeros(len(layout.items))
    for family in layout.families:
        for place, prior in _places(family, priors):
            density = _normal if place else _log_normal
            where = family.places[:, place]
            x = values[where] * (1.0 if place else unit)
            found[list(family.items)] += np.where(layout.free[where], density(prior, x), 0.0)
    return found


def prior_derivatives(
    layout: Layout, priors: Priors, values: Floats, *, unit: float = 1.0
) -> tuple[Floats, Floats]:
    """Gradient of the log prior by all parameters, and a curvature that is never negative."""
    gradient, curvature = np.zeros(len(values)), np.zeros(len(values))
    for family in layout.families:
        for place, prior in _places(family, priors):
            where = family.places[layout.free[family.places[:, place]], place]
            x = values[where]
            if place == 0:
                apart = (np.log(np.maximum(x * unit, 1e-8)) - prior.mean) / prior.sd**2
                gradient[where] = -(1 + apart) / np.maximum(x, 1e-8)
                curvature[where] = 1 / (prior.sd * np.maximum(x, 1e-8)) ** 2
            else:
                gradient[where] = -(x - prior.mean) / prior.sd**2
                curvature[where] = 1 / prior.sd**2
    return gradient, curvature


def by_log_unit(layout: Layout, priors: Priors, values: Floats, *, unit: float) -> float:
    """What a unit of the logarithm of the trait's unit does to the log prior."""
    only = Priors(log_slope=priors.log_slope)
    return float(values @ prior_derivatives(layout, only, values, unit=unit)[0])


def _places(family: Family, priors: Priors) -> list[tuple[int, NormalPrior]]:
    """Which columns of a family's parameters have a prior."""
    found = [] if priors.log_slope is None else [(0, priors.log_slope)]
    if priors.logit_guessing is not None and family.shape.guessing:
        found.append((family.shape.parameters - 1, priors.logit_guessing))
    return found


def _normal(prior: NormalPrior, x: Floats) -> Floats:
    return np.asarray(-0.5 * ((x - prior.mean) / prior.sd) ** 2 - np.log(prior.sd) - _LOG_ROOT)


def _log_normal(prior: NormalPrior, x: Floats) -> Floats:
    """A density of the slope itself, -inf where it is not above zero."""
    positive = np.maximum(x, 1e-300)
    return np.where(x > 0, _normal(prior, np.log(positive)) - np.log(positive), -np.inf)
