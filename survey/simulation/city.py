"""The simulated city: sampling points inside real communes, and every adult who lives there."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from survey.population.units import count
from survey.simulation.world import Trait, World

Singles = npt.NDArray[np.float32]
OLDEST = 90
SCHOOLING_CUTS = (-2.2, -1.4, -0.45, 0.45, 0.75)
"""Where the latent schooling passes from one of six levels to the next."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class City:
    """`points` has one row a sampling point; the arrays have one value an adult, by point.

    `first` holds the position of each point's first adult, and the number of adults at its end;
    `traits` has one row for each trait. `schooling` runs from 0 to 5.
    """

    points: pd.DataFrame
    first: npt.NDArray[np.intp]
    point: npt.NDArray[np.int32]
    is_female: npt.NDArray[np.bool_]
    age: npt.NDArray[np.uint8]
    schooling: npt.NDArray[np.uint8]
    is_official: npt.NDArray[np.bool_]
    exposure: Singles
    traits: Singles

    @property
    def adults(self) -> int:
        """Number of adults in the city."""
        return len(self.point)


def simulate_city(units: pd.DataFrame, *, world: World, rng: np.random.Generator) -> City:
    """Settle the adults of every commune of `units` in points, in proportion to the census.

    Its column `group` gives each commune's areas joined by ``+``. The share of adults is the same
    everywhere, so that the adults' shares by group and settlement are the census's.
    """
    points = _points(units, world=world, rng=rng)
    adults = points["adults"].to_numpy()
    point = np.repeat(np.arange(len(points), dtype=np.int32), adults)
    rural = (points["settlement"].to_numpy() == "rural")[point]
    is_female, age = _sex_and_age(len(point), rng)
    schooling = _schooling(age, rural, rng)
    is_official = _officials(age, schooling, rng)
    exposure = rng.standard_normal(len(point), dtype=np.float32) + 0.5 * is_official
    person = _Person(age=age, schooling=schooling, is_official=is_official, exposure=exposure,
                     rural=rural)  # fmt: skip
    return City(
        points=points, first=np.concatenate([[0], np.cumsum(adults)]), point=point,
        is_female=is_female, age=age, schooling=schooling, is_official=is_official,
        exposure=exposure, traits=_traits(points, point, person, world, rng),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Person:
    age: npt.NDArray[np.uint8]
    schooling: npt.NDArray[np.uint8]
    is_official: npt.NDArray[np.bool_]
    exposure: Singles
    rural: npt.NDArray[np.bool_]


def _points(units: pd.DataFrame, *, world: World, rng: np.random.Generator) -> pd.DataFrame:
    adults = (count(units, "population_2019") * world.adults_per_resident).round().astype(int)
    number = (adults / world.adults_per_point).round().astype(int).clip(lower=1)
    commune = units.index.repeat(number)
    nth = np.concatenate([np.arange(1, one + 1) for one in number])
    home = units.loc[commune, ["district", "group", "settlement"]].reset_index(names="commune")
    names = [f"{code}-{one:02}" for code, one in zip(commune, nth, strict=True)]
    points = home.assign(point=names, stratum=home["group"] + "/" + home["settlement"])
    sizes = [_split(total, parts, rng) for total, parts in zip(adults, number, strict=True)]
    return points.assign(adults=np.concatenate(sizes))


def _split(total: int, parts: int, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """Whole numbers that sum to `total`, unequal as real hamlets are."""
    edges = np.cumsum(rng.uniform(0.6, 1.4, parts))
    upper: npt.NDArray[np.intp] = np.round(total * edges / edges[-1]).astype(np.intp)
    return np.diff(upper, prepend=np.intp(0))


def pick(
    codes: npt.NDArray[np.uint8], shares: npt.NDArray[np.float64], size: int,
    rng: np.random.Generator,
) -> npt.NDArray[np.uint8]:  # fmt: skip
    """Draw `size` of `codes` by `shares`, to one part in 65,536."""
    upper = np.round(np.cumsum(shares) / np.sum(shares) * 2**16).astype(int)
    table = np.repeat(codes, np.diff(upper, prepend=0))
    return table[rng.integers(0, 2**16, size, dtype=np.uint16)]


def _sex_and_age(
    size: int, rng: np.random.Generator
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.uint8]]:
    ages = np.arange(18, OLDEST + 1, dtype=np.uint8)
    alive = 1 / (1 + np.exp((ages - 66.0) / 7))
    age = pick(ages, alive * (1 - 0.004 * (ages - 18.0)), size, rng)
    share_female = (0.495 + 0.002 * np.clip(age - 40.0, 0, None)).astype(np.float32)
    return rng.random(size, dtype=np.float32) < share_female, age


def _schooling(
    age: npt.NDArray[np.uint8], rural: npt.NDArray[np.bool_], rng: np.random.Generator
) -> npt.NDArray[np.uint8]:
    latent = rng.standard_normal(len(age), dtype=np.float32)
    latent += (0.9 - 0.025 * age).astype(np.float32) + np.where(rural, np.float32(-0.35), 0.35)
    reached = np.zeros(len(age), dtype=np.uint8)
    for cut in SCHOOLING_CUTS:
        reached += latent > cut
    return reached


def _officials(
    age: npt.NDArray[np.uint8], schooling: npt.NDArray[np.uint8], rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    by_schooling = np.array([0.0, 0.002, 0.01, 0.03, 0.06, 0.16], dtype=np.float32)
    in_work = (age >= 20) & (age <= 62)
    official: npt.NDArray[np.bool_] = in_work & (
        rng.random(len(age), dtype=np.float32) < by_schooling[schooling]
    )
    return official


def _traits(
    points: pd.DataFrame,
    point: npt.NDArray[np.int32],
    person: _Person,
    world: World,
    rng: np.random.Generator,
) -> Singles:
    shared = rng.standard_normal(len(point), dtype=np.float32)
    rows = []
    for trait in world.traits:
        own = rng.standard_normal(len(point), dtype=np.float32)
        row = shared * np.float32(world.correlation**0.5)
        row += own * np.float32((1 - world.correlation) ** 0.5)
        row += _of_points(points, trait, rng)[point]
        rows.append(row + _of_person(person, trait))
    return np.stack(rows)


def _of_points(points: pd.DataFrame, trait: Trait, rng: np.random.Generator) -> Singles:
    by_group = {group: _of_group(group, trait.areas) for group in points["group"].unique()}
    chance = trait.between_points * rng.standard_normal(len(points))
    return (trait.level + points["group"].map(by_group).to_numpy() + chance).astype(np.float32)


def _of_group(group: str, areas: Mapping[str, float]) -> float:
    return sum(areas.get(area, 0.0) for area in group.split("+"))


def _of_person(person: _Person, trait: Trait) -> Singles:
    part = trait.schooling * (person.schooling / np.float32(2.5) - 1)
    part += np.float32(trait.age) * (person.age - np.float32(40)) / 20
    part += np.float32(trait.official) * person.is_official
    part += np.float32(trait.exposure) * person.exposure
    part += np.float32(trait.rural) * person.rural
    return part.astype(np.float32)
