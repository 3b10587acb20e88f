"""The reading of expressions for browsers: a tree becomes JavaScript over a runtime of ours.

The code is made from the tree alone: names of functions come from a fixed list, everything that a
definition says stands in it as a quoted text or a number. It runs on `RUNTIME` and nothing else.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from importlib.resources import files

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

_SEPARATORS = re.compile("[<>&\u2028\u2029\x7f]")


def runtime() -> str:
    """The script that generated code runs on; defines `hieuluatRuntime`."""
    return (files("instruments.expression") / "runtime.js").read_text(encoding="utf-8")


def to_javascript(expression: Expression) -> str:
    """A JavaScript expression in which ``x`` is the runtime of one context."""
    return _code(expression.root)


def to_javascript_test(expression: Expression) -> str:
    """A JavaScript expression that is true or false; ``x`` is the runtime of one context."""
    return _truth(expression.root)


def quoted(text: str) -> str:
    """A text as a JavaScript literal that neither a script nor an HTML page can be broken by."""
    return _SEPARATORS.sub(
        lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False)
    )


def _code(node: Node) -> str:
    match node:
        case Operation():
            return _operation(node)
        case Call():
            return _call(node)
        case Negative(operand=operand):
            return f"(-x.number({_code(operand)}))"
        case _:
            return _leaf(node)


def _leaf(node: Text | Number | Reference | Current | Parent | Column) -> str:
    match node:
        case Text(value=value):
            return quoted(value)
        case Number(value=value):
            return repr(value) if math.isfinite(value) else "Infinity"
        case Reference(id=name):
            return f"x.read({quoted(name)})"
        case Current():
            return "x.current()"
        case Parent():
            return "x.position()"
        case Column(name=name):
            return f"x.column({quoted(name)})"


def _truth(node: Node) -> str:
    return f"x.truth({_code(node)})"


def _operation(node: Operation) -> str:
    symbol = node.rest[0][0]
    if symbol in ("and", "or"):
        terms = [_truth(node.first), *(_truth(operand) for _, operand in node.rest)]
        return f"({(' && ' if symbol == 'and' else ' || ').join(terms)})"
    code = _code(node.first)
    for operator, operand in node.rest:
        right = _code(operand)
        if operator in ("=", "!="):
            code = f"{'' if operator == '=' else '!'}x.equal({code}, {right})"
        else:
            code = f"x.compute({code}, {quoted(operator)}, {right})"
    return code


def _call(call: Call) -> str:
    if call.name in _SPECIAL:
        return _SPECIAL[call.name](call.arguments)
    many = call.name in _GATHERING
    arguments = [_all(argument) if many else _code(argument) for argument in call.arguments]
    return f"x.call({', '.join([quoted(call.name), *arguments])})"


def _all(node: Node) -> str:
    """An argument that a roster's item fills with one value for each instance."""
    return f"...x.all({quoted(node.id)})" if isinstance(node, Reference) else _code(node)


def _if(arguments: tuple[Node, ...]) -> str:
    condition, yes, no = arguments
    return f"({_truth(condition)} ? {_code(yes)} : {_code(no)})"


def _coalesce(arguments: tuple[Node, ...]) -> str:
    return f"x.coalesce({_code(arguments[0])}, () => {_code(arguments[1])})"


def _indexed_repeat(arguments: tuple[Node, ...]) -> str:
    return f"x.pick([{_all(arguments[0])}], {_code(arguments[2])})"


def _regex(arguments: tuple[Node, ...]) -> str:
    return f"x.matches({_code(arguments[0])}, {_pattern(_literal(arguments[1]))})"


def _choice_name(arguments: tuple[Node, ...]) -> str:
    name = _literal(arguments[1]).strip().removeprefix("${").removesuffix("}").strip()
    return f"x.label({quoted(name)}, {_code(arguments[0])})"


def _literal(node: Node) -> str:
    """An argument that the parser has seen to be written out."""
    return node.value if isinstance(node, Text) else ""


_SPECIAL: Mapping[str, Callable[[tuple[Node, ...]], str]] = {
    "if": _if,
    "coalesce": _coalesce,
    "once": lambda arguments: f"x.once(() => {_code(arguments[0])})",
    "indexed-repeat": _indexed_repeat,
    "regex": _regex,
    "jr:choice-name": _choice_name,
    "uuid": lambda _: "x.uuid()",
    "now": lambda _: "x.now()",
    "today": lambda _: "x.today()",
    "random": lambda _: "x.random()",
    "position": lambda _: "x.position()",
}
_GATHERING = frozenset({"sum", "max", "min", "count", "count-non-empty", "concat", "join"})

_PIECE = re.compile(r"\\.|\{[0-9]+(?:,[0-9]*)?\}|.", re.DOTALL)
_SPACES = r" \t\n\r\f\v"
_NO_SPACES = r"\u0000-\u0008\u000e-\u001f\u0021-\u{10ffff}"
_LETTERS = {"n": r"\n", "t": r"\t", "r": r"\r"}


def _pattern(pattern: str) -> str:
    """A pattern of the safe subset as a JavaScript regular expression over the whole text.

    JavaScript differs where it counts white space of all scripts and ends lines at four characters.
    """
    inside, pieces = False, []
    for piece in _PIECE.findall(pattern):
        pieces.append(_piece(piece, inside=inside))
        inside = piece == "[" or (inside and piece != "]")
    return f'new RegExp({quoted("^(?:" + "".join(pieces) + ")$")}, "u")'


def _piece(piece: str, *, inside: bool) -> str:
    if piece[0] == "\\":
        return _escape(piece[1], inside=inside)
    if inside:
        return _class_character(piece)
    if piece == ".":
        return r"[^\n]"
    return "\\" + piece if piece in "]}/" else piece


def _escape(char: str, *, inside: bool) -> str:
    if char in "dDwW":
        return "\\" + char
    if char in "sS":
        members = _SPACES if char == "s" else _NO_SPACES
        return members if inside else f"[{members}]"
    return _LETTERS.get(char) or f"\\u{{{ord(char):x}}}"


def _class_character(char: str) -> str:
    return char if char in "]-^" or char.isalnum() else f"\\u{{{ord(char):x}}}"
