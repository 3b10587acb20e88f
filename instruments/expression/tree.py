"""The tree of an expression: frozen nodes, each with the character at which it begins."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    at: int = field(compare=False)
    """Character of the text at which the node begins, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(_Node):
    """A text in quotation marks."""

    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(_Node):
    """A number."""

    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference(_Node):
    """The answer to another item, ``${id}``; the instances of a roster inside `sum` or `count`."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Current(_Node):
    """The answer under check, ``.``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent(_Node):
    """The roster instance around the item, ``..``; only `position` takes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(_Node):
    """A column of the choice list, by its bare name; used in choice filters."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Negative(_Node):
    """A number with its sign turned."""

    operand: "Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(_Node):
    """Operators of equal rank from left to right: ``a + b - c``; long chains do not nest."""

    first: "Node"
    rest: tuple[tuple[str, "Node"], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(_Node):
    """A function with its arguments."""

    name: str
    arguments: tuple["Node", ...]


Node = Text | Number | Reference | Current | Parent | Column | Negative | Operation | Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A parsed expression and the text that it was read from."""

    text: str = field(compare=False)
    root: Node


def walk(node: Node) -> Iterator[Node]:
    """`node` and everything inside it, outside first."""
    yield node
    for inner in inside(node):
        yield from walk(inner)


def references(expression: Expression) -> frozenset[str]:
    """Ids of the items and rosters whose answers the expression reads."""
    return frozenset(node.id for node in walk(expression.root) if isinstance(node, Reference))


def inside(node: Node) -> tuple[Node, ...]:
    """The nodes directly below a node, in the order of the text."""
    match node:
        case Negative(operand=operand):
            return (operand,)
        case Operation(first=first, rest=rest):
            return (first, *(operand for _, operand in rest))
        case Call(arguments=arguments):
            return arguments
    return ()
