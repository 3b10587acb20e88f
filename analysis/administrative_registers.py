"""Registers of persons counted: who is in post on a day, and has completed what the plan asks.

Persons are counted once, whatever number of posts or courses they have: a person in several units
counts in that of the oldest post still held. Leavers drop from both sides. By what is counted:

``phase_all``     one course with all required contents, completed in the phase (the default);
``phase_across``  all required contents in the phase, gathered over several courses;
``phase_any``     any required content in the phase;
``year_all``      one course with all of them, in the calendar year of the day;
``ever_all``      one course with all of them, at any time up to the day.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from analysis.administrative import Administrative, Numerator, UnitShare, UnitYear
from analysis.errors import refuse
from instruments.errors import Problem
from instruments.language import say
from instruments.plan import Phase, Plan
from survey.registers.model import Completion, Post, Return, Unit, Violations
from survey.settings import RegisterTerms

Required = frozenset[str]
_Key = tuple[str, str, date]


def count_registers(
    returns: Sequence[Return], *, plan: Plan, terms: Mapping[str, RegisterTerms]
) -> Administrative:
    """The counts that returns of registers add up to, oldest return first.

    Of several returns on one unit and day the last one holds; courses are those of all returns.

    Raises:
        AnalysisError: a target whose required contents the study does not name.
    """
    latest = _latest(returns)
    targets = dict.fromkeys(target for target, *_ in latest)
    refuse(_unsaid(targets, terms))
    completed = _by_person(one for each in returns for one in each.completions)
    days = dict.fromkeys((target, as_of) for target, _, as_of in latest)
    return Administrative(
        shares=tuple(
            share
            for target, as_of in days
            for share in _shares(
                [one for key, one in latest.items() if (key[0], key[2]) == (target, as_of)],
                completed, phase=_phase(plan, as_of), required=frozenset(terms[target].required),
            )
        ),
        years=tuple(_years(returns)),
        forces={one.id: one.label for one in plan.forces},
    )  # fmt: skip


def in_post(units: Iterable[tuple[Unit, Sequence[Post]]]) -> dict[str, str]:
    """By person in post on the units' day, the unit that counts them: that of their oldest post."""
    held = [post for unit, posts in units for post in posts if post.held_on(unit.as_of)]
    oldest = sorted(held, key=lambda post: (post.since, post.unit), reverse=True)
    return {post.person: post.unit for post in oldest}


def numerators_of(
    courses: Sequence[Completion], *, required: Required, phase: Phase, as_of: date
) -> dict[str, bool]:
    """By what is counted, whether a person with these courses has it on the day."""
    known = [one for one in courses if one.completed_on <= as_of]
    in_phase = [one for one in known if one.completed_on >= phase.begins]
    whole = [one for one in known if required <= set(one.contents)]
    gathered = {content for one in in_phase for content in one.contents}
    return {
        "phase_all": any(one.completed_on >= phase.begins for one in whole),
        "phase_across": required <= gathered,
        "phase_any": bool(required & gathered),
        "year_all": any(one.completed_on >= max(date(as_of.year, 1, 1), phase.begins)
                        for one in whole),
        "ever_all": bool(whole),
    }  # fmt: skip


def _latest(returns: Sequence[Return]) -> dict[_Key, tuple[Unit, list[Post]]]:
    found: dict[_Key, tuple[Unit, list[Post]]] = {}
    for each in returns:
        for unit in each.units:
            own = [
                post for post in each.posts if (post.target, post.unit) == (unit.target, unit.unit)
            ]
            found[unit.target, unit.unit, unit.as_of] = (unit, own)
    return found


def _shares(
    units: Sequence[tuple[Unit, Sequence[Post]]], completed: Mapping[str, Sequence[Completion]], *,
    phase: Phase, required: Required,
) -> Iterator[UnitShare]:  # fmt: skip
    people = in_post(units)
    for unit, _ in units:
        own = [person for person, where in people.items() if where == unit.unit]
        told = [numerators_of(completed.get(person, ()), required=required, phase=phase,
                              as_of=unit.as_of) for person in own]  # fmt: skip
        yield _share(unit, phase, len(own), told)


def _share(unit: Unit, phase: Phase, people: int, told: Sequence[Mapping[str, bool]]) -> UnitShare:
    names = numerators_of((), required=frozenset(), phase=phase, as_of=unit.as_of)
    reported = unit.reported_on is not None
    return UnitShare(
        target=unit.target, phase=phase.id, as_of=unit.as_of, unit=unit.unit, force=unit.force,
        numerators={name: sum(one[name] for one in told) for name in names} if reported else {},
        denominator=people if reported else unit.in_post, reported_on=unit.reported_on,
        due_on=unit.due_on, source=unit.source,
    )  # fmt: skip


def _by_person(completions: Iterable[Completion]) -> dict[str, list[Completion]]:
    found: dict[str, list[Completion]] = {}
    for one in completions:
        found.setdefault(one.person, []).append(one)
    return found


def _phase(plan: Plan, day: date) -> Phase:
    return next(one for one in plan.phases if one.begins <= day <= one.ends)


def _years(returns: Sequence[Return]) -> Iterator[UnitYear]:
    latest: dict[tuple[object, ...], Violations] = {}
    for each in returns:
        for one in each.violations:
            latest[one.target, one.unit, one.force, one.year, one.kind] = one
    for one in latest.values():
        rates: dict[Numerator, float] = {}
        if one.event_rate is not None and one.person_rate is not None:
            rates = {"events": one.event_rate, "persons": one.person_rate}
        yield UnitYear(target=one.target, unit=one.unit, force=one.force, year=one.year,
                       kind=one.kind, events=one.events, persons=one.persons,
                       strength=one.strength, source=one.source, rates=rates)  # fmt: skip


def _unsaid(targets: Iterable[str], terms: Mapping[str, RegisterTerms]) -> Iterator[Problem]:
    for target in targets:
        if target not in terms or not terms[target].required:
            yield Problem(
                where=f"study.yaml, registers.{target}",
                what=say("the contents that the target requires are not named."),
                hint=say("Write 'registers: {example}' with their codes.",
                         example=f"{{{target}: {{required: [noi_dung_1, noi_dung_2]}}}}"),
            )  # fmt: skip
