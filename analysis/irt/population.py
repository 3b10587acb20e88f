"""The trait in the population: normal by group and covariates, or free on the nodes.

θ | g, x ~ N(μ_g + xβ, σ²_g) with the density taken at the nodes and normalised there (Bock & Aitkin
1981; regression: Mislevy 1984), or a mass per node and group (Laird 1978; Bock & Aitkin 1981), as it is or made smooth.
"""

from dataclasses import dataclass, replace
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from analysis.columns import Codes, Floats
from analysis.irt.items import Kind, Parameter
from analysis.irt.smoothing import basis, density, smoothed

Density = Literal["normal", "npml"]
Mask = NDArray[np.bool_]
_LEAST_VARIANCE = 1e-6
LEAST_MASS = 1e-16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Population:
    """The distribution of the trait, which is the prior of a person.

    `mean` and `variance` are by group (of the residuals where there are covariates). For npml `mass`
    is groups by nodes, and mean and variance follow from it; a smooth mass follows from `gamma`, its
    coefficients, groups by moments.
    """

    nodes: Floats
    groups: tuple[str | None, ...] = (None,)
    mean: Floats
    variance: Floats
    coefficients: Floats
    covariate_names: tuple[str, ...] = ()
    mass: Floats | None = None
    gamma: Floats | None = None

    @classmethod
    def normal(cls, nodes: Floats, *, mean: float = 0.0, variance: float = 1.0) -> Self:
        """One normal population."""
        return cls(nodes=np.asarray(nodes), mean=np.array([mean]), variance=np.array([variance]),
                   coefficients=np.empty(0))  # fmt: skip

    @property
    def density(self) -> Density:
        """The kind of density."""
        return "normal" if self.mass is None else "npml"

    def means(self, group: Codes, covariates: Floats) -> Floats:
        """The mean given group and covariates, one per row."""
        return np.asarray(self.mean[group] + covariates @ self.coefficients)

    def prior(self, group: Codes, covariates: Floats) -> Floats:
        """Rows by nodes, each row adding up to 1."""
        if self.mass is not None:
            return np.asarray(self.mass[group])
        apart = self.nodes - self.means(group, covariates)[:, None]
        exponent = apart**2 / (-2 * self.variance[group][:, None])
        found = np.exp(exponent - exponent.max(axis=1, keepdims=True))
        return np.asarray(found / found.sum(axis=1, keepdims=True))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moments:
    """What a pass leaves of the population: by cell, weights and first two moments about 0.

    `expected` are the moments of the prior on the nodes; `mass` is the posterior by group and node.
    """

    weight: Floats
    posterior: Floats
    expected: Floats
    mass: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PopulationModel:
    """Which parameters of the population are free, for cells of given group and covariates.

    A free mass is smoothed to so many `moments`, unless None: its coefficients are then parameters.
    """

    group: Codes
    covariates: Floats
    free_mean: Mask
    free_variance: Mask
    free_coefficients: bool
    free_mass: bool
    moments: int | None = None

    @property
    def smooth(self) -> bool:
        """Whether the density has coefficients that are free."""
        return self.free_mass and self.moments is not None

    def parameters(self, population: Population) -> tuple[Parameter, ...]:
        """Names of the free parameters: means, coefficients, variances; a mass has none."""
        kind: Kind = "residual_variance" if len(population.covariate_names) else "variance"
        groups = population.groups
        free_groups = [groups[g] for g in np.flatnonzero(self.free_mean)]
        names = population.covariate_names if self.free_coefficients else ()
        if self.smooth:
            return tuple(Parameter(of=group, kind="density", place=place)
                         for group in groups for place in range(self.moments or 0))  # fmt: skip
        return (
            *(Parameter(of=group, kind="mean") for group in free_groups),
            *(Parameter(of=name, kind="coefficient") for name in names),
            *(Parameter(of=groups[g], kind=kind) for g in np.flatnonzero(self.free_variance)),
        )  # fmt: skip

    def values(self, population: Population) -> Floats:
        """The free parameters in that order."""
        if self.smooth and population.gamma is not None:
            return population.gamma.ravel()
        beta = population.coefficients if self.free_coefficients else np.empty(0)
        return np.concatenate([
            population.mean[self.free_mean], beta, population.variance[self.free_variance]
        ])  # fmt: skip

    def at(self, population: Population, values: Floats) -> Population:
        """The population with other values of the free parameters."""
        if self.smooth and population.gamma is not None:
            return with_density(population, values.reshape(population.gamma.shape))
        means, betas = int(self.free_mean.sum()), len(population.coefficients)
        betas *= self.free_coefficients
        mean, variance = population.mean.copy(), population.variance.copy()
        mean[self.free_mean] = values[:means]
        variance[self.free_variance] = np.maximum(values[means + betas :], _LEAST_VARIANCE)
        beta = values[means : means + betas] if self.free_coefficients else population.coefficients
        return replace(population, mean=mean, variance=variance, coefficients=beta)

    def design(self, rows: slice = slice(None)) -> Floats:
        """Cells by free means and coefficients."""
        groups = np.flatnonzero(self.free_mean)
        found = [self.group[rows, None] == groups]
        if self.free_coefficients:
            found.append(self.covariates[rows])
        return np.concatenate(found, axis=1).astype(np.float64)

    def gradient(self, population: Population, moments: Moments) -> Floats:
        """Of the log-likelihood on the nodes: posterior less prior moments."""
        if self.smooth and population.mass is not None:
            total = moments.mass.sum(axis=1, keepdims=True)
            apart = (moments.mass - total * population.mass) @ self.powers(population)
            return np.asarray(apart.ravel())
        return np.asarray(self.rows_of_gradient(population, moments).sum(axis=0))

    def rows_of_gradient(self, population: Population, moments: Moments) -> Floats:
        """The same, cell by cell."""
        mean, variance = self._means(population), population.variance[self.group]
        weight, expected = moments.weight, moments.expected
        apart = moments.posterior[:, 0] - weight * expected[:, 0]
        squares = _squares(moments.posterior, weight, mean) - weight * _squares(expected, 1.0, mean)
        own = self.group[:, None] == np.flatnonzero(self.free_variance)
        return np.concatenate([
            self.design() * (apart / variance)[:, None],
            own * (squares / (2 * variance**2))[:, None],
        ], axis=1)  # fmt: skip

    def scores(self, population: Population, cell: NDArray[np.int32], mass: Floats) -> Floats:
        """Each person's gradient by the free parameters, from the posterior on the nodes."""
        if self.smooth and population.mass is not None:
            return self._density_scores(population, self.group[cell], mass)
        one = replace(self, group=self.group[cell], covariates=self.covariates[cell])
        powers = np.stack([population.nodes, population.nodes**2], axis=1)
        used, place = np.unique(cell, return_inverse=True)
        prior = population.prior(self.group[used], self.covariates[used])
        moments = Moments(weight=np.ones(len(cell)), posterior=mass @ powers,
                          expected=(prior @ powers)[place], mass=np.empty((0, 0)))  # fmt: skip
        return one.rows_of_gradient(population, moments)

    def powers(self, population: Population) -> Floats:
        """The polynomials of a smooth density at the nodes."""
        return basis(len(population.nodes), self.moments or 0)

    def constraints(self, population: Population, *, reference: int, count: int) -> Floats:
        """How mean and variance of the reference group's smooth density answer to the parameters.

        The scale is set where the first `count` of them do not move: count by parameters.
        """
        if not self.smooth or population.mass is None or not count:
            return np.empty((0, 0))
        mass, powers = population.mass[reference], self.powers(population)
        apart = population.nodes - population.mean[reference]
        moved = np.stack([apart, apart**2])[:count]
        found = np.zeros((count, len(population.mass), powers.shape[1]))
        found[:, reference] = (moved * mass) @ (powers - mass @ powers)
        return found.reshape(count, -1)

    def _density_scores(self, population: Population, group: Codes, mass: Floats) -> Floats:
        powers, prior = self.powers(population), np.asarray(population.mass)
        apart = mass @ powers - (prior @ powers)[group]
        found = np.zeros((len(mass), len(prior), powers.shape[1]))
        found[np.arange(len(mass)), group] = apart
        return found.reshape(len(mass), -1)

    def maximised(self, population: Population, moments: Moments) -> Population:
        """The M-step: regression on the posterior means, and residual variances by group.

        As usual the moments are those of the whole normal density, which the nodes must hold.
        """
        if self.free_mass:
            return self._massed(population, moments.mass)
        values, design = self.values(population), self.design()
        if design.shape[1]:
            apart = moments.posterior[:, 0] - moments.weight * self._means(population)
            variance = population.variance[self.group]
            gram = (design * (moments.weight / variance)[:, None]).T @ design
            step = np.linalg.lstsq(gram, design.T @ (apart / variance))[0]
            values[: len(step)] += step
        shifted = self.at(population, values)
        return self._spread(shifted, moments)

    def _massed(self, population: Population, mass: Floats) -> Population:
        """New masses by group: the posterior's, perhaps smoothed."""
        share = mass / mass.sum(axis=1, keepdims=True)
        if population.gamma is not None:
            pairs = zip(share, population.gamma, strict=True)
            return with_density(population, np.stack([smoothed(new, old) for new, old in pairs]))
        share = np.maximum(share, LEAST_MASS)
        return with_mass(population, share / share.sum(axis=1, keepdims=True))

    def _spread(self, population: Population, moments: Moments) -> Population:
        """The same with new variances by group."""
        if not self.free_variance.any():
            return population
        squares = _squares(moments.posterior, moments.weight, self._means(population))
        groups = len(population.variance)
        weight = np.bincount(self.group, weights=moments.weight, minlength=groups)
        new = np.bincount(self.group, weights=squares, minlength=groups) / weight
        chosen = np.where(self.free_variance, new, population.variance)
        return replace(population, variance=np.maximum(chosen, _LEAST_VARIANCE))

    def _means(self, population: Population) -> Floats:
        return population.means(self.group, self.covariates)


def _squares(moments: Floats, weight: Floats | float, mean: Floats) -> Floats:
    """Sums of squares about a mean by cell, from the first two moments about 0."""
    return np.asarray(moments[:, 1] - 2 * mean * moments[:, 0] + weight * mean**2)


def with_density(population: Population, gamma: Floats) -> Population:
    """The population with a smooth density of the given coefficients, groups by moments."""
    mass = np.stack([density(one, len(population.nodes)) for one in gamma])
    return replace(with_mass(population, mass), gamma=gamma)


def with_mass(population: Population, share: Floats) -> Population:
    """The population with the given mass by group and node, and the moments of it."""
    mean = share @ population.nodes
    variance = share @ population.nodes**2 - mean**2
    return replace(population, mass=share, mean=mean, variance=variance)
