"""Differences of one item between two versions."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from instruments.compare.difference import Difference, Effect
from instruments.compare.options import key, options
from instruments.compare.wording import wording
from instruments.errors import DefinitionError
from instruments.expression.parse import parse
from instruments.language import Message, say
from instruments.model import Block, Instrument, Item, Placed


class Pair(NamedTuple):
    """An item in both versions."""

    old: Placed
    new: Placed
    old_form: Instrument
    new_form: Instrument


class _Field(NamedTuple):
    name: str
    effect: Effect
    what: Message
    why: Message


_FIELDS = (
    _Field("type", "breaks", say("The type of answer differs."),
           say("The answers are of another kind.")),
    _Field("dimension", "breaks", say("It counts for another dimension."),
           say("The scores of both dimensions change.")),
    _Field("max_selected", "may_break", say("The largest number of options differs."),
           say("People choose up to the limit.")),
    _Field("or_other", "breaks", say("Whether “other” is offered has changed."),
           say("It draws answers away from the listed options.")),
    _Field("required", "may_break", say("Whether it must be answered has changed."),
           say("More or fewer people leave it open.")),
    _Field("rotate", "may_break", say("The options are rotated differently."),
           say("Effects of order are spread in one version and not in the other.")),
    _Field("topic", "may_break", say("It counts for another topic."),
           say("Results by topic are of other items.")),
    _Field("vignette", "may_break", say("It is about another situation."),
           say("Compare the two notes.")),
    _Field("card", "may_break", say("Whether a card is shown has changed."),
           say("Heard options are remembered worse than read ones.")),
)  # fmt: skip
_RULES = (
    _Field("calculation", "breaks", say("It is calculated differently."),
           say("Equal answers give other values.")),
    _Field("choice_filter", "may_break", say("Other options are offered after some answers."),
           say("Compare the two filters.")),
)  # fmt: skip


def item_differences(pair: Pair) -> Iterator[Difference]:
    """Everything that differs in an item that both versions have."""
    for compare in _COMPARISONS:
        yield from compare(pair)


def _words(pair: Pair) -> Iterator[Difference]:
    old, new, where = pair.old.item, pair.new.item, pair.new.path
    effect: Effect = "may_break" if new.type == "note" else "breaks"
    yield from wording(old.label, new.label, where=where, kind="wording", effect=effect)
    for field in ("hint", "instruction"):
        yield from wording(getattr(old, field), getattr(new, field), where=where, kind=field,
                           effect="may_break")  # fmt: skip


def _choices(pair: Pair) -> Iterator[Difference]:
    old, new = pair.old_form.options_of(pair.old.item), pair.new_form.options_of(pair.new.item)
    yield from options(old, new, where=pair.new.path)
    yield from key(pair.old.item, pair.new.item, where=pair.new.path)


def _fields(pair: Pair) -> Iterator[Difference]:
    for field in _FIELDS:
        if getattr(pair.old.item, field.name) != getattr(pair.new.item, field.name):
            yield _difference(field, pair)
    for field in _RULES:
        if not same_rule(getattr(pair.old.item, field.name), getattr(pair.new.item, field.name)):
            yield _difference(field, pair)


def _checks(pair: Pair) -> Iterator[Difference]:
    old, new = (_hard(one.item) for one in (pair.old, pair.new))
    if len(old) != len(new) or not all(map(same_rule, old, new)):
        yield Difference(where=pair.new.path, kind="checks", effect="may_break",
                         what=say("The checks differ: {old} became {new}.",
                                  old="; ".join(old) or "–", new="; ".join(new) or "–"),
                         why=say("Answers are refused that were taken, or the reverse."))  # fmt: skip


def _shown(pair: Pair) -> Iterator[Difference]:
    old, new = (_conditions(one) for one in (pair.old, pair.new))
    if len(old) != len(new) or not all(map(same_rule, old, new)):
        yield Difference(where=pair.new.path, kind="show_if", effect="breaks",
                         what=say("It is asked under other conditions: {old} became {new}.",
                                  old=" and ".join(old) or "–", new=" and ".join(new) or "–"),
                         why=say("Shares are of other people."))  # fmt: skip


def _assessor(pair: Pair) -> Iterator[Difference]:
    if pair.old.assessor != pair.new.assessor:
        yield Difference(where=pair.new.path, kind="assessor", effect="breaks",
                         what=say("It passed from the respondent to an assessor, or back."),
                         why=say("What people say of themselves and what others see are two "
                                 "measurements."))  # fmt: skip


def _anchor(pair: Pair) -> Iterator[Difference]:
    if pair.old.item.anchor and not pair.new.item.anchor:
        yield Difference(where=pair.new.path, kind="anchor", effect="breaks",
                         what=say("It is no longer an anchor."),
                         why=say("Fewer items link the scores of the two waves."))  # fmt: skip


def _path(pair: Pair) -> Iterator[Difference]:
    if pair.old.path != pair.new.path:
        yield Difference(where=pair.new.path, kind="path", effect="safe",
                         what=say("It stood at '{path}'.", path=pair.old.path),
                         why=say("Answers are joined by the item's id."))  # fmt: skip


_COMPARISONS: tuple[Callable[[Pair], Iterator[Difference]], ...] = (
    _words, _choices, _fields, _checks, _shown, _assessor, _anchor, _path,
)  # fmt: skip


def same_rule(old: str | None, new: str | None) -> bool:
    """Whether two expressions are the same but for spaces and brackets."""
    if old is None or new is None or old == new:
        return old == new
    try:
        return parse(old) == parse(new)
    except DefinitionError:
        return False


def _difference(field: _Field, pair: Pair) -> Difference:
    return Difference(where=pair.new.path, kind=field.name, effect=field.effect, what=field.what,
                      why=field.why)  # fmt: skip


def _hard(item: Item) -> list[str]:
    return [check.rule for check in item.checks if check.hard]


def _conditions(placed: Placed) -> list[str]:
    parts: tuple[Block | Item, ...] = (*placed.blocks, placed.item)
    return [part.show_if for part in parts if part.show_if is not None]
