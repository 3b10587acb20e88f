"""What a kind of form cannot say of an instrument, so that nobody relies on it there."""

from instruments.errors import Problem
from instruments.forms.rules import soft_checks
from instruments.language import say
from instruments.model import Instrument


def gaps(instrument: Instrument, *, kind: str) -> list[Problem]:
    """Everything that people who fill this kind of form will not meet; scoring is never there."""
    if kind == "html":
        return []
    return [
        Problem(
            where=placed.path,
            what=say("The check '{rule}' only asks for confirmation, which clients of XLSForm cannot;"
                     " it is not in the form.", rule=check.rule),
            hint=say("It is checked when the answers are imported."),
        )
        for placed in instrument.placed()
        for check in soft_checks(placed.item)
    ]  # fmt: skip
