"""What a kind of form cannot do of an instrument, so that nobody relies on it there."""

from collections.abc import Iterator

from instruments.audience import has_assessor
from instruments.errors import Problem
from instruments.forms.chance import shuffles_all_options
from instruments.forms.rules import soft_checks
from instruments.forms.shown import shown_as_codes
from instruments.forms.xform.mended import mended
from instruments.language import Message, say
from instruments.model import Block, Instrument, Item


def gaps(instrument: Instrument, *, kind: str) -> list[Problem]:
    """Everything that people who fill this kind of form will not meet; scoring is never there."""
    if kind == "paper":
        return [*_drawn(instrument), *_unprinted(instrument)]
    if kind == "spss":
        from instruments.forms.exchange.spss import spss_losses  # noqa: PLC0415 - of one kind alone

        return list(spss_losses(instrument))
    if kind == "ddi":
        return list(_of_codebook(instrument))
    return [*_shared(instrument), *_orders(instrument), *_booklets(instrument),
            *_of_client(instrument, kind)]  # fmt: skip


def _of_client(instrument: Instrument, kind: str) -> Iterator[Problem]:
    """What one kind of client, and not every screen, cannot do."""
    if kind == "surveyjs":
        from instruments.forms.exchange.surveyjs import to_surveyjs  # noqa: PLC0415 - of one kind alone

        yield from to_surveyjs(instrument).losses
    elif kind != "html":
        yield from (*_option_orders(instrument), *_checks(instrument), *_codes(instrument))
    if kind == "xform":
        yield from (*_beside(instrument), *mended(instrument))


def _shared(instrument: Instrument) -> Iterator[Problem]:
    """A rubric on a device that respondents may hold."""
    if has_assessor(instrument):
        yield Problem(where=instrument.id,
                      what=say("The assessor's parts are in it: they tell what earns marks."),
                      hint=say("Keep it on the assessor's device; for respondents make one with"
                               " '--edition respondent'."))  # fmt: skip


def _booklets(instrument: Instrument) -> Iterator[Problem]:
    """Booklets of the same blocks in different places, which a form that stands still shows alike."""
    for one in instrument.booklets:
        places = [part.id for _, part in _parts(instrument.items, "") if part.id in one.blocks]
        if tuple(places) != one.blocks:
            yield Problem(where=f"{instrument.id}, booklet {one.id}",
                          what=say("Its blocks are asked in the order of the form ({order}), not in"
                                   " the booklet's own.", order=", ".join(places)),
                          hint=say("Where the place of a block matters, use paper with codes or our"
                                   " own web form."))  # fmt: skip


def _beside(instrument: Instrument) -> Iterator[Problem]:
    """What clients read from a file of its own, which an XForm is not."""
    if instrument.sheets.get("external_choices"):
        yield Problem(where="external_choices",
                      what=say("Clients read these options from a file itemsets.csv beside the form."),
                      hint=say("Make the XLSForm; its converter writes the file."))  # fmt: skip


def _orders(instrument: Instrument) -> Iterator[Problem]:
    """Orders drawn for a respondent, which a form that stands still cannot follow."""
    what = say("Parts are asked in the order of the form, not in one drawn for each respondent.")
    if instrument.rotate is not None:
        yield Problem(where=instrument.id, what=what)
    for path, part in _parts(instrument.items, ""):
        if isinstance(part, Block) and part.rotate is not None:
            yield Problem(where=path, what=what)


def _drawn(instrument: Instrument) -> Iterator[Problem]:
    """Booklets, groups and orders, which a copy has only if its code is known."""
    rotated = any(part.rotate is not None for _, part in _parts(instrument.items, ""))
    drawn = any(placed.item.draw for placed in instrument.placed())
    if rotated or drawn or instrument.rotate is not None or instrument.booklets:
        yield Problem(where=instrument.id,
                      what=say("Only a copy with a code of its own is drawn for its respondent;"
                               " one without is the form as it is written."),
                      hint=say("Give each copy a code by '--code'."))  # fmt: skip


def _unprinted(instrument: Instrument) -> Iterator[Problem]:
    """What ink cannot do."""
    from instruments.forms.paper.copy import ENTRIES  # noqa: PLC0415 - of one kind alone

    for path, part in _parts(instrument.items, ""):
        if isinstance(part, Block):
            if part.repeat:
                yield Problem(
                    where=path, what=say("There is room for {count} entries.", count=ENTRIES)
                )
        else:
            for what in _of_paper(part, instrument):
                yield Problem(where=path, what=what)


def _of_paper(item: Item, instrument: Instrument) -> Iterator[Message]:
    from instruments.forms.paper.arrange import NOT_ON_PAPER  # noqa: PLC0415 - of one kind alone
    from instruments.forms.paper.copy import LONGEST_LIST  # noqa: PLC0415 - of one kind alone

    count = len(instrument.options_of(item))
    if item.type in NOT_ON_PAPER:
        yield say("The question is left out: paper cannot take such an answer.")
    if item.type in ("start", "end", "metadata"):
        yield say("Paper does not note it by itself.")
    if item.checks or any(option.exclusive for option in instrument.options_of(item)):
        yield say("Paper does not check the answer; it is checked when it is imported.")
    if count > LONGEST_LIST:
        yield say(
            "{count} options are too many to print; there is a line to write on.", count=count
        )
    elif item.choice_filter:
        yield say("All options are printed, whatever was answered before.")


def _of_codebook(instrument: Instrument) -> Iterator[Problem]:
    """What the description of the answers has no element for."""
    turned = [path for path, part in _parts(instrument.items, "")
              if isinstance(part, Block) and part.rotate]  # fmt: skip
    whole = [instrument.id] if instrument.rotate or instrument.booklets else []
    for place in (*whole, *turned):
        yield Problem(where=place, what=say("A codebook does not hold orders that are drawn."))
    for placed in instrument.placed():
        if placed.item.checks:
            yield Problem(where=placed.path, what=say("A codebook does not hold checks."))
        if placed.item.rotate:
            yield Problem(
                where=placed.path, what=say("A codebook does not hold orders that are drawn.")
            )


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
