"""How the share above the cut answers to the cut: a curve, so that nobody has to take one number."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.awareness.cut import Cut
from analysis.awareness.population import conditioned, mass_above
from analysis.columns import Floats
from analysis.errors import AnalysisError
from analysis.irt.fitted import FittedModel
from analysis.irt.population import Population
from instruments.errors import Problem
from instruments.language import say


@dataclass(frozen=True, slots=True, kw_only=True)
class AtCut:
    """The latent share at one cut; `theta` is None where nobody can have that expected score."""

    cut: float
    theta: float | None
    share: float | None


def sensitivity(
    fitted: FittedModel, cut: Cut, *, weights: Floats | None = None,
    at: Sequence[float] | None = None, count: int = 21,
) -> list[AtCut]:  # fmt: skip
    """The share of the population of `fitted` above each cut of `at`, items and population held.

    Without `at` the cuts are `count` even ones from two standard errors below to two above.

    Raises:
        AnalysisError: The cut has no error and no cuts are given.
    """
    if at is None and not cut.se > 0:
        raise AnalysisError(Problem(
            where="cut_se", what=say("the cut has no standard error to look around it."),
            hint=say("Give cut_se, or the cuts themselves under `at`."),
        ))  # fmt: skip
    values = (
        np.linspace(cut.value - 2 * cut.se, cut.value + 2 * cut.se, count) if at is None else at
    )
    population = conditioned(fitted.items, fitted.responses).population
    own = np.ones(len(fitted.responses)) if weights is None else weights
    return [_at(fitted, population, replace(cut, value=float(value)), own) for value in values]


def _at(fitted: FittedModel, population: Population, cut: Cut, weights: Floats) -> AtCut:
    try:
        theta = cut.theta(fitted.items)
    except AnalysisError:
        return AtCut(cut=cut.value, theta=None, share=None)
    mass = mass_above(population, fitted.responses, theta)
    return AtCut(cut=cut.value, theta=theta, share=float(weights @ mass / weights.sum()))
