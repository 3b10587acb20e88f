"""Flags of a result: all of them wherever they stand, and one for each number that is none."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from analysis.columns import Floats

Json = dict[str, Any]
FEW = 30
"""Persons below whom an estimate's error is itself hardly known."""


def few_persons(n: int, weights: Floats | None = None) -> tuple[str, ...]:
    """A flag where an estimate rests on few persons, or on few whose weights are large (Kish 1965)."""
    if n < FEW:
        return (f"few_persons: {n}",)
    if weights is None or not len(weights):
        return ()
    own = weights / weights.max()
    effective = float(own.sum() ** 2 / (own**2).sum())
    return (f"few_effective_persons: {effective:.0f}",) if effective < FEW else ()


def all_flags(one: Json) -> list[str]:
    """The flags of an analysis and of its rows, these with the item or the group behind them."""
    return list(dict.fromkeys(_flags(one, of="")))


def _flags(value: object, *, of: str) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for part in value:
            yield from _flags(part, of=of)
    if not isinstance(value, Mapping):
        return
    own = _whose(value) or of
    for flag in value.get("flags") or ():
        yield f"{flag} ({own})" if own else str(flag)
    for name, part in value.items():
        if name != "flags":
            yield from _flags(part, of=own)


def _whose(row: Mapping[str, Any]) -> str:
    """The item, the group or the rule that a row is about."""
    by = row.get("by")
    if isinstance(by, Mapping):
        return ", ".join(f"{name} = {level}" for name, level in by.items())
    return str(row.get("item") or row.get("rule") or "")


def undefined(found: Json) -> list[str]:
    """A flag for each field with a number that is not finite, unless its row is flagged."""
    flagged = any(
        str(flag).startswith(("no_estimate", "rows_left_out")) for flag in found.get("flags") or ()
    )
    names = dict.fromkeys(
        name for key, value in found.items() for name in _undefined(value, key)
        if not (flagged and name in ("theta", "se"))
    )  # fmt: skip
    return [f"not_estimable: {name}" for name in names]


def _undefined(value: object, name: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from _undefined_fields(value, name)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _undefined(part, name)
    elif isinstance(value, float | np.floating | np.ndarray) and not np.isfinite(value).all():
        yield name


def _undefined_fields(row: Mapping[str, Any], name: str) -> Iterator[str]:
    """Those of a row that says nothing of itself; errors bear the name of what they are of."""
    for key, part in () if row.get("flags") else row.items():
        yield from _undefined(part, f"{name}.{key}" if name == "se" else key)
