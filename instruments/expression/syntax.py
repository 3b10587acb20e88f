"""Whether a text is XPath at all, as clients of XLSForm read it: the language and what lies beyond.

Expressions of a form that comes from elsewhere may walk through paths, files and the device. They
are carried, not computed; only what no client could read is a mistake.
"""

import re
from typing import NamedTuple

from instruments.expression.functions import ARITY

LONGEST = 32_767
"""As many characters as a cell holds."""
_DEEPEST = 100
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<reference>\$\{\s*(?:last-saved#)?[^{}\s#]+\s*\})"
    r"|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
    r"|(?P<name>[^\W\d][\w.-]*(?::(?:[^\W\d][\w.-]*|\*))?)"
    r"|(?P<mark><=|>=|!=|::|\.\.|//|[][=<>+*(),.|/@-])"
)
_OPERATORS = frozenset(
    ("or", "and", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod", "|")
)
_BEYOND = frozenset((
    "acos", "add-date", "area", "asin", "atan", "atan2", "base64-decode", "checklist", "comment",
    "cos", "current", "decimal-time", "depend", "difference-in-months", "digest", "distance", "enclosed-area",
    "exp10", "extract-signed", "geofence", "id", "instance", "intersects", "is-selected", "itext", "lang", "last",
    "local-name", "name", "namespace-uri", "node", "pi", "position", "property", "pulldata",
    "randomize", "relevant", "search", "sin", "tan", "text", "thousands-sep", "version",
    "weighted-checklist",
))  # fmt: skip
"""Functions of JavaRosa and Enketo beyond the language."""
_LOOSE = frozenset(("concat", "indexed-repeat", "join", "max", "min", "normalize-space",
                    "string-length", "uuid"))  # fmt: skip
"""Functions that clients call with other numbers of arguments than the language does."""


class _NoXPath(Exception):
    """The text breaks the grammar."""


class _Token(NamedTuple):
    kind: str
    text: str


class Called(NamedTuple):
    """A function where it is called, with the words that each argument consists of."""

    name: str
    arguments: tuple[tuple[str, ...], ...]


def is_xpath(text: str) -> bool:
    """Whether a text follows the grammar of XPath 1.0 and calls functions that some client knows."""
    return _read(text) is not None


def calls(text: str) -> list[Called]:
    """Every call in an expression, those inside others first; none where it is no XPath."""
    reader = _read(text)
    return [] if reader is None else reader.calls


def _read(text: str) -> "_Reader | None":
    if len(text) > LONGEST:
        return None
    try:
        reader = _Reader(_tokens(text))
        reader.expression(0)
    except _NoXPath:
        return None
    return reader if reader.peek().kind == "end" else None


def _tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise _NoXPath
        if found.lastgroup != "space":
            tokens.append(_Token(found.lastgroup, found[0]))
        at = found.end()
    return [*tokens, _Token("end", "")]


class _Reader:
    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.position = 0
        self.calls: list[Called] = []

    def peek(self) -> _Token:
        return self.tokens[self.position]

    def follows(self, text: str) -> bool:
        """Whether a token comes after the next one."""
        after = min(self.position + 1, len(self.tokens) - 1)
        return self.tokens[after].text == text and self.tokens[after].kind != "text"

    def takes(self, *texts: str) -> bool:
        """Pass over the next token if it is one of these."""
        token = self.peek()
        found = token.kind in ("mark", "name") and token.text in texts
        self.position += found
        return found

    def expect(self, text: str) -> None:
        if not self.takes(text):
            raise _NoXPath

    def expression(self, depth: int) -> None:
        if depth > _DEEPEST:
            raise _NoXPath
        self.operand(depth)
        while self.takes(*_OPERATORS):
            self.operand(depth)

    def operand(self, depth: int) -> None:
        while self.takes("-"):
            pass
        if self.primary(depth):
            self.predicates(depth)
            if self.takes("/", "//"):
                self.steps(depth)
        elif self.takes("/", "//"):
            if self.starts_step():
                self.steps(depth)
        else:
            self.steps(depth)

    def primary(self, depth: int) -> bool:
        """Whether a value comes next that is no step of a path; it is passed over."""
        token = self.peek()
        if token.kind in ("reference", "text", "number"):
            self.position += 1
            return True
        if self.takes("("):
            self.expression(depth + 1)
            self.expect(")")
            return True
        if token.kind == "name" and self.follows("("):
            self.call(depth)
            return True
        return False

    def call(self, depth: int) -> None:
        name = self.peek().text
        if ":" not in name and name not in ARITY and name not in _BEYOND:
            raise _NoXPath
        self.position += 1
        self.expect("(")
        arguments = []
        if not self.takes(")"):
            arguments.append(self.argument(depth))
            while self.takes(","):
                arguments.append(self.argument(depth))
            self.expect(")")
        count = len(arguments)
        least, most = (0, count) if name in _LOOSE else ARITY.get(name, (0, count))
        if not least <= count <= most:
            raise _NoXPath
        self.calls.append(Called(name, tuple(arguments)))

    def argument(self, depth: int) -> tuple[str, ...]:
        begin = self.position
        self.expression(depth + 1)
        return tuple(token.text for token in self.tokens[begin : self.position])

    def starts_step(self) -> bool:
        token = self.peek()
        return token.kind == "name" or token.text in (".", "..", "@", "*")

    def steps(self, depth: int) -> None:
        self.step(depth)
        while self.takes("/", "//"):
            self.step(depth)

    def step(self, depth: int) -> None:
        if self.takes(".", ".."):
            return
        if not self.takes("@") and self.follows("::"):
            self.position += 2
        if self.peek().kind == "name" and self.follows("("):
            self.call(depth)
        elif self.peek().kind == "name":
            self.position += 1
        else:
            self.expect("*")
        self.predicates(depth)

    def predicates(self, depth: int) -> None:
        while self.takes("["):
            self.expression(depth + 1)
            self.expect("]")
