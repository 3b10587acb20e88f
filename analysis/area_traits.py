"""Areas on the trait: the population found again with every area as a condition of its own.

A latent share of a group is right only where the group is among the conditions of the trait's
distribution; without that an area is given what is typical of people like its own elsewhere, and areas
differ too little (Mislevy 1991; a gap between groups may shrink by almost half). An area in which too
few people were asked has no condition and so no latent share: it is flagged, and not counted instead.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.errors import AnalysisError
from analysis.latent_shares import PER_COVARIATE, LatentShares
from analysis.people import People
from analysis.result import Estimate
from analysis.rules import Rule
from instruments.language import Message, say

TOO_FEW = "few_for_trait"
"""Flag of an area without an estimate: its respondents are too few to find its own distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaShares:
    """A share for each area, on which method it rests, and what a reader must know of it.

    `people` have the areas among the conditions of their trait.
    """

    estimates: tuple[Estimate, ...]
    people: People
    is_latent: bool
    notes: tuple[Message, ...] = ()


def area_shares(
    people: People, rule: Rule, *, of: str, variable: str, levels: Sequence[str]
) -> AreaShares:
    """The share in every level of a variable, by the method of the headline.

    Where the headline counts observed scores, so do the areas. Otherwise each area with at least 20
    respondents is a condition of the trait; one with fewer keeps its place without an estimate.
    """
    traits = people.latent
    if traits is None or not traits.measures(rule.cuts):
        found = rule.shares_by(people, of=of, variable=variable, order=levels)
        return AreaShares(estimates=found, people=people, is_latent=False)
    groups = people.groups[variable]
    counts = groups[traits.model.used].value_counts()
    kept = [level for level in levels if counts.get(level, 0) >= PER_COVARIATE]
    own = _conditioned(traits, [(groups == level).to_numpy() for level in kept])
    asked = replace(people, latent=own or traits)
    found = rule.shares_by(asked, of=of, variable=variable, order=levels)
    if own is None:
        return AreaShares(estimates=tuple(map(_open, found)), people=asked, is_latent=True,
                          notes=(_UNSETTLED,))  # fmt: skip
    known = [one if one.by[variable] in kept or not one.n else _open(one) for one in found]
    return AreaShares(estimates=tuple(known), people=asked, is_latent=True)


def _conditioned(traits: LatentShares, areas: Iterable[np.ndarray]) -> LatentShares | None:
    """The traits given the areas too; None where their distribution cannot be found."""
    columns = [area[traits.model.used].astype(float) for area in areas]
    try:
        found = traits.given(np.column_stack([traits.model.population.design, *columns]))
    except AnalysisError:
        return None
    return None if found.model.settled.flags else found


def _open(one: Estimate) -> Estimate:
    """The area without an estimate; the count of those who have it stays, to be screened."""
    return replace(one, estimate=None, se=None, ci=(None, None), df=None, cv=None, deff=None,
                   n_eff=None, budget=None, margins=(), flags=(*one.flags, TOO_FEW))  # fmt: skip


_UNSETTLED = say("The distribution of the traits given the areas could not be found, so that no area "
                 "is judged: ask more people in each, or judge larger areas.")  # fmt: skip
