"""What people know and do not know by topic, and whom activities reached: short tables."""

from collections.abc import Sequence
from dataclasses import replace

from analysis.result import Estimate
from instruments.language import say
from reports.annex import estimates_cell
from reports.document import Cell, Column, Section, Table
from reports.edition import Edition
from reports.wording import sentence

SHOWN = 3
"""Topics at either end; where there are hardly more, all of them stand in one table."""


def topics(edition: Edition) -> Section:
    """The topics known best and known least, by the average share of right answers."""
    known = [(each.estimate, each) for each in edition.analysis.topics if each.estimate is not None]
    ordered = [each for _, each in sorted(known, key=lambda pair: pair[0], reverse=True)]
    title = edition.tell(say("Known and not known"))
    if len(ordered) <= 2 * SHOWN:
        whole = topic_table(edition, edition.tell(say("Topics, the best known first")), ordered)
        tables = (_with_caution(edition, whole),) if ordered else ()
        return Section(id="topics", title=title, blocks=tables)
    best = topic_table(
        edition, edition.tell(say("The topics that are known best")), ordered[:SHOWN]
    )
    last = ordered[-SHOWN:]
    least = topic_table(edition, edition.tell(say("The topics that are known least")), last)
    return Section(id="topics", title=title, blocks=(best, _with_caution(edition, least)))


def reach(edition: Edition) -> Section:
    """Whom each activity reached, and the headline among them: an association, never an effect."""
    found = edition.analysis.exposure
    reached = [each for each in found if each.level is not None]
    among = [each for each in found if each.level is None]
    title = edition.tell(say("Reach of activities"))
    blocks = (_reach(edition, reached, among),) if reached else ()
    return Section(id="reach", title=title, blocks=blocks)


def topic_table(edition: Edition, caption: str, estimates: Sequence[Estimate]) -> Table:
    """Topics with their average share of right answers, in the order given."""
    return Table(
        caption=caption,
        columns=(
            Column(title=edition.tell(say("Topic")), share=4),
            Column(
                title=edition.tell(say("Average share of right answers")), share=2.4, numeric=True
            ),
            Column(title=edition.tell(say("Respondents")), share=1.3, numeric=True),
        ),
        rows=tuple(_topic_row(edition, each) for each in estimates),
    )


def _with_caution(edition: Edition, table: Table) -> Table:
    caution = say(
        "A topic has few items, and those of one may be harder than those of another: "
        "a low share is no proof that the topic is known less."
    )
    return replace(table, notes=(edition.tell(caution),))


def _topic_row(edition: Edition, estimate: Estimate) -> tuple[Cell, ...]:
    return (
        Cell(text=sentence(edition.name(estimate.of))),
        estimates_cell(edition, (estimate,)),
        _respondents(edition, estimate),
    )


def _respondents(edition: Edition, estimate: Estimate | None) -> Cell:
    if estimate is None:
        return Cell(text="–")
    return Cell(text=edition.respondents(estimate), note=edition.doubts(estimate))


def _reach(edition: Edition, reached: Sequence[Estimate], among: Sequence[Estimate]) -> Table:
    headlines = tuple(dict.fromkeys(each.of for each in among))
    caution = say(
        "An association and no effect: those whom an activity reached differ from the others in "
        "more than that."
    )
    return Table(
        caption=edition.tell(say("Whom each activity reached, and what holds of those it reached")),
        columns=(
            Column(title=edition.tell(say("Activity")), share=3),
            Column(title=edition.tell(say("Reached, of all")), share=2, numeric=True),
            *(
                Column(title=_of_reached(edition, headline), share=2.4, numeric=True)
                for headline in headlines
            ),
            Column(title=edition.tell(say("Respondents reached")), share=1.2, numeric=True),
        ),
        rows=tuple(_reach_row(edition, each, among, headlines) for each in reached),
        notes=(edition.tell(caution),),
    )


def _of_reached(edition: Edition, headline: str) -> str:
    return edition.tell(say("Of those reached: {headline}", headline=edition.inline(headline)))


def _reach_row(
    edition: Edition, reached: Estimate, among: Sequence[Estimate], headlines: Sequence[str]
) -> tuple[Cell, ...]:
    inside = {each.of: each for each in among if each.by == {reached.of: reached.level}}
    first = next(iter(inside.values()), None)
    return (
        Cell(text=edition.name(f"{reached.of}={reached.level}")),
        estimates_cell(edition, (reached,)),
        *(estimates_cell(edition, (inside[of],) if of in inside else ()) for of in headlines),
        _respondents(edition, first),
    )
