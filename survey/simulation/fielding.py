"""One simulated fielding from city to export, each step on a random stream of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from instruments.model import Instrument
from instruments.plan import Cut
from survey.sampling import allocate, draw_sample
from survey.simulation.census import Census, hold_census
from survey.simulation.city import City, simulate_city
from survey.simulation.fieldwork import Fieldwork, hold_interviews
from survey.simulation.items import Scale, scale_of
from survey.simulation.kobo import Export, export_kobo
from survey.simulation.responses import respond
from survey.simulation.world import World

PER_POINT, LEAST_POINTS = 12, 6
"""Interviews at each drawn point, and the fewest points of a stratum, so that groups show."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fielding:
    """A simulated fielding; `answers` are the clean ones, `export` is what was sent in."""

    city: City
    sample: pd.DataFrame
    fieldwork: Fieldwork
    scales: tuple[Scale, ...]
    census: Census
    answers: pd.DataFrame
    export: Export

    @property
    def aware(self) -> npt.NDArray[np.bool_]:
        """Whether each adult's traits are all above the cuts, at 0."""
        return np.asarray((self.city.traits > 0).all(axis=0))

    @property
    def passing(self) -> npt.NDArray[np.bool_]:
        """Whether each adult's answers would reach the cut on every dimension."""
        reached = np.stack(list(self.census.reaches.values()))
        return np.asarray(reached.all(axis=0))


def simulate_fielding(
    instrument: Instrument,
    *,
    cuts: Sequence[Cut],
    units: pd.DataFrame,
    interviews: int,
    world: World,
    seed: int,
) -> Fielding:
    """Build a city on `units`, draw points, interview, and export the answers.

    The column `group` of `units` gives each unit's areas joined by ``+``; strata are group by
    settlement. `interviews` is rounded to whole points. Equal arguments give equal fieldings; two
    worlds with one `items_seed` ask items of the same difficulty of other people.
    """
    for_city, for_sample, for_field, _, for_census, for_habits, for_export = _streams(seed)
    for_items = _streams(seed if world.items_seed is None else world.items_seed)[3]
    city = simulate_city(units, world=world, rng=for_city)
    sample = _sample(city, interviews, for_sample)
    fieldwork = hold_interviews(city, sample, world=world, rng=for_field)
    scales = tuple(
        scale_of(instrument, dimension=cut.dimension, cut=cut.at_least, slope=trait.slope,
                 days=(world.begins, world.ends), rng=for_items)
        for cut, trait in zip(cuts, world.traits, strict=True)
    )  # fmt: skip
    met = fieldwork.interviews.index.to_numpy()
    census = hold_census(city, scales, keep=met, rng=for_census)
    answers = respond(instrument, city, fieldwork, census, world=world, rng=for_habits)
    export = export_kobo(instrument, answers, fields=world.fields, rng=for_export)
    return Fielding(city=city, sample=sample, fieldwork=fieldwork, scales=scales, census=census,
                    answers=answers, export=export)  # fmt: skip


def _streams(seed: int) -> list[np.random.Generator]:
    return [np.random.default_rng(one) for one in np.random.SeedSequence(seed).spawn(7)]


def _sample(city: City, interviews: int, rng: np.random.Generator) -> pd.DataFrame:
    sizes = {str(name): float(size)
             for name, size in city.points.groupby("stratum")["adults"].sum().items()}  # fmt: skip
    allocation = allocate(sizes, total=round(interviews / PER_POINT), least=LEAST_POINTS)
    return draw_sample(city.points, size="adults", allocation=allocation,
                       interviews=PER_POINT, rng=rng)  # fmt: skip
