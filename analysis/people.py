"""The respondents who are analysed: weighted, scored, grouped, and placed in the plan's areas."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.design import Sample
from analysis.latent_shares import LatentShares
from analysis.shares import Mask
from instruments.language import Text, joined
from survey.population.areas import list_of, member_of
from survey.settings import AreaList, StudySettings


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class People:
    """Respondents of the base; all tables have their rows, in the order of the sample.

    `frame` holds answers by form path, `groups` a column for each grouping variable, `scores` one
    for each dimension; `age` is in whole years, None where the study does not ask it. `names` says
    what areas and dimensions are called. With `latent` shares rest on the traits behind the scores.
    """

    sample: Sample
    frame: pd.DataFrame
    groups: pd.DataFrame
    scores: pd.DataFrame
    age: "pd.Series[float] | None"
    settings: StudySettings
    units: pd.DataFrame | None
    names: Mapping[str, Text] = field(default_factory=dict)
    latent: LatentShares | None = None

    def named(self, ids: Iterable[str]) -> Text:
        """What areas or dimensions are called, in a row."""
        return joined(self.names.get(one, {"": one}) for one in ids)

    def everyone(self) -> Mask:
        """A mask that holds for every row."""
        return np.ones(len(self.frame), dtype=bool)

    def settled(self) -> Mask:
        """Whether the unit in which each respondent lives is known."""
        residence = self.settings.population.residence
        if residence is None or self.units is None:
            return ~self.everyone()
        return self.frame[residence.item].isin(self.units.index).to_numpy(dtype=bool)

    def list_of(self, area: str, lists: Mapping[str, str]) -> AreaList | None:
        """The list of units that holds for an area; None where it is not loaded or has nobody."""
        loaded = {one.id for one in self.settings.population.areas if one.area == area}
        if self.units is None or lists.get(area) not in {None, *loaded}:
            return None
        found = list_of(self.settings, area, lists)
        return found if found is not None and found.members else None

    def living_in(self, area_list: AreaList) -> Mask:
        """Whether each respondent lives in a unit of the list; not where residence is unknown."""
        residence = self.settings.population.residence
        if residence is None or self.units is None:
            return ~self.everyone()
        inside = self.frame[residence.item].map(member_of(self.units, area_list))
        return (inside == True).to_numpy(dtype=bool)  # noqa: E712 - a missing answer is not inside
