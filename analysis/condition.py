"""Conditions such as ``age >= 18 and sch.wide == "Yes"``, which choose the rows of a domain.

Parsed here and never evaluated as code. A comparison with a missing value is unknown, and a row is
chosen only where the whole condition is known to hold.
"""

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.columns import is_numeric, label, unknown_column
from analysis.errors import AnalysisError
from instruments.errors import Problem
from instruments.language import Message, say

Mask = NDArray[np.bool_]

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
    |(?P<text>"[^"]*"|'[^']*')
    |(?P<name>`[^`]+`|[^\W\d][\w.]*)
    |(?P<sign>==|!=|<>|<=|>=|=|<|>|\(|\)|&&?|\|\|?|!|-))""",
    re.VERBOSE,
)
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
_SAME = {"==": "=", "!=": "<>"}
_WORDS = {"and": "and", "&": "and", "&&": "and", "or": "or", "|": "or", "||": "or",
          "not": "not", "!": "not"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column in a comparison."""

    name: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two operands and the sign between them; a missing value makes it unknown."""

    left: "Operand"
    sign: str
    right: "Operand"


@dataclass(frozen=True, slots=True)
class Every:
    """Holds where all parts hold."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Holds where at least one part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Holds where the part is known not to hold."""

    part: "Condition"


Operand = Column | float | str
Condition = Comparison | Every | Some | Not


class _Known(NamedTuple):
    """Three-valued truth per row: surely true, surely false, or neither."""

    true: Mask
    false: Mask


class _Token(NamedTuple):
    kind: str
    value: str
    place: int


def choose_rows(data: pd.DataFrame, condition: str) -> Mask:
    """The rows of `data` where `condition` is known to hold."""
    return _truth(data, read_condition(data, condition)).true


def read_condition(data: pd.DataFrame, condition: str) -> Condition:
    """Parse a condition on the columns of `data`, constants in the terms of their column."""
    parser = _Parser(data, condition, _tokens(condition))
    result = parser.either()
    parser.finish()
    return result


def names_in(condition: str) -> Iterator[str]:
    """Every name that the condition may mean as a column."""
    for match in _TOKEN.finditer(condition):
        if match["name"]:
            yield match["name"].strip("`")


def _tokens(condition: str) -> list[_Token]:
    tokens, place = [], 0
    while place < len(condition.rstrip()):
        match = _TOKEN.match(condition, place)
        if match is None:
            raise _unreadable(condition, place)
        kind = str(match.lastgroup)
        tokens.append(_Token(kind, match[kind], match.start(kind)))
        place = match.end()
    return tokens


class _Parser:
    """Recursive descent over or, and, not, comparison."""

    def __init__(self, data: pd.DataFrame, condition: str, tokens: Sequence[_Token]) -> None:
        self.data = data
        self.condition = condition
        self.tokens = list(tokens)
        self.at = 0

    def either(self) -> Condition:
        parts = [self.both()]
        while self.word("or"):
            parts.append(self.both())
        return Some(tuple(parts)) if len(parts) > 1 else parts[0]

    def both(self) -> Condition:
        parts = [self.negation()]
        while self.word("and"):
            parts.append(self.negation())
        return Every(tuple(parts)) if len(parts) > 1 else parts[0]

    def negation(self) -> Condition:
        if self.word("not"):
            return Not(self.negation())
        if self.sign("("):
            found = self.either()
            if not self.sign(")"):
                raise self.unreadable()
            return found
        return self.comparison()

    def comparison(self) -> Comparison:
        left = self.operand()
        token = self.peek()
        if token is None or token.value not in _COMPARE:
            raise self.unreadable()
        self.at += 1
        return _settled(self.data, left, _SAME.get(token.value, token.value), self.operand())

    def operand(self) -> Operand:
        negative = self.sign("-")
        token = self.peek()
        if token is None or token.kind == "sign" or (negative and token.kind != "number"):
            raise self.unreadable()
        self.at += 1
        if token.kind == "number":
            return -float(token.value) if negative else float(token.value)
        if token.kind == "text":
            return token.value[1:-1]
        return self.column(token.value.strip("`"))

    def column(self, name: str) -> Column:
        if name not in self.data.columns:
            raise AnalysisError(unknown_column(self.data, name, role="estimate.where"))
        return Column(name)

    def peek(self) -> _Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def word(self, wanted: str) -> bool:
        token = self.peek()
        found = token is not None and token.kind in ("name", "sign") and (
            _WORDS.get(token.value) == wanted
        )  # fmt: skip
        self.at += found
        return found

    def sign(self, wanted: str) -> bool:
        token = self.peek()
        found = token is not None and token.kind == "sign" and token.value == wanted
        self.at += found
        return found

    def finish(self) -> None:
        if self.peek() is not None:
            raise self.unreadable()

    def unreadable(self) -> AnalysisError:
        token = self.peek()
        return _unreadable(self.condition, len(self.condition) if token is None else token.place)


