"""The same numbers as a workbook: one table a sheet, one number a cell, nothing rounded."""

from collections.abc import Iterator
from itertools import chain

from analysis.result import Count, Estimate, ReadingResult, TargetResult
from instruments.language import Message, say
from reports.adjusted_sheet import adjusted_sheets
from reports.administrative import force_name, kind_name
from reports.area_sheets import area_sheets
from reports.detail_sheets import detail_sheets
from reports.document import Answers, Bullets, Page, Prose, Section, Table
from reports.edition import Edition
from reports.sheet import (
    ESTIMATE,
    VERDICT,
    Form,
    Sheet,
    Value,
    estimate_cells,
    made_sheet,
    verdict_cells,
)  # fmt: skip
from reports.wave_sheets import wave_sheets

_TARGET: tuple[tuple[Message, Form], ...] = (
    (say("Target"), "text"), (say("Wording"), "text"), (say("Phase"), "text"),
    (say("Deadline"), "day"), (say("Level asked"), "share"),
)  # fmt: skip
_COUNT: tuple[tuple[Message, Form], ...] = (
    (say("Counted"), "count"), (say("Of"), "count"), (say("Share"), "share"),
    (say("Least possible"), "share"), (say("Greatest possible"), "share"),
    (say("Units reporting"), "count"), (say("Units in all"), "count"), (say("Late"), "count"),
    (say("As of"), "day"), (say("Source"), "text"),
)  # fmt: skip


def sheets(edition: Edition, page: Page) -> tuple[Sheet, ...]:
    """Every number of the analysis, then the page's words; for the public, those of its page."""
    if edition.is_public:
        own = (_targets(edition), _estimates(edition), *area_sheets(edition),
               *wave_sheets(edition), _words(edition, page))  # fmt: skip
        return tuple(sheet for sheet in own if sheet.rows)
    made = (_targets(edition), _readings(edition), _estimates(edition), _rates(edition),
            _floors(edition), *area_sheets(edition), *wave_sheets(edition),
            *adjusted_sheets(edition), *detail_sheets(edition), _margins(edition),
            _words(edition, page))  # fmt: skip
    return tuple(sheet for sheet in made if sheet.rows)


def _targets(edition: Edition) -> Sheet:
    rows = (
        (
            *_target(edition, result),
            *estimate_cells(result.estimate),
            *verdict_cells(edition, result.verdict),
            *_count(result.count),
        )
        for result in edition.analysis.targets
    )
    return made_sheet(edition, say("Targets"), (*_TARGET, *ESTIMATE, *VERDICT, *_COUNT), rows)


def _readings(edition: Edition) -> Sheet:
    columns: tuple[tuple[Message, Form], ...] = (
        (say("Target"), "text"), (say("Phase"), "text"), (say("Reading"), "text"),
        (say("Option"), "text"), (say("Level asked"), "share"),
        *ESTIMATE, *VERDICT, *_COUNT, (say("Note"), "text"),
    )  # fmt: skip
    rows = (
        row
        for result in edition.analysis.targets
        for reading in result.readings
        for row in _reading_rows(edition, result, reading)
    )
    return made_sheet(edition, say("Readings"), columns, rows)


def _reading_rows(
    edition: Edition, result: TargetResult, reading: ReadingResult
) -> Iterator[tuple[Value, ...]]:
    """One row for each estimate that the reading judges, one where it judges a count or nothing."""
    note = None if reading.note is None else edition.tell(reading.note)
    phase = edition.read(edition.phase(result.phase).label)
    place = (result.target, phase, reading.reading, reading.option, reading.threshold)
    rest = (*verdict_cells(edition, reading.verdict), *_count(reading.count), note)
    for estimate in reading.estimates or (None,):
        yield (*place, *estimate_cells(estimate), *rest)


def _estimates(edition: Edition) -> Sheet:
    columns: tuple[tuple[Message, Form], ...] = (
        (say("Measured"), "text"), (say("Answer or cut"), "text"), (say("Group"), "text"),
        *ESTIMATE, (say("Flags"), "text"),
    )  # fmt: skip
    found = edition.analysis
    plain = chain(found.estimates, found.topics, found.items, found.exposure)
    parts = (part for result in found.targets for part in result.parts)
    rows = [_estimate_row(edition, each, _answer(edition, each)) for each in chain(plain, parts)]
    rows += [
        _estimate_row(edition, point.estimate, edition.numbers.threshold(point.cut))
        for point in found.curve
    ]
    return made_sheet(edition, say("Estimates"), columns, dict.fromkeys(rows))


