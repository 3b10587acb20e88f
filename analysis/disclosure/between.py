"""Differencing between the groups of an analysis and those of earlier releases of the study."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from analysis.disclosure.differencing import Differencing, protect
from analysis.disclosure.screen import blank
from analysis.disclosure.suppression import MINIMUM
from analysis.disclosure.tables import Cell
from analysis.measured import Measured
from analysis.result import Analysis, Estimate

EVERYBODY = ("", "")
Groups = Mapping[tuple[str, str], frozenset[str]]
"""Records by variable and level; everybody under two empty names."""
_Name = tuple[int, str, str]


def groups_of(made: Measured) -> Groups:
    """Who is in each group that reports show, by variable and level."""
    groups = made.responses.groups
    names = groups.index.astype(str)
    found = {EVERYBODY: frozenset(names)}
    for variable, one in made.study.settings.variables.items():
        if one.report and variable in groups:
            own = groups[variable]
            for level in own.dropna().unique():
                found[variable, str(level)] = frozenset(names[(own == level).to_numpy()])
    return found


def published(groups: Groups, analysis: Analysis) -> Groups:
    """The groups of which a screened analysis tells how many people they hold."""
    told = {next(iter(one.by.items())) for one in analysis.estimates if len(one.by) == 1 and one.n}
    return {name: own for name, own in groups.items() if name == EVERYBODY or name in told}


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
    return replace(analysis, estimates=kept(analysis.estimates), targets=targets)


def _distinct(
    family: Mapping[_Name, frozenset[str]], fixed: Sequence[_Name]
) -> dict[Cell, frozenset[str]]:
    """The family without a group whose people are those of an earlier one: it tells nothing new."""
    public = {family[name] for name in fixed}
    return {name: own for name, own in family.items() if name in fixed or own not in public}
