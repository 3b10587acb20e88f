"""The truth of the simulated city: shares of all its adults, by every group that is reported."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from survey.population.variables import band_names
from survey.simulation.city import City

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grouping:
    """A variable of all adults: each one's code, and the level that each code means."""

    codes: npt.NDArray[np.intp]
    levels: tuple[str, ...]

    def count(self, among: Flags | None = None) -> npt.NDArray[np.intp]:
        """Number of adults in each level, of those `among`."""
        codes = self.codes if among is None else self.codes[among]
        return np.bincount(codes, minlength=len(self.levels))

    def share(self, of: Flags) -> dict[str, float]:
        """Share of adults for whom `of` holds, by level; levels without adults are left out."""
        whole, part = self.count(), self.count(of)
        return {level: float(part[at] / whole[at])
                for at, level in enumerate(self.levels) if whole[at]}  # fmt: skip


def by_point(city: City, column: str) -> Grouping:
    """A variable of the sampling points, such as group or district."""
    codes, levels = pd.factorize(city.points[column], sort=True)
    return Grouping(codes=codes[city.point], levels=tuple(map(str, levels)))


def by_age(city: City, lower: tuple[int, ...]) -> Grouping:
    """Age bands that begin at these ages, the first at the age from which adults are counted."""
    names = band_names(lower)
    codes = np.searchsorted(np.array(lower), city.age, side="right") - 1
    return Grouping(codes=codes, levels=names[len(names) - len(lower) :])


def by_flag(flags: Flags, *, no: str, yes: str) -> Grouping:
    """A variable of two levels."""
    return Grouping(codes=flags.astype(np.intp), levels=(no, yes))


def crossed(groupings: Mapping[str, Grouping]) -> tuple[pd.DataFrame, "pd.Series[int]"]:
    """Every combination of the variables' levels, and its number of adults."""
    sizes = [len(one.levels) for one in groupings.values()]
    codes = np.ravel_multi_index(tuple(one.codes for one in groupings.values()), tuple(sizes))
    counts = np.bincount(codes, minlength=int(np.prod(sizes)))
    levels = pd.MultiIndex.from_product(
        [one.levels for one in groupings.values()], names=list(groupings)
    )
    return levels.to_frame(index=False), pd.Series(counts)
