"""Simulated returns of units on the plan's administrative targets, in the layout that is read.

One row is one unit on one target. A share gives ``phase, as_of, denominator, due_on, reported_on``
(empty where the unit has not reported) and numerators, which are persons in post: ``phase_all`` who
completed all required contents in the phase, ``phase_any`` some of them, ``year_all`` all in the
year, ``ever_all`` all at any time. A yearly rate gives ``year, kind`` (law or discipline), ``events,
persons, average_strength``. Units are opaque codes: strengths of units may be state secrets, and
these are invented.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from instruments.plan import Plan, Target

SOURCE = "Số liệu mô phỏng, không phải số liệu thật / simulated figures, not real ones"
FORCES = ("Lực lượng thường trực", "Dự bị động viên", "Dân quân tự vệ")
COLUMNS = (
    "target", "unit", "force", "phase", "as_of", "numerator_phase_all", "numerator_phase_any",
    "numerator_year_all", "numerator_ever_all", "denominator", "due_on", "reported_on",
    "year", "kind", "events", "persons", "average_strength", "source",
)  # fmt: skip
FIRST_YEAR = 2020


@dataclass(frozen=True, slots=True, kw_only=True)
class Returns:
    """How the units of one target report: their number, size, success, and who is silent."""

    units: int
    size: tuple[int, int]
    chance: float
    forces: tuple[str, ...] = ("",)
    silent: int = 0


RETURNS = {
    "T2.1": Returns(units=6, size=(300, 900), chance=0.985, forces=FORCES),
    "T3": Returns(units=12, size=(8, 25), chance=1.0),
    "T4": Returns(units=30, size=(60, 180), chance=0.885, silent=2),
}
"""T3 is fulfilled, T2.1 falls just short of everybody, T4 stays below nine in ten."""
OTHERWISE = Returns(units=10, size=(50, 200), chance=0.8)


def simulate_returns(plan: Plan, *, as_of: date, rng: np.random.Generator) -> pd.DataFrame:
    """Returns as of `as_of` on every administrative target, and yearly rates of the full years."""
    phase = next((one.id for one in plan.phases if one.begins <= as_of <= one.ends), "")
    rows: list[dict[str, object]] = []
    for target in plan.targets:
        if target.measure == "administrative_share":
            rows += _shares(target, phase, as_of, rng)
        if target.measure == "administrative_rate":
            rows += _rates(target, as_of, rng)
    return pd.DataFrame({name: [str(row.get(name, "")) for row in rows] for name in COLUMNS})


def _shares(
    target: Target, phase: str, as_of: date, rng: np.random.Generator
) -> Iterator[dict[str, object]]:
    returns = RETURNS.get(target.id, OTHERWISE)
    number = returns.units * len(returns.forces)
    for nth in range(number):
        denominator = int(rng.integers(*returns.size))
        reports = nth < number - returns.silent
        counts = _numerators(denominator, returns.chance, rng) if reports else {}
        yield {
            "target": target.id,
            "unit": f"DV{nth + 1:03}",
            "force": returns.forces[nth % len(returns.forces)],
            "phase": phase,
            "as_of": as_of.isoformat(),
            **counts,
            "denominator": denominator,
            "due_on": (as_of + timedelta(days=15)).isoformat(),
            "reported_on": _reported(as_of, nth, rng) if reports else "",
            "source": SOURCE,
        }


def _numerators(denominator: int, chance: float, rng: np.random.Generator) -> dict[str, int]:
    """Counts that contain each other: within the year, within the phase, ever or in part."""
    have = int(rng.binomial(denominator, chance))
    rest = denominator - have
    return {
        "numerator_phase_all": have,
        "numerator_phase_any": have + int(rng.binomial(rest, 0.5)),
        "numerator_year_all": int(rng.binomial(have, 0.6)),
        "numerator_ever_all": have + int(rng.binomial(rest, 0.3)),
    }


def _reported(as_of: date, nth: int, rng: np.random.Generator) -> str:
    """Within the fifteen days allowed, but for every tenth unit, which is late."""
    days = int(rng.integers(16, 30)) if nth % 10 == 9 else int(rng.integers(1, 16))
    return (as_of + timedelta(days=days)).isoformat()


def _rates(target: Target, as_of: date, rng: np.random.Generator) -> Iterator[dict[str, object]]:
    """Violations that tend to fall by some 8% a year; chance decides whether every year does."""
    for force, code in zip(FORCES, ("LL1", "LL2", "LL3"), strict=True):
        strength = int(rng.integers(3_000, 9_000))
        for year in range(FIRST_YEAR, as_of.year):
            expected = strength * 0.012 * 0.92 ** (year - FIRST_YEAR)
            for kind, part in (("law", 0.3), ("discipline", 0.7)):
                events = int(rng.poisson(expected * part))
                yield {
                    "target": target.id, "unit": code, "force": force, "year": year, "kind": kind,
                    "events": events, "persons": events + int(rng.binomial(events, 0.1)),
                    "average_strength": strength, "source": SOURCE,
                }  # fmt: skip
