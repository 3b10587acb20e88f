"""What the evidence says on a target taken one way, before it is laid out as a result."""

from dataclasses import dataclass

from analysis.result import Count, Estimate, ForceCount, Rate, RateSeries, Verdict
from analysis.verdict import no_data
from instruments.language import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A verdict and what it rests on; `estimates` are those that were judged."""

    verdict: Verdict
    estimates: tuple[Estimate, ...] = ()
    parts: tuple[Estimate, ...] = ()
    count: Count | None = None
    by_force: tuple[ForceCount, ...] = ()
    rates: tuple[Rate, ...] = ()
    series: tuple[RateSeries, ...] = ()
    notes: tuple[Message, ...] = ()


def nothing(*notes: Message) -> Outcome:
    """No data, and why."""
    return Outcome(verdict=no_data(), notes=notes)
