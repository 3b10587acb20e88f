"""The annex: how the conclusions stand under other readings, in groups and at other cuts."""

from collections.abc import Iterator, Mapping

from analysis.result import Count, Estimate, ReadingResult, TargetResult
from instruments.language import Message, say
from reports.document import Cell, Column, Section, Table
from reports.edition import Edition
from reports.verdicts import judged, threshold_text, verdict_cell, verdict_column
from reports.wording import said, sentence


def readings(edition: Edition) -> Section:
    """A table for each target: the default, then each alternative, and how many agree."""
    results = edition.results(edition.current_phase())
    tables = [_readings_of(edition, each) for each in results if each.readings]
    title = edition.tell(say("Other readings of the plan's words"))
    return Section(id="readings", title=title, blocks=tuple(tables))


def groups(edition: Edition) -> Section:
    """The share of each group, for everything that was measured of a person."""
    table = Table(
        caption=edition.tell(say("Share of each group, with its interval")),
        columns=(
            Column(title=edition.tell(say("Group")), share=2.4),
            *(
                Column(title=_measure(edition, of), share=2, numeric=True)
                for of in _measures(edition)
            ),
            Column(title=edition.tell(say("Respondents")), share=1.4, numeric=True),
            *_deff_column(edition),
        ),
        rows=tuple(_group_row(edition, by) for by in _groups(edition)),
    )
    title = edition.tell(say("Groups"))
    return Section(id="groups", title=title, blocks=(table,) if table.rows else ())


def _deff_column(edition: Edition) -> tuple[Column, ...]:
    """The design effect is for statisticians: the public edition goes without it."""
    title = edition.tell(say("Design effect"))
    return () if edition.is_public else (Column(title=title, share=1, numeric=True),)


def cuts(edition: Edition) -> Section:
    """What the share would be if one dimension's cut were elsewhere (plan.md A5)."""
    curve = edition.analysis.curve
    levels = sorted({point.cut for point in curve})
    table = Table(
        caption=edition.tell(say("The share if one cut were elsewhere and all else as it is")),
        columns=(
            Column(title=edition.tell(say("Cut on")), share=1.8),
            *(
                Column(title=edition.numbers.threshold(level), share=1.4, numeric=True)
                for level in levels
            ),
        ),
        rows=tuple(
            _curve_row(edition, dimension, levels)
            for dimension in dict.fromkeys(point.dimension for point in curve)
        ),
    )
    title = edition.tell(say("Other cut scores"))
    return Section(id="cuts", title=title, blocks=(table,) if curve else ())


def agreement(result: TargetResult) -> tuple[int, int]:
    """How many alternatives with a verdict of their own keep the default's word, and of how many."""
    words = [
        each.verdict.word
        for each in result.readings
        if each.verdict is not None and not each.advice_only and each.verdict.word != "no_data"
    ]
    return sum(word == result.verdict.word for word in words), len(words)


def _readings_of(edition: Edition, result: TargetResult) -> Table:
    default = (
        Cell(text=edition.tell(say("Default reading"))),
        Cell(text=threshold_text(edition, result)),
        _figures(edition, _own(result), result.count, result.threshold),
        verdict_cell(edition, result),
    )
    return Table(
        caption=edition.tell(_agreement(edition, result)),
        columns=(
            Column(title=edition.tell(say("Reading")), share=4.4),
            Column(title=edition.tell(say("Level asked")), share=1.2, numeric=True),
            Column(title=edition.tell(say("Estimate and interval")), share=2.4, numeric=True),
            verdict_column(edition, share=3),
        ),
        rows=(default, *_alternatives(edition, result)),
    )


def _agreement(edition: Edition, result: TargetResult) -> Message:
    same, of = agreement(result)
    if of == 0:
        return say("{target}: no alternative has a verdict", target=result.target)
    return say(
        "{target}: the conclusion is unchanged in {same} of {of} alternatives",
        target=result.target,
        same=edition.numbers.count(same),
        of=edition.numbers.count(of),
    )


def _own(result: TargetResult) -> tuple[Estimate, ...]:
    return () if result.estimate is None else (result.estimate,)


def _alternatives(edition: Edition, result: TargetResult) -> Iterator[tuple[Cell, ...]]:
    """A row for each alternative; the question stands with the first of its options."""
    asked = None
    for alternative in result.readings:
        yield (
            _reading_cell(edition, alternative, asked=asked),
            _level_cell(edition, alternative),
            _figures(edition, alternative.estimates, alternative.count, alternative.threshold),
            _alternative_verdict(edition, alternative),
        )
        asked = alternative.reading


