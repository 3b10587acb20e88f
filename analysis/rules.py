"""What a person must reach to be counted, and the share of people who do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.people import People
from analysis.result import Estimate
from analysis.shares import Mask, difference, passes, share, shares_by
from instruments.plan import JointRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a person's scores must reach, by dimension, and how several cuts join."""

    cuts: Mapping[str, float]
    joint: JointRule = "both"

    def holds(self, people: People) -> "pd.Series[float]":
        """1 for each person of whom it holds, 0 or a part for others, NaN where not known."""
        return passes(people.scores, self.cuts, joint=self.joint)

    def share(
        self, people: People, *, of: str, by: Mapping[str, str] | None = None,
        where: Mask | None = None,
    ) -> Estimate:  # fmt: skip
        """The latent share where the traits are known, with the observed one beside it."""
        observed = share(people.sample, self.holds(people), of=of, by=by, where=where)
        inside = people.everyone() if where is None else where
        return self._latent(people, [observed], [inside])[0]

    def shares_by(
        self, people: People, *, of: str, variable: str, order: Sequence[str] = ()
    ) -> tuple[Estimate, ...]:
        """The same in every level of a grouping variable."""
        levels = people.groups[variable]
        observed = shares_by(people.sample, self.holds(people), of=of, variable=variable,
                             levels=levels, order=order)  # fmt: skip
        inside = [np.asarray(levels == one.by[variable], dtype=bool) for one in observed]
        return tuple(self._latent(people, observed, inside))

    def differences(
        self, people: People, *, of: str, inside: Sequence[Mask]
    ) -> list[Estimate | None]:  # fmt: skip
        """The share inside each mask less that of all other rows; None where either has nobody."""
        traits = people.latent
        if traits is not None and traits.reaches(self.cuts, self.joint):
            pairs = [(one, ~one) for one in inside]
            return traits.differences(self.cuts, self.joint, of=of, pairs=pairs)
        values = self.holds(people)
        found = (difference(people.sample, values, inside=one) for one in inside)
        return [None if one is None else replace(one, of=of) for one in found]

    def _latent(
        self, people: People, observed: Sequence[Estimate], inside: Sequence[Mask]
    ) -> list[Estimate]:
        traits = people.latent
        if traits is None or not traits.measures(self.cuts):
            return list(observed)
        return traits.estimates(self.cuts, self.joint, observed=observed, inside=inside)
