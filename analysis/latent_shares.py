"""Shares of people above the cuts of a study's dimensions, from the traits behind the scores.

A cut is declared as a share of a dimension's points. It is read as an expected score on the items of
the dimension, so that it lies where it lies whatever items a booklet asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import sqrt

import numpy as np

from analysis.awareness.cut import Cut
from analysis.awareness.joint import Cuts, JointModel, JointShare
from analysis.awareness.joint_mass import Rule as JointRule
from analysis.awareness.joint_mass import mass_beyond
from analysis.columns import Floats
from analysis.errors import AnalysisError
from analysis.intervals import logit_interval, t_interval
from analysis.irt.curves import probabilities
from analysis.irt.fitted import FittedModel
from analysis.result import Estimate
from analysis.shares import AVERAGE, Mask

OBSERVED = "observed_only"
"""Flag of a share that counts scores because no trait can be estimated at its cut."""
UNCONDITIONED = "not_conditioned"
"""Flag of a group that is no condition of the trait: its share leans towards that of everybody."""
PER_COVARIATE = 20
"""Respondents that a column of the latent regression needs at least."""
_APART = 1e-6
"""Part of a group that the conditions do not tell, from which on it counts as none of them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scale:
    """One dimension: its calibrated items, what their categories earn, and the panel's error.

    A cut is a share of the points of `standing`, the items that a panel judged, or of all items
    where none are named; `cut_se` is such a share too, 0 where the cut is no panel's.
    """

    dimension: str
    calibration: FittedModel
    points: Mapping[str, tuple[float, ...]]
    cut_se: float = 0.0
    standing: tuple[str, ...] = ()

    @property
    def stands_on(self) -> tuple[str, ...]:
        """The items of whose points a cut is a share."""
        return tuple(one for one in self.points if one in self.standing) or tuple(self.points)

    @property
    def most(self) -> float:
        """The points that these items together can earn."""
        return sum(self.points[name][-1] for name in self.stands_on)

    @property
    def model(self) -> str:
        """The names of the models of its items."""
        return " + ".join(sorted({item.model for item in self.calibration.items}))

    def cut(self, at_least: float) -> Cut:
        """A share of the points as an expected score on the items."""
        return Cut(value=at_least * self.most, se=self.cut_se * self.most,
                   items=self.stands_on, points=self.points)  # fmt: skip

    def at_cut(self, at_least: float) -> dict[str, float]:
        """By item, the chance of full credit exactly at a cut; nothing where nobody can be there."""
        items = self.calibration.items
        try:
            theta = np.array([self.cut(at_least).theta(items)])
        except AnalysisError:
            return {}
        return {one.item: float(probabilities(one, theta)[-1, 0]) for one in items}


