"""The functions of the language: how many arguments they take and what they do to values.

Names and meaning are those of JavaRosa (ODK Collect). Functions that read more than the values of
their arguments (the clock, rosters, labels) are not among `PLAIN`; `evaluate` knows them.
"""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal

from instruments.expression.values import Value, to_boolean, to_date, to_number, to_text

ANY = 500
"""No limit on the number of arguments but the length of an expression."""


def is_selected(answer: Value, code: Value) -> bool:
    """Whether the code is among those of the answer, which are separated by spaces."""
    return f" {to_text(code).strip()} " in f" {to_text(answer)} "


def selected_at(answer: Value, position: Value) -> str:
    """The code at a position from 0, or nothing."""
    codes, at = to_text(answer).split(), to_number(position)
    return codes[int(at)] if 0 <= at < len(codes) else ""


def substring(value: Value, start: Value, end: Value = math.inf) -> str:
    """Characters from `start`, counted from 0, to before `end`; negative ones count from the end."""
    text = to_text(value)
    first, last = (_index(bound, len(text)) for bound in (start, end))
    return text[first:last] if first <= last else ""


def _index(bound: Value, length: int) -> int:
    number = to_number(bound)
    if math.isnan(number):
        return 0
    at = int(max(-length, min(length, number)))
    return at + length if at < 0 else at


def translate(value: Value, old: Value, new: Value) -> str:
    """Characters of `old` replaced by those of `new`; what has no partner goes."""
    before, after = to_text(old), to_text(new)
    table = {ord(char): after[at : at + 1] for at, char in reversed(list(enumerate(before)))}
    return to_text(value).translate(table)


def round_half_up(value: Value, places: Value = 0.0) -> float:
    """A number rounded to decimal places; halves go up, as XPath has it."""
    number, digits = to_number(value), to_number(places)
    if not (math.isfinite(number) and abs(digits) <= 30):
        return number if math.isinf(number) else math.nan
    rounding = ROUND_HALF_DOWN if number < 0 else ROUND_HALF_UP
    unit = Decimal(1).scaleb(-int(digits))
    scaled = (Decimal(repr(number)) / unit).to_integral_value(rounding)
    return float(scaled * unit)


def whole(value: Value) -> float:
    """A number without its fraction."""
    number = to_number(value)
    return float(math.trunc(number)) if math.isfinite(number) else number


def power(base: Value, exponent: Value) -> float:
    """A number raised to a power, as Java and JavaScript have it; NaN where that is no real number."""
    number, times = to_number(base), to_number(exponent)
    if abs(number) == 1 and not math.isfinite(times):
        return math.nan
    try:
        return math.pow(number, times)
    except OverflowError:
        return -math.inf if number < 0 and times % 2 else math.inf
    except ValueError:
        return math.nan if number else math.inf


def largest(*values: Value) -> float:
    """The largest of the numbers among the values."""
    return max(_numbers(values), default=math.nan)


def smallest(*values: Value) -> float:
    """The smallest of the numbers among the values."""
    return min(_numbers(values), default=math.nan)


def total(*values: Value) -> float:
    """The sum of the numbers among the values."""
    return sum(_numbers(values), 0.0)


def join(separator: Value, *values: Value) -> str:
    """Texts in a row with a separator between them."""
    return to_text(separator).join(map(to_text, values))


def as_date(value: Value) -> Value:
    """A date without time, or nothing."""
    found = to_date(value)
    if found is None:
        return ""
    return found.date() if isinstance(found, datetime) else found


def as_date_time(value: Value) -> Value:
    """A date with its time, or nothing."""
    found = to_date(value)
    if found is None:
        return ""
    if isinstance(found, datetime):
        return found
    days = value % 1 if isinstance(value, float) else 0
    return datetime.combine(found, time()) + timedelta(days=days)


def decimal_date_time(value: Value) -> Value:
    """Days and their fraction since 1970-01-01 in universal time."""
    if isinstance(value, float):
        return value
    moment = as_date_time(value)
    if not isinstance(moment, datetime):
        return ""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() / 86400


def format_date(value: Value, pattern: Value) -> str:
    """A date in a form given by ``%Y %m %d`` and their kin."""
    found = as_date_time(value)
    if not isinstance(found, datetime):
        return ""
    text, parts = to_text(pattern), _date_parts(found)
    pieces = text.split("%")
    return pieces[0] + "".join(parts.get(piece[:1], piece[:1]) + piece[1:] for piece in pieces[1:])


