"""What every client refuses of a form from elsewhere, each fault named at its cell."""

import re
from collections.abc import Callable, Iterable, Iterator

from instruments.check.arguments import wrong_arguments
from instruments.check.circles import DECIDING, circular_paths
from instruments.check.collect import surely_called
from instruments.check.findings import Finding
from instruments.check.many import is_conditional, many_for_one
from instruments.check.rules import rules
from instruments.check.view import View
from instruments.errors import DefinitionError
from instruments.expression.parse import parse
from instruments.expression.tree import Operation
from instruments.faults import did_you_mean
from instruments.language import say
from instruments.model import Block, Item

_ANSWERS = ("calculation", "bind::calculate", "bind::jr:preload")
_MENTION = re.compile(r"\$\{\s*([^{}\s#]+)\s*\}")


def days_of_numbers(seen: View) -> Iterator[Finding]:
    """Defaults of dates that are sums of days: a number, which JavaRosa does not take for a date."""
    for spot in seen.spots:
        text = spot.part.settings.get("default", "")
        if isinstance(spot.part, Item) and spot.part.type in ("date", "datetime") and "(" in text:
            try:
                root = parse(text).root
            except DefinitionError:
                continue
            if isinstance(root, Operation):
                yield Finding((*spot.at, "settings", "default"), say("A number is no day."),
                              say("Write 'date({text})'.", text=text))  # fmt: skip


def texts_of_no_language(seen: View) -> Iterator[Finding]:
    """Translations that are asked for where the form has none: JavaRosa has nothing to look in."""
    default = seen.instrument.settings.get("language::default")
    if not set(seen.instrument.languages) <= {default, "default"}:
        return
    for spot in seen.spots:
        for rule in () if is_conditional(spot) else rules(spot):
            if rule.name in DECIDING and "jr:itext" in surely_called(rule.text):
                yield Finding(rule.at, say("'jr:itext' looks in translations, and the form has none."),
                              say("Head a column of labels with a language, such as 'label::English"
                                  " (en)'."))  # fmt: skip


def answers_of_blocks(seen: View) -> Iterator[Finding]:
    """Rules that give a block an answer, which only items have."""
    for spot in seen.spots:
        for name in _ANSWERS if isinstance(spot.part, Block) else ():
            if name in spot.part.settings:
                yield Finding((*spot.at, "settings", name), say("A group has no answer to compute."),
                              say("Put it in a row of type calculate."))  # fmt: skip


def options_of_no_roster(seen: View) -> Iterator[Finding]:
    """Choices among the answers to an item that has but one answer."""
    for spot in seen.spots:
        kind = spot.part.settings.get("type", "")
        for name in _MENTION.findall(kind):
            target = seen.items.get(name)
            if target is None or not target.rosters:
                yield Finding((*spot.at, "type"),
                              say("'{name}' is in no roster, so its answers are no options.", name=name),
                              did_you_mean(name, [one for one, other in seen.items.items()
                                                  if other.rosters]))  # fmt: skip


RULES: tuple[Callable[[View], Iterable[Finding]], ...] = (
    days_of_numbers, answers_of_blocks, options_of_no_roster, circular_paths, wrong_arguments, many_for_one, texts_of_no_language,
)  # fmt: skip
"""All of these."""
