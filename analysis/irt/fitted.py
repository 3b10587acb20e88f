"""A calibrated model: parameters, likelihood, posteriors and scores of persons."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from analysis.columns import Floats
from analysis.irt.acceleration import Secant
from analysis.irt.calibration import Calibration, State
from analysis.irt.curves import information
from analysis.irt.items import ItemParameters, Parameter
from analysis.irt.options import FitOptions
from analysis.irt.persons import ROWS, Block, Persons, person_scores
from analysis.irt.population import Population
from analysis.irt.responses import ItemResponses


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Something to know about a fit, of one item or of the whole (None)."""

    item: str | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FittedModel:
    """What a calibration found.

    `log_likelihood` is (n/Σw) Σ w ℓ without priors; `weights` are by person, raw. `secants` are what
    the iteration learned of the EM map, with which another set of weights needs fewer passes.
    """

    calibration: Calibration
    options: FitOptions
    state: State
    weights: Floats
    log_likelihood: float
    log_prior: float
    iterations: int
    converged: bool
    flags: tuple[Flag, ...]
    secants: tuple[Secant, ...] = field(default=(), repr=False)

    @property
    def responses(self) -> ItemResponses:
        """The answers that it rests on."""
        return self.calibration.responses

    @property
    def items(self) -> tuple[ItemParameters, ...]:
        """The items in order."""
        return self._items(self.state)

    @property
    def population(self) -> Population:
        """The distribution of the trait."""
        return self.state.population

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Names of the free parameters: items in order, then means, coefficients, variances."""
        people = self.calibration.people.parameters(self.population)
        return (*self.calibration.layout.parameters, *people)

    @property
    def values(self) -> Floats:
        """The free parameters."""
        return self.calibration.values(self.state)

    @property
    def n(self) -> int:
        """Persons with any answer."""
        return int(np.count_nonzero(self.responses.answered))

    @property
    def weights_sum(self) -> float:
        """The sum of their raw weights."""
        return float(self.weights[self.responses.answered].sum())

    @property
    def n_parameters(self) -> int:
        """Free parameters; masses on nodes count less one a group and less what is identified."""
        found, people = len(self.parameters), self.calibration.people
        mass = self.population.mass
        if mass is None or not people.free_mass:
            return found
        free = 0 if people.smooth else len(mass) * (mass.shape[1] - 1)
        return found + free - self.calibration.set_by_scale

    @property
    def aic(self) -> float:
        """Akaike's criterion."""
        return 2 * self.n_parameters - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Schwarz's criterion with n persons."""
        return float(np.log(self.n)) * self.n_parameters - 2 * self.log_likelihood

    def items_at(self, values: Floats) -> tuple[ItemParameters, ...]:
        """The items at other values of the free parameters."""
        return self._items(self.calibration.at(self.state, values))

    def population_at(self, values: Floats) -> Population:
        """The population at other values of the free parameters."""
        return self.calibration.at(self.state, values).population

    def posterior(self, *, rows: int = ROWS) -> Iterator[Block]:
        """Each person's posterior mass on the nodes, a block of persons at a time."""
        return self._persons().posterior(rows)

    def log_likelihoods(self) -> Floats:
        """Each person's log-likelihood, unweighted."""
        return self._persons().log_likelihoods()

    def scores(self, *, rows: int = ROWS) -> Iterator[Block]:
        """Each person's gradient of the log-likelihood by the free parameters, unweighted."""
        calibration = self.calibration
        return person_scores(self._persons(), self.responses.codes, calibration.layout,
                             self.state.free, calibration.people, rows)  # fmt: skip

    def marginal_reliability(self) -> float:
        """∫ I/(I + 1/σ²) over the population, with the test's expected information.

        Green, Bock, Humphreys, Linn & Reckase (1984); R `mirt::marginal_rxx`.
        """
        nodes, packed = self.population.nodes, self.calibration.packed
        found = np.sum([information(item, nodes) for item in self.items], axis=0)
        weight = np.bincount(packed.cell, weights=packed.summed(self.weights))
        total = 0.0
        for _, cells in packed.spans():
            prior = self.population.prior(packed.group[cells], packed.covariates[cells])
            variance = self.population.variance[packed.group[cells], None]
            total += float(weight[cells] @ (prior * (found / (found + 1 / variance))).sum(axis=1))
        return total / float(weight.sum())

    def _persons(self) -> Persons:
        calibration = self.calibration
        values = calibration.layout.expand(self.state.free)
        return Persons.of(calibration.packed, calibration.layout, values, self.population)

    def _items(self, state: State) -> tuple[ItemParameters, ...]:
        layout = self.calibration.layout
        return layout.item_parameters(layout.expand(state.free))
