"""Control totals: the population's shares by category, from unit tables or from people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from instruments.language import Text
from survey.population.areas import levels_of_units
from survey.population.units import count
from survey.settings import Margin, StudySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the figures of a margin come from, what day they describe, and whom they count."""

    source: Text
    as_of: date
    base: Text
    fictitious: bool = False


def unit_margin(
    units: pd.DataFrame,
    *,
    settings: StudySettings,
    variables: tuple[str, ...],
    size: str,
    lists: Mapping[str, str],
    origin: Origin,
) -> Margin:
    """Shares of people by variables of their unit, from the column `size` of the units table."""
    levels = pd.DataFrame(
        {
            name: levels_of_units(units, settings, settings.variables[name], lists=lists)
            for name in variables
        }
    )
    return share_margin(levels, sizes=count(units, size), origin=origin)


def share_margin(levels: pd.DataFrame, *, sizes: "pd.Series[int]", origin: Origin) -> Margin:
    """Shares of `sizes` by the levels of the columns, which name the margin's variables and id."""
    variables = tuple(str(column) for column in levels.columns)
    counts = levels.assign(share=sizes).groupby(list(variables), as_index=False)["share"].sum()
    kept = counts[counts["share"] > 0]
    records = kept.assign(share=kept["share"] / kept["share"].sum()).to_dict("records")
    return Margin(
        id=".".join(variables),
        variables=variables,
        shares=tuple({str(name): value for name, value in row.items()} for row in records),
        source=origin.source, as_of=origin.as_of, base=origin.base, fictitious=origin.fictitious,
    )  # fmt: skip
