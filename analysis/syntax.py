"""Expressions over estimates, such as ``y[g=1] / y[g=2]``, with their derivatives.

Parsed here and never evaluated as code: + - * / ^, log, exp, sqrt, numbers, and names of estimates
with their domain or level in brackets. The gradient is exact (forward differentiation).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from analysis.columns import Floats
from analysis.errors import AnalysisError
from instruments.errors import Problem
from instruments.language import say

_PART = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)"
    r"|(?P<name>`[^`]+`|[^\W\d][\w.:]*)(?P<place>\s*\[[^\]]*\])?"
    r"|(?P<sign>[-+*/^(),]))"
)


class Reference(NamedTuple):
    """A name in an expression and what its brackets say, such as ``y`` with ``{"g": "1"}``."""

    name: str
    place: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Value:
    """A number and its gradient in the estimates."""

    number: float
    slope: Floats


_FUNCTIONS: Mapping[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "log": (np.log, lambda x: 1 / x),
    "exp": (np.exp, np.exp),
    "sqrt": (np.sqrt, lambda x: 0.5 / np.sqrt(x)),
}


def evaluate(text: str, look_up: Callable[[Reference], Value]) -> Value:
    """The value of an expression and its gradient; `look_up` gives those of a name."""
    reader = _Reader(text, look_up)
    value = reader.sum()
    reader.finish()
    if not np.isfinite(value.number) or not np.isfinite(value.slope).all():
        what = say("'{expression}' is not defined at the estimates.", expression=text)
        raise AnalysisError(Problem(where="estimate.expression", what=what))
    return value


class _Reader:
    """Recursive descent: sums of products of powers of signed parts."""

    def __init__(self, text: str, look_up: Callable[[Reference], Value]) -> None:
        self.text = text
        self.at = 0
        self.look_up = look_up

    def sum(self) -> Value:
        value = self.product()
        while sign := self.take("+-"):
            other, factor = self.product(), 1.0 if sign == "+" else -1.0
            value = Value(number=value.number + factor * other.number,
                          slope=value.slope + factor * other.slope)  # fmt: skip
        return value

    def product(self) -> Value:
        value = self.signed()
        while sign := self.take("*/"):
            other = self.signed()
            value = _times(value, other if sign == "*" else _power(other, -1.0))
        return value

    def signed(self) -> Value:
        if self.take("-"):
            value = self.signed()
            return Value(number=-value.number, slope=-value.slope)
        value = self.part()
        if self.take("^"):
            exponent = self.signed()
            if exponent.slope.any():
                raise self.unreadable()
            return _power(value, exponent.number)
        return value

    def part(self) -> Value:
        if self.take("("):
            value = self.sum()
            if not self.take(")"):
                raise self.unreadable()
            return value
        match = _PART.match(self.text, self.at)
        if match is None or match["sign"]:
            raise self.unreadable()
        self.at = match.end()
        if match["number"]:
            return Value(number=float(match["number"]), slope=np.zeros(1))
        name = match["name"].strip("`")
        if name in _FUNCTIONS and match["place"] is None and self.peek() == "(":
            return self.function(name)
        return self.look_up(Reference(name, _place(match["place"] or "[]")))

    def function(self, name: str) -> Value:
        inner = self.part()
        value, slope = _FUNCTIONS[name]
        with np.errstate(all="ignore"):
            return Value(number=float(value(inner.number)),
                         slope=np.asarray(slope(inner.number) * inner.slope))  # fmt: skip

    def peek(self) -> str:
        match = _PART.match(self.text, self.at)
        return "" if match is None or not match["sign"] else match["sign"]

    def take(self, wanted: str) -> str:
        sign = self.peek()
        if not sign or sign not in wanted:
            return ""
        match = _PART.match(self.text, self.at)
        self.at = self.at if match is None else match.end()
        return sign

    def finish(self) -> None:
        if self.text[self.at :].strip():
            raise self.unreadable()

    def unreadable(self) -> AnalysisError:
        rest = self.text[self.at :].strip() or "…"
        what = say("the expression cannot be read from '{rest}' on.", rest=rest)
        hint = say("Write y[g=1] - y[g=2] with + - * / ^, log, exp, sqrt and numbers.")
        return AnalysisError(Problem(where="estimate.expression", what=what, hint=hint))


def _times(one: Value, two: Value) -> Value:
    return Value(number=one.number * two.number,
                 slope=one.slope * two.number + two.slope * one.number)  # fmt: skip


def _power(base: Value, exponent: float) -> Value:
    with np.errstate(all="ignore"):
        number = np.float64(base.number) ** exponent
        slope = exponent * np.float64(base.number) ** (exponent - 1) * base.slope
    return Value(number=float(number), slope=np.asarray(slope))


def _place(text: str) -> tuple[tuple[str, str], ...]:
    pairs = [part.partition("=") for part in text.strip()[1:-1].split(",") if part.strip()]
    return tuple((key.strip(), value.strip().strip("\"'`")) for key, _, value in pairs)
