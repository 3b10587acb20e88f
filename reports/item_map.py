"""Which questions are easy and which are hard, for leaders: in words, with the cut between them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from analysis.disclosure.screen import code_of
from analysis.result import Estimate
from analysis.shares import AVERAGE
from instruments.language import say
from reports.comparison import chart_row, interval_chart
from reports.document import Cell, Chart, Column, Section, Table
from reports.edition import Edition

ROWS = 18
"""Most rows of one chart, which must fit on one printed page."""
LONGEST = 58
"""Letters of a question on the chart; the table has it whole."""
EVEN = 0.5
"""Chance of a right answer at the cut that parts easy from hard."""


def item_map(edition: Edition) -> Section:
    """Every question with one right answer: a chart from easy to hard, and its table."""
    at_cut, level = chances(edition)
    items = _ordered(edition, at_cut)
    title = edition.tell(say("Easy and hard questions"))
    if not items:
        return Section(id="items", title=title, blocks=())
    return Section(id="items", title=title, blocks=(
        *_charts(edition, items, at_cut, level), _table(edition, items, at_cut, level)))  # fmt: skip


def chances(edition: Edition) -> tuple[Mapping[str, float], float | None]:
    """The chances at the cut of the first scale that right-or-wrong items make, and where it lies."""
    latent = edition.analysis.latent
    partial = {one.of for one in edition.analysis.items if AVERAGE in one.flags}
    for one in () if latent is None else latent.traits:
        if one.at_cut and partial.isdisjoint(one.at_cut):
            levels = (cuts[one.dimension] for cuts in edition.analysis.cuts.values()
                      if one.dimension in cuts)  # fmt: skip
            return one.at_cut, next(levels, None)
    return {}, None


def _ordered(edition: Edition, at_cut: Mapping[str, float]) -> list[Estimate]:
    """Right-or-wrong items with a published share, from easy to hard."""
    shown = [one for one in edition.analysis.items
             if AVERAGE not in one.flags and code_of(one) is None and one.estimate is not None]  # fmt: skip
    if at_cut:
        shown = [one for one in shown if one.of in at_cut]
    return sorted(shown, key=lambda one: (-at_cut.get(one.of, 0.0), -(one.estimate or 0.0)))


def _charts(
    edition: Edition, items: list[Estimate], at_cut: Mapping[str, float], level: float | None
) -> Iterator[Chart]:
    """The items in as many charts as pages need, all on one axis."""
    rows = [
        row for one in items
        for row in chart_row(edition, one, _short(edition.name(one.of)), level=None, mark="group")
    ]  # fmt: skip
    title = edition.tell(say("Share of right answers to each question, from easy to hard"))
    whole = interval_chart(edition, title, tuple(rows), name="items")
    each = -(-len(rows) // -(-len(rows) // ROWS))
    for at in range(0, len(rows), each):
        part = interval_chart(edition, title, tuple(rows[at : at + each]),
                              name=f"items-{at // each + 1}")  # fmt: skip
        rule = _rule(edition, items[at : at + each], at_cut, level)
        told = part.description if rule is None else f"{part.description} {rule[1]}."
        yield replace(part, ticks=whole.ticks, axis_note=whole.axis_note, rule=rule,
                      description=told,
                      legend=(("group", edition.tell(say("question"))),))  # fmt: skip


def _rule(
    edition: Edition, items: list[Estimate], at_cut: Mapping[str, float], level: float | None
) -> tuple[int, str] | None:
    """The cut among the items of a chart; none where all of them lie on one side."""
    easy = sum(at_cut.get(one.of, 0.0) >= EVEN for one in items)
    if level is None or easy in (0, len(items)):
        return None
    text = say("The cut: who just reaches {level} of the points more often than not answers those "
               "above right, and those below wrong", level=edition.numbers.threshold(level))  # fmt: skip
    return easy, edition.tell(text)


def _short(text: str) -> str:
    """The beginning of a long question, cut between words."""
    if len(text) <= LONGEST:
        return text
    return text[: text.rindex(" ", 0, LONGEST) if " " in text[:LONGEST] else LONGEST] + " …"


def _table(
    edition: Edition, items: list[Estimate], at_cut: Mapping[str, float], level: float | None
) -> Table:
    head = say("Chance at the cut")
    columns = [
        Column(title=edition.tell(say("Question")), share=5),
        Column(title=edition.tell(say("Right, of all")), share=1.7, numeric=True),
        Column(title=edition.tell(say("Respondents")), share=1.1, numeric=True),
    ]
    if at_cut:
        columns.append(Column(title=edition.tell(head), share=1.1, numeric=True))
    return Table(
        caption=edition.tell(say("The questions in full, from easy to hard")),
        columns=tuple(columns), rows=tuple(_row(edition, one, at_cut) for one in items),
        notes=tuple(_notes(edition, at_cut, level)),
    )  # fmt: skip


def _notes(edition: Edition, at_cut: Mapping[str, float], level: float | None) -> list[str]:
    notes = [say("A hard question is not a badly known law: it may only be asked harder.")]
    if at_cut and level is not None:
        notes.append(say("Chance at the cut: that a person who just reaches {level} of the points "
                         "answers it right, by the model of the items.",
                         level=edition.numbers.threshold(level)))  # fmt: skip
    return [edition.tell(one) for one in notes]


def _row(edition: Edition, one: Estimate, at_cut: Mapping[str, float]) -> tuple[Cell, ...]:
    limits = f"({edition.interval(one)})"
    cells = (
        Cell(text=edition.name(one.of)),
        Cell(text=edition.share(one), note=limits),
        Cell(text=edition.respondents(one), note=edition.doubts(one)),
    )
    if not at_cut:
        return cells
    return (*cells, Cell(text=edition.numbers.percent(at_cut[one.of])))
