"""What a form must check of an answer, as one rule with one message.

XLSForm and XForm have a single constraint; an item has hard checks, a largest number of options and
options that exclude all others. Soft checks ask for a confirmation, which they cannot.
"""

from collections.abc import Iterator
from typing import NamedTuple

from instruments.forms.shown import literal
from instruments.language import LANGUAGES, Message, Text, say
from instruments.model import Check, Instrument, Item


class Rule(NamedTuple):
    """A condition on the answer ``.``, and what to say when it does not hold."""

    rule: str
    message: Text


def rules_of(item: Item, instrument: Instrument) -> list[Rule]:
    """Every hard rule on the answer, those of the options included."""
    written = [Rule(check.rule, check.message) for check in item.checks if check.hard]
    return [*written, *_of_options(item, instrument)]


def soft_checks(item: Item) -> list[Check]:
    """Rules that only ask for confirmation."""
    return [check for check in item.checks if not check.hard]


def constraint(item: Item, instrument: Instrument) -> Rule | None:
    """The hard rules as one; None where there is none."""
    rules = rules_of(item, instrument)
    if len(rules) < 2:
        return rules[0] if rules else None
    languages = dict.fromkeys(code for one in rules for code in one.message)
    message = {
        code: " ".join(one.message[code] for one in rules if one.message.get(code))
        for code in languages
    }
    return Rule(" and ".join(f"({one.rule})" for one in rules), message)


def _of_options(item: Item, instrument: Instrument) -> Iterator[Rule]:
    if item.max_selected is not None:
        words = say("Choose no more than {count}.", count=item.max_selected)
        yield Rule(f"count-selected(.) <= {item.max_selected}", told(words, instrument))
    if item.type != "multiple":
        return
    for option in instrument.options_of(item):
        if option.exclusive:
            alone = f"not(selected(., {literal(option.code)})) or count-selected(.) = 1"
            yield Rule(alone, _alone(option.label, instrument))


def _alone(label: Text, instrument: Instrument) -> Text:
    """That an option stands alone, in each language with its label in that language."""
    return {
        code: say("“{label}” cannot be chosen together with others.", label=label[code]).text(
            "vi" if code == "vi" else "en"
        )
        for code in instrument.languages
        if label.get(code)
    }


def told(message: Message, instrument: Instrument) -> Text:
    """One of our own sentences in the languages of the instrument, in English where it has none."""
    return {
        code: message.text("vi" if code == "vi" else "en")
        for code in instrument.languages
        if code in LANGUAGES or len(instrument.languages) == 1
    }
