"""What is asked of a latent trait: above which cut, of whom, from which calibration."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.awareness.cut import Cut
from analysis.awareness.domains import Domain
from analysis.awareness.population import mass_above, means_of
from analysis.awareness.result import Statistic
from analysis.columns import Codes, Floats
from analysis.design import Sample
from analysis.irt.fitted import FittedModel
from analysis.irt.items import ItemParameters
from analysis.irt.population import Density, Population
from analysis.irt.responses import ItemResponses
from analysis.linearize import covariance_of

Shares = Floats
"""One number for each domain."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """What is asked: a cut or the mean, for which groups, of which sample.

    `calibration` is the model that the items come from; `responses` are the same persons with the
    groups or covariates on which the trait is conditioned. `known_items` are constants, so that
    their error is no line of the budget. `rows` are the sample's rows that are these persons, all of
    them unless given; domains are masks over the sample. `smooth` is the same calibration under a smooth
    density, where that has been found before.
    """

    calibration: FittedModel
    responses: ItemResponses
    sample: Sample
    domains: Sequence[Domain]
    cut: Cut
    statistic: Statistic = "share"
    density: Density = "normal"
    link_error: float | None = None
    known_items: bool = False
    rows: Codes | None = None
    smooth: FittedModel | None = None

    @property
    def persons(self) -> Codes:
        """The sample's rows that are the persons of the model."""
        return np.arange(len(self.sample.weights)) if self.rows is None else self.rows

    @property
    def weights(self) -> Floats:
        """The persons' weights in the sample."""
        return self.sample.weights[self.persons]

    @property
    def masks(self) -> list[np.ndarray]:
        """Which persons each domain has."""
        return [one.inside[self.persons] for one in self.domains]

    def variances(self, influence: Floats) -> Shares:
        """Variances by the design of statistics of these persons, who are a domain of the sample.

        Replicate weights act to first order.
        """
        sample = self.sample
        whole = np.zeros((len(sample.weights), influence.shape[1]))
        whole[self.persons] = influence
        if sample.replicates is None:
            return np.diag(covariance_of(sample, whole, sample.weights > 0)).copy()
        each = np.array([(weights - sample.weights) @ whole
                         for weights in sample.replicates.weights()])  # fmt: skip
        return sample.replicates.variances(each, np.zeros(whole.shape[1]))[0]


def shares_of(
    asked: Question, population: Population, items: Sequence[ItemParameters], *,
    weights: Floats | None = None, shift: float = 0.0, move: float = 0.0,
) -> Shares:  # fmt: skip
    """The share (or mean) of each domain; the cut moved by `shift`, its trait value by `move`."""
    own = asked.weights if weights is None else weights
    if asked.statistic == "mean":
        values = means_of(population, asked.responses)
    else:
        theta = asked.cut.theta(items, shift=shift) + move
        values = mass_above(population, asked.responses, theta)
    return np.array([_mean(values, np.where(inside, own, 0.0)) for inside in asked.masks])


def _mean(values: Floats, weights: Floats) -> float:
    total = weights.sum()
    return float(weights @ values / total) if total > 0 else float("nan")
