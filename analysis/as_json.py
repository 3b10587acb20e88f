"""An analysis as a JSON document: the content of ``result.json``."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from math import isfinite
from typing import Any

from analysis.result import Analysis, Count
from instruments.language import LANGUAGES, Message


def as_json(analysis: Analysis) -> dict[str, Any]:
    """Every number in full, dates as ISO texts, messages in each language.

    A number that is not finite is a bug: what is not defined is null and a flag says why.
    """
    document: dict[str, Any] = _plain(analysis)
    return document


def _plain(value: object) -> Any:  # noqa: ANN401 - a JSON value
    if isinstance(value, Message):
        return {language: value.text(language) for language in LANGUAGES}
    if is_dataclass(value) and not isinstance(value, type):
        own = {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
        return own | ({"share": value.share} if isinstance(value, Count) else {})
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return _scalar(value)


def _scalar(value: object) -> str | int | float | bool | None:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not isfinite(value):
        raise ValueError(value)
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise TypeError(type(value).__name__)
