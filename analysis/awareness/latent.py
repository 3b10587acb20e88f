"""The share above the cut from the population itself: no person's score is ever counted.

Counting scores misses the share, because estimates spread less (EAP) or more (WLE) than the trait;
the latent regression does not (Mislevy 1991; Mislevy, Beaton, Kaplan & Sheehan 1992). Its variance
is that of the persons' influence, summed by PSU (Binder 1983), or of replicates in which the
items, the population and the cut are found again. A density that is not normal has replicates to
first order.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from analysis.awareness.linearized import Influence, influence_on
from analysis.awareness.population import MOMENTS, conditioned, moments_of, recalibrated
from analysis.awareness.question import Question, Shares, shares_of
from analysis.awareness.result import AwarenessRow, Budget
from analysis.columns import Floats
from analysis.errors import AnalysisError
from analysis.irt.fit import refit
from analysis.irt.fitted import FittedModel
from analysis.linearize import degrees_of_freedom
from analysis.replicates import Replicates

_LEAST = 1e-6
"""A replicate weight of 0, as a part of the mean weight: the fit asks for weights above it."""
_TELLING = 1.96
"""Standard errors of a difference beyond which it is not chance."""


def latent(asked: Question) -> list[AwarenessRow]:
    """A row for each domain, with sampling, calibration, cut and linking in the budget."""
    if asked.density == "npml":
        return _beside_normal(asked)
    found, replicates = _Found.of(asked), asked.sample.replicates
    if replicates is None:
        return found.rows(*_split(asked, found.influence))
    sampling, calibration, lost = _replicated(found, replicates)
    return found.rows(sampling, calibration, flags=(f"replicates_lost: {lost}",) if lost else ())


def _split(asked: Question, found: Influence) -> tuple[Shares, Shares | None]:
    """Variance with the items held, and what their estimation adds."""
    held = asked.variances(found.held)
    if found.by_items is None:
        return held, None
    total = asked.variances(found.whole)
    return np.minimum(held, total), np.maximum(total - held, 0.0)


def _beside_normal(asked: Question) -> list[AwarenessRow]:
    """Shares under a free density, with those of the normal model beside them.

    The items are calibrated again under that density. A flag says where the two differ by more than
    chance (Hausman 1978): the normal share is then biased.
    """
    normal = _Found.of(replace(asked, density="normal"))
    if not asked.known_items:
        asked = replace(asked, calibration=asked.smooth or recalibrated(asked.calibration))
    found = _Found.of(asked)
    influence = found.influence
    gap = found.shares - normal.shares
    error = np.sqrt(asked.variances(influence.whole - normal.influence.whole))
    rows = found.rows(*_split(asked, influence))
    return [
        replace(row, flags=(*row.flags, *(["normal_model_differs"] if abs(one) > _TELLING * own else [])),
                further={**row.further, "normal": float(share), "difference_se": float(own)})
        for row, one, own, share in zip(rows, gap, error, normal.shares, strict=True)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Found:
    """A population with the shares that it has."""

    asked: Question
    population: FittedModel
    shares: Shares

    @classmethod
    def of(cls, asked: Question) -> Self:
        """Find the population, the items held."""
        items = asked.calibration.items
        population = conditioned(items, asked.responses, density=asked.density)
        return cls(asked=asked, population=population,
                   shares=shares_of(asked, population.population, items))  # fmt: skip

    def _fewer_moments(self) -> tuple[str, ...]:
        kept = moments_of(self.population)
        return () if kept is None or kept == MOMENTS else (f"moments: {kept}",)

    @property
    def influence(self) -> Influence:
        """What each person's weight does to the shares."""
        return influence_on(self.asked, self.population, self.shares)

    def rows(
        self, sampling: Shares, calibration: Shares | None, *, flags: tuple[str, ...] = ()
    ) -> list[AwarenessRow]:
        """The shares with their budgets."""
        asked, settled = self.asked, self.population.converged and self.asked.calibration.converged
        flags = (*flags, *([] if settled else ["not_converged"]), *self._fewer_moments())
        cut = _by_cut(asked, self.population) if asked.cut.se else None
        linking = _by_link(asked, self.population) if asked.link_error else None
        theta = None if asked.statistic == "mean" else asked.cut.theta(asked.calibration.items)
        lines = {"sampling": sampling, "calibration": calibration, "cut": cut, "linking": linking}
        return [
            AwarenessRow(
                by=domain.by, cut=theta, estimate=float(self.shares[place]), flags=flags,
                budget=Budget(**{name: float(line[place]) for name, line in lines.items()
                                 if line is not None}),
                df=degrees_of_freedom(asked.sample, domain.inside), n=int(domain.inside.sum()),
                statistic=asked.statistic,
            )
            for place, domain in enumerate(asked.domains)
        ]  # fmt: skip


def _replicated(found: _Found, replicates: Replicates) -> tuple[Shares, Shares | None, int]:
    """Variance over replicates in which items, population and cut are found again."""
    asked, held, whole = found.asked, [], []
    for every in replicates.weights():
        weights = every[asked.persons]
        held.append(_again(asked, found.population, weights, items=None))
        if not asked.known_items:
            whole.append(_again(asked, found.population, weights, items=asked.calibration))
    fixed, lost = replicates.variances(np.array(held), found.shares)
    if asked.known_items:
        return fixed, None, int(lost.max(initial=0))
    total, lost = replicates.variances(np.array(whole), found.shares)
    return np.minimum(fixed, total), np.maximum(total - fixed, 0.0), int(lost.max(initial=0))


def _again(
    asked: Question, population: FittedModel, weights: Floats, *, items: FittedModel | None
) -> Shares:
    """The shares under a replicate's weights, with the items calibrated again or held."""
    try:
        if items is None:
            found = refit(population, weights)
            return shares_of(asked, found.population, asked.calibration.items, weights=weights)
        again = refit(items, weights)
        own = replace(asked.responses, weights=np.maximum(weights, _LEAST * weights.mean()))
        found = conditioned(again.items, own, density=asked.density)
        return shares_of(asked, found.population, again.items, weights=weights)
    except AnalysisError:
        return np.full(len(asked.domains), np.nan)


def _by_cut(asked: Question, population: FittedModel) -> Shares:
    """(dT/dcut)² var(cut), the slope over a tenth of the cut's own error."""
    step = asked.cut.se / 10
    items = asked.calibration.items
    ends = [shares_of(asked, population.population, items, shift=sign * step) for sign in (1, -1)]
    return np.asarray(((ends[0] - ends[1]) / (2 * step) * asked.cut.se) ** 2)


def _by_link(asked: Question, population: FittedModel) -> Shares:
    error = asked.link_error or 0.0
    items = asked.calibration.items
    ends = [
        shares_of(asked, population.population, items, move=sign * error / 10) for sign in (1, -1)
    ]
    return np.asarray(((ends[0] - ends[1]) / (2 * error / 10) * error) ** 2)
