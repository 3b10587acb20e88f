"""The normal distribution of one or two traits given covariates, with the items held.

EM for the latent regression (Mislevy 1985; Bock & Aitkin 1981 on a grid of nodes), ended by Newton
steps on the score, whose derivative is also the information that the persons' influence needs.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple, Self

import numpy as np

from analysis.awareness.likelihoods import Likelihoods, Moments
from analysis.columns import Floats
from analysis.errors import AnalysisError
from instruments.errors import Problem
from instruments.language import say

_EM, _NEWTON, _CHORD = 500, 12, 30
_NEAR, _SETTLED = 1e-4, 1e-7
_STEP = 1e-4
_SINGULAR = 1e-6
"""Information of a person below which nothing is known of a parameter."""
_EDGE = 0.995
"""A correlation beyond it is at the edge: two traits are then one."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JointPopulation:
    """Means are `design` (persons by columns) times `coefficients` (columns by traits)."""

    design: Floats
    coefficients: Floats
    covariance: Floats

    @property
    def means(self) -> Floats:
        """Each person's own mean, persons by traits."""
        return np.asarray(self.design @ self.coefficients)

    @property
    def traits(self) -> int:
        """How many traits there are."""
        return len(self.covariance)

    @property
    def correlation(self) -> float | None:
        """Residual correlation of two traits given the covariates."""
        if self.traits == 1:
            return None
        return float(self.covariance[0, 1] / np.sqrt(self.covariance[0, 0] * self.covariance[1, 1]))

    @property
    def values(self) -> Floats:
        """Free parameters: coefficients by column, then the covariance's lower triangle."""
        return np.concatenate([self.coefficients.ravel(), self.covariance[_places(self.traits)]])

    def at(self, values: Floats) -> Self:
        """The population at other free parameters."""
        size = self.coefficients.size
        covariance = np.empty_like(self.covariance)
        rows, columns = _places(self.traits)
        covariance[rows, columns] = covariance[columns, rows] = values[size:]
        return replace(self, coefficients=values[:size].reshape(self.coefficients.shape),
                       covariance=covariance)  # fmt: skip

    def moments(self, likelihoods: Likelihoods) -> Moments:
        """Posterior moments of every person."""
        return likelihoods.moments(self.means, self.covariance)

    def local(self, likelihoods: Likelihoods) -> Floats:
        """Each person's gradient in the own mean, then in the covariance's lower triangle."""
        found, means = self.moments(likelihoods), self.means
        return self.gradients(found.first - means, _around(found, means))

    def gradients(self, first: Floats, second: Floats) -> Floats:
        """The same from the moments about the means (… x D and … x D x D), whatever they are given."""
        inverse = np.linalg.inv(self.covariance)
        rows, columns = _places(self.traits)
        inner = inverse @ second @ inverse - inverse
        lower = inner[..., rows, columns] * np.where(rows == columns, 0.5, 1.0)
        return np.concatenate([first @ inverse, lower], axis=-1)

    def expanded(self, local: Floats) -> Floats:
        """Gradients in the free parameters, persons by parameters."""
        pulls, lower = local[:, : self.traits], local[:, self.traits :]
        rows = self.design[:, :, None] * pulls[:, None, :]
        return np.hstack([rows.reshape(len(local), -1), lower])

    def scores(self, likelihoods: Likelihoods) -> Floats:
        """Each person's gradient of the log-likelihood, persons by free parameters."""
        return self.expanded(self.local(likelihoods))


class Settled(NamedTuple):
    """A population, minus the derivative of its score, and what to know of the fit."""

    population: JointPopulation
    information: Floats
    flags: tuple[str, ...]


def fit_population(likelihoods: Likelihoods, design: Floats, weights: Floats) -> Settled:
    """Maximum likelihood with person weights; `design` has full column rank.

    Raises:
        AnalysisError: the information is singular, so that the data do not determine the traits.
    """
    traits = len(likelihoods.tables)
    start = JointPopulation(design=design, coefficients=np.zeros((design.shape[1], traits)),
                            covariance=np.eye(traits))  # fmt: skip
    near = _climb(likelihoods, start, weights)
    found, information, settled = _polish(likelihoods, near, weights)
    return Settled(found, information, _flags(found, settled=settled))


