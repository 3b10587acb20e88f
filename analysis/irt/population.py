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
from analysis.irt.smoothing import smoothed

Density = Literal["normal", "npml"]
Mask = NDArray[np.bool_]
_LEAST_VARIANCE = 1e-6
LEAST_MASS = 1e-16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Population:
    """The distribution of the trait, which is the prior of a person.

    `mean` and `variance` are by group (of the residuals where there are covariates). For npml `mass`
    is groups by nodes, and mean and variance follow from it.
    """

    nodes: Floats
    groups: tuple[str | None, ...] = (None,)
    mean: Floats
    variance: Floats
    coefficients: Floats
    covariate_names: tuple[str, ...] = ()
    mass: Floats | None = None

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

    A free mass is smoothed to so many `moments`, unless None.
    """

    group: Codes
    covariates: Floats
    free_mean: Mask
    free_variance: Mask
    free_coefficients: bool
    free_mass: bool
    moments: int | None = None

    def parameters(self, population: Population) -> tuple[Parameter, ...]:
        """Names of the free parameters: means, coefficients, variances; a mass has none."""
        kind: Kind = "residual_variance" if len(population.covariate_names) else "variance"
        groups = population.groups
        free_groups = [groups[g] for g in np.flatnonzero(self.free_mean)]
        names = population.covariate_names if self.free_coefficients else ()
        return (
            *(Parameter(of=group, kind="mean") for group in free_groups),
            *(Parameter(of=name, kind="coefficient") for name in names),
            *(Parameter(of=groups[g], kind=kind) for g in np.flatnonzero(self.free_variance)),
        )  # fmt: skip

    def values(self, population: Population) -> Floats:
        """The free parameters in that order."""
        beta = population.coefficients if self.free_coefficients else np.empty(0)
        return np.concatenate([
            population.mean[self.free_mean], beta, population.variance[self.free_variance]
        ])  # fmt: skip

    def at(self, population: Population, values: Floats) -> Population:
        """The population with other values of the free parameters."""
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
        one = replace(self, group=self.group[cell], covariates=self.covariates[cell])
        powers = np.stack([population.nodes, population.nodes**2], axis=1)
        used, place = np.unique(cell, return_inverse=True)
        prior = population.prior(self.group[used], self.covariates[used])
        moments = Moments(weight=np.ones(len(cell)), posterior=mass @ powers,
                          expected=(prior @ powers)[place], mass=np.empty((0, 0)))  # fmt: skip
        return one.rows_of_gradient(population, moments)

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
        if self.moments is not None and population.mass is not None:
            pairs = zip(share, population.mass, strict=True)
            share = np.stack([smoothed(new, old, self.moments) for new, old in pairs])
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


def with_mass(population: Population, share: Floats) -> Population:
    """The population with the given mass by group and node, and the moments of it."""
    mean = share @ population.nodes
    variance = share @ population.nodes**2 - mean**2
    return replace(population, mass=share, mean=mean, variance=variance)
