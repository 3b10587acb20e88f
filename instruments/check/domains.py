"""Which answers an item can have, by enough examples to decide conditions on it.

Two answers are alike for a condition that only compares the item with constants when they lie on
the same side of each. One example of each kind then stands for all. Where an item is used in another
way (arithmetic, a pattern, two items compared) and its answers cannot all be listed, there are no
examples and nothing is concluded.
"""

import math
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations, pairwise
from typing import Literal, NamedTuple

from instruments.check.view import View
from instruments.expression.tree import (
    Call,
    Current,
    Negative,
    Node,
    Number,
    Operation,
    Reference,
    inside,
)
from instruments.expression.tree import Text as Words
from instruments.expression.values import Answer, to_number
from instruments.model import Item

Clause = tuple[Node, str | None]
"""A condition, and the item whose answer ``.`` is in it."""

_FEW_CODES, _FEW_OPTIONS, _FEW_COUNTED = 12, 6, 20
_HOW: dict[str, Literal["equal", "order"]] = {
    "=": "equal", "!=": "equal", "<": "order", "<=": "order", ">": "order", ">=": "order",
}  # fmt: skip
_EPOCH = date(1970, 1, 1).toordinal()
_NEW_WORDS = "\u0000"
"""A text that no definition contains."""


class _Use(NamedTuple):
    """A constant with which an item is compared, and how."""

    how: Literal["equal", "order", "selected", "counted"]
    constant: Node

    @property
    def is_code(self) -> bool:
        """Whether an answer is compared with a code as a text."""
        return self.how in ("equal", "selected") and isinstance(self.constant, Words)


_Uses = list[_Use] | None
"""None where an item is used in another way."""


def examples(name: str, clauses: Sequence[Clause], seen: View) -> tuple[Answer, ...] | None:
    """Answers to the item, unanswered first, that stand for all; None where there are none."""
    spot = seen.items.get(name)
    if spot is None or not isinstance(spot.part, Item) or spot.part.calculation is not None:
        return None
    item, uses = spot.part, _uses(name, clauses)
    match item.type:
        case "single":
            return _one_code(_all_codes(item, seen), uses)
        case "multiple":
            return _subsets(item, _all_codes(item, seen), uses, seen)
        case "integer" | "decimal" | "date" if _only_compared(uses):
            return ("", *_numbers(item.type, uses or ()))
        case "text" | "hidden":
            drawn = _drawn(item, seen)
            return drawn or (_texts(uses or ()) if _only_compared(uses) else None)
    return None


def _all_codes(item: Item, seen: View) -> list[str]:
    codes = [option.code for option in seen.options(item.id)]
    return [*codes, *(["other"] if item.or_other and codes else [])]


def _one_code(codes: list[str], uses: _Uses) -> tuple[Answer, ...] | None:
    """All codes, or of many those that are named and one other."""
    if not codes:
        return None
    if len(codes) <= _FEW_CODES:
        return ("", *codes)
    if uses is None or not all(use.is_code for use in uses):
        return None
    named = {word for use in uses for word in _words(use.constant)}
    others = [code for code in codes if code not in named]
    return ("", *(code for code in codes if code in named), *others[:1])


def _subsets(item: Item, codes: list[str], uses: _Uses, seen: View) -> tuple[Answer, ...] | None:
    """The choices of several options that the item's own limits allow."""
    kept, most_others = codes, 0
    if len(codes) > _FEW_OPTIONS:
        if uses is None or not all(use.is_code or use.how == "counted" for use in uses):
            return None
        named = {word for use in uses for word in _words(use.constant)}
        counts = [_number(use.constant) for use in uses if use.how == "counted"]
        kept = [code for code in codes if code in named]
        most_others = math.ceil(max(1, *filter(math.isfinite, counts), 0)) + 1
    if not codes or len(kept) > _FEW_OPTIONS or most_others > _FEW_COUNTED:
        return None
    others = [code for code in codes if code not in kept][:most_others]
    found = [
        [code for code in codes if code in chosen or code in others[:filled]]
        for size in range(len(kept) + 1)
        for chosen in combinations(kept, size)
        for filled in range(len(others) + 1)
    ]
    return tuple(" ".join(one) for one in found if _may_be_chosen(one, item, seen))


