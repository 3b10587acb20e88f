"""The flagship chart as data: every estimate with its interval against its own target."""

from collections.abc import Iterator
from dataclasses import replace
from math import floor

from analysis.result import Estimate, TargetResult
from instruments.language import say
from reports.document import Chart, ChartRow, Mark, Section
from reports.edition import Edition
from reports.wording import COMPARED, WORDS, sentence

ROWS = 8
"""Rows that stay readable on one page; a grouping that would exceed them is left to the annex."""


def comparison(edition: Edition) -> Section:
    """The chart of the current phase, with its description for readers who do not see it."""
    rows = _rows(edition)
    title = edition.tell(say("Estimates against each target"))
    return Section(
        id="chart", title=title, blocks=(interval_chart(edition, title, rows),) if rows else ()
    )


def interval_chart(
    edition: Edition, title: str, rows: tuple[ChartRow, ...], *, name: str = "targets"
) -> Chart:
    """Rows as a chart, with their description and an axis that holds them all."""
    stamp = edition.stamp
    ticks = _ticks(rows)
    described = "; ".join(_described(edition, row) for row in rows)
    return Chart(
        id=name,
        title=title,
        description=f"{stamp}. {described}." if stamp else f"{described}.",
        rows=rows,
        ticks=tuple((share, edition.numbers.threshold(share)) for share in ticks),
        axis_note=_axis_note(edition, ticks[0]),
        legend=tuple(
            (mark, meaning(edition, mark)) for mark in dict.fromkeys(r.mark for r in rows)
        ),
        estimate_label=edition.tell(say("estimate")),
        interval_label=edition.tell(say("interval")),
        target_label=edition.tell(say("target")),
        stamp=stamp,
    )


def _ticks(rows: tuple[ChartRow, ...]) -> tuple[float, ...]:
    """Round steps up to 100%, from the first that leaves room below everything drawn.

    Dots carry no length, so the axis need not begin at 0%; where it does not, a note says so.
    """
    least = min(min(row.low, row.low if row.target is None else row.target) for row in rows)
    begin = max(0, floor((least * 100 - 2) / 20)) * 20
    step = {60: 10, 80: 5}.get(begin, 20)
    return tuple(share / 100 for share in range(begin, 101, step))


def _axis_note(edition: Edition, begin: float) -> str:
    if begin == 0:
        return ""
    return edition.tell(say("the axis begins at {share}", share=edition.numbers.threshold(begin)))


def _rows(edition: Edition) -> tuple[ChartRow, ...]:
    """Every target with its parts, then the other groups, as long as a grouping fits whole."""
    results = edition.results(edition.current_phase())
    parts = {each.target: _parts(edition, each) for each in results}
    rows = [row for each in results for row in _target_rows(edition, each, parts[each.target])]
    drawn = [part.by for own in parts.values() for part in own]
    for domain in edition.analysis.domains:
        group = [
            row
            for each in _of_headline(edition)
            if set(each.by) == {domain.variable} and each.by not in drawn
            for row in chart_row(edition, each, _group(edition, each), level=None, mark="group")
        ]
        if len(rows) + len(group) <= ROWS:
            rows += group
    return tuple(rows)


def _parts(edition: Edition, result: TargetResult) -> tuple[Estimate, ...]:
    """The groups that a target's domain consists of: disjoint ones where the study forms them.

    The analysis's own parts are the areas, which may overlap.
    """
    areas = set(edition.target(result.target).within)
    for domain in edition.analysis.domains:
        inside = tuple(
            each
            for each in _of_headline(edition)
            if set(each.by) == {domain.variable}
            and areas.issuperset(each.by[domain.variable].split("+"))
        )
        if len(inside) > 1:
            return inside
    return result.parts


def _group(edition: Edition, estimate: Estimate) -> str:
    return edition.as_planned(edition.group(estimate.by), [estimate])


def _of_headline(edition: Edition) -> Iterator[Estimate]:
    """Group estimates of what the first measured target is about."""
    measured = (
        edition.target(result.target).indicator
        for result in edition.results(edition.current_phase())
        if result.estimate is not None
    )
    headline = next(measured, None)
    return (each for each in edition.analysis.estimates if each.of == headline)


def _target_rows(
    edition: Edition, result: TargetResult, parts: tuple[Estimate, ...]
) -> Iterator[ChartRow]:
    if result.estimate is None:
        return
    label = f"{result.target}. {sentence(edition.whom(edition.target(result.target)))}"
    level = result.threshold
    yield from chart_row(edition, result.estimate, label, level=level, mark=result.verdict.word)
    for part in parts:
        for row in chart_row(edition, part, _group(edition, part), level=level, mark="group"):
            yield replace(row, is_part=True, target_text="")


def chart_row(
    edition: Edition, estimate: Estimate, label: str, *, level: float | None, mark: Mark
) -> Iterator[ChartRow]:
    """The row of an estimate; none where it is not published."""
    low, high = estimate.ci
    if estimate.estimate is None or low is None or high is None:
        return
    shown = edition.share(estimate, against=level)
    yield ChartRow(
        label=label,
        text=f"{shown} ({edition.interval(estimate, against=level)})",
        value=estimate.estimate,
        low=low,
        high=high,
        target=level,
        target_text=_target_text(edition, level),
        mark=mark,
    )


def _described(edition: Edition, row: ChartRow) -> str:
    parts = [f"{row.label}: {row.text}"]
    if row.target is not None:
        level = edition.numbers.threshold(row.target)
        parts.append(edition.tell(say("target {level}", level=level)))
    if row.mark != "group":
        parts.append(meaning(edition, row.mark))
    return ", ".join(part for part in parts if part)


def _target_text(edition: Edition, level: float | None) -> str:
    if level is None:
        return ""
    return edition.numbers.threshold(level)


def meaning(edition: Edition, mark: Mark) -> str:
    """What a mark says, in words."""
    match mark:
        case "group":
            return edition.tell(say("group, not judged by itself"))
        case "higher" | "lower" | "open":
            return edition.tell(COMPARED[mark])
    return edition.tell(WORDS[mark])
