"""An analysis written out: the document of ``result.json``, and a few lines for a terminal."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from math import isfinite, sqrt
from typing import Any

from analysis.awareness.result import Budget
from analysis.result import Analysis, Areas, Count, Estimate, TargetResult
from analysis.trait_result import CandourReport
from instruments.language import LANGUAGES, Language, Message


def as_json(analysis: Analysis) -> dict[str, Any]:
    """Every number in full, dates as ISO texts, messages in each language.

    A number that is not finite is a bug: what is not defined is null and a flag says why.
    """
    document: dict[str, Any] = _plain(analysis)
    return document


def as_text(analysis: Analysis, language: Language) -> str:
    """One line for each target, then the warnings; words for readers are the report's work."""
    targets = "\n".join(_line(one) for one in analysis.targets)
    warnings = "\n".join(f"- {one.text(language)}" for one in analysis.warnings)
    return f"{targets}\n{warnings}".rstrip()


def _line(result: TargetResult) -> str:
    place = f"{result.target:6} {result.phase:4} {result.verdict.word:13}"
    if result.estimate is not None and result.estimate.estimate is not None:
        low, high = (f"{limit:.4f}" if limit is not None else "-" for limit in result.estimate.ci)
        return f"{place} {result.estimate.estimate:.4f} ({low}, {high}) >= {result.threshold}"
    if result.count is not None:
        return (
            f"{place} {result.count.numerator} / {result.count.denominator} >= {result.threshold}"
        )
    return f"{place} {', '.join(f'{one.year}: {one.per_thousand:.3f}' for one in result.rates)}".rstrip()


def _plain(value: object) -> Any:  # noqa: ANN401 - a JSON value
    if isinstance(value, Message):
        return {language: value.text(language) for language in LANGUAGES}
    if is_dataclass(value) and not isinstance(value, type):
        own = {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
        return own | _derived(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return _scalar(value)


def _derived(value: object) -> dict[str, float]:
    """Numbers that are printed and follow from the others."""
    if isinstance(value, Count):
        return {"share": value.share}
    if isinstance(value, Areas):
        return {"each": value.each, "expected_false": value.expected_false,
                "expected_false_alone": value.expected_false_alone}  # fmt: skip
    if isinstance(value, Estimate) and value.deft is not None:
        return {"deft": value.deft}
    if isinstance(value, CandourReport) and value.ends is not None:
        return dict(zip(("least", "greatest"), value.ends, strict=True))
    if isinstance(value, Budget):
        lines = {one.name: getattr(value, one.name) for one in fields(value)}
        return {f"{name}_se": sqrt(line) for name, line in lines.items() if line is not None}
    return {}


def _scalar(value: object) -> str | int | float | bool | None:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not isfinite(value):
        raise ValueError(value)
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise TypeError(type(value).__name__)
