"""Who is above the cuts: normal mass beyond one cut, beyond both or either, with every derivative."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from analysis.awareness.joint_population import JointPopulation
from analysis.bivariate import density, distribution
from analysis.columns import Floats

Rule = Literal["both", "either", "average"]
_ROOT = np.sqrt(2 * np.pi)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mass:
    """Each person's mass, and its slopes in the means (n x D) and the covariance (n x lower triangle).

    The slope in a cut is that in the mean with the other sign.
    """

    mass: Floats
    by_mean: Floats
    by_covariance: Floats

    def combined(self, other: "Mass", own: float, others: float) -> "Mass":
        """A linear combination of two."""
        return Mass(
            mass=own * self.mass + others * other.mass,
            by_mean=own * self.by_mean + others * other.by_mean,
            by_covariance=own * self.by_covariance + others * other.by_covariance,
        )


def mass_beyond(population: JointPopulation, cuts: dict[int, float], rule: Rule) -> Mass:
    """The mass of everybody's own distribution beyond the cuts, given by place of the trait."""
    margins = [_margin(population, trait, cut) for trait, cut in cuts.items()]
    if len(margins) == 1:
        return margins[0]
    middle = margins[0].combined(margins[1], 0.5, 0.5)
    if rule == "average":
        return middle
    both = _both(population, cuts)
    return both if rule == "both" else middle.combined(both, 2.0, -1.0)


def _margin(population: JointPopulation, trait: int, cut: float) -> Mass:
    variance = population.covariance[trait, trait]
    h = (population.means[:, trait] - cut) / np.sqrt(variance)
    height = np.exp(-0.5 * h**2) / _ROOT
    by_mean = np.zeros((len(h), population.traits))
    by_mean[:, trait] = height / np.sqrt(variance)
    by_covariance = np.zeros((len(h), population.traits * (population.traits + 1) // 2))
    by_covariance[:, _diagonal(trait)] = -0.5 * height * h / variance
    return Mass(mass=np.asarray(special.ndtr(h)), by_mean=by_mean, by_covariance=by_covariance)


def _both(population: JointPopulation, cuts: dict[int, float]) -> Mass:
    """P(θ₁ > c₁, θ₂ > c₂) by Owen's T, slopes by Plackett's identity."""
    variances = np.diag(population.covariance)
    limits = np.array([cuts[0], cuts[1]])
    h = (population.means - limits) / np.sqrt(variances)
    rho = population.correlation or 0.0
    root = np.sqrt(1 - rho**2)
    height = np.exp(-0.5 * h**2) / _ROOT
    by_h = height * special.ndtr((h[:, ::-1] - rho * h) / root)
    by_rho = density(h[:, 0], h[:, 1], rho)
    each = -0.5 * (by_h * h + (rho * by_rho)[:, None]) / variances
    cross = by_rho / np.sqrt(variances.prod())
    return Mass(
        mass=distribution(h[:, 0], h[:, 1], rho), by_mean=by_h / np.sqrt(variances),
        by_covariance=np.column_stack([each[:, 0], cross, each[:, 1]]),
    )  # fmt: skip


def _diagonal(trait: int) -> int:
    """Place of a variance in the lower triangle by rows."""
    return trait * (trait + 3) // 2