def _level_cell(edition: Edition, alternative: ReadingResult) -> Cell:
    level = alternative.threshold
    return Cell(text="–" if level is None else edition.numbers.threshold(level))


def _reading_cell(edition: Edition, alternative: ReadingResult, *, asked: str | None) -> Cell:
    reading = edition.reading(alternative.reading)
    if alternative.cut is not None:
        text = say("{dimension}: from {level} of the points", level=edition.numbers.threshold(
            alternative.cut), dimension=edition.name(alternative.reading))  # fmt: skip
        return Cell(text=edition.as_planned(edition.tell(text), alternative.estimates))
    if reading is None:
        return Cell(text=f"{edition.name(alternative.reading)}: {edition.name(alternative.option)}")
    labels = {option.id: option.label for option in reading.options}
    option = edition.read(labels.get(alternative.option, {})) or alternative.option
    question = "" if asked == reading.id else edition.read(reading.question)
    return Cell(text=edition.as_planned(option, alternative.estimates), note=question)


def _figures(
    edition: Edition, estimates: tuple[Estimate, ...], count: Count | None, level: float | None
) -> Cell:
    if count is None:
        return estimates_cell(edition, estimates, level)
    return Cell(text=edition.numbers.percent(count.share, against=level))


def estimates_cell(
    edition: Edition, estimates: tuple[Estimate, ...], level: float | None = None
) -> Cell:
    """Shares with their intervals below; a dash where there is none."""
    if not estimates:
        return Cell(text="–")
    shares = [edition.share(each, against=level) for each in estimates]
    intervals = [
        f"({edition.interval(each, against=level)})"
        for each in estimates
        if each.ci != (None, None)
    ]
    return Cell(text="; ".join(shares), note="; ".join(intervals))


def _alternative_verdict(edition: Edition, alternative: ReadingResult) -> Cell:
    note = "" if alternative.note is None else edition.tell(alternative.note)
    if alternative.advice_only:
        return Cell(text=_distance(edition, alternative), note=note)
    verdict = alternative.verdict
    if verdict is None:
        return Cell(text="–", note=note)
    text = judged(edition, said(verdict), verdict)
    return Cell(text=text, note=note, mark=verdict.word)


def _distance(edition: Edition, alternative: ReadingResult) -> str:
    points = [each.estimate for each in alternative.estimates if each.estimate is not None]
    if alternative.count is not None:
        points = [alternative.count.share]
    if alternative.threshold is None or not points:
        return "–"
    gap = min(points) - alternative.threshold
    away = edition.numbers.points(gap)
    if gap < 0:
        return edition.tell(say("{points} short of it; no verdict", points=away))
    return edition.tell(say("{points} above it; no verdict", points=away))


def _measures(edition: Edition) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.of for each in edition.analysis.estimates))


def _measure(edition: Edition, of: str) -> str:
    own = (each for each in edition.analysis.estimates if each.of == of)
    return edition.as_planned(sentence(edition.name(of)), own)


def _groups(edition: Edition) -> tuple[Mapping[str, str], ...]:
    seen = {tuple(each.by.items()): each.by for each in edition.analysis.estimates}
    return tuple(seen.values())


def _group_row(edition: Edition, by: Mapping[str, str]) -> tuple[Cell, ...]:
    found = {each.of: each for each in edition.analysis.estimates if each.by == by}
    first = max(found.values(), key=lambda each: each.deff is not None)
    cells = [
        estimates_cell(edition, (found[of],) if of in found else ()) for of in _measures(edition)
    ]
    deff = "–" if first.deff is None else edition.numbers.number(first.deff, decimals=2)
    return (
        Cell(text=edition.as_planned(edition.group(by), found.values()), note=edition.variable(by)),
        *cells,
        Cell(text=edition.respondents(first), note=edition.doubts(first)),
        *(() if edition.is_public else (Cell(text=deff),)),
    )


def _curve_row(edition: Edition, dimension: str, levels: list[float]) -> tuple[Cell, ...]:
    points = {
        point.cut: point.estimate
        for point in edition.analysis.curve
        if point.dimension == dimension
    }
    shares = (
        estimates_cell(edition, (points[level],) if level in points else ()) for level in levels
    )
    return (Cell(text=edition.name(dimension)), *shares)
