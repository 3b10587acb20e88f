"""Shares that count persons: by a score, by posterior mass, or by a test whose errors are known.

They stand beside the latent share and are not it: with 8 to 12 items counting misses the true share
by up to 8 points. Rogan & Gladen (1978, Am. J. Epidemiol. 107, 71-76) correct a count by the test's
sensitivity and specificity.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.awareness.cut import Cut
from analysis.awareness.domains import Domain
from analysis.awareness.plausible import weighted_means
from analysis.awareness.population import shares_above
from analysis.awareness.result import AwarenessRow, Budget, Statistic
from analysis.columns import Floats
from analysis.design import Sample
from analysis.errors import AnalysisError
from analysis.irt.fitted import FittedModel
from analysis.linearize import degrees_of_freedom
from instruments.errors import Problem
from instruments.language import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """How often a test says yes of those who have it, no of those who have not, and from how many."""

    sensitivity: float
    specificity: float
    n_sensitivity: int | None = None
    n_specificity: int | None = None


def counted(
    values: Floats, sample: Sample, domains: Sequence[Domain], *, cut: float | None,
    statistic: Statistic = "share", flags: tuple[str, ...] = (),
) -> list[AwarenessRow]:  # fmt: skip
    """The mean of `values` (a mark of each person, or a score) by domain."""
    rows = []
    for domain in domains:
        inside = domain.inside & np.isfinite(values)
        (mean,), (variance,) = weighted_means(values[:, None], sample, inside)
        rows.append(AwarenessRow(
            by=domain.by, cut=cut, estimate=float(mean), budget=Budget(sampling=float(variance)),
            df=degrees_of_freedom(sample, inside), n=int(inside.sum()), statistic=statistic,
            flags=flags,
        ))  # fmt: skip
    return rows


def posterior_shares(population: FittedModel, cut: Cut) -> Floats:
    """Each person's posterior mass above the cut."""
    theta = cut.theta(population.items)
    found = np.empty(len(population.responses))
    for rows, mass in population.posterior():
        found[rows] = shares_above(mass, population.population.nodes, theta)
    return found


def rogan_gladen(
    passed: Floats, sample: Sample, domains: Sequence[Domain], *, cut: float, validity: Validity
) -> list[AwarenessRow]:
    """(apparent + specificity - 1) / (sensitivity + specificity - 1), by domain."""
    quality = validity.sensitivity + validity.specificity - 1
    if quality <= 0:
        raise AnalysisError(_useless(validity))
    rows = []
    for row in counted(passed, sample, domains, cut=cut):
        corrected = (row.estimate + validity.specificity - 1) / quality
        outside = not 0 <= corrected <= 1
        rows.append(AwarenessRow(
            by=row.by, cut=cut, estimate=corrected, df=row.df, n=row.n,
            budget=Budget(sampling=row.budget.sampling / quality**2,
                          measurement=_of_validity(validity, corrected, quality)),
            flags=("outside_0_1",) if outside else (), further={"apparent": row.estimate},
        ))  # fmt: skip
    return rows


def _of_validity(given: Validity, corrected: float, quality: float) -> float | None:
    """Binomial variances of sensitivity and specificity, where their sample sizes are known."""
    if given.n_sensitivity is None or given.n_specificity is None:
        return None
    se, sp = given.sensitivity, given.specificity
    return (
        corrected**2 * se * (1 - se) / given.n_sensitivity
        + (1 - corrected) ** 2 * sp * (1 - sp) / given.n_specificity
    ) / quality**2


def _useless(given: Validity) -> Problem:
    return Problem(
        where="sensitivity",
        what=say("a test with sensitivity {sensitivity} and specificity {specificity} says nothing.",
                 sensitivity=f"{given.sensitivity:g}", specificity=f"{given.specificity:g}"),
        hint=say("Their sum must be above 1."),
    )  # fmt: skip
