"""The scale on which a fit is reported, where the likelihood leaves it open."""

from dataclasses import replace

import numpy as np

from analysis.columns import Floats
from analysis.irt.calibration import Calibration, State
from analysis.irt.population import Population, with_mass


def standardised(calibration: Calibration, state: State, *, reference: int) -> State:
    """Slopes that add up to no less than 0; free masses with mean 0 and variance 1.

    A free mass fixes neither origin nor unit: the nodes are moved so that the reference group has
    mean 0 and, where slopes are free, variance 1; the items move along and the likelihood stays.
    """
    if not calibration.set_by_scale:
        return state
    values = calibration.layout.expand(state.free)
    if _slopes(calibration, values).sum() < 0:
        values, state = _turned(calibration, values, state)
    if calibration.people.free_mass:
        values, state = _moved(calibration, values, state, reference)
    return replace(state, free=calibration.layout.nearest(values))


def _slopes(calibration: Calibration, values: Floats) -> Floats:
    families = calibration.layout.families
    return np.concatenate([values[family.places[:, 0]] for family in families])


def _turned(
    calibration: Calibration, values: Floats, state: State
) -> tuple[Floats, State]:  # fmt: skip
    """The mirror image: θ becomes -θ."""
    new = values.copy()
    for family in calibration.layout.families:
        new[family.places[:, 0]] *= -1
    people = state.population
    mass = None if people.mass is None else people.mass[:, ::-1]
    gamma = None if people.gamma is None else people.gamma * _signs(people.gamma.shape[1])
    turned = replace(people, mean=-people.mean, coefficients=-people.coefficients,
                     nodes=-people.nodes[::-1], mass=mass, gamma=gamma)  # fmt: skip
    return new, replace(state, population=turned)


def _signs(moments: int) -> Floats:
    """What a mirror does to the polynomials, which are odd, even, odd …."""
    return np.where(np.arange(1, moments + 1) % 2, -1.0, 1.0)


def _moved(
    calibration: Calibration, values: Floats, state: State, reference: int
) -> tuple[Floats, State]:
    people = state.population
    origin = float(people.mean[reference])
    unit = float(np.sqrt(people.variance[reference])) if calibration.set_by_scale > 1 else 1.0
    new = values.copy()
    for family in calibration.layout.families:
        slope, inner = family.places[:, 0], family.places[:, 1 : family.shape.categories]
        times = np.arange(1, family.shape.categories) if family.shape.curve == "partial" else 1
        new[inner] += times * values[slope, None] * origin
        new[slope] *= unit
    nodes = (people.nodes - origin) / unit
    return new, replace(state, population=_on(people, nodes))


def _on(population: Population, nodes: Floats) -> Population:
    if population.mass is None:
        return replace(population, nodes=nodes)
    return with_mass(replace(population, nodes=nodes), population.mass)
