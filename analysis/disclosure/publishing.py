"""The public edition of an analysis: rounded, and without what is secret about the forces."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from analysis.awareness.result import Budget
from analysis.result import Analysis, Estimate, ReadingResult, TargetResult
from instruments.language import say

BASE = 10
"""Unweighted counts are rounded to multiples of this."""
DECIMALS = 3
"""Digits of a published share: a tenth of a percentage point."""
_COUNTS = frozenset({"n", "people", "cases", "takers", "left_out", "unscored"})
_TOLD = frozenset({"base", "outside_base", "scored"})
_SECRET = say("Counts, strengths and rates of the forces are not part of the public edition.")
_T = TypeVar("_T")


def public(analysis: Analysis) -> Analysis:
    """The analysis with counts rounded to 10, shares to a tenth of a point, forces' numbers gone.

    What serves the next wave or the next decision is gone too: single items and their wording, other
    cuts, the interviews that would decide a target, how fieldwork went, and rows that were set aside.
    """
    asked = {one.of for one in analysis.items}
    traits = () if analysis.latent is None else analysis.latent.traits
    latent = analysis.latent and replace(
        analysis.latent, traits=tuple(replace(one, at_cut={}) for one in traits)
    )
    shown = replace(
        analysis, targets=tuple(map(_target, analysis.targets)), items=(), curve=(), old_law=(), candour=(), transitions=(),
        answers=(), gaps=(), fieldwork=None, latent=latent,
        profiles=tuple(replace(one, to_decide=None, to_decide_as_all=None)
                       for one in analysis.profiles),
        labels={name: label for name, label in analysis.labels.items()
                if name.partition("=")[0] not in asked},
    )  # fmt: skip
    responses = {name: nearest(count) for name, count in analysis.responses.items()
                 if name in _TOLD}  # fmt: skip
    return replace(_rounded(shown), responses=responses)


def is_secret(result: TargetResult) -> bool:
    """Whether a result tells strengths or counts of forces."""
    return bool(result.by_force or result.series or result.rates)


def nearest(count: float) -> int:
    """A count rounded to the nearest 10, halves upwards."""
    return BASE * int((count + BASE / 2) // BASE)


def _target(result: TargetResult) -> TargetResult:
    result = replace(result, to_decide=None)
    if not is_secret(result):
        return result
    return replace(result, count=None, by_force=(), rates=(), series=(),
                   readings=tuple(map(_reading, result.readings)),
                   notes=(*result.notes, _SECRET))  # fmt: skip


def _reading(reading: ReadingResult) -> ReadingResult:
    return replace(reading, count=None)


def _rounded(value: _T) -> _T:
    """The same values with every estimate and every unweighted count in them rounded."""
    made: object = value
    if isinstance(value, Estimate):
        made = _estimate(value)
    elif is_dataclass(value) and not isinstance(value, type):
        made = replace(value, **{one.name: _field(one.name, getattr(value, one.name))
                                 for one in fields(value)})  # fmt: skip
    elif isinstance(value, tuple):
        made = tuple(map(_rounded, value))
    return made  # type: ignore[return-value]  # each branch gives back its own type


def _field(name: str, value: object) -> object:
    if name not in _COUNTS:
        return _rounded(value)
    if isinstance(value, Mapping):
        return {key: nearest(count) for key, count in value.items()}
    return nearest(value) if isinstance(value, int) else value


def _estimate(one: Estimate) -> Estimate:
    low, high = map(_share, one.ci)
    return replace(one, n=nearest(one.n), n_eff=None if one.n_eff is None else nearest(one.n_eff),
                   hits=None, estimate=_share(one.estimate), se=_share(one.se), ci=(low, high),
                   cv=_share(one.cv), deff=_share(one.deff),
                   observed=None if one.observed is None else _estimate(one.observed),
                   budget=None if one.budget is None else _budget(one.budget),
                   margins=tuple(round(share, DECIMALS) for share in one.margins))  # fmt: skip


def _budget(one: Budget) -> Budget:
    """Variances to the digits of a standard error of a tenth of a point."""
    lines: dict[str, Any] = {
        line.name: None if value is None else round(value, 2 * DECIMALS)
        for line in fields(one) for value in (getattr(one, line.name),)
    }  # fmt: skip
    return Budget(**lines)


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)