def _may_be_chosen(codes: list[str], item: Item, seen: View) -> bool:
    alone = {option.code for option in seen.options(item.id) if option.exclusive}
    fits = item.max_selected is None or len(codes) <= item.max_selected
    return fits and (len(codes) < 2 or not alone.intersection(codes))


def _numbers(kind: str, uses: Sequence[_Use]) -> Iterator[Answer]:
    """A number below, at, between and above the constants; whole ones where others cannot be."""
    marks = sorted({mark for use in uses if math.isfinite(mark := _number(use.constant))}) or [1.0]
    near = {mark + step for mark in marks for step in (-1, 0, 1)}
    near |= {(low + high) / 2 for low, high in pairwise(marks)}
    if kind in ("integer", "date"):
        near = {float(edge(number)) for number in near for edge in (math.floor, math.ceil)}
    for number in sorted(near):
        if kind != "date":
            yield number
        elif 0 < number + _EPOCH <= date.max.toordinal():
            yield date.fromordinal(int(number) + _EPOCH)


def _drawn(item: Item, seen: View) -> tuple[Answer, ...] | None:
    """The values that may be drawn for an item."""
    codes = [level.code for level in item.draw]
    if item.id == seen.instrument.booklet_item:
        codes = codes or [booklet.id for booklet in seen.instrument.booklets]
    return ("", *codes) if item.type == "hidden" and codes else None


def _texts(uses: Sequence[_Use]) -> tuple[Answer, ...]:
    """The texts that are compared, one that is new, and numbers written as texts."""
    parts = [part for use in uses for part in (use.constant, *inside(use.constant))]
    words = [part.value for part in parts if isinstance(part, Words)]
    numbers = [str(number) for number in _numbers("decimal", uses)]
    return tuple(dict.fromkeys(["", *words, _NEW_WORDS, *numbers]))


def _only_compared(uses: _Uses) -> bool:
    return uses is not None and all(use.how in ("equal", "order") for use in uses)


def _uses(name: str, clauses: Sequence[Clause]) -> _Uses:
    """The constants that the item is compared with; None where it is used in another way."""
    found: list[_Use] = []
    if all(_gather(root, name, current, found) for root, current in clauses):
        return found
    return None


def _gather(node: Node, name: str, current: str | None, found: list[_Use]) -> bool:
    """Collect the uses below a node; whether each is a comparison with a constant."""
    use = _use(node, name, current)
    if use is not None:
        found.append(use)
        return True
    if _is(node, name, current):
        return False
    return all(_gather(inner, name, current, found) for inner in inside(node))


def _use(node: Node, name: str, current: str | None) -> _Use | None:
    match node:
        case Operation(first=first, rest=((operator, second),)) if operator in _HOW:
            for one, other in ((first, second), (second, first)):
                if _is_constant(other) and _is(one, name, current):
                    return _Use(_HOW[operator], other)
                if _is_constant(other) and _counts(one, name, current):
                    return _Use("counted", other)
        case Call(name="selected", arguments=(subject, Words() as code)) if _is(
            subject, name, current
        ):
            return _Use("selected", code)
    return None


def _counts(node: Node, name: str, current: str | None) -> bool:
    is_count = isinstance(node, Call) and node.name == "count-selected"
    return is_count and _is(inside(node)[0], name, current)


def _is(node: Node, name: str, current: str | None) -> bool:
    if isinstance(node, Current):
        return current == name
    return isinstance(node, Reference) and node.id == name


def _is_constant(node: Node) -> bool:
    match node:
        case Number() | Words() | Negative(operand=Number()):
            return True
        case Call(name="date", arguments=(Words(),)):
            return True
    return False


def _number(node: Node) -> float:
    match node:
        case Number(value=value) | Words(value=value):
            return to_number(value)
        case Negative(operand=Number(value=value)):
            return -value
        case Call(arguments=(Words(value=value),)):
            return to_number(value)
    return math.nan


def _words(node: Node) -> list[str]:
    return node.value.split() if isinstance(node, Words) else []
