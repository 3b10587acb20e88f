"""A simulated Hà Nội from which samples are drawn: 30 strata, 126 communes, thousands of points.

Districts before 1 July 2025 are the strata, communes since then the domains; both and their sizes
come from the shipped table of units. Points, people, key areas and awareness are invented.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from analysis.weighting.margins import Margin
from survey.population.units import read_units

PEOPLE_PER_POINT = 1500
PSUS_PER_STRATUM, TAKE = 20, 8
CELLS = tuple(f"{sex}{age}" for sex in "fm" for age in range(4))
GROUPS = ("key and suburban", "key only", "suburban only", "rest")


@dataclass(frozen=True, kw_only=True)
class City:
    """One entry per point: where it lies, its people, their mix of sex and age, who is aware."""

    stratum: np.ndarray
    commune: np.ndarray
    group: np.ndarray
    size: np.ndarray
    mix: np.ndarray
    aware: np.ndarray

    def truth(self, inside: np.ndarray) -> float:
        """The share of people aware in the points that are inside."""
        people = (self.size[:, None] * self.mix)[inside]
        return float((people * self.aware[inside]).sum() / people.sum())

    def truths(self, column: np.ndarray) -> dict[str, float]:
        """The share aware at each level of a column."""
        return {str(level): self.truth(column == level) for level in np.unique(column)}

    def margins(self) -> list[Margin]:
        """The shares of people by sex and age, and by group."""
        people = self.size[:, None] * self.mix
        cells = dict(
            zip(((cell,) for cell in CELLS), people.sum(axis=0) / people.sum(), strict=True)
        )
        sizes = pd.Series(self.size).groupby(self.group).sum() / self.size.sum()
        groups = {(str(group),): float(share) for group, share in sizes.items()}
        return [
            Margin(name="sex and age", variables=("cell",), targets=cells, unit="share"),
            Margin(name="group", variables=("group",), targets=groups, unit="share"),
        ]


def build_city(seed: int) -> City:
    """Divide every commune into points and invent who lives there."""
    rng = np.random.default_rng(seed)
    units = read_units()
    key = rng.random(len(units)) < 0.2
    suburban = (units["district_kind"] == "huyen").to_numpy()
    group = np.select([key & suburban, key, suburban], list(GROUPS[:3]), GROUPS[3])
    people = units["population_2019"].to_numpy(dtype=float)
    unit = np.repeat(np.arange(len(units)), np.maximum(2, people // PEOPLE_PER_POINT).astype(int))
    points = len(unit)
    size = rng.lognormal(7, 0.35, points).round()
    commune = units["new_unit"].to_numpy(dtype=str)[unit]
    _, place = np.unique(commune, return_inverse=True)
    mix = rng.dirichlet(np.array([14, 15, 13, 10, 13, 14, 12, 9]) * 1.5, points)
    effect = rng.normal(0, 0.4, place.max() + 1)[place] + rng.normal(0, 0.5, points)
    cell = np.array([0.3, 0.5, 0.1, -0.4, 0.1, 0.3, 0.0, -0.5])
    level = 1.0 - 0.5 * suburban[unit] - 0.3 * key[unit]
    return City(
        stratum=units["district"].to_numpy(dtype=str)[unit], commune=commune, group=group[unit],
        size=size, mix=mix, aware=expit(level[:, None] + effect[:, None] + cell),
    )  # fmt: skip


def draw_sample(city: City, rng: np.random.Generator) -> pd.DataFrame:
    """Points with probability proportional to size, with replacement; equal takes of people."""
    drawn, weights = [], []
    for stratum in np.unique(city.stratum):
        points = np.flatnonzero(city.stratum == stratum)
        size = city.size[points]
        drawn.append(rng.choice(points, PSUS_PER_STRATUM, p=size / size.sum()))
        weights.append(np.full(PSUS_PER_STRATUM, size.sum() / (PSUS_PER_STRATUM * TAKE)))
    point = np.repeat(np.concatenate(drawn), TAKE)
    rows = len(point)
    cell = (city.mix[point].cumsum(axis=1) < rng.random(rows)[:, None]).sum(axis=1)
    cell = np.minimum(cell, len(CELLS) - 1)
    return pd.DataFrame(
        {
            "stratum": city.stratum[point],
            "psu": np.repeat(np.arange(rows // TAKE), TAKE),
            "w": np.repeat(np.concatenate(weights), TAKE),
            "commune": city.commune[point],
            "group": city.group[point],
            "cell": np.array(CELLS)[cell],
            "aware": (rng.random(rows) < city.aware[point, cell]).astype(int),
        }
    )
