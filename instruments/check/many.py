"""Answers that are many where a form from elsewhere takes them for one: it stops in ODK Collect.

JavaRosa computes the rule as soon as the roster has entries; only what stands in a branch, or reads a
roster that is not shown at first, may wait.
"""

from collections.abc import Iterator

from instruments.check.expressions import many_answers
from instruments.check.findings import Finding
from instruments.check.rules import Rule, rules
from instruments.check.view import Spot, View
from instruments.errors import DefinitionError
from instruments.expression.parse import parse
from instruments.expression.tree import Call, Negative, Node, Operation, Reference
from instruments.model import Block

_COMPUTED = ("relevant", "calculation", "required", "read_only")
"""Rules that are computed whenever an answer changes."""
_GATHERING = frozenset(("sum", "count", "count-non-empty", "min", "max", "concat"))
"""Functions of many answers, where these are all that they are given."""


def many_for_one(seen: View) -> Iterator[Finding]:
    """Rules that need one answer of an item which has one in each entry of a roster."""
    for spot in seen.spots:
        for rule in rules(spot):
            for reference in _of_rule(rule) if _is_computed(rule, spot) else ():
                if _is_in_shown_roster(reference.id, spot, seen):
                    yield many_answers(reference, at=rule.at)


def is_conditional(spot: Spot) -> bool:
    """Whether a condition may keep a part from being shown."""
    return any(part.show_if or "relevant" in part.settings for part in (spot.part, *spot.blocks))


def _is_computed(rule: Rule, spot: Spot) -> bool:
    if rule.name == "calculation" and "trigger" in spot.part.settings:
        return False
    if rule.name == "choice_filter":
        of_roster = "${" in spot.part.settings.get("type", "")
        return not of_roster and not is_conditional(spot)
    return rule.name in _COMPUTED


def _of_rule(rule: Rule) -> Iterator[Reference]:
    try:
        yield from _surely_one(parse(rule.text).root)
    except DefinitionError:
        return


def _surely_one(node: Node) -> Iterator[Reference]:
    """Answers taken for one whatever else is true: not in a branch, nor gathered by a function."""
    match node:
        case Reference():
            yield node
        case Negative(operand=operand):
            yield from _surely_one(operand)
        case Operation(first=first, rest=rest):
            lazy = any(operator in ("and", "or") for operator, _ in rest)
            for operand in (first,) if lazy else (first, *(operand for _, operand in rest)):
                yield from _surely_one(operand)
        case Call():
            for argument in _taken_for_one(node):
                yield from _surely_one(argument)


def _taken_for_one(call: Call) -> tuple[Node, ...]:
    """The arguments that are always computed and are one value each."""
    given = call.arguments
    if call.name in ("if", "coalesce"):
        return given[:1]
    if call.name == "indexed-repeat":
        return given[2::2]
    is_gathered = (call.name in _GATHERING and len(given) == 1) or call.name == "join"
    if is_gathered and len(given) <= 2 and isinstance(given[-1], Reference):
        return given[:-1]
    return given


def _is_in_shown_roster(name: str, source: Spot, seen: View) -> bool:
    target = seen.items.get(name) or seen.rosters.get(name)
    if target is None:
        return False
    around = {id(block) for block in source.blocks}
    blocks = (*target.blocks, *([target.part] if isinstance(target.part, Block) else []))
    outside = [block for block in blocks if block.repeat and id(block) not in around]
    return (
        bool(outside)
        and outside[0] is not source.part
        and not any(block.show_if or "relevant" in block.settings for block in blocks)
    )
