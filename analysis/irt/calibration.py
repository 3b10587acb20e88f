"""A model bound to answers, ready to be maximised with any weights.

What does not depend on the weights (packed answers, layout, free parameters of the population) is
made once, so that a replicate costs its passes alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from analysis.columns import Floats
from analysis.irt.acceleration import Evaluated, Reached, Secant, accelerate
from analysis.irt.items import Priors
from analysis.irt.kernels import Kernel
from analysis.irt.layout import Layout
from analysis.irt.maximise import ItemTask
from analysis.irt.packing import Packed
from analysis.irt.passes import Expected, expect
from analysis.irt.population import Population, PopulationModel, with_mass
from analysis.irt.priors import by_log_unit, log_prior
from analysis.irt.responses import ItemResponses

_NEAR, _WARM, _MANY, _WORK = 1e-4, 1e-3, 41, 4e6
"""How near the coarse nodes go, from first values or from a solution with other weights, the fewest
nodes to halve, and the products of a pass worth it."""
_NARROWEST = 1e-12
"""Least variance of a mass: on a single node rounding leaves a little less than none."""


class Stopping(NamedTuple):
    """When to stop, and what is known of the map beforehand."""

    tolerance: float
    most: int
    secants: Sequence[Secant] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class State:
    """Where an iteration stands: free item parameters and the population."""

    free: Floats
    population: Population


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibration:
    """Everything of a fit but weights and parameters.

    `set_by_scale` says how many moments of a free mass only set the scale: 2, with slopes of 1 one,
    with fixed items none; `reference` is the group that does.
    """

    responses: ItemResponses
    packed: Packed
    layout: Layout
    priors: Priors
    people: PopulationModel
    kernel: Kernel
    set_by_scale: int
    reference: int = 0

    def pattern_weights(self, weights: Floats) -> Floats:
        """Weights by pattern, scaled to add up to the number of persons with any answer."""
        counted = np.where(self.responses.answered, weights, 0.0)
        return self.packed.summed(
            counted * (np.count_nonzero(self.responses.answered) / counted.sum())
        )

    def expect(self, state: State, weights: Floats) -> Expected:
        """One pass at `state`."""
        return expect(self.packed, self.layout, self.kernel, free=state.free,
                      population=state.population, weights=weights)  # fmt: skip

    def log_prior(self, state: State) -> float:
        """The log density of the priors at the free parameters of the items."""
        values = self.layout.expand(state.free)
        return float(log_prior(self.layout, self.priors, values, unit=self.unit(state)).sum())

    def maximised(self, state: State, found: Expected) -> State:
        """The M-step."""
        task = ItemTask(layout=self.layout, priors=self.priors, nodes=state.population.nodes)
        return State(free=task.maximised(found.counts, state.free),
                     population=self.people.maximised(state.population, found.moments))  # fmt: skip

    def gradient(self, state: State, found: Expected) -> Floats:
        """Of the marginal log-likelihood and the priors, by items and population."""
        people, unit = state.population, self.unit(state)
        task = ItemTask(layout=self.layout, priors=self.priors, nodes=people.nodes, unit=unit)
        by_people = self.people.gradient(people, found.moments)
        moved = self.people.constraints(people, reference=self.reference, count=self.set_by_scale)
        if len(moved) > 1 and self.priors.log_slope is not None:
            values = self.layout.expand(state.free)
            pull = by_log_unit(self.layout, self.priors, values, unit=unit)
            by_people = by_people + pull * moved[1] / (2 * unit**2)
        return np.concatenate([task.gradient(found.counts, state.free), by_people])

    def unit(self, state: State) -> float:
        """The reference group's standard deviation where a smooth density leaves the unit open."""
        if not self.people.smooth or self.set_by_scale < 2:
            return 1.0
        return float(np.sqrt(max(state.population.variance[self.reference], _NARROWEST)))

    def values(self, state: State) -> Floats:
        """The free parameters of items and population."""
        return np.concatenate([state.free, self.people.values(state.population)])

    def at(self, state: State, values: Floats) -> State:
        """The state with other free parameters."""
        items = len(state.free)
        return State(
            free=values[:items], population=self.people.at(state.population, values[items:])
        )

    def reach(
        self, start: State, weights: Floats, how: Stopping
    ) -> tuple[State, Expected, Reached]:
        """Maximise from `start`; `weights` are by pattern.

        Large work goes most of the way on every other node.
        """
        half = self.coarse(start)
        if half is start:
            return self._reached(start, self._packed(start), weights, how)
        near, _, coarse = self._reached(
            half, self._packed(start), weights,
            how._replace(tolerance=max(how.tolerance, _WARM if how.secants else _NEAR)),
        )  # fmt: skip
        state, found, reached = self._reached(
            _on(near, start.population.nodes),
            coarse.ahead,
            weights,
            how._replace(secants=coarse.secants),
        )
        return state, found, reached._replace(passes=reached.passes + coarse.passes)

    def _reached(
        self, start: State, point: Floats, weights: Floats, how: Stopping
    ) -> tuple[State, Expected, Reached]:
        """Maximise from a point on the nodes of `start`."""

        def evaluate(point: Floats) -> Evaluated:
            state = self._unpacked(start, point)
            found = self.expect(state, weights)
            objective = found.log_likelihood + self.log_prior(state)
            if not np.isfinite(objective):
                return Evaluated(point, -np.inf, point, found)
            return Evaluated(point, objective, self._packed(self.maximised(state, found)), found)

        reached = accelerate(evaluate, point, **how._asdict())
        return self._unpacked(start, reached.last.point), reached.last.found, reached

    def coarse(self, state: State) -> State:
        """The state on every other node, where passes are costly and half the nodes come near."""
        nodes = state.population.nodes
        work = self.packed.codes.size * len(nodes)
        pays = len(nodes) >= _MANY and len(nodes) % 2 > 0 and work > _WORK
        return _on(state, nodes[::2]) if pays and state.population.mass is None else state

    def _packed(self, state: State) -> Floats:
        """A state on scales that may be extrapolated: log variances, roots of masses."""
        values = self.values(state).copy()
        free = int(self.people.free_variance.sum())
        values[len(values) - free :] = np.log(values[len(values) - free :])
        if self._lumps(state):
            values = np.concatenate([values, np.sqrt(np.asarray(state.population.mass)).ravel()])
        return values

    def _lumps(self, state: State) -> bool:
        """Whether masses are free each on its own."""
        return (
            self.people.free_mass and not self.people.smooth and state.population.mass is not None
        )

    def _unpacked(self, state: State, point: Floats) -> State:
        size, free = len(self.values(state)), int(self.people.free_variance.sum())
        values = point[:size].copy()
        values[size - free :] = np.exp(np.clip(values[size - free :], -20, 20))
        found = self.at(state, values)
        if not self._lumps(found) or found.population.mass is None:
            return found
        mass = np.maximum(point[size:], 1e-8).reshape(found.population.mass.shape) ** 2
        share = mass / mass.sum(axis=1, keepdims=True)
        return replace(found, population=with_mass(found.population, share))


def _on(state: State, nodes: Floats) -> State:
    return replace(state, population=replace(state.population, nodes=nodes))
