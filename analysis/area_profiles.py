"""What stands beside the verdict on an area: where it lies, what it knows, what would decide it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from analysis.deciding import interviews_to_decide
from analysis.measured import Measured
from analysis.result import AreaProfile, Areas, Estimate
from analysis.shares import shares_by
from analysis.simultaneous import at_confidence
from analysis.verdict import judge
from survey.population.areas import levels_of_units


def area_profiles(
    made: Measured,
    areas: Sequence[Areas],
    *,
    topics: Mapping[str, "pd.Series[float]"],
    everybody: Mapping[str, Estimate],
) -> tuple[AreaProfile, ...]:
    """A profile for every area that is judged; `everybody` has what is measured of all by name."""
    return tuple(one for found in areas for one in _profiles(made, found, topics, everybody))


def _profiles(
    made: Measured, found: Areas, topics: Mapping[str, "pd.Series[float]"],
    everybody: Mapping[str, Estimate],
) -> Iterator[AreaProfile]:  # fmt: skip
    inside = _surroundings(made, found.variable)
    known = _topics(made, found, topics)
    of = {row.estimate.of for row in found.rows}
    as_all = {name: _as_everybody(everybody[name], found) for name in of if name in everybody}
    for row in found.rows:
        area = row.estimate.by[found.variable]
        yield AreaProfile(
            variable=found.variable,
            area=area,
            inside=inside.get(area, {}),
            topics=known.get(area, ()),
            to_decide=interviews_to_decide(
                row.estimate, threshold=found.threshold, verdict=row.verdict
            ),
            to_decide_as_all=as_all.get(row.estimate.of),
        )


def _surroundings(made: Measured, variable: str) -> dict[str, dict[str, str]]:
    """By area, the levels of other variables in which all of its units lie."""
    settings, units = made.study.settings, made.people.units
    column = settings.variables[variable].unit
    if units is None or column is None:
        return {}
    others = pd.DataFrame({
        name: levels_of_units(units, settings, one, lists=made.lists)
        for name, one in settings.variables.items()
        if name != variable and (one.unit is not None or one.areas)
    }, index=units.index)  # fmt: skip
    names = [str(name) for name in others]
    found: dict[str, dict[str, str]] = {}
    for area, own in others.groupby(units[column].to_numpy()):
        first = own.iloc[0]
        shared = [name for name in names if first[name] and (own[name] == first[name]).all()]
        found[str(area)] = {name: str(first[name]) for name in shared}
    return found


def _topics(
    made: Measured, found: Areas, topics: Mapping[str, "pd.Series[float]"]
) -> dict[str, tuple[Estimate, ...]]:
    """By area, average credit on each topic among those asked there."""
    people, known = made.people, dict[str, tuple[Estimate, ...]]()
    areas = [row.estimate.by[found.variable] for row in found.rows]
    for topic, values in topics.items():
        for one in shares_by(people.sample, values, of=topic, variable=found.variable,
                             levels=people.groups[found.variable], order=areas):  # fmt: skip
            area = one.by[found.variable]
            known[area] = (*known.get(area, ()), one)
    return known


def _as_everybody(whole: Estimate, found: Areas) -> int | None:
    """The interviews in one area that would decide it if its share were that of everybody."""
    supposed = at_confidence(whole, found.each)
    open_ = replace(judge(supposed, threshold=found.threshold, due=False), word="inconclusive")
    return interviews_to_decide(supposed, threshold=found.threshold, verdict=open_)
