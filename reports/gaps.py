"""Differences by group and topic, from the target and from the others; never what brings them about.

A word that compares stands only where the interval of the difference, which holds together with
those of all others in its table, leaves out zero.
"""

from collections.abc import Iterator, Sequence
from math import ceil

from analysis.result import Estimate, Gap
from instruments.language import Message, say
from reports.comparison import meaning
from reports.document import Block, Cell, Chart, ChartRow, Column, Prose, Section, Table
from reports.edition import Edition
from reports.wording import sentence

_STEP = 0.05


def gaps(edition: Edition) -> Section:
    """Groups, then topics: a chart and a table of each."""
    found = edition.analysis.gaps
    groups = [one for one in found if one.share.by]
    topics = sorted((one for one in found if not one.share.by), key=_size, reverse=True)
    blocks = [*_of_groups(edition, groups), *_of_topics(edition, topics)]
    title = edition.tell(say("Differences by group and topic"))
    return Section(id="gaps", title=title, blocks=tuple(blocks))


def gap_name(edition: Edition, one: Gap) -> str:
    """What the group or the topic is called, and whether it alone was not planned."""
    own = one.share
    name = edition.group(own.by) if own.by else sentence(edition.name(own.of))
    if edition.is_exploratory(each.share for each in edition.analysis.gaps):
        return name
    return edition.as_planned(name, [own])


def gap_word(edition: Edition, one: Gap) -> str:
    """What the test allows to say of the difference from the others; a dash where there is none."""
    return "–" if one.word is None else meaning(edition, one.word)


def difference_cell(edition: Edition, found: Estimate | None) -> Cell:
    """A difference in points with its sign, its interval below; a dash where there is none."""
    if found is None or found.estimate is None:
        return Cell(text="–")
    signed, (low, high) = edition.numbers.signed_points, found.ci
    limits = "" if low is None or high is None else f"({signed(low)}; {signed(high)})"
    return Cell(text=signed(found.estimate), note=limits)


def _size(one: Gap) -> float:
    found = None if one.to_others is None else one.to_others.estimate
    return -1.0 if found is None else found


def _of_groups(edition: Edition, found: Sequence[Gap]) -> Iterator[Block]:
    if not found:
        return
    of = edition.inline(found[0].share.of)
    title = edition.tell(say("Each group less all others: {measure}", measure=of))
    yield Prose(paragraphs=(f"{title}.",))
    yield from _chart(edition, title, found, name="gaps-groups")
    yield _table(edition, found, heads=(say("Group"), say("Less all others, in points")))


def _of_topics(edition: Edition, found: Sequence[Gap]) -> Iterator[Block]:
    if not found:
        return
    title = edition.tell(say("Each topic less the other topics, of the same people"))
    yield Prose(paragraphs=(f"{title}.",))
    yield from _chart(edition, title, found, name="gaps-topics")
    yield _table(edition, found, heads=(say("Topic"), say("Less the other topics, in points")))


def _chart(edition: Edition, title: str, found: Sequence[Gap], *, name: str) -> Iterator[Chart]:
    rows = tuple(row for one in found for row in _chart_row(edition, one))
    if not rows:
        return
    ends = max(max(abs(row.low), abs(row.high)) for row in rows)
    step = max(1, ceil(ends / 2 / _STEP)) * _STEP
    ticks = [at * step for at in range(-2, 3)]
    told = "; ".join(f"{row.label}: {row.text}" for row in rows)
    yield Chart(
        id=name, title=title, stamp=edition.stamp,
        description=f"{edition.stamp}. {told}." if edition.stamp else f"{told}.",
        rows=rows, ticks=tuple((at, edition.numbers.signed_points(at, decimals=0)) for at in ticks),
        legend=tuple((word, meaning(edition, word))
                     for word in dict.fromkeys(row.mark for row in rows)),
        estimate_label=edition.tell(say("difference, in points")),
        interval_label=edition.tell(say("joint interval")),
        target_label=edition.tell(say("no difference")),
    )  # fmt: skip


def _chart_row(edition: Edition, one: Gap) -> Iterator[ChartRow]:
    found = one.to_others
    low, high = (None, None) if found is None else found.ci
    if found is None or found.estimate is None or low is None or high is None or one.word is None:
        return
    cell, variable = difference_cell(edition, found), edition.variable(one.share.by)
    name = gap_name(edition, one)
    yield ChartRow(
        label=f"{variable}: {name}" if variable else name,
        text=f"{cell.text} {cell.note}", value=found.estimate, low=low, high=high,
        target=0.0, mark=one.word,
    )  # fmt: skip


def _table(edition: Edition, found: Sequence[Gap], *, heads: tuple[Message, Message]) -> Table:
    asked = next((one for one in found if one.threshold is not None), None)
    return Table(
        caption=edition.tell(say("Differences in percentage points, with their intervals")),
        columns=(
            Column(title=edition.tell(heads[0]), share=2.6),
            Column(title=edition.tell(say("Share")), share=1, numeric=True),
            *([] if asked is None else [_target_column(edition, asked)]),
            Column(title=edition.tell(heads[1]), share=2.2, numeric=True),
            Column(title=edition.tell(say("Tested")), share=1.6),
        ),
        rows=tuple(_row(edition, one, has_target=asked is not None) for one in found),
        notes=tuple(edition.tell(one) for one in _notes(edition, found)),
    )


def _target_column(edition: Edition, one: Gap) -> Column:
    level = "" if one.threshold is None else edition.numbers.threshold(one.threshold)
    title = say("Less the target of {target} ({level})", target=one.target, level=level)
    return Column(title=edition.tell(title), share=2, numeric=True)


def _row(edition: Edition, one: Gap, *, has_target: bool) -> tuple[Cell, ...]:
    own = one.share
    to_target = [difference_cell(edition, one.to_target)] if has_target else []
    return (
        Cell(text=gap_name(edition, one), note=edition.variable(own.by)),
        Cell(text=edition.share(own, against=one.threshold)),
        *to_target,
        difference_cell(edition, one.to_others),
        Cell(text=gap_word(edition, one), mark=one.word),
    )


def _notes(edition: Edition, found: Sequence[Gap]) -> Iterator[Message]:
    confidence = next((one.to_others.confidence for one in found if one.to_others), None)
    if confidence is not None:
        yield say("The intervals of the {count} differences from the others hold all together with "
                  "{level} confidence, each by itself with {each} (Bonferroni); higher or lower is "
                  "said only where such an interval leaves out zero.",
                  count=edition.numbers.count(len(found)), level=edition.numbers.threshold(0.95),
                  each=edition.numbers.percent(confidence))  # fmt: skip
    if any(one.to_target is not None for one in found):
        yield say("The intervals from the target are those of the shares, each by itself.")
    if found and found[0].share.by:
        yield say(
            "A difference says who has it less, not why, and not what would come of closing it."
        )
    else:
        yield say("Topics differ in how hard their items are, so a difference is no proof that a topic "
                  "is known less.")  # fmt: skip
