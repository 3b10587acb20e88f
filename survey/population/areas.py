"""Areas of the plan: which units belong to them by a dated list, and the groups that they form.

No statute says which places are "địa bàn trọng yếu" or, since districts ended, "huyện ngoại
thành"; both are lists that an authority issues, so each is data with a document and dates.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from instruments.errors import Problem
from instruments.faults import did_you_mean, listed
from instruments.language import Message, Text, joined, say
from survey.errors import StudyError, unusable
from survey.settings import AreaList, StudySettings, Variable

REST = "rest"
"""Level of the units that belong to no area."""


def list_of(settings: StudySettings, area: str, lists: Mapping[str, str]) -> AreaList | None:
    """The list that holds for `area`: the one that `lists` names, else the study's first.

    None where the study has no list for the area at all.

    Raises:
        StudyError: `lists` names one that the study lacks while it has others.
    """
    own = [one for one in settings.population.areas if one.area == area]
    chosen = [one for one in own if one.id == lists.get(area, one.id)]
    if own and not chosen:
        raise unusable(f"study.yaml, population.areas, {area}",
                       say("the list '{list}' is not loaded.", list=lists[area]),
                       say("Add it, or choose one of {lists}.", lists=listed(one.id for one in own)))  # fmt: skip
    return chosen[0] if chosen else None


def member_of(units: pd.DataFrame, area_list: AreaList | None) -> "pd.Series[bool]":
    """Whether each unit belongs to the list; nobody belongs to a list that does not exist.

    Raises:
        StudyError: the list's column is not in the table, or a member is in none of its rows.
    """
    if area_list is None:
        return pd.Series(data=False, index=units.index)
    if area_list.column is not None and area_list.column not in units:
        raise unusable(_place(area_list),
                       say("the table of units has no column '{column}'.", column=area_list.column),
                       did_you_mean(area_list.column, units.columns))  # fmt: skip
    values = units.index.to_series() if area_list.column is None else units[area_list.column]
    if missing := [one for one in area_list.members if not (values == one).any()]:
        raise StudyError(_unknown_member(area_list, one) for one in missing)
    return values.isin(area_list.members)


def levels_of_units(
    units: pd.DataFrame, settings: StudySettings, variable: Variable, *, lists: Mapping[str, str]
) -> "pd.Series[str]":
    """The level of a variable for the residents of each unit."""
    if variable.unit is not None:
        return units[variable.unit]
    return partition(units, settings, variable.areas, lists=lists)


def partition(
    units: pd.DataFrame, settings: StudySettings, areas: Sequence[str], *, lists: Mapping[str, str]
) -> "pd.Series[str]":
    """The group of each unit: the ids of its areas joined by ``+``, or `REST`."""
    inside = [member_of(units, list_of(settings, area, lists)) for area in areas]
    groups = (
        "+".join(area for area, member in zip(areas, row, strict=True) if member) or REST
        for row in zip(*inside, strict=True)
    )
    return pd.Series(list(groups), index=units.index, dtype=str)


def area_warnings(
    settings: StudySettings, *, lists: Mapping[str, str], names: Mapping[str, Text]
) -> tuple[Message, ...]:
    """What a reader must know of the lists: an area without members, a list that is invented.

    `names` says what areas are called.
    """
    used = dict.fromkeys(area for one in settings.variables.values() for area in one.areas)
    found = {area: list_of(settings, area, lists) for area in used}
    empty = [area for area, one in found.items() if one is None or not one.members]
    others = [area for area in used if area not in empty]
    invented = [one for one in found.values() if one is not None and one.members and one.fictitious]
    return (
        *(_empty(names.get(area, {"": area}), [names.get(one, {"": one}) for one in others])
          for area in empty),
        *(_invented(one, names.get(one.area, {"": one.area})) for one in invented),
    )  # fmt: skip


def _empty(area: Text, others: list[Text]) -> Message:
    if not others:
        return say("No list of units is loaded for '{area}': its domain has nobody.", area=area)
    return say("No list of units is loaded for '{area}'; the domain consists of '{others}' alone.",
               area=area, others=joined(others))  # fmt: skip


def _invented(one: AreaList, area: Text) -> Message:
    return say("The list '{list}' for '{area}' is fictitious, for demonstration only.",
               list=one.label, area=area)  # fmt: skip


def _unknown_member(one: AreaList, member: str) -> Problem:
    return Problem(
        where=_place(one),
        what=say("'{member}' is no unit of the table.", member=member),
        hint=say("Correct the code, or name the column that holds it."),
    )


def _place(one: AreaList) -> str:
    return f"study.yaml, population.areas, {one.area}, {one.id}"
