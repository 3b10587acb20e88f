"""Every target in every phase: its threshold, its verdict, and how the verdict fares otherwise."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from analysis.administrative import Administrative
from analysis.administrative_targets import count_outcome, rate_outcome
from analysis.deciding import interviews_to_decide
from analysis.outcome import Outcome, nothing
from analysis.people import People
from analysis.readings import Alternative, Way, alternatives, default_way, other_cuts
from analysis.result import Estimate, Floor, ReadingResult, TargetResult
from analysis.survey_targets import floor_on, survey_outcome
from instruments.language import Message, say
from instruments.plan import Phase, Plan, Target

Judge = Callable[[Way], Outcome]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """All that is known on a day: a survey with its days of interview, and figures of units.

    `instruments` are the ids of those that `people` answered; `fielded` is the first and last day
    of interview.
    """

    people: People
    instruments: frozenset[str]
    fielded: tuple[date, date]
    figures: Administrative | None
    today: date


def judge_targets(plan: Plan, evidence: Evidence) -> tuple[TargetResult, ...]:
    """Judge every target of the plan in each of its phases, under every reading."""
    return tuple(
        _result(plan, target, phase, evidence)
        for phase in plan.phases
        for target in plan.targets
        if phase.id in target.phases or target.measure == "administrative_rate"
    )


def _result(plan: Plan, target: Target, phase: Phase, evidence: Evidence) -> TargetResult:
    way = default_way(plan, target, phase=phase.id)
    judge = _judge(plan, target, phase, evidence)
    found = judge(way)
    measured = found.verdict.word != "no_data"
    estimate = found.estimates[0] if len(found.estimates) == 1 else None
    return TargetResult(
        target=target.id,
        phase=phase.id,
        deadline=phase.ends,
        due=evidence.today > phase.ends,
        threshold=way.threshold,
        verdict=found.verdict,
        estimate=estimate,
        parts=found.parts,
        count=found.count,
        by_force=found.by_force,
        rates=found.rates,
        series=found.series,
        readings=tuple(_readings(plan, target, phase, judge)) if measured else (),
        floor=_floor(plan, target, phase, evidence) if found.estimates else None,
        to_decide=_to_decide(estimate, way, found),
        notes=found.notes,
    )


def _to_decide(estimate: Estimate | None, way: Way, found: Outcome) -> int | None:
    if estimate is None or way.threshold is None:
        return None
    return interviews_to_decide(estimate, threshold=way.threshold, verdict=found.verdict)


def _judge(plan: Plan, target: Target, phase: Phase, evidence: Evidence) -> Judge:
    """How the target is judged in this phase, whatever way its words are taken."""
    due, today = evidence.today > phase.ends, evidence.today
    figures = evidence.figures
    if target.measure in ("survey", "test"):
        reason = _unsurveyed(plan, target, phase, evidence)
        if reason is not None:
            return lambda _: nothing(reason)
        return lambda way: survey_outcome(evidence.people, target, way, due=due)
    if figures is None:
        return lambda _: nothing(say("The study names no file of administrative counts."))
    if target.measure == "administrative_share":
        return lambda way: count_outcome(figures, target, phase, way, today=today)
    return lambda way: rate_outcome(figures, target, phase, way, today=today)


def _unsurveyed(plan: Plan, target: Target, phase: Phase, evidence: Evidence) -> Message | None:
    """Why no survey measures the target in this phase, or None where one does."""
    named = next((one.instrument for one in plan.populations if one.id == target.population), None)
    if named is None and target.measure == "test":
        return say("The instrument that would measure it does not exist yet.")
    if named is not None and named not in evidence.instruments:
        return say("No survey of these people (instrument '{instrument}') is analysed here.",
                   instrument=named)  # fmt: skip
    if not phase.begins <= evidence.fielded[1] <= phase.ends:
        return say("No survey data: no survey ended in this phase.")
    return None


def _readings(plan: Plan, target: Target, phase: Phase, judge: Judge) -> Iterator[ReadingResult]:
    told: list[Way] = []
    for other in alternatives(plan, target, phase=phase.id):
        told.append(other.way)
        yield _reading(other, judge(other.way))
    for dimension, at, way in other_cuts(plan, target, phase=phase.id):
        if target.measure in ("survey", "test") and way not in told:
            found = judge(way)
            yield ReadingResult(reading=dimension, option=f"{at:g}", cut=at, threshold=way.threshold,
                                estimates=found.estimates, verdict=found.verdict,
                                note=next(iter(found.notes), None))  # fmt: skip


def _reading(other: Alternative, found: Outcome) -> ReadingResult:
    advice = other.option.advice_only
    return ReadingResult(
        reading=other.reading.id,
        option=other.option.id,
        threshold=other.way.threshold,
        estimates=found.estimates,
        verdict=None if advice else found.verdict,
        advice_only=advice,
        note=next(iter(found.notes), None),
        count=found.count,
    )


def _floor(plan: Plan, target: Target, phase: Phase, evidence: Evidence) -> Floor | None:
    """The floor on a target for some areas under one for everybody with the same indicator."""
    parent = next((one for one in plan.targets if one.id == target.parent), None)
    if parent is None or parent.within or not target.within or parent.measure != "survey":
        return None
    way = default_way(plan, target, phase=phase.id)
    whole = default_way(plan, parent, phase=phase.id)
    return floor_on(evidence.people, target, way, whole=whole)
