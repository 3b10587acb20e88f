"""Text to tree: a Pratt parser whose every refusal names the character and the cure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from instruments.errors import DefinitionError, Problem
from instruments.expression.functions import ARITY
from instruments.expression.regex import compile_pattern
from instruments.expression.tree import (
    Call,
    Column,
    Current,
    Expression,
    Negative,
    Node,
    Number,
    Operation,
    Parent,
    Reference,
    Text,
)
from instruments.faults import did_you_mean
from instruments.language import Message, say

MAX_LENGTH = 2000
MAX_DEPTH = 50

_RANKS = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div", "mod"))
_RANK = {operator: rank for rank, row in enumerate(_RANKS, start=1) for operator in row}
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<reference>\$\{[^{}]*\})"
    r"|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
    r"|(?P<name>[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?)"
    r"|(?P<mark><=|>=|!=|\.\.|[=<>+*(),.-])"
)


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """Read one expression.

    Raises:
        DefinitionError: With one problem whose `where` is the character at which reading stopped.
    """
    if len(text) > MAX_LENGTH:
        raise _refusal(MAX_LENGTH + 1, say("The expression is longer than {limit} characters.",
                                           limit=MAX_LENGTH),
                       say("Divide it among calculated items."))  # fmt: skip
    reader = _Reader(tokens=_tokens(text))
    root = reader.expression(0, depth=0)
    if (left := reader.next()).kind != "end":
        raise _unexpected(left)
    return Expression(text=text, root=root)


@dataclass(slots=True, kw_only=True)
class _Reader:
    tokens: list[_Token]
    position: int = 0

    def next(self) -> _Token:
        token = self.tokens[self.position]
        self.position += token.kind != "end"
        return token

    def peek(self) -> _Token:
        return self.tokens[self.position]

    def rank(self) -> int:
        """How tightly the operator that comes next binds; 0 if none does."""
        token = self.peek()
        return _RANK.get(token.text, 0) if token.kind in ("name", "mark") else 0

    def expression(self, above: int, *, depth: int) -> Node:
        left = self.operand(depth=depth)
        while (rank := self.rank()) > above:
            rest = []
            while self.rank() == rank:
                operator = self.next().text
                rest.append((operator, self.expression(rank, depth=depth)))
            left = Operation(at=left.at, first=left, rest=tuple(rest))
        return left

    def operand(self, *, depth: int) -> Node:
        token = self.next()
        if depth > MAX_DEPTH:
            raise _refusal(token.at, say("More than {limit} brackets lie within each other.",
                                         limit=MAX_DEPTH),
                           say("Divide the expression among calculated items."))  # fmt: skip
        if token.kind == "name" and self.peek().text == "(":
            return self.call(token, depth=depth)
        match token.text:
            case "-":
                return Negative(at=token.at, operand=self.operand(depth=depth + 1))
            case "(":
                inner = self.expression(0, depth=depth + 1)
                self.close(token)
                return inner
        return _single(token)

    def call(self, name: _Token, *, depth: int) -> Call:
        opening = self.next()
        call = Call(
            at=name.at, name=name.text, arguments=self.arguments(name.text, depth=depth + 1)
        )
        self.close(opening)
        _check_call(call)
        return call

    def arguments(self, name: str, *, depth: int) -> tuple[Node, ...]:
        if self.peek().text == ")":
            return ()
        if name == "position" and self.peek().text == "..":
            return (Parent(at=self.next().at),)
        found = [self.expression(0, depth=depth)]
        while self.peek().text == ",":
            self.next()
            found.append(self.expression(0, depth=depth))
        return tuple(found)

    def close(self, opening: _Token) -> None:
        token = self.next()
        if token.kind == "end":
            raise _refusal(opening.at, say("The bracket is not closed."), say("Add ')'."))
        if token.text != ")":
            raise _unexpected(token)


def _tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _unreadable(text, at)
        if found.lastgroup and found.lastgroup != "space":
            tokens.append(_Token(found.lastgroup, found[0], at + 1))
        at = found.end()
    return [*tokens, _Token("end", "", len(text) + 1)]


def _single(token: _Token) -> Node:
    match token.kind:
        case "text":
            return Text(at=token.at, value=token.text[1:-1])
        case "number":
            return Number(at=token.at, value=float(token.text))
        case "reference":
            return Reference(at=token.at, id=token.text[2:-1].strip())
        case "name" if token.text not in _RANK:
            return Column(at=token.at, name=token.text)
    if token.text == ".":
        return Current(at=token.at)
    raise _unexpected(token)


def _check_call(call: Call) -> None:
    if call.name not in ARITY:
        raise _refusal(call.at, say("There is no function '{name}' here.", name=call.name),
                       did_you_mean(call.name.lower(), ARITY))  # fmt: skip
    found, (least, most) = len(call.arguments), ARITY[call.name]
    if not least <= found <= most:
        raise _refusal(call.at, say("'{name}' has {found} arguments.", name=call.name, found=found),
                       _arguments(least, most))  # fmt: skip
    _check_literals(call)


def _arguments(least: int, most: int) -> Message:
    if least == most:
        return say("Give it {count}.", count=least)
    return say("Give it at least {count}.", count=least)


def _check_literals(call: Call) -> None:
    """Arguments that must be written out: codes in quotation marks, patterns, ids."""
    last = call.arguments[-1] if call.arguments else None
    if call.name == "position" and last is not None and not isinstance(last, Parent):
        raise _refusal(last.at, say("'position' takes nothing or '..'."))
    if call.name == "selected" and isinstance(last, Number):
        raise _refusal(last.at, say("A code stands here without quotation marks."),
                       say("Write '{code:g}' with them.", code=last.value))  # fmt: skip
    if call.name in ("regex", "jr:choice-name") and not isinstance(last, Text):
        raise _refusal(call.at, say("The second argument of '{name}' is not a text.", name=call.name),
                       say("Write it out in quotation marks."))  # fmt: skip
    if call.name == "regex" and isinstance(last, Text):
        _check_pattern(last)


def _check_pattern(pattern: Text) -> None:
    try:
        compile_pattern(pattern.value)
    except DefinitionError as error:
        problem = error.problems[0]
        raise _refusal(pattern.at, problem.what, problem.hint) from None


_CURES: Mapping[str, Message] = {
    "’": say("Use straight quotation marks: '…'."),
    "‘": say("Use straight quotation marks: '…'."),
    "“": say("Use straight quotation marks: '…'."),
    "”": say("Use straight quotation marks: '…'."),
    "'": say("Close the quotation mark."),
    '"': say("Close the quotation mark."),
    "$": say("Write ${{id}} with the id of an item."),
    "&": say("Write 'and'."),
    "|": say("Write 'or'; sets of paths are not part of the language."),
    "!": say("Write 'not(…)' or '!='."),
    "/": say("Write ${{id}} in place of a path, and 'div' to divide."),
    "[": say("Write ${{id}} in place of a path."),
    "≠": say("Write '!='."),
    "≤": say("Write '<='."),
    "≥": say("Write '>='."),
    "%": say("Write 'mod'."),
}


def _unreadable(text: str, at: int) -> DefinitionError:
    return _refusal(at + 1, say("'{found}' is not part of the language.", found=text[at]),
                    _CURES.get(text[at]))  # fmt: skip


def _unexpected(token: _Token) -> DefinitionError:
    if token.kind == "end":
        return _refusal(token.at, say("The expression breaks off."),
                        say("Add what belongs behind the last operator or bracket."))  # fmt: skip
    hint = None
    if token.kind == "name" and token.text.lower() in _RANK:
        hint = say("Write '{word}' in small letters.", word=token.text.lower())
    elif token.text == "..":
        hint = say("Write ${{id}} in place of a path.")
    elif token.text in ("=", ">", "<"):
        hint = say("Operators are = != < <= > >=.")
    return _refusal(token.at, say("'{found}' is not expected here.", found=token.text), hint)


def _refusal(at: int, what: Message, hint: Message | None = None) -> DefinitionError:
    return DefinitionError(Problem(where=f"character {at}", what=what, hint=hint))
