"""Conditions such as ``age >= 18 and sch.wide == "Yes"``, which choose the rows of a domain.

Parsed here and never evaluated as code. A comparison with a missing value is unknown, and a row is
chosen only where the whole condition is known to hold.
"""

import operator
import re
from collections.abc import Callable, Iterator, Sequence
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
    "==": operator.eq, "=": operator.eq, "!=": operator.ne, "<>": operator.ne,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_WORDS = {"and": "and", "&": "and", "&&": "and", "or": "or", "|": "or", "||": "or",
          "not": "not", "!": "not"}  # fmt: skip


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
    parser = _Parser(data, condition, _tokens(condition))
    result = parser.either()
    parser.finish()
    return result.true


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

    def either(self) -> _Known:
        found = self.both()
        while self.word("or"):
            other = self.both()
            found = _Known(found.true | other.true, found.false & other.false)
        return found

    def both(self) -> _Known:
        found = self.negation()
        while self.word("and"):
            other = self.negation()
            found = _Known(found.true & other.true, found.false | other.false)
        return found

    def negation(self) -> _Known:
        if self.word("not"):
            found = self.negation()
            return _Known(found.false, found.true)
        if self.sign("("):
            found = self.either()
            if not self.sign(")"):
                raise self.unreadable()
            return found
        return self.comparison()

    def comparison(self) -> _Known:
        left = self.operand()
        token = self.peek()
        if token is None or token.value not in _COMPARE:
            raise self.unreadable()
        self.at += 1
        return _compare(left, self.operand(), _COMPARE[token.value])

    def operand(self) -> "pd.Series | float | str":
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

    def column(self, name: str) -> pd.Series:
        if name not in self.data.columns:
            raise AnalysisError(unknown_column(self.data, name, role="estimate.where"))
        return self.data[name]

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


def _compare(left: Any, right: Any, compare: Callable[[Any, Any], Any]) -> _Known:  # noqa: ANN401
    if isinstance(left, pd.Series):
        rows, values = left, _like(right, left)
    elif isinstance(right, pd.Series):
        rows, values = right, right
        left = _like(left, right)
    else:
        raise AnalysisError(_problem(say("a comparison needs a column on one side.")))
    known = rows.notna().to_numpy()
    if isinstance(right, pd.Series):
        known &= right.notna().to_numpy()
    first = _plain(left)
    second = _plain(values)
    holds = np.zeros(len(known), dtype=bool)
    holds[known] = np.broadcast_to(
        compare(_at(first, known), _at(second, known)), (int(known.sum()),)
    )
    return _Known(holds & known, ~holds & known)


def _like(value: Any, column: pd.Series) -> Any:  # noqa: ANN401
    """A constant in the terms of the column: text beside text, numbers beside numbers."""
    if isinstance(value, pd.Series) or is_numeric(column) == isinstance(value, float):
        return value
    if not is_numeric(column):
        return label(value)
    try:
        return float(value)
    except ValueError:
        what = say("column '{column}' holds numbers, but is compared with '{value}'.",
                   column=column.name, value=value)  # fmt: skip
        raise AnalysisError(_problem(what)) from None


def _plain(value: Any) -> Any:  # noqa: ANN401
    return value.to_numpy(dtype=object if not is_numeric(value) else None) if isinstance(
        value, pd.Series
    ) else value  # fmt: skip


def _at(value: Any, known: Mask) -> Any:  # noqa: ANN401
    return value[known] if isinstance(value, np.ndarray) else value


def _unreadable(condition: str, place: int) -> AnalysisError:
    what = say("the condition cannot be read from '{rest}' on.", rest=condition[place:] or "…")
    hint = say('Write comparisons such as age >= 18 and sex == "f", joined by and, or, not.')
    return AnalysisError(_problem(what, hint))


def _problem(what: Message, hint: Message | None = None) -> Problem:
    return Problem(where="estimate.where", what=what, hint=hint)
