"""What one copy prints, and in which order: all that is decided before anybody is asked.

The draw of a copy is known when it is printed, so its booklet, groups and orders are settled on the
page. Conditions on them are worked out here; only conditions on answers are left for the reader.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from instruments.expression.evaluate import Context, compile_test
from instruments.expression.parse import parse
from instruments.expression.tree import Call, Expression, Node, Operation, walk
from instruments.expression.tree import references as named
from instruments.forms.chance import terms as terms_of
from instruments.model import Block, Instrument, Item, Option
from instruments.rotation import Draw

SILENT = frozenset(("calculated", "hidden", "start", "end", "today", "metadata"))
NOT_ON_PAPER = frozenset(("geopoint", "file"))
_CHANGING = frozenset(("today", "now", "random", "uuid"))
_UNREAD = datetime(1970, 1, 1)
"""The moment at which conditions are worked out here; none of them reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A block or an item that the copy prints, under the condition that the reader judges."""

    part: Block | Item
    show_if: Expression | None
    inside: tuple["Asked", ...] = ()
    options: tuple[Option, ...] = ()
    """The options in the order of the copy."""

    def items(self) -> Iterator["Asked"]:
        """Every item in here, in the order of the copy."""
        if isinstance(self.part, Item):
            yield self
        for one in self.inside:
            yield from one.items()


def arranged(instrument: Instrument, draw: Draw) -> tuple[Asked, ...]:
    """The parts of the form that a copy with this draw prints."""
    blind = {
        placed.item.id
        for placed in instrument.placed()
        if placed.item.type in SILENT and not placed.item.calculation
    }
    arranger = _Arranger(instrument=instrument, draw=draw, blind=frozenset(blind))
    return tuple(arranger.parts(instrument.items, ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arranger:
    instrument: Instrument
    draw: Draw
    blind: frozenset[str]
    """Items that nobody sees or computes on paper."""

    def parts(self, parts: Sequence[Block | Item], path: str) -> Iterator[Asked]:
        by_id = {part.id: part for part in parts}
        for name in self.draw.parts.get(path, tuple(by_id)):
            part = by_id[name]
            terms = self.terms_left(part.show_if)
            if terms is None:
                continue
            condition = _joined(terms)
            found = self.part(part, f"{path}/{name}" if path else name, condition)
            if found is not None:
                yield found

    def part(self, part: Block | Item, path: str, condition: Expression | None) -> Asked | None:
        if isinstance(part, Block):
            inside = tuple(self.parts(part.items, path))
            return Asked(part=part, show_if=condition, inside=inside) if inside else None
        if part.type in SILENT or part.type in NOT_ON_PAPER:
            return None
        by_code = {option.code: option for option in self.instrument.options_of(part)}
        codes = self.draw.options.get(path, tuple(by_code))
        return Asked(part=part, show_if=condition, options=tuple(by_code[code] for code in codes))

    def terms_left(self, text: str | None) -> list[Node] | None:
        """What of a condition the reader has to judge; None where the part is not for this copy."""
        terms = [] if text is None else list(terms_of(parse(text).root))
        held = [self.settled(term) for term in terms]
        if False in held:
            return None
        return [term for term, holds in zip(terms, held, strict=True) if holds is None]

    def settled(self, term: Node) -> bool | None:
        """Whether a condition holds for this copy; None where that depends on an answer."""
        expression = Expression(text="", root=term)
        names = named(expression)
        changing = any(isinstance(node, Call) and node.name in _CHANGING for node in walk(term))
        if not names or changing or not names <= self.blind | self.draw.assigned.keys():
            return None
        if not names <= self.draw.assigned.keys():
            return True
        context = Context(now=_UNREAD, answers=dict(self.draw.assigned))
        return bool(compile_test(expression)(context))


def _joined(terms: Sequence[Node]) -> Expression | None:
    if not terms:
        return None
    first, *others = terms
    rest = tuple(("and", one) for one in others)
    return Expression(text="", root=Operation(at=1, first=first, rest=rest) if rest else first)
