"""The cut and its judges: how it was set and frozen, what its levels mean, and what its doubt does."""

from collections.abc import Iterator, Sequence
from datetime import date

from analysis.trait_result import StandardReport
from instruments.language import Message, say
from reports.document import Block, Cell, Column, Prose, Section, Table
from reports.edition import Edition

_METHODS: dict[str, Message] = {
    "angoff": say("modified Angoff"),
    "bookmark": say("bookmark"),
    "borderline": say("borderline group"),
}
_STATUS: dict[str, Message] = {
    "adopted": say("adopted, and so a constant"),
    "panel": say("that of the panel, whose error is in every interval"),
    "proposed": say("proposed, and so without an error"),
}


def standards(edition: Edition) -> Section:
    """A paragraph for each standard, its levels in words, and the share at other cuts near it."""
    found = edition.analysis.standards
    blocks: list[Block] = []
    for one in found:
        blocks.append(Prose(paragraphs=tuple(map(edition.tell, _paragraphs(edition, one)))))
        blocks.append(_levels(edition, one))
    sensitive = [one for one in found if one.sensitivity]
    if sensitive:
        blocks.append(_sensitivity(edition, sensitive))
    return Section(id="standards", title=edition.tell(say("The cuts and their judges")),
                   blocks=tuple(blocks))  # fmt: skip


def _paragraphs(edition: Edition, one: StandardReport) -> Iterator[Message]:
    numbers, last = edition.numbers, one.rounds[-1]
    yield say(
        "{dimension}: {judges} judges rated {items} items ({method}); in the last of {rounds} rounds "
        "their cut was {cut} of the points, with a standard error of {se} points.",
        dimension=edition.name(one.dimension), judges=numbers.count(last.judges),
        items=numbers.count(one.items), method=_METHODS[one.method],
        rounds=numbers.count(len(one.rounds)), cut=numbers.percent(last.cut),
        se=numbers.number(100 * last.se, decimals=1),
    )  # fmt: skip
    yield say(
        "The cut used here is {cut}, {status}. The file was frozen before the first answers, on {day} "
        "(hash {hash}).", cut=numbers.percent(one.cut), status=_STATUS[one.status],
        day=numbers.day(date.fromisoformat(one.frozen_at[:10])), hash=one.hash[:12],
    )  # fmt: skip
    if one.decision and one.adopted_on is not None:
        yield say("Adopted by {decision} on {day}.", decision=one.decision,
                  day=numbers.day(one.adopted_on))  # fmt: skip


def _levels(edition: Edition, one: StandardReport) -> Table:
    caption = say("What people at each level know or can do: {dimension}",
                  dimension=edition.inline(one.dimension))  # fmt: skip
    return Table(
        caption=edition.tell(caption),
        columns=(Column(title=edition.tell(say("Level")), share=1),
                 Column(title=edition.tell(say("Description")), share=4)),
        rows=tuple((Cell(text=level), Cell(text=edition.read(text)))
                   for level, text in one.descriptors.items()),
    )  # fmt: skip


def _sensitivity(edition: Edition, found: Sequence[StandardReport]) -> Table:
    steps = sorted({each.errors for one in found for each in one.sensitivity})
    return Table(
        caption=edition.tell(say("The share if a cut lay some of its standard errors elsewhere")),
        columns=(
            Column(title=edition.tell(say("Cut on")), share=1.8),
            *(Column(title=_step(edition, errors), share=1.4, numeric=True) for errors in steps),
        ),
        rows=tuple(_sensitivity_row(edition, one, steps) for one in found),
    )


def _step(edition: Edition, errors: float) -> str:
    if errors == 0:
        return edition.tell(say("as it is"))
    count = edition.numbers.count(abs(round(errors)))
    if errors < 0:
        return edition.tell(say("{count} errors lower", count=count))
    return edition.tell(say("{count} errors higher", count=count))


def _sensitivity_row(
    edition: Edition, one: StandardReport, steps: Sequence[float]
) -> tuple[Cell, ...]:
    shares = {each.errors: each for each in one.sensitivity}
    return (
        Cell(text=edition.name(one.dimension)),
        *(Cell(text=edition.numbers.percent(shares[step].share),
               note=f"({edition.numbers.percent(shares[step].cut)})")
          if step in shares and shares[step].share is not None else Cell(text="–")
          for step in steps),
    )  # fmt: skip
