"""The trait's distribution given what is known of persons, with the items' parameters held."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy import special

from analysis.columns import Floats
from analysis.irt.fit import fit
from analysis.irt.fitted import FittedModel
from analysis.irt.items import ItemModel, ItemParameters
from analysis.irt.options import FitOptions
from analysis.irt.persons import ROWS
from analysis.irt.population import Density, Population
from analysis.irt.responses import ItemResponses
from analysis.irt.standard_errors import is_determined

MOMENTS = 4
"""Moments that a density which is not normal keeps: skew and tails; more are noise with few items."""


def conditioned(
    items: Sequence[ItemParameters], responses: ItemResponses, *, density: Density = "normal",
    options: FitOptions | None = None,
) -> FittedModel:  # fmt: skip
    """Fit the population of `responses` (its groups or covariates) under known items.

    Every group's mean and variance, or the regression with its intercept, are free; a density that
    is not normal keeps as many moments as the answers determine, four at most.
    """
    how = replace(options or FitOptions(), fixed={item.item: item for item in items},
                  population=None, reference=None, density=density)  # fmt: skip
    models = {item.item: ItemModel(model=item.model,
                                   guessing=item.guessing if item.model == "3pl" else None)
              for item in items}  # fmt: skip
    return fit(responses, models, options=how) if density == "normal" else _smooth(
        responses, models, how)  # fmt: skip


def moments_of(fitted: FittedModel) -> int | None:
    """How many moments a smooth density keeps; None of a density that is not smooth."""
    gamma = fitted.population.gamma
    return None if gamma is None else gamma.shape[1]


def recalibrated(fitted: FittedModel) -> FittedModel:
    """The items found again under a smooth density of everybody, or of each group."""
    if fitted.population.gamma is not None:
        return fitted
    free = {one.of for one in fitted.parameters if one.kind == "logit_guessing"}
    models = {item.item: ItemModel(model=item.model, guessing=None if item.item in free else
                                   item.guessing if item.model == "3pl" else None)
              for item in fitted.items}  # fmt: skip
    responses = replace(fitted.responses, covariates=None, covariate_names=())
    return _smooth(responses, models, replace(fitted.options, density="npml"))


def _smooth(
    responses: ItemResponses, models: Mapping[str, ItemModel], how: FitOptions
) -> FittedModel:
    """The fit with the most moments that the answers determine; with two the density is normal."""
    for moments in range(MOMENTS, 2, -1):
        found = fit(responses, models, options=replace(how, moments=moments))
        if found.converged and is_determined(found):
            return found
    return fit(responses, models, options=replace(how, moments=2))


def mass_above(population: Population, responses: ItemResponses, theta: float) -> Floats:
    """P(trait > θ) of each person's own population."""
    group, covariates = persons_of(responses)
    if population.mass is not None:
        return np.asarray(shares_above(population.mass, population.nodes, theta)[group])
    mean = population.means(group, covariates)
    found = special.ndtr((mean - theta) / np.sqrt(population.variance[group]))
    return np.asarray(found, dtype=np.float64)


def means_of(population: Population, responses: ItemResponses) -> Floats:
    """The mean of each person's own population."""
    group, covariates = persons_of(responses)
    if population.mass is not None:
        return np.asarray((population.mass @ population.nodes)[group])
    return population.means(group, covariates)


def whole_population(fitted: FittedModel) -> Floats:
    """Mass on the nodes of all persons together, each in the population that the model gives them."""
    group, covariates = persons_of(fitted.responses)
    weights, total = fitted.weights, np.zeros(len(fitted.population.nodes))
    for start in range(0, len(group), ROWS):
        rows = slice(start, start + ROWS)
        total += weights[rows] @ fitted.population.prior(group[rows], covariates[rows])
    return np.asarray(total / total.sum())


def persons_of(responses: ItemResponses) -> tuple[np.ndarray, Floats]:
    """Each person's group and covariates."""
    size = len(responses)
    group = np.zeros(size, dtype=np.int64) if responses.group is None else responses.group
    empty = np.empty((size, 0))
    return group, empty if responses.covariates is None else responses.covariates


def shares_above(mass: Floats, nodes: Floats, theta: float) -> Floats:
    """Mass above θ of rows of masses, each spread evenly over its node's cell."""
    step = float(nodes[1] - nodes[0])
    part = np.clip((nodes + step / 2 - theta) / step, 0.0, 1.0)
    return np.asarray(mass @ part)