def _answer(edition: Edition, estimate: Estimate) -> str | None:
    if estimate.level is None:
        return None
    name = edition.name(f"{estimate.of}={estimate.level}")
    return estimate.level if name == f"{estimate.of}={estimate.level}" else name


def _estimate_row(edition: Edition, estimate: Estimate, answer: str | None) -> tuple[Value, ...]:
    flags = ", ".join(estimate.flags)
    group = edition.group(estimate.by)
    return (edition.name(estimate.of), answer, group, *estimate_cells(estimate), flags)


def _rates(edition: Edition) -> Sheet:
    columns: tuple[tuple[Message, Form], ...] = (
        (say("Target"), "text"), (say("Phase"), "text"), (say("Kind"), "text"),
        (say("Force"), "text"), (say("Year"), "text"), (say("Rate"), "number"),
        (say("Events"), "count"), (say("Average strength"), "count"),
    )  # fmt: skip
    rows = (
        (
            result.target, edition.read(edition.phase(result.phase).label),
            kind_name(edition, one.kind), force_name(edition, one.force),
            str(rate.year), rate.per_thousand, rate.events, rate.strength,
        )
        for result in edition.analysis.targets
        for one in result.series
        for rate in one.rates
    )  # fmt: skip
    return made_sheet(edition, say("Rates"), columns, rows)


def _floors(edition: Edition) -> Sheet:
    columns: tuple[tuple[Message, Form], ...] = (
        (say("Target"), "text"), (say("Phase"), "text"), (say("Share of the population"), "share"),
        (say("Needed, all reached elsewhere"), "share"), (say("Estimate elsewhere"), "share"),
        (say("Needed at that estimate"), "share"), (say("Most that the whole can reach"), "share"),
    )  # fmt: skip
    rows = (
        (
            result.target, edition.read(edition.phase(result.phase).label), floor.share,
            floor.needed, floor.elsewhere, floor.needed_at_estimate, floor.reachable,
        )
        for result in edition.analysis.targets
        if (floor := result.floor) is not None
    )  # fmt: skip
    return made_sheet(edition, say("Floors"), columns, rows)


def _margins(edition: Edition) -> Sheet:
    columns: tuple[tuple[Message, Form], ...] = (
        (say("Margin"), "text"), (say("Category"), "text"), (say("Population"), "share"),
        (say("Before"), "share"), (say("After"), "share"),
        (say("Standardized difference before"), "number"),
        (say("Standardized difference after"), "number"),
    )  # fmt: skip
    rows = (
        (
            edition.name(fit.margin),
            edition.category(fit),
            fit.target,
            fit.before,
            fit.after,
            fit.difference_before,
            fit.difference_after,
        )
        for fit in edition.analysis.weighting.margins
    )
    return made_sheet(edition, say("Weighting"), columns, rows)


def _words(edition: Edition, page: Page) -> Sheet:
    """All that the page says in sentences, and the hashes in full."""
    sections = (*page.front, *page.boxes, *page.annex)
    lines = [(section.title, line) for section in sections for line in _lines(section)]
    rests = edition.analysis.provenance
    hashes = [rests.snapshot, rests.plan, *rests.instruments.values(), rests.settings]
    lines += [(edition.tell(say("Provenance")), line) for line in (*page.footer, *hashes)]
    columns: tuple[tuple[Message, Form], ...] = ((say("Section"), "text"), (say("Text"), "text"))
    return made_sheet(edition, say("Notes"), columns, lines)


def _lines(section: Section) -> Iterator[str]:
    for block in section.blocks:
        if isinstance(block, Answers):
            yield from (f"{item.lead} {item.text}" for item in block.items)
        elif isinstance(block, Prose):
            yield from block.paragraphs
        elif isinstance(block, Bullets):
            yield from block.items
        elif isinstance(block, Table):
            yield from block.notes


def _target(edition: Edition, result: TargetResult) -> tuple[Value, ...]:
    label = edition.read(edition.target(result.target).label)
    phase = edition.read(edition.phase(result.phase).label)
    return (result.target, label, phase, result.deadline, result.threshold)


def _count(count: Count | None) -> tuple[Value, ...]:
    if count is None:
        return (None,) * len(_COUNT)
    return (
        count.numerator, count.denominator, count.share, count.low, count.high,
        count.units_reporting, count.units_total, count.late, count.as_of, count.source,
    )  # fmt: skip
