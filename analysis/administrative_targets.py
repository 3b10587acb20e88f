"""Targets that units report on: counted shares and yearly rates, pooled and force by force."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from analysis.administrative import (
    KINDS,
    POOLED,
    Administrative,
    Numerator,
    UnitYear,
    count,
    forces_of,
    shares_at,
    yearly_rates,
)
from analysis.outcome import Outcome, nothing
from analysis.rates import changes_between
from analysis.readings import Way
from analysis.result import Count, ForceCount, Rate, RateSeries
from analysis.verdict import judge_count, judge_rates, judge_together, no_data
from instruments.language import Message, Text, say
from instruments.plan import Phase, Target


def count_outcome(
    figures: Administrative, target: Target, phase: Phase, way: Way, *, today: date
) -> Outcome:
    """Add up and judge an administrative share with its words taken `way`."""
    rows = shares_at(figures, target=target.id, phase=phase.id, today=today)
    if not rows:
        return nothing(say("No unit has a figure in the file of counts."))
    if way.components == "joint":
        return nothing(say("Counts of units do not tell which persons have all components."))
    reported = [row.numerators for row in rows if row.reported_on is not None]
    if any(way.counts not in one for one in reported):
        return nothing(
            say("The file of counts has no complete column numerator_{name}.", name=way.counts)
        )
    pooled = count(rows, numerator=way.counts, today=today)
    if pooled is None or way.threshold is None:
        return nothing(say("No unit has reported yet."))
    forces = {
        force: count(rows, numerator=way.counts, today=today, force=force)
        for force in forces_of(rows)
    }
    silent = (figures.forces.get(name, name) for name, one in forces.items() if one is None)
    made = _counted(pooled, forces, way, asked=way.threshold, due=today > phase.ends)
    return replace(made, notes=tuple(_silent_force(name) for name in silent))


def _counted(
    pooled: Count, forces: Mapping[str, Count | None], way: Way, *, asked: float, due: bool
) -> Outcome:
    by_force = tuple(
        ForceCount(force=force, count=one, verdict=judge_count(one, threshold=asked, due=due))
        for force, one in forces.items()
        if one is not None
    )
    verdict = judge_count(pooled, threshold=asked, due=due)
    if way.forces == "each" and by_force:
        silent = [no_data() for one in forces.values() if one is None]
        verdict = judge_together([*(one.verdict for one in by_force), *silent])
    return Outcome(verdict=verdict, count=pooled, by_force=by_force)


def rate_outcome(
    figures: Administrative, target: Target, phase: Phase, way: Way, *, today: date
) -> Outcome:
    """Judge whether yearly rates fall as `way` asks: pooled, and each kind and force beside it.

    The first comparison of a phase is with the year before it, where that year has a figure; a
    year that is not over yet is left out.
    """
    over = today.year if (today.month, today.day) == (12, 31) else today.year - 1
    years = range(phase.begins.year - 1, min(phase.ends.year, over) + 1)
    rows = [row for row in figures.years if row.target == target.id and row.year in years]
    if not rows:
        return nothing(say("No unit has a figure in the file of counts."))
    last = phase.ends.year if today > phase.ends else None
    series = tuple(_all_series(rows, way, due=today > phase.ends, until=last))
    head = next(one for one in series if (one.kind, one.force) == (POOLED, POOLED))
    verdict = head.verdict
    if way.forces == "each" and (own := [one for one in series if one.force != POOLED]):
        verdict = judge_together([one.verdict for one in own if one.kind == POOLED])
    return Outcome(verdict=verdict, rates=head.rates, series=series, notes=_gaps(rows))


def _all_series(
    rows: Sequence[UnitYear], way: Way, *, due: bool, until: int | None
) -> Sequence[RateSeries]:
    pooled = [(kind, POOLED) for kind in (POOLED, *KINDS)]
    forces = [(POOLED, force) for force in forces_of(rows)]
    return [
        _series(rows, kind, force, way, due=due, until=until)
        for kind, force in [*pooled, *(forces if len(forces) > 1 else [])]
    ]


def _series(
    rows: Sequence[UnitYear], kind: str, force: str, way: Way, *, due: bool, until: int | None
) -> RateSeries:
    numerator = numerator_of(way)
    found = yearly_rates(rows, kind=kind, force=force, numerator=numerator)
    rates: tuple[Rate, ...] = found.rates
    return RateSeries(
        kind=kind,
        force=force,
        numerator=numerator,
        rates=rates,
        changes=changes_between(rates),
        verdict=judge_rates(rates, rule=way.rate_rule, due=due, until=until),
    )


def numerator_of(way: Way) -> Numerator:
    """Events, or persons where a reading of the plan names them."""
    return "persons" if way.counts == "persons" else "events"


def _gaps(rows: Sequence[UnitYear]) -> tuple[Message, ...]:
    incomplete = yearly_rates(rows).incomplete
    return tuple(
        say("{year} has no rate: {count} units lack figures, the first of them {unit}.",
            year=str(year), count=len(units), unit=units[0])
        for year, units in incomplete.items()
    )  # fmt: skip


def _silent_force(force: Text | str) -> Message:
    return say("No unit of the force '{force}' has reported.", force=force)