def _date_parts(moment: datetime) -> dict[str, str]:
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return {
        "Y": f"{moment.year:04}", "y": f"{moment.year % 100:02}",
        "m": f"{moment.month:02}", "n": str(moment.month), "b": months[moment.month - 1],
        "d": f"{moment.day:02}", "e": str(moment.day), "a": days[moment.weekday()],
        "H": f"{moment.hour:02}", "h": str(moment.hour), "M": f"{moment.minute:02}",
        "S": f"{moment.second:02}", "3": f"{moment.microsecond // 1000:03}",
    }  # fmt: skip


def _numbers(values: tuple[Value, ...]) -> list[float]:
    return [number for value in values if not math.isnan(number := to_number(value))]


def _real(function: Callable[[float], float]) -> Callable[[Value], float]:
    """A function of one number; NaN or infinity stay, and outside its domain it is NaN."""

    def apply(value: Value) -> float:
        number = to_number(value)
        try:
            return float(function(number)) if math.isfinite(number) else number
        except ValueError:
            return math.nan
        except OverflowError:
            return math.inf

    return apply


def _before(value: Value, mark: Value) -> str:
    head, found, _ = to_text(value).partition(to_text(mark)) if to_text(mark) else ("", "", "")
    return head if found else ""


def _after(value: Value, mark: Value) -> str:
    return to_text(value).partition(to_text(mark))[2] if to_text(mark) else to_text(value)


ARITY: Mapping[str, tuple[int, int]] = {
    "abs": (1, 1),
    "boolean": (1, 1),
    "boolean-from-string": (1, 1),
    "ceiling": (1, 1),
    "coalesce": (2, 2),
    "concat": (1, ANY),
    "contains": (2, 2),
    "count": (1, 1),
    "count-non-empty": (1, 1),
    "count-selected": (1, 1),
    "date": (1, 1),
    "date-time": (1, 1),
    "decimal-date-time": (1, 1),
    "ends-with": (2, 2),
    "exp": (1, 1),
    "false": (0, 0),
    "floor": (1, 1),
    "format-date": (2, 2),
    "format-date-time": (2, 2),
    "if": (3, 3),
    "indexed-repeat": (3, 3),
    "int": (1, 1),
    "join": (2, ANY),
    "jr:choice-name": (2, 2),
    "log": (1, 1),
    "log10": (1, 1),
    "max": (1, ANY),
    "min": (1, ANY),
    "normalize-space": (1, 1),
    "not": (1, 1),
    "now": (0, 0),
    "number": (1, 1),
    "once": (1, 1),
    "position": (0, 1),
    "pow": (2, 2),
    "random": (0, 0),
    "regex": (2, 2),
    "round": (1, 2),
    "selected": (2, 2),
    "selected-at": (2, 2),
    "sqrt": (1, 1),
    "starts-with": (2, 2),
    "string": (1, 1),
    "string-length": (1, 1),
    "substr": (2, 3),
    "substring-after": (2, 2),
    "substring-before": (2, 2),
    "sum": (1, 1),
    "today": (0, 0),
    "translate": (3, 3),
    "true": (0, 0),
    "uuid": (0, 0),
}
"""Least and most arguments of every function."""

PLAIN: Mapping[str, Callable[..., Value]] = {
    "abs": _real(abs),
    "boolean": to_boolean,
    "boolean-from-string": lambda value: to_text(value).lower() in ("true", "1"),
    "ceiling": _real(math.ceil),
    "contains": lambda a, b: to_text(b) in to_text(a),
    "count-selected": lambda value: float(len(to_text(value).split())),
    "date": as_date,
    "date-time": as_date_time,
    "decimal-date-time": decimal_date_time,
    "ends-with": lambda a, b: to_text(a).endswith(to_text(b)),
    "exp": _real(math.exp),
    "false": lambda: False,
    "floor": _real(math.floor),
    "format-date": format_date,
    "format-date-time": format_date,
    "int": whole,
    "log": _real(math.log),
    "log10": _real(math.log10),
    "normalize-space": lambda value: " ".join(to_text(value).split()),
    "not": lambda value: not to_boolean(value),
    "number": to_number,
    "pow": power,
    "round": round_half_up,
    "selected": is_selected,
    "selected-at": selected_at,
    "sqrt": _real(math.sqrt),
    "starts-with": lambda a, b: to_text(a).startswith(to_text(b)),
    "string": to_text,
    "string-length": lambda value: float(len(to_text(value))),
    "substr": substring,
    "substring-after": _after,
    "substring-before": _before,
    "translate": translate,
    "true": lambda: True,
}
"""Functions of nothing but the values of their arguments."""