def follow_population(likelihoods: Likelihoods, near: Settled, weights: Floats) -> Settled:
    """Maximum likelihood from a population nearby, by steps with its information (chord method).

    The information stays that of `near`. Where the steps do not settle the search begins anew.

    Raises:
        AnalysisError: the information is singular, so that the data do not determine the traits.
    """
    population = near.population
    for _ in range(_CHORD):
        step = np.linalg.solve(near.information, weights @ population.scores(likelihoods))
        population = population.at(population.values + step)
        if np.linalg.eigvalsh(population.covariance)[0] <= 0:
            break
        if np.abs(step).max() < _SETTLED:
            return Settled(population, near.information, _flags(population, settled=True))
    return fit_population(likelihoods, near.population.design, weights)


def _flags(found: JointPopulation, *, settled: bool) -> tuple[str, ...]:
    flags = [] if settled else ["not_converged"]
    flags += ["correlation_at_edge"] if abs(found.correlation or 0.0) > _EDGE else []
    return tuple(flags)


def _climb(
    likelihoods: Likelihoods, population: JointPopulation, weights: Floats
) -> JointPopulation:
    """EM until a step changes no parameter by more than 1e-4."""
    weighted = population.design * weights[:, None]
    gram = np.linalg.inv(weighted.T @ population.design)
    for _ in range(_EM):
        found = population.moments(likelihoods)
        coefficients = gram @ (weighted.T @ found.first)
        around = _around(found, population.design @ coefficients)
        covariance = np.einsum("n,nij->ij", weights, around) / weights.sum()
        after = replace(population, coefficients=coefficients, covariance=covariance)
        change = np.abs(after.values - population.values).max()
        population = after
        if change < _NEAR:
            break
    return population


def _polish(
    likelihoods: Likelihoods, population: JointPopulation, weights: Floats
) -> tuple[JointPopulation, Floats, bool]:
    """Newton steps with one derivative, taken again where the last step ends."""
    information = _information(likelihoods, population, weights)
    for _ in range(_NEWTON):
        step = _solved(information, weights @ population.scores(likelihoods), people=weights.sum())
        after = population.at(population.values + step)
        if np.linalg.eigvalsh(after.covariance)[0] <= 0:
            return population, information, False
        population = after
        if np.abs(step).max() < _SETTLED:
            return population, _information(likelihoods, population, weights), True
    return population, information, False


def _information(likelihoods: Likelihoods, population: JointPopulation, weights: Floats) -> Floats:
    """Minus the derivative of the weighted score, by central differences in what is each person's own."""
    traits, design = population.traits, population.design
    slopes = np.stack([_slope(likelihoods, population, place)
                       for place in range(traits * (traits + 3) // 2)], axis=2)  # fmt: skip
    weighted = design * weights[:, None]
    means = np.einsum("nc,nij,nd->cidj", weighted, slopes[:, :traits, :traits], design,
                      optimize=True)  # fmt: skip
    across = np.einsum("nc,nis->cis", weighted, slopes[:, :traits, traits:])
    lower = np.einsum("n,nrs->rs", weights, slopes[:, traits:, traits:])
    size = design.shape[1] * traits
    across = across.reshape(size, -1)
    found = np.block([[means.reshape(size, size), across], [across.T, lower]])
    return np.asarray(-(found + found.T) / 2)


def _slope(likelihoods: Likelihoods, population: JointPopulation, place: int) -> Floats:
    """The derivative of everybody's own gradient in all means of one trait, or in one covariance."""
    traits = population.traits
    ends = []
    for sign in (1, -1):
        means, covariance = population.means, population.covariance.copy()
        if place < traits:
            means[:, place] += sign * _STEP
        else:
            row, column = (side[place - traits] for side in _places(traits))
            covariance[row, column] = covariance[column, row] = (
                covariance[row, column] + sign * _STEP
            )
        found = likelihoods.moments(means, covariance)
        moved = replace(population, covariance=covariance)
        ends.append(moved.gradients(found.first - means, _around(found, means)))
    return np.asarray((ends[0] - ends[1]) / (2 * _STEP))


def _solved(information: Floats, score: Floats, *, people: float) -> Floats:
    if np.linalg.eigvalsh(information)[0] <= _SINGULAR * people:
        raise AnalysisError(Problem(
            where="awareness",
            what=say("the data do not determine the distribution of the traits."),
            hint=say("Ask more items, or condition on fewer variables."),
        ))  # fmt: skip
    return np.asarray(np.linalg.solve(information, score))


def _around(found: Moments, means: Floats) -> Floats:
    """Second moments about the means, persons by traits by traits."""
    cross = found.first[:, :, None] * means[:, None, :]
    outer = means[:, :, None] * means[:, None, :]
    return np.asarray(found.second - cross - cross.transpose(0, 2, 1) + outer)


def _places(traits: int) -> tuple[np.ndarray, np.ndarray]:
    return np.tril_indices(traits)
