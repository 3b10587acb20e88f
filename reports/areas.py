"""Areas judged at once: their map, their joint intervals, and what one by one would have said."""

from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from analysis.disclosure.screen import code_of
from analysis.result import Areas, AreaVerdict, Verdict
from instruments.language import say
from reports.collation import in_order
from reports.comparison import chart_row, interval_chart, meaning
from reports.document import Block, Cell, Chart, Column, Mark, Prose, Section, Table, Tile, Tiles
from reports.edition import Edition
from reports.grid import grid_of
from reports.verdicts import judged
from reports.wording import said, sentence

_UNPUBLISHED = say("no number is published")
ROWS = 32
"""Rows of one chart, which must fit on one printed page."""


def areas(edition: Edition) -> Section:
    """All areas that were judged at once, a set after the other."""
    blocks = [block for one in edition.analysis.areas for block in _blocks(edition, one)]
    title = edition.tell(say("Areas judged at once"))
    return Section(id="areas", title=title, blocks=tuple(blocks))


def area_name(edition: Edition, found: Areas, row: AreaVerdict) -> str:
    """What an area is called: by the study, else by the map, else its code."""
    code = row.estimate.by[found.variable]
    name = edition.group(row.estimate.by)
    place = grid_of([code]).get(code)
    return place.name if place is not None and name == code else name


def area_target(edition: Edition, found: Areas) -> str:
    """The target and its level, as they stand in a sentence."""
    level = edition.numbers.threshold(found.threshold)
    return edition.tell(say("{target} ({level})", target=found.target, level=level))


def _blocks(edition: Edition, found: Areas) -> Iterator[Block]:
    yield Prose(paragraphs=tuple(_sentences(edition, found)))
    yield from _map(edition, found)
    yield from _charts(edition, found)
    yield _table(edition, found)


def _sentences(edition: Edition, found: Areas) -> Iterator[str]:
    numbers = edition.numbers
    shown = sum(code_of(row.estimate) is None for row in found.rows)
    yield edition.tell(say(
        "{variable}: {count} areas are judged at once against {target}. {shown} of them have a "
        "number that can be published.",
        variable=edition.variable({found.variable: ""}), count=numbers.count(found.planned),
        target=area_target(edition, found), shown=numbers.count(shown),
    ))  # fmt: skip
    yield edition.tell(say("Their number was fixed with the analysis plan, before the first "
                           "answers.") if found.is_planned
                       else say("Their number was not fixed before the first answers."))  # fmt: skip
    yield from _method(edition, found)
    yield edition.tell(say(
        "Each interval holds with {each} confidence, so that all of them hold together with "
        "{confidence} (Bonferroni). Judged one by one, on average up to {alone} areas that lie "
        "exactly at the target would be said by mistake to have reached it; judged at once, at "
        "most {joint}.",
        each=numbers.percent(found.each), confidence=numbers.threshold(found.confidence),
        alone=numbers.number(found.expected_false_alone, decimals=2),
        joint=numbers.number(found.expected_false, decimals=3),
    ))  # fmt: skip
    names = sorted((area_name(edition, found, row) for row in found.flips), key=in_order)
    if names:
        yield edition.tell(say("Judged one by one, these would have another verdict: {areas}.",
                               areas=", ".join(names)))  # fmt: skip
    else:
        yield edition.tell(say("Judged one by one, no area would have another verdict."))


def _method(edition: Edition, found: Areas) -> Iterator[str]:
    """What the shares of areas are, and which areas the trait says nothing of."""
    if not found.is_latent:
        yield edition.tell(say("The shares of areas count observed scores."))
        return
    yield edition.tell(say(
        "The shares are those of the trait, as on the first page, each area with its own "
        "distribution; {part} of their variance is sampling, the rest is the error of items and "
        "cut.", part=edition.numbers.percent(_sampled(found)),
    ))  # fmt: skip
    if found.unmodelled:
        yield edition.tell(say(
            "In {count} areas too few people were asked to find the trait's distribution; they have "
            "no number, and scores are not counted in its place.",
            count=edition.numbers.count(len(found.unmodelled)),
        ))  # fmt: skip
    yield from map(edition.tell, found.notes)


def _sampled(found: Areas) -> float:
    """The middle area's part of the variance that is sampling."""
    budgets = [one for row in found.rows if (one := row.estimate.budget) is not None]
    return median(one.sampling / one.total for one in budgets) if budgets else 1.0


def _title(edition: Edition, found: Areas) -> str:
    variable, target = edition.variable({found.variable: ""}), area_target(edition, found)
    return edition.tell(say("{variable} against {target}", variable=variable, target=target))


