"""Fieldwork in the simulated city: who is found willing at each drawn point, and when."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from instruments.language import say
from survey.errors import unusable
from survey.readings import HANOI
from survey.simulation.city import City
from survey.simulation.world import World

_INTERVIEWERS = 24
_FIRST, _LAST = time(7, 30), time(19, 30)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fieldwork:
    """Who was interviewed when, and how many were asked.

    `interviews` has the columns ``point, interviewer, start, end``; its index holds the adults'
    positions in ascending order.
    """

    interviews: pd.DataFrame
    contacted: int


def hold_interviews(
    city: City, sample: pd.DataFrame, *, world: World, rng: np.random.Generator
) -> Fieldwork:
    """Ask adults of each drawn point in random order until its interviews are done.

    Women and older people are found at home and willing more often, so that the achieved sample
    leans towards them and needs weighting by sex and age.

    Raises:
        StudyError: a point has fewer willing adults than interviews.
    """
    row_of = {point: row for row, point in enumerate(city.points["point"])}
    visits: list[pd.DataFrame] = []
    contacted = 0
    for nth, (point, wanted) in enumerate(zip(sample["point"], sample["interviews"], strict=True)):
        at = row_of[point]
        order = rng.permutation(np.arange(city.first[at], city.first[at + 1]))
        willing = np.flatnonzero(rng.random(len(order)) < _willingness(city, order))[:wanted]
        if len(willing) < wanted:
            raise unusable(point, say("only {found} of {wanted} adults are willing.",
                                      found=len(willing), wanted=wanted),
                           say("Ask for fewer interviews at each point."))  # fmt: skip
        contacted += int(willing[-1]) + 1
        visits.append(_visits(order[willing], point, nth, world=world, rng=rng))
    return Fieldwork(interviews=pd.concat(visits).sort_index(), contacted=contacted)


def _willingness(city: City, people: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    age, female = city.age[people].astype(float), city.is_female[people]
    chance: npt.NDArray[np.float64] = 1 / (
        1 + np.exp(0.5 - 0.5 * female - 0.5 * (np.minimum(age, 70) - 40) / 20)
    )
    return chance


def _visits(
    people: npt.NDArray[np.intp], point: str, nth: int, *, world: World, rng: np.random.Generator
) -> pd.DataFrame:
    """Interviews of one point, all on one day of the wave."""
    day = world.begins + timedelta(days=int(rng.integers((world.ends - world.begins).days + 1)))
    first = datetime.combine(day, _FIRST, HANOI)
    span = (datetime.combine(day, _LAST, HANOI) - first).total_seconds()
    offsets = np.sort(rng.uniform(0, span, len(people))).astype(int)
    lasts = np.clip(rng.lognormal(np.log(21), 0.25, len(people)), 9, 60) * 60
    start = [first + timedelta(seconds=int(one)) for one in offsets]
    end = [begun + timedelta(seconds=int(one)) for begun, one in zip(start, lasts, strict=True)]
    interviewer = f"DTV{nth % _INTERVIEWERS + 1:02}"
    return pd.DataFrame(
        {"point": point, "interviewer": interviewer, "start": start, "end": end}, index=people
    )
