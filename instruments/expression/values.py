"""Values and their conversions: XPath 1.0 with the dates that JavaRosa adds.

A date is a number as days since 1970-01-01, whatever its time of day, and a text in ISO form; so
is a text that is an ISO date, as in Enketo, because stored answers are texts. No conversion fails:
what is no number is NaN.
"""

import math
import re
from collections.abc import Sequence
from datetime import date, datetime

Value = str | float | bool | date
"""What an expression can be while it is evaluated; `date` includes `datetime`."""
Answer = str | float | bool | date | Sequence[str] | None
"""What an item's answer may be given as: None is unanswered, a sequence several codes."""

_EPOCH = date(1970, 1, 1).toordinal()
_NUMBER = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T[0-9:.]+(?:Z|[-+][0-9]{2}(?::?[0-9]{2})?)?)?")
_CLOSE = 1e-12


def to_value(answer: Answer) -> Value:
    """An answer as a value: nothing is the empty text, several codes a text with spaces."""
    if isinstance(answer, str | bool | float | date):
        return answer
    if answer is None:
        return ""
    return float(answer) if isinstance(answer, int) else " ".join(answer)


def to_text(value: Value) -> str:
    """The XPath function `string`."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return _number_text(value) if isinstance(value, int | float) else value.isoformat()


def to_number(value: Value) -> float:
    """The XPath function `number`."""
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, date):
        return float(value.toordinal() - _EPOCH)
    text = value.strip()
    if _NUMBER.fullmatch(text):
        return float(text)
    found = to_date(text)
    return math.nan if found is None else float(found.toordinal() - _EPOCH)


def to_boolean(value: Value) -> bool:
    """The XPath function `boolean`: a text is true unless empty, a number unless 0 or NaN."""
    if isinstance(value, int | float):
        return abs(value) > _CLOSE
    return value != ""


def to_date(value: Value) -> date | None:
    """A date or date-time from itself, from ISO text or from days since 1970-01-01."""
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str):
            return _read_date(value)
        return date.fromordinal(math.floor(value) + _EPOCH)
    except (ValueError, OverflowError):
        return None


def are_equal(left: Value, right: Value) -> bool:
    """The XPath operator ``=``: as booleans, else as numbers, else as texts."""
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if isinstance(left, bool) or isinstance(right, bool):
        return to_boolean(left) == to_boolean(right)
    if isinstance(left, float) or isinstance(right, float):
        one, other = to_number(left), to_number(right)
        return one == other or abs(one - other) < _CLOSE
    return to_text(left) == to_text(right)


def _read_date(text: str) -> date | None:
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)


def _number_text(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value):
        return str(int(value))
    text = repr(value)
    return f"{value:.20f}".rstrip("0").rstrip(".") if "e" in text else text
