"""The share above cuts on one or two traits, for any group, from one population given covariates.

The items of each trait come from its own calibration and are held while the population is found; the
variance adds each person's influence on the population, on the items and through both on the cuts,
summed by PSU (Binder 1983), or over replicate weights to first order.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from analysis.awareness.cut import Cut
from analysis.awareness.item_effects import ItemEffects, slope_of
from analysis.awareness.joint_mass import Mass, Rule, mass_beyond
from analysis.awareness.joint_population import (
    JointPopulation,
    Settled,
    fit_population,
    follow_population,
)
from analysis.awareness.likelihoods import Likelihoods
from analysis.awareness.result import Budget
from analysis.columns import Floats
from analysis.design import Sample
from analysis.irt.fitted import FittedModel
from analysis.irt.items import ItemParameters
from analysis.linearize import covariance_of, degrees_of_freedom

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuts:
    """The cuts by place of the trait, how they join, and the covariance of their errors.

    The covariance is in the cuts' own units and order; None: errors by each cut's `se`, independent.
    """

    of: Mapping[int, Cut]
    rule: Rule = "both"
    covariance: tuple[tuple[float, ...], ...] | None = None

    @property
    def errors(self) -> Floats:
        """The covariance matrix of the cuts."""
        if self.covariance is not None:
            return np.array(self.covariance)
        return np.diag([cut.se**2 for cut in self.of.values()])


class JointShare(NamedTuple):
    """One group's share with its budget, and the shares of each trait alone in order of the cuts."""

    estimate: float
    budget: Budget
    df: float
    n: int
    margins: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JointModel:
    """A population of one or two traits, bound to the sample that it was estimated from.

    `used` are the rows of the sample that any item was answered in; `held` and `whole` are each used
    row's influence on the population with the items held and with their error.
    """

    sample: Sample
    used: Mask
    settled: Settled
    effects: tuple[ItemEffects, ...]
    held: Floats = field(repr=False)
    whole: Floats = field(repr=False)
    known_items: bool = False

    @classmethod
    def of(
        cls, calibrations: Sequence[FittedModel], design: Floats, *, sample: Sample, used: Mask,
        known_items: bool = False,
    ) -> "JointModel":  # fmt: skip
        """Find the population; rows of calibrations and design are the `used` rows of the sample.

        Raises:
            AnalysisError: the data do not determine the items or the population.
        """
        likelihoods = Likelihoods.of([one.responses for one in calibrations],
                                     [one.items for one in calibrations])  # fmt: skip
        weights = sample.weights[used] / sample.weights[used].mean()
        settled = fit_population(likelihoods, full_rank(design), weights)
        effects = () if known_items else tuple(
            ItemEffects.of(one, trait, likelihoods=likelihoods, settled=settled, weights=weights)
            for trait, one in enumerate(calibrations)
        )  # fmt: skip
        return cls._with(settled, effects, likelihoods, sample=sample, used=used)

    def given(self, design: Floats) -> "JointModel":
        """The same calibrated items with a population that has other conditions.

        Raises:
            AnalysisError: the data do not determine the population.
        """
        likelihoods = Likelihoods.of([one.calibration.responses for one in self.effects],
                                     [one.calibration.items for one in self.effects])  # fmt: skip
        weights = self.sample.weights[self.used] / self.sample.weights[self.used].mean()
        settled = fit_population(likelihoods, full_rank(design), weights)
        effects = tuple(one.on(settled, trait, likelihoods=likelihoods, weights=weights)
                        for trait, one in enumerate(self.effects))  # fmt: skip
        return self._with(settled, effects, likelihoods, sample=self.sample, used=self.used)

    def answered(self, calibrations: Sequence[FittedModel]) -> "JointModel":
        """The same people under other calibrations of their answers, in the same order.

        It is for shares: the items are held, and budgets are without their line.

        Raises:
            AnalysisError: the data do not determine the population.
        """
        likelihoods = Likelihoods.of([one.responses for one in calibrations],
                                     [one.items for one in calibrations])  # fmt: skip
        weights = self.sample.weights[self.used] / self.sample.weights[self.used].mean()
        settled = follow_population(likelihoods, self.settled, weights)
        return self._with(settled, (), likelihoods, sample=self.sample, used=self.used)

    @classmethod
    def _with(
        cls, settled: Settled, effects: tuple[ItemEffects, ...], likelihoods: Likelihoods, *,
        sample: Sample, used: Mask,
    ) -> "JointModel":  # fmt: skip
        """The model with the influence of every person."""
        scale = settled.information * sample.weights[used].mean()
        held = np.linalg.solve(scale, settled.population.scores(likelihoods).T).T
        whole = held + sum(one.persons @ one.carried for one in effects)
        return cls(sample=sample, used=used, settled=settled, effects=effects, held=held,
                   whole=whole, known_items=not effects)  # fmt: skip

    @property
    def population(self) -> JointPopulation:
        """The traits' distribution given the covariates."""
        return self.settled.population

    def shares(
        self, cuts: Cuts, thetas: Mapping[int, float], domains: Sequence[Mask]
    ) -> list[JointShare]:
        """The share of each domain (masks over the sample); nobody may be in none of them."""
        population = self.population
        mass = mass_beyond(population, dict(thetas), cuts.rule)
        alone = [mass_beyond(population, {t: theta}, cuts.rule).mass for t, theta in thetas.items()]
        slopes = _Slopes.of(self, mass, domains)
        return [
            JointShare(
                estimate=float(slopes.shares[place]), budget=budget,
                df=degrees_of_freedom(self.sample, inside & self.used),
                n=int((inside & self.used).sum()),
                margins=tuple(float(slopes.parts[place] @ one) for one in alone),
            )
            for place, (inside, budget) in enumerate(
                zip(domains, self._budgets(cuts, thetas, slopes), strict=True))
        ]  # fmt: skip

    def differences(
        self, cuts: Cuts, thetas: Mapping[int, float], pairs: Sequence[tuple[Mask, Mask]]
    ) -> list[JointShare]:
        """The share of each first domain less that of the second, with the error of the difference.

        All is linear in the shares, so their influences, and slopes on the cuts, are subtracted.
        """
        mass = mass_beyond(self.population, dict(thetas), cuts.rule)
        both = _Slopes.of(self, mass, [one for pair in pairs for one in pair])
        slopes = both.differences()
        return [
            JointShare(
                estimate=float(slopes.shares[place]), budget=budget,
                df=min(degrees_of_freedom(self.sample, one & self.used) for one in pair),
                n=int(((pair[0] | pair[1]) & self.used).sum()), margins=(),
            )
            for place, (pair, budget) in enumerate(
                zip(pairs, self._budgets(cuts, thetas, slopes), strict=True))
        ]  # fmt: skip

    def _budgets(
        self, cuts: Cuts, thetas: Mapping[int, float], slopes: "_Slopes"
    ) -> Iterator[Budget]:
        sampling, calibration = self._variances(cuts, thetas, slopes)
        panel = self._of_cuts(cuts, thetas, slopes)
        for place, variance in enumerate(sampling):
            yield Budget(
                sampling=float(variance),
                calibration=None if calibration is None else float(calibration[place]),
                cut=None if panel is None else float(panel[place]),
            )

    def _variances(
        self, cuts: Cuts, thetas: Mapping[int, float], slopes: "_Slopes"
    ) -> tuple[Floats, Floats | None]:
        """With the items held, and what their estimation adds."""
        direct = slopes.direct
        held = self._spread(direct + self.held @ slopes.by_population.T)
        if self.known_items:
            return held, None
        moved = direct + self.whole @ slopes.by_population.T
        for trait, theta in thetas.items():
            own = self.effects[trait]
            by_person = own.persons @ own.on_cut(cuts.of[trait], theta)
            moved -= np.outer(by_person, slopes.by_mean[:, trait])
        total = self._spread(moved)
        return np.minimum(held, total), np.maximum(total - held, 0.0)

    def _spread(self, influence: Floats) -> Floats:
        """Variances of statistics whose change by a unit of each used row's weight is given."""
        sample = self.sample
        rows = np.zeros((len(sample.weights), influence.shape[1]))
        rows[self.used] = influence
        if sample.replicates is None:
            return np.diag(covariance_of(sample, rows, sample.kept)).copy()
        each = np.array([(weights - sample.weights) @ rows
                         for weights in sample.replicates.weights()])  # fmt: skip
        return sample.replicates.variances(each, np.zeros(influence.shape[1]))[0]

    def _of_cuts(self, cuts: Cuts, thetas: Mapping[int, float], slopes: "_Slopes") -> Floats | None:
        """Variance from the errors of the panel."""
        errors = cuts.errors
        if not errors.any():
            return None
        by_cut = np.column_stack([
            -slopes.by_mean[:, trait] / slope_of(cuts.of[trait], self.items(trait), theta)
            for trait, theta in thetas.items()
        ])  # fmt: skip
        return np.asarray(np.einsum("di,ij,dj->d", by_cut, errors, by_cut))

    def items(self, trait: int) -> tuple[ItemParameters, ...]:
        """The calibrated items of a trait; none are needed where they are known."""
        return () if self.known_items else self.effects[trait].calibration.items


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Slopes:
    """Shares of domains with their slopes; `parts` are each used row's share of a domain's weight.

    `direct` is what a used row's own weight does through the mean over persons.
    """

    shares: Floats
    parts: Floats
    direct: Floats
    by_mean: Floats
    by_population: Floats

    @classmethod
    def of(cls, model: JointModel, mass: Mass, domains: Sequence[Mask]) -> "_Slopes":
        weights = model.sample.weights[model.used]
        inside = np.array([one[model.used] for one in domains], dtype=np.float64)
        totals = inside @ weights
        parts = inside * weights / totals[:, None]
        shares = parts @ mass.mass
        design = model.population.design
        by_coefficient = np.einsum("dn,nc,nt->dct", parts, design, mass.by_mean, optimize=True)
        return cls(
            shares=shares, parts=parts,
            direct=(inside / totals[:, None] * (mass.mass - shares[:, None])).T,
            by_mean=parts @ mass.by_mean,
            by_population=np.hstack([by_coefficient.reshape(len(domains), -1),
                                     parts @ mass.by_covariance]),
        )  # fmt: skip

    def differences(self) -> Self:
        """Each first of two rows less the second."""
        return replace(
            self, shares=_less(self.shares), parts=_less(self.parts),
            direct=_less(self.direct.T).T, by_mean=_less(self.by_mean),
            by_population=_less(self.by_population),
        )  # fmt: skip


def _less(rows: Floats) -> Floats:
    return np.asarray(rows[0::2] - rows[1::2])


def full_rank(design: Floats) -> Floats:
    """An orthogonal basis of the columns of a design, with mean square 1."""
    left, sizes, _ = np.linalg.svd(design, full_matrices=False)
    kept = sizes > 1e-8 * sizes[0]
    return np.asarray(left[:, kept] * np.sqrt(len(design)))


def frechet(margins: Sequence[float]) -> tuple[float, float]:
    """The least and the greatest joint share that two margins allow (Fréchet 1951)."""
    return max(0.0, sum(margins) - 1), min(margins)
