"""What may be told beside an area: nothing that its own withheld number would give away."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from analysis.disclosure.presentation import LEAST_N, presentation
from analysis.result import AreaProfile, Estimate
from analysis.shares import AVERAGE

GREATEST_CV = 0.30
"""An average with a greater coefficient of variation is not shown (old NCHS rule for means)."""


def screened_profiles(
    profiles: Iterable[AreaProfile], *, shown: Collection[tuple[str, str]]
) -> tuple[AreaProfile, ...]:
    """The profiles; of an area that is not `shown` only where it lies and what rests on everybody."""
    return tuple(
        replace(one, topics=_reliable(one.topics)) if (one.variable, one.area) in shown
        else replace(one, topics=(), to_decide=None)
        for one in profiles
    )  # fmt: skip


def _reliable(topics: Iterable[Estimate]) -> tuple[Estimate, ...]:
    return tuple(replace(one, hits=None) for one in topics if _is_reliable(one))


def _is_reliable(one: Estimate) -> bool:
    """A share by the presentation standards; an average by its respondents and its variation."""
    if AVERAGE not in one.flags:
        return presentation(one).shown
    return one.n >= LEAST_N and one.cv is not None and one.cv < GREATEST_CV
