"""Fieldwork in the simulated city: who is found willing at each drawn point, and when."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

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
_WALK = timedelta(minutes=4)
_NOT_AT_HOME = 0.4
"""Share of those not interviewed who were never met."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fieldwork:
    """Who was interviewed when, and how many were asked.

    `interviews` has the columns ``point, interviewer, start, end``; its index holds the adults'
    positions in ascending order. `cases` are all who were drawn, in the order of the points, with
    ``point, interviewer, outcome`` (AAPOR's I, R or NC).
    """

    interviews: pd.DataFrame
    cases: pd.DataFrame

    @property
    def contacted(self) -> int:
        """How many adults were drawn for their interviews to be held."""
        return len(self.cases)


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
    drawn: list[pd.DataFrame] = []
    busy: Counter[date] = Counter()
    for point, wanted in zip(sample["point"], sample["interviews"], strict=True):
        at = row_of[point]
        order = rng.permutation(np.arange(city.first[at], city.first[at + 1]))
        willing = np.flatnonzero(rng.random(len(order)) < _willingness(city, order))[:wanted]
        if len(willing) < wanted:
            raise unusable(point, say("only {found} of {wanted} adults are willing.",
                                      found=len(willing), wanted=wanted),
                           say("Ask for fewer interviews at each point."))  # fmt: skip
        visits.append(_visits(order[willing], point, busy, world=world, rng=rng))
        drawn.append(_cases(willing, point, str(visits[-1]["interviewer"].iloc[0])))
    cases = pd.concat(drawn, ignore_index=True)
    unmet = (cases["outcome"] == "R") & (rng.random(len(cases)) < _NOT_AT_HOME)
    return Fieldwork(interviews=pd.concat(visits).sort_index(),
                     cases=cases.assign(outcome=cases["outcome"].mask(unmet, "NC")))  # fmt: skip


def _cases(willing: npt.NDArray[np.intp], point: str, interviewer: str) -> pd.DataFrame:
    """Everybody drawn at a point up to the last interview; who is not willing refuses for now."""
    outcome = np.full(int(willing[-1]) + 1, "R", dtype=object)
    outcome[willing] = "I"
    return pd.DataFrame({"point": point, "interviewer": interviewer, "outcome": outcome})


def _willingness(city: City, people: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    age, female = city.age[people].astype(float), city.is_female[people]
    chance: npt.NDArray[np.float64] = 1 / (
        1 + np.exp(0.5 - 0.5 * female - 0.5 * (np.minimum(age, 70) - 40) / 20)
    )
    return chance


def _visits(
    people: npt.NDArray[np.intp], point: str, busy: Counter[date], *, world: World,
    rng: np.random.Generator,
) -> pd.DataFrame:  # fmt: skip
    """Interviews of one point on one day of the wave, one after the other by one interviewer.

    `busy` counts the points of each day, so that no interviewer is at two of them.
    """
    day = world.begins + timedelta(days=int(rng.integers((world.ends - world.begins).days + 1)))
    first = datetime.combine(day, _FIRST, HANOI)
    span = (datetime.combine(day, _LAST, HANOI) - first).total_seconds()
    offsets = np.sort(rng.uniform(0, span, len(people))).astype(int)
    lasts = np.clip(rng.lognormal(np.log(21), 0.25, len(people)), 9, 60) * 60
    start: list[datetime] = []
    end: list[datetime] = []
    for offset, lasted in zip(offsets, lasts, strict=True):
        wished = first + timedelta(seconds=int(offset))
        start.append(max(wished, end[-1] + _WALK) if end else wished)
        end.append(start[-1] + timedelta(seconds=int(lasted)))
    interviewer = f"DTV{(day.toordinal() * 7 + busy[day]) % _INTERVIEWERS + 1:02}"
    busy[day] += 1
    return pd.DataFrame(
        {"point": point, "interviewer": interviewer, "start": start, "end": end}, index=people
    )