def _settled(data: pd.DataFrame, left: Operand, sign: str, right: Operand) -> Comparison:
    """The comparison with numbers beside numbers and text beside text, or the reason why not."""
    columns = [data[one.name] for one in (left, right) if isinstance(one, Column)]
    if not columns:
        raise AnalysisError(_problem(say("a comparison needs a column on one side.")))
    if is_numeric(columns[0]) != is_numeric(columns[-1]):
        what = say("columns '{one}' and '{two}' cannot be compared: one holds numbers, the other "
                   "text.", one=columns[0].name, two=columns[-1].name)  # fmt: skip
        raise AnalysisError(_problem(what))
    return Comparison(_like(left, columns[0]), sign, _like(right, columns[0]))


def _like(value: Operand, column: pd.Series) -> Operand:
    """A constant in the terms of the column: text beside text, numbers beside numbers."""
    if isinstance(value, Column):
        return value
    if not is_numeric(column):
        return label(value)
    try:
        return float(value)
    except ValueError:
        what = say("column '{column}' holds numbers, but is compared with '{value}'.",
                   column=column.name, value=value)  # fmt: skip
        raise AnalysisError(_problem(what)) from None


def _truth(data: pd.DataFrame, condition: Condition) -> _Known:
    match condition:
        case Comparison():
            return _compared(data, condition)
        case Not(part):
            found = _truth(data, part)
            return _Known(found.false, found.true)
        case Every(parts):
            known = [_truth(data, part) for part in parts]
            true: Mask = np.all([one.true for one in known], axis=0)
            false: Mask = np.any([one.false for one in known], axis=0)
            return _Known(true, false)
        case Some(parts):
            return _truth(data, Not(Every(tuple(Not(part) for part in parts))))


def _compared(data: pd.DataFrame, comparison: Comparison) -> _Known:
    known = np.ones(len(data), dtype=bool)
    for one in (comparison.left, comparison.right):
        if isinstance(one, Column):
            known &= data[one.name].notna().to_numpy()
    left, right = (_values(data, one, known) for one in (comparison.left, comparison.right))
    holds = np.zeros(len(known), dtype=bool)
    holds[known] = _COMPARE[comparison.sign](left, right)
    return _Known(holds, ~holds & known)


def _values(data: pd.DataFrame, operand: Operand, known: Mask) -> Any:  # noqa: ANN401
    """The operand in the known rows: numbers as doubles, anything else as its text."""
    if not isinstance(operand, Column):
        return operand
    column = data[operand.name][known]
    return column.to_numpy(dtype=np.float64 if is_numeric(column) else object)


def _unreadable(condition: str, place: int) -> AnalysisError:
    what = say("the condition cannot be read from '{rest}' on.", rest=condition[place:] or "…")
    hint = say('Write comparisons such as age >= 18 and sex == "f", joined by and, or, not.')
    return AnalysisError(_problem(what, hint))


def _problem(what: Message, hint: Message | None = None) -> Problem:
    return Problem(where="estimate.where", what=what, hint=hint)