def _map(edition: Edition, found: Areas) -> Iterator[Tiles]:
    """The tile map; none where an area has no place on a grid of ours."""
    grid = grid_of([row.estimate.by[found.variable] for row in found.rows])
    if not grid:
        return
    tiles = []
    for row in _by_name(edition, found):
        place = grid[row.estimate.by[found.variable]]
        tiles.append(
            Tile(
                short=place.short,
                name=area_name(edition, found, row),
                text=edition.share(row.estimate, against=found.threshold),
                mark=row.verdict.word,
                row=place.row,
                column=place.column,
            )
        )
    title = edition.tell(say("Map of tiles: {title}", title=_title(edition, found)))
    told = "; ".join(f"{tile.name}: {tile.text}, {_said(edition, tile.mark)}" for tile in tiles)
    marks = dict.fromkeys(tile.mark for tile in tiles)
    yield Tiles(
        id=f"map-{found.variable}", title=title, description=f"{told}.", stamp=edition.stamp,
        tiles=tuple(tiles), legend=tuple((mark, _said(edition, mark)) for mark in marks),
    )  # fmt: skip


def _said(edition: Edition, mark: Mark) -> str:
    """What a tile's mark says; an area without a verdict has none because its number is withheld."""
    if mark == "no_data":
        return edition.tell(_UNPUBLISHED)
    return meaning(edition, mark)


def _charts(edition: Edition, found: Areas) -> Iterator[Chart]:
    """Dots and joint intervals, the highest first, in as many charts as pages need."""
    rows = [
        dot
        for row in _by_share(edition, found)
        for dot in chart_row(edition, row.estimate, area_name(edition, found, row),
                               level=found.threshold, mark=row.verdict.word)
    ]  # fmt: skip
    parts = [tuple(rows[at : at + ROWS]) for at in range(0, len(rows), ROWS)]
    for number, part in enumerate(parts, start=1):
        title = _title(edition, found)
        if len(parts) > 1:
            title = edition.tell(say("{title}, part {number} of {parts}", title=title,
                                     number=str(number), parts=str(len(parts))))  # fmt: skip
        drawn = interval_chart(edition, title, part, name=f"areas-{found.variable}-{number}")
        yield replace(drawn, interval_label=edition.tell(say("joint interval")))


def _by_name(edition: Edition, found: Areas) -> list[AreaVerdict]:
    return sorted(found.rows, key=lambda row: in_order(area_name(edition, found, row)))


def _by_share(edition: Edition, found: Areas) -> list[AreaVerdict]:
    """The highest first, then those without a number, each by name where they tie."""
    ordered = _by_name(edition, found)
    return sorted(ordered, key=lambda row: -1 if row.estimate.estimate is None
                  else row.estimate.estimate, reverse=True)  # fmt: skip


def _table(edition: Edition, found: Areas) -> Table:
    interval = say("Estimate and joint interval")
    return Table(
        caption=_title(edition, found),
        columns=(
            Column(title=sentence(edition.tell(say("Area"))), share=3),
            Column(title=edition.tell(interval), share=2.6, numeric=True),
            Column(title=edition.tell(say("Verdict, judged at once")), share=3),
            Column(title=edition.tell(say("Verdict by itself")), share=2.4),
            Column(title=edition.tell(say("Respondents")), share=1.7, numeric=True),
        ),
        rows=tuple(_table_row(edition, found, row) for row in _by_share(edition, found)),
        notes=(_probability_note(edition, found),),
    )


def _table_row(edition: Edition, found: Areas, row: AreaVerdict) -> tuple[Cell, ...]:
    level = found.threshold
    limits = edition.interval(row.estimate, against=level)
    hidden = row.estimate.ci == (None, None)
    return (
        Cell(text=area_name(edition, found, row)),
        Cell(text=edition.share(row.estimate, against=level), note="" if hidden else f"({limits})"),
        verdict_of_area(edition, row.verdict),
        Cell(text=judged(edition, said(row.alone), row.alone) if row.flips else "="),
        Cell(text=edition.respondents(row.estimate), note=edition.doubts(row.estimate)),
    )


def verdict_of_area(edition: Edition, verdict: Verdict) -> Cell:
    """An area's verdict; one without has none because its number is withheld."""
    message = _UNPUBLISHED if verdict.word == "no_data" else said(verdict)
    return Cell(text=judged(edition, message, verdict), mark=verdict.word)


def _probability_note(edition: Edition, found: Areas) -> str:
    level = edition.numbers.probability((1 + found.each) / 2)
    note = say("In brackets: the probability of being at the target; judged at once, it decides "
               "only from {level} on. = is the same verdict.", level=level)  # fmt: skip
    return edition.tell(note)
