"""Rules of expressions: they parse, and what they name and compare with exists."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from instruments.check.findings import Finding, Place, texts
from instruments.check.view import Spot, View
from instruments.errors import DefinitionError
from instruments.expression.parse import parse
from instruments.expression.tree import (
    Call,
    Column,
    Current,
    Expression,
    Node,
    Number,
    Operation,
    Reference,
    Text,
    walk,
)
from instruments.expression.values import to_text
from instruments.faults import did_you_mean
from instruments.language import say
from instruments.model import Item
from instruments.piping import places

_GATHERING = frozenset({
    "sum", "count", "count-non-empty", "min", "max", "join", "concat", "indexed-repeat",
})  # fmt: skip


class Written(NamedTuple):
    """An expression where it stands."""

    text: str
    at: Place
    spot: Spot
    is_filter: bool = False


def written(spot: Spot) -> Iterator[Written]:
    """The expressions of an item or block."""
    part = spot.part
    if part.show_if is not None:
        yield Written(part.show_if, (*spot.at, "show_if"), spot)
    if not isinstance(part, Item):
        return
    for position, check in enumerate(part.checks):
        yield Written(check.rule, (*spot.at, "checks", position, "rule"), spot)
    if part.calculation is not None:
        yield Written(part.calculation, (*spot.at, "calculation"), spot)
    if part.choice_filter is not None:
        yield Written(part.choice_filter, (*spot.at, "choice_filter"), spot, is_filter=True)


def wrong_expressions(seen: View) -> Iterator[Finding]:
    """Expressions that do not parse, or name or compare with what does not exist."""
    for spot in seen.spots:
        for one in written(spot):
            yield from _wrong(one, seen)


def unreadable_expressions(seen: View) -> Iterator[Finding]:
    """Expressions that do not parse."""
    for spot in seen.spots:
        for one in written(spot):
            if isinstance(found := _parsed(one), Finding):
                yield found


def wrong_counts(seen: View) -> Iterator[Finding]:
    """Numbers of roster entries that do not parse, or name what does not exist."""
    for spot in seen.spots:
        count = spot.part.settings.get("repeat_count")
        if count is not None:
            yield from _wrong(Written(count, (*spot.at, "settings", "repeat_count"), spot), seen)


def unknown_columns(seen: View) -> Iterator[Finding]:
    """Choice filters that name a column which their list does not have."""
    for spot in seen.spots:
        for one in written(spot):
            parsed = _parsed(one)
            if one.is_filter and isinstance(parsed, Expression):
                known = _columns(seen, spot)
                for node in walk(parsed.root):
                    if isinstance(node, Column) and node.name not in known:
                        yield Finding(one.at, say("Character {at}: the list has no column '{name}'.",
                                                  at=node.at, name=node.name),
                                      did_you_mean(node.name, known))  # fmt: skip


def wrong_label_references(seen: View) -> Iterator[Finding]:
    """Labels that show the answer to an item which does not exist."""
    known = [*seen.items, *seen.rosters]
    for at, text in texts(seen.instrument):
        for language, words in text.items():
            for name in places(words):
                if name not in known:
                    yield Finding((*at, language), say("There is no item '{name}'.", name=name),
                                  did_you_mean(name, known))  # fmt: skip


def _wrong(one: Written, seen: View) -> Iterator[Finding]:
    parsed = _parsed(one)
    if isinstance(parsed, Finding):
        yield parsed
        return
    yield from _references(parsed, one, seen)
    yield from _codes(parsed, one, seen)
    if not one.is_filter:
        yield from _bare_names(parsed, one)


def _parsed(one: Written) -> Expression | Finding:
    try:
        return parse(one.text)
    except DefinitionError as error:
        problem = error.problems[0]
        at = problem.where.removeprefix("character ")
        return Finding(
            one.at, say("Character {at}: {what}", at=at, what=problem.what), problem.hint
        )


def _references(parsed: Expression, one: Written, seen: View) -> Iterator[Finding]:
    gathered = {
        id(argument)
        for node in walk(parsed.root)
        if isinstance(node, Call) and node.name in _GATHERING
        for argument in node.arguments
    }
    for node in walk(parsed.root):
        if isinstance(node, Reference):
            yield from _reference(node, one, seen, is_gathered=id(node) in gathered)


def _reference(
    node: Reference, one: Written, seen: View, *, is_gathered: bool
) -> Iterator[Finding]:
    spot = seen.items.get(node.id) or seen.rosters.get(node.id)
    if spot is None:
        known = [*seen.items, *seen.rosters]
        yield Finding(one.at, say("Character {at}: there is no item '{name}'.",
                                  at=node.at, name=node.id),
                      did_you_mean(node.id, known))  # fmt: skip
    elif not is_gathered and not _reaches(spot, one.spot):
        yield many_answers(node, at=one.at)


def many_answers(node: Reference, *, at: Place) -> Finding:
    """An item of a roster that is taken for one answer."""
    return Finding(at, say("Character {at}: '{name}' has many answers here, one for each "
                           "entry of the roster.", at=node.at, name=node.id),
                   say("Use it inside sum(…), count(…), min(…), max(…) or join(…)."))  # fmt: skip


def _reaches(target: Spot, source: Spot) -> bool:
    """Whether the target has one answer as seen from the source."""
    inside = (*source.rosters, source.part.id)
    if not isinstance(target.part, Item):
        return target.part.id in inside
    return target.rosters == inside[: len(target.rosters)]


def _bare_names(parsed: Expression, one: Written) -> Iterator[Finding]:
    for node in walk(parsed.root):
        if isinstance(node, Column):
            yield Finding(one.at, say("Character {at}: '{name}' stands alone.",
                                      at=node.at, name=node.name),
                          say("Write ${{{name}}} for the answer to an item, '{name}' for a text.",
                              name=node.name))  # fmt: skip


def _codes(parsed: Expression, one: Written, seen: View) -> Iterator[Finding]:
    """Comparisons of a choice with a code that its list does not have."""
    for node in walk(parsed.root):
        for subject, literal in _compared(node):
            known = _known_codes(subject, one, seen)
            for code in to_text(literal.value).split() if known else ():
                if code not in known:
                    yield Finding(one.at, say("Character {at}: '{code}' is no option of '{id}'.",
                                              at=literal.at, code=code, id=_name(subject, one)),
                                  did_you_mean(code, known))  # fmt: skip


def _compared(node: Node) -> Iterator[tuple[Reference | Current, Text | Number]]:
    match node:
        case Operation(first=first, rest=((("=" | "!="), second),)):
            pairs: Sequence[tuple[Node, Node]] = ((first, second), (second, first))
        case Call(name="selected", arguments=(first, second)):
            pairs = ((first, second),)
        case _:
            pairs = ()
    for subject, literal in pairs:
        if isinstance(subject, Reference | Current) and isinstance(literal, Text | Number):
            yield subject, literal


def _known_codes(subject: Reference | Current, one: Written, seen: View) -> list[str]:
    options = seen.options(_name(subject, one))
    spot = seen.items.get(_name(subject, one))
    other = spot is not None and isinstance(spot.part, Item) and spot.part.or_other
    return [*(option.code for option in options), *(["other"] if other else [])] if options else []


def _name(subject: Reference | Current, one: Written) -> str:
    return subject.id if isinstance(subject, Reference) else one.spot.part.id


def _columns(seen: View, spot: Spot) -> list[str]:
    options = seen.options(spot.part.id)
    return ["name", "label", *dict.fromkeys(name for one in options for name in one.filters)]
