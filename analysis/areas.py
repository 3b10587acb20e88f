"""The areas that a study's settings name, judged at once against a target of its plan."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from analysis.area_traits import TOO_FEW, area_shares
from analysis.describe import rules
from analysis.errors import refuse
from analysis.measured import Measured
from analysis.people import People
from analysis.result import Areas, TargetResult
from analysis.simultaneous import judge_areas
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import Message, say
from instruments.plan import Plan, Target
from survey.settings import JudgedAreas


class JudgedSet(NamedTuple):
    """Areas judged at once, and the people with these areas among the conditions of their trait."""

    areas: Areas
    people: People


def judged_areas(
    made: Measured, targets: Sequence[TargetResult], *, is_planned: bool
) -> tuple[JudgedSet, ...]:
    """Judge every area that the settings name, in the latest phase that measured its target.

    `is_planned` says whether a plan that was hashed in time names them.

    Raises:
        AnalysisError: A variable is no column of the units, or a target is not a survey's share of
            everybody.
    """
    wanted = made.study.settings.judge_areas
    refuse(problem for one in wanted for problem in _problems(made, one))
    return tuple(
        found._replace(areas=replace(found.areas, is_planned=is_planned))
        for one in wanted for found in _judged(made, one, targets)
    )  # fmt: skip


def planned_levels(made: Measured, variable: str) -> tuple[str, ...]:
    """Every level of a variable in the table of units, in the order of codes."""
    column, units = made.study.settings.variables[variable].unit, made.people.units
    if units is None or column is None:
        return ()
    return tuple(sorted({str(level) for level in units[column] if level}))


def _judged(
    made: Measured, wanted: JudgedAreas, targets: Sequence[TargetResult]
) -> Iterator[JudgedSet]:
    results = [one for one in targets if one.target == wanted.target and one.estimate is not None]
    latest = max(results, key=lambda one: one.deadline, default=None)
    if latest is None or latest.threshold is None:
        return
    people, levels = made.people, planned_levels(made, wanted.variable)
    indicator = next(
        one for one in made.study.plan.indicators if one.id == _target(made, wanted).indicator
    )
    shares = area_shares(people, rules([indicator])[indicator.id], of=indicator.id,
                         variable=wanted.variable, levels=levels)  # fmt: skip
    found = judge_areas(
        shares.estimates, variable=wanted.variable, threshold=latest.threshold,
        planned=len(levels), due=latest.due,
    )  # fmt: skip
    yield JudgedSet(people=shares.people, areas=replace(
        found, target=latest.target, phase=latest.phase, is_latent=shares.is_latent,
        unmodelled=tuple(one.by[wanted.variable] for one in shares.estimates if TOO_FEW in one.flags),
        notes=shares.notes,
    ))  # fmt: skip


def _target(made: Measured, wanted: JudgedAreas) -> Target:
    return next(one for one in made.study.plan.targets if one.id == wanted.target)


def _problems(made: Measured, wanted: JudgedAreas) -> Iterator[Problem]:
    settings, plan = made.study.settings, made.study.plan
    variables = [name for name, one in settings.variables.items() if one.unit is not None]
    if wanted.variable not in variables or made.people.units is None:
        yield _problem(
            say("'{name}' is no variable that comes from a column of the table of units.",
                name=wanted.variable), did_you_mean(wanted.variable, variables))  # fmt: skip
    targets = _whole_targets(plan)
    if wanted.target not in targets:
        yield _problem(
            say("'{name}' is no target that a survey measures among everybody.",
                name=wanted.target), did_you_mean(wanted.target, targets))  # fmt: skip


def _whole_targets(plan: Plan) -> list[str]:
    return [one.id for one in plan.targets if one.measure == "survey" and not one.within]


def _problem(what: Message, hint: Message | None) -> Problem:
    return Problem(where="study.yaml, judge_areas", what=what, hint=hint)
