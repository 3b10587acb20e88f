"""Differencing between the groups of an analysis and those of earlier releases of the study.

Old districts and new units overlap, and so do the groups that consist of units: they are one family.
All groups that are reported are another, because a single program for both takes minutes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from analysis.disclosure.differencing import Differencing, protect
from analysis.disclosure.profiles import screened_profiles
from analysis.disclosure.screen import blank
from analysis.disclosure.suppression import MINIMUM
from analysis.disclosure.tables import Cell
from analysis.measured import Measured
from analysis.result import Analysis, AreaVerdict, Estimate
from analysis.verdict import no_data
from survey.settings import StudySettings

EVERYBODY = ("", "")
Groups = Mapping[tuple[str, str], frozenset[str]]
"""Records by variable and level; everybody under two empty names."""
_Name = tuple[int, str, str]


def groups_of(made: Measured) -> Groups:
    """Who is in each group that reports show, by variable and level."""
    groups = made.responses.groups
    names = groups.index.astype(str)
    found = {EVERYBODY: frozenset(names)}
    settings = made.study.settings
    judged = {one.variable for one in settings.judge_areas}
    for variable, one in settings.variables.items():
        if (one.report or variable in judged) and variable in groups:
            own = groups[variable]
            for level in own.dropna().unique():
                found[variable, str(level)] = frozenset(names[(own == level).to_numpy()])
    return found


def published(groups: Groups, analysis: Analysis) -> Groups:
    """The groups of which a screened analysis tells how many people they hold."""
    told = {next(iter(one.by.items())) for one in analysis.estimates if len(one.by) == 1 and one.n}
    told |= {next(iter(row.estimate.by.items())) for one in analysis.areas for row in one.rows
             if row.estimate.n}  # fmt: skip
    return {name: own for name, own in groups.items() if name == EVERYBODY or name in told}


def families(settings: StudySettings) -> tuple[frozenset[str], ...]:
    """The variables whose groups are held against each other: all that are reported, and all places."""
    reported = frozenset(name for name, one in settings.variables.items() if one.report)
    judged = {one.variable for one in settings.judge_areas}
    places = frozenset(
        name for name, one in settings.variables.items()
        if (one.report or name in judged) and (one.unit is not None or one.areas)
    )  # fmt: skip
    return (reported, places) if judged - reported else (reported,)


def difference_in(
    now: Groups, earlier: Sequence[Groups], *, families: Sequence[frozenset[str]]
) -> tuple[frozenset[tuple[str, str]], Differencing]:
    """The same family by family: what any of them withholds is withheld, the first leak is told."""
    gone, told = frozenset[tuple[str, str]](), Differencing(withheld=frozenset())
    for family in families:
        own, found = difference(_only(now, family), [_only(one, family) for one in earlier])
        gone, told = gone | own, told if told.leak is not None else found
    return gone, told


def _only(groups: Groups, variables: frozenset[str]) -> Groups:
    return {name: own for name, own in groups.items() if name == EVERYBODY or name[0] in variables}


def difference(
    now: Groups, earlier: Sequence[Groups], *, minimum: int = MINIMUM
) -> tuple[frozenset[tuple[str, str]], Differencing]:
    """The groups of `now` to withhold, and what stays; earlier groups and everybody are published."""
    family = {(0, *name): own for name, own in now.items()}
    for at, groups in enumerate(earlier, start=1):
        family |= {(at, *name): own for name, own in groups.items()}
    fixed = [name for name in family if name[0] or name[1:] == EVERYBODY]
    found = protect(_distinct(family, fixed), fixed=fixed, minimum=minimum)
    gone = (name for name in family if name in found.withheld)
    return frozenset((variable, level) for _, variable, level in gone), found


def withhold(analysis: Analysis, groups: Iterable[tuple[str, str]]) -> Analysis:
    """The analysis without the numbers of these groups."""
    gone = set(groups)

    def kept(estimates: tuple[Estimate, ...]) -> tuple[Estimate, ...]:
        return tuple(blank(one, code="c", n=0) if gone.intersection(one.by.items()) else one
                     for one in estimates)  # fmt: skip

    targets = tuple(replace(one, parts=kept(one.parts)) for one in analysis.targets)
    areas = tuple(
        replace(one, rows=tuple(_area(row) if gone.intersection(row.estimate.by.items()) else row
                                for row in one.rows))
        for one in analysis.areas
    )  # fmt: skip
    shown = {(one.variable, one.area) for one in analysis.profiles} - gone
    return replace(
        analysis, estimates=kept(analysis.estimates), targets=targets, areas=areas,
        profiles=screened_profiles(analysis.profiles, shown=shown),
    )  # fmt: skip


def _area(row: AreaVerdict) -> AreaVerdict:
    """An area without number and verdict."""
    return AreaVerdict(
        estimate=blank(row.estimate, code="c", n=0), verdict=no_data(), alone=no_data()
    )


def _distinct(
    family: Mapping[_Name, frozenset[str]], fixed: Sequence[_Name]
) -> dict[Cell, frozenset[str]]:
    """The family without a group whose people are those of an earlier one: it tells nothing new."""
    public = {family[name] for name in fixed}
    return {name: own for name, own in family.items() if name in fixed or own not in public}