@dataclass(frozen=True, kw_only=True, eq=False)
class LatentShares:
    """The traits of a study's respondents, to be asked for shares above any cuts."""

    scales: tuple[Scale, ...]
    model: JointModel
    conditioned_on: tuple[str, ...] = ()

    @cached_property
    def _places(self) -> dict[str, int]:
        return {scale.dimension: place for place, scale in enumerate(self.scales)}

    @cached_property
    def _found(self) -> dict[tuple[int, float], float]:
        return {}

    def measures(self, cuts: Mapping[str, float]) -> bool:
        """Whether every dimension that is cut has a trait."""
        return bool(cuts) and all(name in self._places for name in cuts)

    def estimates(
        self, cuts: Mapping[str, float], joint: JointRule, *, observed: Sequence[Estimate],
        inside: Sequence[Mask],
    ) -> list[Estimate]:  # fmt: skip
        """The latent share in the place of each observed one, which is kept beside it.

        Where nobody was asked, or nobody can have the expected score, the observed share stands.
        """
        asked = self._asked(cuts, joint)
        try:
            thetas = self.thetas(asked)
        except AnalysisError:
            return [replace(one, flags=(*one.flags, OBSERVED)) for one in observed]
        filled = [bool((mask & self.model.used).any()) and one.n > 0
                  for one, mask in zip(observed, inside, strict=True)]  # fmt: skip
        masks = [mask for mask, known in zip(inside, filled, strict=True) if known]
        found = iter(self.model.shares(asked, thetas, masks) if masks else ())
        return [self._flagged(_beside(next(found), one), mask) if known else one
                for one, known, mask in zip(observed, filled, inside, strict=True)]  # fmt: skip

    def points(
        self, cuts: Mapping[str, float], joint: JointRule, *, inside: Sequence[Mask]
    ) -> list[float]:
        """The latent shares alone, without their errors.

        Raises:
            AnalysisError: Nobody can have the expected score of a cut.
        """
        thetas, used = self.thetas(self._asked(cuts, joint)), self.model.used
        mass = mass_beyond(self.model.population, thetas, joint).mass
        weights = [self.model.sample.weights[used] * one[used] for one in inside]
        return [float(np.average(mass, weights=one)) for one in weights]

    def given(self, design: Floats) -> "LatentShares":
        """The same scales with a population that has other conditions, the columns of `design`.

        Raises:
            AnalysisError: The data do not determine that population.
        """
        return replace(self, model=self.model.given(design))

    def conditions_on(self, inside: Mask) -> bool:
        """Whether a group lies in the span of the conditions, so that its share is its own."""
        design, own = self.model.population.design, inside[self.model.used].astype(float)
        left = own - design @ (design.T @ own) / len(design)
        return bool(left @ left <= _APART * (own @ own))

    def _flagged(self, one: Estimate, inside: Mask) -> Estimate:
        return (
            one if self.conditions_on(inside) else replace(one, flags=(*one.flags, UNCONDITIONED))
        )

    def differences(
        self, cuts: Mapping[str, float], joint: JointRule, *, of: str,
        pairs: Sequence[tuple[Mask, Mask]],
    ) -> list[Estimate | None]:  # fmt: skip
        """Shares of the first masks less those of the second; None where either has nobody."""
        asked, used = self._asked(cuts, joint), self.model.used
        filled = [bool((one & used).any() and (other & used).any()) for one, other in pairs]
        known = [pair for pair, full in zip(pairs, filled, strict=True) if full]
        found = iter(self.model.differences(asked, self.thetas(asked), known) if known else ())
        return [_difference(of, next(found)) if full else None for full in filled]

    def reaches(self, cuts: Mapping[str, float], joint: JointRule) -> bool:
        """Whether every dimension that is cut has a trait on which somebody can be at the cut."""
        try:
            return self.measures(cuts) and bool(self.thetas(self._asked(cuts, joint)))
        except AnalysisError:
            return False

    def _asked(self, cuts: Mapping[str, float], joint: JointRule) -> Cuts:
        """The cuts by place of their trait."""
        return Cuts(of={self._places[name]: self.scales[self._places[name]].cut(at)
                        for name, at in sorted(cuts.items(), key=lambda one: self._places[one[0]])},
                    rule=joint)  # fmt: skip

    def thetas(self, cuts: Cuts) -> dict[int, float]:
        """The cuts as values of the traits, each worked out once."""
        for place, cut in cuts.of.items():
            if (place, cut.value) not in self._found:
                theta = cut.theta(self.scales[place].calibration.items)
                self._found[place, cut.value] = theta
        return {place: self._found[place, cut.value] for place, cut in cuts.of.items()}

    @property
    def correlation(self) -> float | None:
        """Between the two traits among everybody: within groups and between them."""
        population = self.model.population
        if population.traits == 1:
            return None
        weights = self.model.sample.weights[self.model.used]
        spread = population.covariance + np.cov(population.means.T, aweights=weights)
        return float(spread[0, 1] / sqrt(spread[0, 0] * spread[1, 1]))


def _beside(found: JointShare, observed: Estimate) -> Estimate:
    """The latent share as an estimate, with the observed one and the budget."""
    point, variance = found.estimate, found.budget.total
    se = sqrt(variance)
    sampled = variance - (found.budget.cut or 0.0)
    simple = point * (1 - point) / max(found.n - 1, 1)
    known = se > 0 and found.df > 0 and 0 < point < 1
    low, high = logit_interval(point, se, found.df, observed.confidence) if known else (None, None)
    return replace(
        observed, estimate=point, se=se if known else None,
        ci=(None, None) if low is None or high is None else (float(low), float(high)),
        df=found.df, cv=se / point if known else None, deff=sampled / simple if known else None,
        n=found.n, n_eff=found.n * simple / sampled if known else None,
        flags=tuple(flag for flag in observed.flags if flag not in (AVERAGE, "p_at_bound")),
        observed=observed, budget=found.budget, margins=found.margins,
    )  # fmt: skip


def _difference(of: str, found: JointShare) -> Estimate:
    se = sqrt(found.budget.total)
    known = se > 0 and found.df > 0
    low, high = t_interval(found.estimate, se, found.df, 0.95) if known else (None, None)
    return Estimate(
        of=of, estimate=found.estimate, se=se if known else None,
        ci=(None, None) if low is None or high is None else (float(low), float(high)),
        df=found.df, n=found.n, budget=found.budget,
    )  # fmt: skip
