"""The reading of expressions for SurveyJS; what it cannot say is refused, never guessed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from instruments.expression.tree import (
    Call,
    Current,
    Expression,
    Negative,
    Node,
    Number,
    Operation,
    Reference,
    Text,
)
from instruments.expression.values import to_text
from instruments.model import Item

_OPERATORS = {
    "and": "and", "or": "or", "+": "+", "-": "-", "*": "*", "div": "/", "mod": "%",
    "=": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
}  # fmt: skip
_ARITHMETIC = frozenset(("+", "-", "*", "div", "mod"))
_COMPARED = frozenset(("=", "!=", "<", "<=", ">", ">="))
_OF_ITEMS = frozenset(("selected", "count-selected", "coalesce"))
_MANY = frozenset(("min", "max"))
_TEMPLATES = {
    ("not", 1): "(!(%s))", ("if", 3): "iif(%s, %s, %s)", ("number", 1): "%s", ("string", 1): "%s",
    ("date", 1): "%s", ("true", 0): "(1 = 1)", ("false", 0): "(1 = 0)", ("today", 0): "today()",
    ("round", 1): "round(%s)",
}  # fmt: skip


class Unsayable(Exception):
    """SurveyJS has no words for a part of the expression."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Writes expressions as they stand at one place of the form."""

    items: Mapping[str, Item]
    place: Callable[[str], str]
    """What a question is called from here, such as ``{tuoi}`` or ``{panel.tuoi}``."""
    current: str = ""
    """Id of the question whose answer is under check."""

    def expression(self, expression: Expression) -> str:
        """The expression in the words of SurveyJS.

        Raises:
            Unsayable: It has none for a part of it.
        """
        self.refuse_sums([expression.root])
        return self.node(expression.root)

    def value(self, expression: Expression) -> str:
        """What a calculation holds: nothing while an answer that it computes with is missing.

        Raises:
            Unsayable: SurveyJS has no words for a part of it.
        """
        written = self.node(expression.root)
        guard = self.answered([expression.root])
        return f"iif({guard}, {written}, '')" if guard else written

    def node(self, node: Node) -> str:
        """A part of an expression, in brackets where it has parts of its own."""
        match node:
            case Text(value=text):
                return _literal(text)
            case Number(value=number):
                return to_text(number)
            case Reference() | Current():
                return self.name(node)
            case Negative(operand=operand):
                return f"(0 - {self.node(operand)})"
            case Operation():
                return self.operation(node)
            case Call():
                return self.call(node)
        raise Unsayable

    def name(self, node: Node) -> str:
        """The place of an answer."""
        return self.place(self.item(node).id)

    def item(self, node: Node) -> Item:
        """The item whose answer a node is."""
        name = node.id if isinstance(node, Reference) else self.current
        if not isinstance(node, Reference | Current) or name not in self.items:
            raise Unsayable
        return self.items[name]

    def operation(self, node: Operation) -> str:
        """Operators from left to right; nothing is computed with a missing answer."""
        symbol, operand = node.rest[0]
        if symbol in ("=", "!=") and _is_blank(operand):
            return f"({self.name(node.first)} {'empty' if symbol == '=' else 'notempty'})"
        if symbol in ("and", "or"):
            self.refuse_sums([node.first, *(right for _, right in node.rest)])
        written = self.node(node.first)
        for sign, right in node.rest:
            written += f" {_OPERATORS[sign]} {self.node(right)}"
        guard = self.comparable(symbol, (node.first, operand)) if symbol in _COMPARED else ""
        if not guard:
            return f"({written})"
        return f"((!({guard})) or ({written}))" if symbol == "!=" else f"({guard} and ({written}))"

    def comparable(self, symbol: str, operands: Sequence[Node]) -> str:
        """What must be answered, lest nothing count as 0 in a sum, or as equal to nothing."""
        if symbol not in ("<=", ">="):
            return self.answered(operands)
        if any(isinstance(one, Call) and one.name in ("coalesce", "if") for one in operands):
            raise Unsayable
        return self.answered(operands, alone=not any(isinstance(one, Number) for one in operands))

    def refuse_sums(self, nodes: Sequence[Node]) -> None:
        """Refuse sums where nothing guards them: SurveyJS counts a missing answer as 0.

        Raises:
            Unsayable: A node computes with answers.
        """
        if self.answered(nodes):
            raise Unsayable

    def answered(self, operands: Sequence[Node], *, alone: bool = False) -> str:
        """That every answer in sums and products is there; with `alone`, also one by itself."""
        read = [one for one in operands if alone or isinstance(one, Negative | Operation)]
        names = dict.fromkeys(self.name(one) for each in read for one in _terms(each))
        return " and ".join(f"({name} notempty)" for name in names)

    def call(self, call: Call) -> str:
        """A function, under the name that it has there."""
        if call.name in _OF_ITEMS:
            return self.of_items(call)
        self.refuse_sums(call.arguments)
        inside = [self.node(one) for one in call.arguments]
        if call.name in _MANY:
            return f"{call.name}({', '.join(inside)})"
        template = _TEMPLATES.get((call.name, len(inside)))
        if template is None:
            raise Unsayable
        return template % tuple(inside)

    def of_items(self, call: Call) -> str:
        """A function of the answer to a question, not of a value."""
        item, place = self.item(call.arguments[0]), self.name(call.arguments[0])
        if call.name == "count-selected":
            return f"iif({place} empty, 0, {place.removesuffix('}')}.length}})"
        self.refuse_sums(call.arguments)
        other = self.node(call.arguments[1])
        if call.name == "coalesce":
            return f"iif({place} empty, {other}, {place})"
        return f"({place} {'contains' if item.type == 'multiple' else '='} {other})"


def _is_blank(node: Node) -> bool:
    return isinstance(node, Text) and not node.value


def _terms(node: Node) -> Iterator[Node]:
    """The answers that a sum or product reads directly."""
    match node:
        case Reference() | Current():
            yield node
        case Negative(operand=operand):
            yield from _terms(operand)
        case Operation(first=first, rest=rest) if rest[0][0] in _ARITHMETIC:
            yield from _terms(first)
            for _, operand in rest:
                yield from _terms(operand)


def _literal(text: str) -> str:
    """A text in quotation marks; the language has no way to set one of these characters inside."""
    if any(char in text for char in "'\"\\{}\n\r"):
        raise Unsayable
    return f"'{text}'"
