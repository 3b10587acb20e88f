"""Whether the trait is normal: a score test against a density with skewness and kurtosis.

The alternative is φ(z) {1 + γ₁ He₃(z)/6 + γ₂ He₄(z)/24} (Gram-Charlier type A), whose scores at the
normal model are the persons' posterior means of the two polynomials. What the items' and the
population's estimation takes of them is projected out by the cross-products of scores (Neyman 1959;
Rao 1948), so that nothing is fitted anew. The sum of what is left is compared with its variance by
the design; with the cross-products it also gives a first step towards γ₁ and γ₂.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.columns import Floats
from analysis.design import Sample
from analysis.irt.fitted import FittedModel
from analysis.linearize import covariance_of, degrees_of_freedom

_CERTAIN, _SKEW, _KURTOSIS = 0.01, 0.25, 0.5
"""From where on a departure is told: no chance, and enough to move a share by about a point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Normality:
    """The test with two degrees of freedom, and one-step estimates of skewness and excess kurtosis."""

    chi2: float
    p: float
    skewness: float
    kurtosis: float

    @property
    def fails(self) -> bool:
        """Whether the trait is not normal, by more than chance and by enough to matter."""
        far = abs(self.skewness) > _SKEW or abs(self.kurtosis) > _KURTOSIS
        return self.p < _CERTAIN and far


def normality(fitted: FittedModel, sample: Sample, rows: np.ndarray) -> Normality | None:
    """The test of a model with a normal density; None where there is none, or it is not determined.

    `rows` are the sample's rows that are the model's persons; with covariates each person has a
    mean of his own.
    """
    if fitted.population.mass is not None:
        return None
    left, known = _projected(fitted, _shape_scores(fitted))
    found = fitted.weights @ left
    influence = np.zeros((len(sample.weights), 2))
    influence[rows] = left
    variance = covariance_of(sample, influence, sample.weights > 0)
    if not np.linalg.cond(variance) < 1e10 or not np.linalg.cond(known) < 1e10:
        return None
    chi2 = float(found @ np.linalg.solve(variance, found))
    skewness, kurtosis = np.linalg.solve(known, found)
    return Normality(chi2=chi2, p=_chance(chi2, degrees_of_freedom(sample, sample.weights > 0)),
                     skewness=float(skewness), kurtosis=float(kurtosis))  # fmt: skip


def _chance(chi2: float, df: float) -> float:
    """Of a Wald statistic of two numbers whose variance has the design's `df` (Korn & Graubard 1990)."""
    if not 1 < df < np.inf:
        return float(stats.chi2.sf(chi2, 2))
    return float(stats.f.sf((df - 1) / df * chi2 / 2, 2, df - 1))


def _projected(fitted: FittedModel, shape: Floats) -> tuple[Floats, Floats]:
    """What the free parameters' scores leave of the shape's, and the weighted squares of it."""
    answered = fitted.responses.answered[:, None]
    weights = fitted.weights[:, None]
    size = len(fitted.parameters)
    inner, cross = np.zeros((size, size)), np.zeros((size, 2))
    for block, own in fitted.scores():
        weighted = np.where(answered[block], own * weights[block], 0.0)
        inner += weighted.T @ own
        cross += weighted.T @ shape[block]
    taken = np.linalg.lstsq(inner, cross, rcond=1e-10)[0]
    left = np.empty_like(shape)
    for block, own in fitted.scores():
        left[block] = np.where(answered[block], shape[block] - own @ taken, 0.0)
    return left, (left * weights).T @ left


def _shape_scores(fitted: FittedModel) -> Floats:
    """Each person's posterior mean of He₃(z)/6 and He₄(z)/24, z within his own population."""
    responses, population = fitted.responses, fitted.population
    found = np.empty((len(responses), 2))
    groups = np.zeros(len(responses), dtype=int) if responses.group is None else responses.group
    for block, mass in fitted.posterior():
        mean, spread = population.mean[groups[block]], population.variance[groups[block]] ** 0.5
        if population.covariate_names and responses.covariates is not None:
            mean = mean + responses.covariates[block] @ population.coefficients
        z = (population.nodes[None, :] - mean[:, None]) / spread[:, None]
        found[block, 0] = (mass * (z**3 - 3 * z)).sum(axis=1) / 6
        found[block, 1] = (mass * (z**4 - 6 * z**2 + 3)).sum(axis=1) / 24
    return found
