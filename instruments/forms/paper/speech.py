"""The words of a copy: texts in its language, answers that they show, and skips as sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from instruments.expression.parse import parse
from instruments.expression.sentence import Wording, only_if
from instruments.expression.tree import Call, Expression, Negative, Node, Operation, Reference
from instruments.language import Language, Message, Text, say
from instruments.model import Instrument, Item
from instruments.piping import fill, places, shown

_DEPTH = 20
"""Calculations that read one another stand in their sentence only so deep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Says everything that a copy prints."""

    instrument: Instrument
    code: str
    """The language of the definition's texts."""
    items: Mapping[str, Item]
    numbers: Mapping[str, int]
    """The number of each question of the copy, by id."""
    assigned: Mapping[str, str]
    """Answers that are drawn beforehand, by id."""

    @property
    def ours(self) -> Language:
        """The language of our own sentences."""
        return "vi" if self.code == "vi" else "en"

    def say(self, message: Message) -> str:
        """A sentence of ours."""
        return message.text(self.ours)

    def text(self, text: Text) -> str:
        """A text of the definition, drawn values and question numbers in the places of answers."""
        written = self.bare(text)
        return fill(written, {name: self.answer(name) for name in places(written)})

    def bare(self, text: Text) -> str:
        """A text of the definition as it is written."""
        return text.get(self.code) or next(iter(text.values()), "")

    def answer(self, name: str) -> str:
        """What stands where a text shows an answer that nobody knows before it is given."""
        item = self.items.get(name)
        if item is not None and name in self.assigned:
            return shown(item, self.assigned[name], self.instrument, language=self.ours)
        if item is not None and item.draw:
            return " / ".join(self.bare(level.label) or level.code for level in item.draw)
        if name in self.numbers:
            asked = self.question(name)
            return self.say(say("[your answer to {question}]", question=asked))
        return ""

    def question(self, name: str) -> str:
        """The name of a question in a sentence."""
        if name in self.numbers:
            return self.say(say("question {number}", number=self.numbers[name]))
        item = self.items.get(name)
        label = "" if item is None else self.bare(item.label)
        return f"“{label}”" if label else name

    def skip(self, condition: Expression | None) -> str:
        """The instruction to answer only under a condition; empty where there is none."""
        if condition is None:
            return ""
        wording = Wording(language=self.ours, question=self.question, option=self.option)
        return only_if(replace(condition, root=self.open(condition.root, _DEPTH)), wording)

    def option(self, name: str, code: str) -> str:
        """The label of an answer's code."""
        item = self.items.get(name)
        options = () if item is None else self.instrument.options_of(item)
        return next((self.bare(one.label) for one in options if one.code == code), "") or code

    def open(self, node: Node, depth: int) -> Node:
        """The node with calculations in the places of their names, which paper does not show."""
        match node:
            case Reference(id=name):
                calculation = self.items[name].calculation if name in self.items else None
                if calculation is None or depth == 0:
                    return node
                return self.open(parse(calculation).root, depth - 1)
            case Negative(operand=operand):
                return replace(node, operand=self.open(operand, depth))
            case Operation(first=first, rest=rest):
                opened = tuple((symbol, self.open(one, depth)) for symbol, one in rest)
                return replace(node, first=self.open(first, depth), rest=opened)
            case Call(arguments=arguments):
                return replace(node, arguments=tuple(self.open(one, depth) for one in arguments))
        return node
