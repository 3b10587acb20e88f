"""Whole questionnaires of the interviewed: what is known, what was scored, and the habits."""

from collections.abc import Sequence
from datetime import datetime, time

import numpy as np
import numpy.typing as npt
import pandas as pd

from instruments.errors import Problem
from instruments.language import say
from instruments.model import Instrument, Option, Placed
from survey.errors import StudyError
from survey.readings import HANOI
from survey.simulation.census import Census
from survey.simulation.city import SCHOOLING_CUTS, City
from survey.simulation.fieldwork import Fieldwork
from survey.simulation.relevance import without_hidden
from survey.simulation.world import Habit, World

Column = npt.NDArray[np.object_]

_SILENT = frozenset({"note", "metadata", "calculated", "hidden", "geopoint", "file"})
_SCHOOLING_LEVELS = len(SCHOOLING_CUTS) + 1


def respond(
    instrument: Instrument,
    city: City,
    fieldwork: Fieldwork,
    census: Census,
    *,
    world: World,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Answers as texts, a row an interview and a column an item by form path.

    Every required item that is shown is answered, and no item that is not shown.

    Raises:
        StudyError: an item is required of which the simulation knows nothing.
    """
    people = fieldwork.interviews.index.to_numpy()
    known = _known(instrument, city, fieldwork, world) | {
        str(path): column.to_numpy() for path, column in census.answers.loc[people].items()
    }
    asked = tuple(one for one in instrument.placed() if one.repeat is None)
    if problems := [_unknown(one) for one in asked if _is_beyond(one, known)]:
        raise StudyError(problems)
    columns = {
        one.path: known[one.path] if one.path in known else
        _by_habit(instrument, one, city, people, world.habits.get(one.path, Habit()), rng)
        for one in asked
    }  # fmt: skip
    now = datetime.combine(world.ends, time(), HANOI)
    return without_hidden(instrument, pd.DataFrame(columns), now=now)


def _known(
    instrument: Instrument, city: City, fieldwork: Fieldwork, world: World
) -> dict[str, Column]:
    fields, visits = world.fields, fieldwork.interviews
    people = visits.index.to_numpy()
    home = city.points.iloc[city.point[people]]
    year = visits["start"].dt.year.to_numpy()
    own = {
        fields.point: visits["point"],
        fields.district: home["district"],
        fields.commune: home["commune"],
        fields.interviewer: visits["interviewer"],
        fields.sex: np.where(city.is_female[people], fields.female, fields.male),
        fields.born: (year - city.age[people]).astype(str),
        fields.schooling: _schooling(instrument, city.schooling[people], fields.schooling),
        fields.official: np.where(city.is_official[people], fields.yes, fields.no),
    }
    times = {"start": _clock(visits["start"]), "end": _clock(visits["end"]),
             "today": visits["start"].dt.strftime("%Y-%m-%d")}  # fmt: skip
    own |= {one.path: times[one.item.type] for one in instrument.placed()
            if one.item.type in times}  # fmt: skip
    paths = {one.path for one in instrument.placed()}
    return {path: np.asarray(column, dtype=object) for path, column in own.items() if path in paths}


def _clock(moments: "pd.Series[pd.Timestamp]") -> "pd.Series[str]":
    return moments.map(lambda moment: moment.isoformat(timespec="milliseconds"))


def _schooling(instrument: Instrument, level: npt.NDArray[np.uint8], path: str) -> Column:
    """The option at the same height of the item's list, whose first is the lowest."""
    options = _options(instrument, path) or ("",)
    rank = level.astype(int) * len(options) // _SCHOOLING_LEVELS
    return np.array([options[one] for one in rank], dtype=object)


def _options(instrument: Instrument, path: str) -> tuple[str, ...]:
    placed = (one for one in instrument.placed() if one.path == path)
    return tuple(
        option.code for one in placed for option in instrument.options_of(one.item)
        if option.missing is None
    )  # fmt: skip


def _is_beyond(placed: Placed, known: dict[str, Column]) -> bool:
    kinds = {"single", "multiple"} | _SILENT
    return placed.item.required and placed.path not in known and placed.item.type not in kinds


def _unknown(placed: Placed) -> Problem:
    return Problem(
        where=placed.path,
        what=say("the simulation cannot answer a required item of type '{type}'.",
                 type=placed.item.type),
        hint=say("Name it among the fields of the world, or do not require it."),
    )  # fmt: skip


def _by_habit(
    instrument: Instrument, placed: Placed, city: City, people: npt.NDArray[np.intp],
    habit: Habit, rng: np.random.Generator,
) -> Column:  # fmt: skip
    options = [one for one in instrument.options_of(placed.item) if one.missing is None]
    if placed.item.type == "single":
        return _one_choice(options, habit, city.age[people], rng)
    if placed.item.type == "multiple":
        exposure = city.exposure[people] * np.float32(habit.exposed)
        return _several(options, placed.item.max_selected, habit, exposure, rng)
    return np.full(len(people), "", dtype=object)


def _one_choice(
    options: Sequence[Option], habit: Habit, age: npt.NDArray[np.uint8], rng: np.random.Generator
) -> Column:
    weights = np.empty((len(age), len(options)))
    for column, option in enumerate(options):
        low, high = habit.ages.get(option.code, (0, 200))
        weight = habit.weights.get(option.code, 1.0)
        weights[:, column] = np.where((age >= low) & (age <= high), weight, 0.0)
    reach = np.cumsum(weights, axis=1)
    chosen = (rng.random(len(age))[:, None] * reach[:, -1:] >= reach).sum(axis=1)
    return np.array([options[one].code for one in chosen], dtype=object)


def _several(
    options: Sequence[Option], most: int | None, habit: Habit, exposure: npt.NDArray[np.floating],
    rng: np.random.Generator,
) -> Column:  # fmt: skip
    """Codes joined by spaces; nobody chooses nothing: the exclusive option, else the likeliest."""
    own = [one for one in options if not one.exclusive]
    chance = np.clip([habit.weights.get(one.code, 0.3) for one in own], 0.01, 0.99)
    lift = np.log(chance / (1 - chance)) + 0.6 * exposure[:, None]
    margin = 1 / (1 + np.exp(-lift)) - rng.random((len(exposure), len(own)))
    alone = next((one.code for one in options if one.exclusive), own[int(np.argmax(chance))].code)
    return np.array([_joined(own, row, most or len(own)) or alone for row in margin], dtype=object)


def _joined(own: Sequence[Option], margin: npt.NDArray[np.float64], most: int) -> str:
    """The codes chosen, at most `most` of them: those wanted with the widest margin."""
    wanted = np.argsort(-margin)[:most]
    return " ".join(own[at].code for at in sorted(wanted) if margin[at] > 0)
