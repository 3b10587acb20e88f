"""What a kind of form cannot do of an instrument, so that nobody relies on it there."""

from collections.abc import Iterator

from instruments.errors import Problem
from instruments.forms.chance import shuffles_all_options
from instruments.forms.rules import soft_checks
from instruments.forms.shown import shown_as_codes
from instruments.language import Message, say
from instruments.model import Block, Instrument, Item


def gaps(instrument: Instrument, *, kind: str) -> list[Problem]:
    """Everything that people who fill this kind of form will not meet; scoring is never there."""
    orders = _orders(instrument)
    if kind == "html":
        return list(orders)
    return [*orders, *_option_orders(instrument), *_checks(instrument), *_codes(instrument)]


def _orders(instrument: Instrument) -> Iterator[Problem]:
    """Orders drawn for a respondent, which a form that stands still cannot follow."""
    what = say("Parts are asked in the order of the form, not in one drawn for each respondent.")
    if instrument.rotate is not None:
        yield Problem(where=instrument.id, what=what)
    for path, part in _parts(instrument.items, ""):
        if isinstance(part, Block) and part.rotate is not None:
            yield Problem(where=path, what=what)


def _option_orders(instrument: Instrument) -> Iterator[Problem]:
    what = say("Options are shown in the order of the form: clients of XLSForm can shuffle only all"
               " of them, and this question keeps some in place or turns them in another way.")  # fmt: skip
    for path, part in _parts(instrument.items, ""):
        if isinstance(part, Item) and part.rotate and not shuffles_all_options(part, instrument):
            yield Problem(where=path, what=what)


def _checks(instrument: Instrument) -> Iterator[Problem]:
    for placed in instrument.placed():
        for check in soft_checks(placed.item):
            yield Problem(where=placed.path, what=_soft(check.rule),
                          hint=say("It is checked when the answers are imported."))  # fmt: skip


def _soft(rule: str) -> Message:
    return say("The check '{rule}' only asks for confirmation, which clients of XLSForm cannot;"
               " it is not in the form.", rule=rule)  # fmt: skip


def _codes(instrument: Instrument) -> Iterator[Problem]:
    for item in shown_as_codes(instrument):
        yield Problem(where=item.id, what=say("A text shows the answers to this question; clients of"
                                              " XLSForm show their codes, not their words."))  # fmt: skip


def _parts(parts: tuple[Block | Item, ...], above: str) -> Iterator[tuple[str, Block | Item]]:
    for part in parts:
        path = f"{above}{part.id}"
        yield path, part
        if isinstance(part, Block):
            yield from _parts(part.items, f"{path}/")
