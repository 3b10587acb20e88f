"""Administrative figures: what units report of their people, and what is known when some do not.

A share is compared as whole numbers of persons, never estimated. Units are known by their codes
alone and strengths stay in the study's own file.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from analysis.result import Count, Rate
from instruments.language import Text

POOLED = "pooled"
"""The name under which all forces, or both kinds of violation, are taken together."""
KINDS = ("law", "discipline")

Numerator = Literal["events", "persons"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitShare:
    """What one unit reported on one target: persons who have it, of persons in post.

    `numerators` are by what the plan counts (``phase_all``: all contents in the phase). A unit that
    has not reported has no date of report and no numerators, but perhaps a known strength.
    """

    target: str
    phase: str
    as_of: date
    unit: str
    force: str
    numerators: Mapping[str, int]
    denominator: int | None
    reported_on: date | None
    due_on: date | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitYear:
    """Violations of one kind in one unit and year, and its average strength.

    Where strengths may not be told, `rates` are per 1,000 in place of counts, and `strength` is any
    number in proportion to the strength.
    """

    target: str
    unit: str
    force: str
    year: int
    kind: str
    events: int | None
    persons: int | None
    strength: float
    source: str
    rates: Mapping[Numerator, float] = field(default_factory=dict)

    def count(self, numerator: Numerator) -> int | None:
        """Cases, by events or by persons; None where only their rate is told."""
        return self.events if numerator == "events" else self.persons


@dataclass(frozen=True, slots=True, kw_only=True)
class Administrative:
    """Everything in one file of counts; `forces` says what the forces in it are called."""

    shares: tuple[UnitShare, ...] = ()
    years: tuple[UnitYear, ...] = ()
    forces: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearlyRates:
    """Rates of the years in which every unit reported, and the units missing from the others."""

    rates: tuple[Rate, ...]
    incomplete: Mapping[int, tuple[str, ...]]


def shares_at(
    figures: Administrative, *, target: str, phase: str, today: date
) -> tuple[UnitShare, ...]:
    """The rows of the newest date of reference that is not after `today`."""
    own = [
        row for row in figures.shares
        if (row.target, row.phase) == (target, phase) and row.as_of <= today
    ]  # fmt: skip
    newest = max((row.as_of for row in own), default=None)
    return tuple(row for row in own if row.as_of == newest)


def count(
    rows: Sequence[UnitShare], *, numerator: str, today: date, force: str = POOLED
) -> Count | None:
    """Add up what the units reported by `today`; None where nobody did or nobody is in post."""
    own = [row for row in rows if force in (POOLED, row.force)]
    reported = [row for row in own if _has_reported(row, today)]
    silent = [row for row in own if not _has_reported(row, today)]
    have = sum(row.numerators.get(numerator, 0) for row in reported)
    of = sum(row.denominator or 0 for row in reported)
    if of == 0:
        return None
    units, outstanding = {row.unit for row in own}, _outstanding(silent)
    low, high = _bounds(have, of, outstanding)
    return Count(
        numerator=have,
        denominator=of,
        units_reporting=len(units - {row.unit for row in silent}),
        units_total=len(units),
        low=float(low),
        high=float(high),
        as_of=own[0].as_of,
        source=_together(row.source for row in own),
        late=sum(_is_late(row) for row in reported),
        outstanding=outstanding,
    )


def forces_of(rows: Iterable[UnitShare | UnitYear]) -> tuple[str, ...]:
    """The forces that rows name, in the order of the file."""
    return tuple(dict.fromkeys(row.force for row in rows if row.force))


def yearly_rates(
    rows: Iterable[UnitYear],
    *,
    kind: str = POOLED,
    force: str = POOLED,
    numerator: Numerator = "events",
) -> YearlyRates:
    """Violations per 1,000 of average strength, year by year, all units together.

    A year in which a unit of the series is missing has no rate: the sum would be of other units.
    """
    own = [row for row in rows if force in (POOLED, row.force)]
    kinds = KINDS if kind == POOLED else (kind,)
    wanted = {(row.unit, row.force, one) for row in own for one in kinds}
    years = sorted({row.year for row in own})
    by_year = {year: [row for row in own if row.year == year] for year in years}
    missing = {year: _missing_units(by_year[year], wanted) for year in years}
    return YearlyRates(
        rates=tuple(
            _rate(year, by_year[year], kinds, numerator) for year in years if not missing[year]
        ),
        incomplete={year: units for year, units in missing.items() if units},
    )


def _outstanding(rows: Sequence[UnitShare]) -> int | None:
    known = [row.denominator for row in rows]
    return None if None in known else sum(one or 0 for one in known)


def _bounds(have: int, of: int, outstanding: int | None) -> tuple[Fraction, Fraction]:
    if outstanding is None:
        return Fraction(0), Fraction(1)
    return Fraction(have, of + outstanding), Fraction(have + outstanding, of + outstanding)


def _is_late(row: UnitShare) -> bool:
    return row.reported_on is not None and row.due_on is not None and row.reported_on > row.due_on


def _has_reported(row: UnitShare, today: date) -> bool:
    return row.reported_on is not None and row.reported_on <= today


def _missing_units(rows: list[UnitYear], wanted: set[tuple[str, str, str]]) -> tuple[str, ...]:
    there = {(row.unit, row.force, row.kind) for row in rows}
    return tuple(sorted({unit for unit, *_ in wanted - there}))


def _rate(year: int, rows: list[UnitYear], kinds: Sequence[str], numerator: Numerator) -> Rate:
    own = [row for row in rows if row.kind in kinds]
    strength = sum({(row.unit, row.force): row.strength for row in rows}.values())
    counts = [row.count(numerator) for row in own]
    if None in counts:
        told = sum(row.strength * row.rates[numerator] for row in own)
        return Rate(year=year, per_thousand=told / strength)
    cases = sum(one or 0 for one in counts)
    return Rate(year=year, per_thousand=1000 * cases / strength, events=cases, strength=strength)


def _together(sources: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(source for source in sources if source))
