"""The share behind the scores: how it was estimated, and where each target's uncertainty comes from."""

from collections.abc import Iterator
from math import sqrt

from analysis.awareness.joint import frechet
from analysis.result import Estimate, TargetResult
from analysis.trait_result import LatentReport, Shape
from instruments.language import Message, say
from reports.document import Cell, Column, Prose, Section, Table
from reports.edition import Edition

_MODELS = {"2pl": "2PL", "grm": "GRM", "2pl + grm": "2PL + GRM"}
_LINES: dict[str, Message] = {
    "sampling": say("Sampling"),
    "calibration": say("Items"),
    "cut": say("Cut"),
    "linking": say("Link"),
}


def traits(edition: Edition) -> Section:
    """What the shares rest on, and the budget of every target that a survey measures."""
    report = edition.analysis.latent
    title = edition.tell(say("The share behind the scores"))
    if report is None:
        return Section(id="traits", title=title, blocks=())
    prose = Prose(paragraphs=tuple(edition.tell(one) for one in _paragraphs(edition, report)))
    rows = tuple(_row(edition, result) for result in _measured(edition))
    return Section(
        id="traits", title=title, blocks=(prose, _table(edition, rows)) if rows else (prose,)
    )


def panel_dominates(estimate: Estimate) -> bool:
    """Whether more than half of the variance is the panel's, so that interviews hardly help."""
    budget = estimate.budget
    return budget is not None and (budget.cut or 0.0) > budget.total / 2


def _measured(edition: Edition) -> list[TargetResult]:
    results = edition.results(edition.current_phase())
    return [one for one in results if one.estimate is not None and one.estimate.budget is not None]


def _paragraphs(edition: Edition, report: LatentReport) -> Iterator[Message]:
    yield say(
        "A share is that of the people whose trait lies above the cut, not of those whose score does: with "
        "few items, scores put too many or too few people above it. The cut is the score that is "
        "expected of a person on all items of the dimension."
    )
    for trait in report.traits:
        reliability = (
            "–"
            if trait.reliability is None
            else edition.numbers.number(trait.reliability, decimals=2)
        )
        yield say(
            "{dimension}: model {model}, {count} items, reliability {reliability}.",
            dimension=edition.name(trait.dimension), model=_MODELS.get(trait.model, trait.model),
            count=edition.numbers.count(trait.items), reliability=reliability,
        )  # fmt: skip
        if trait.shape is not None:
            yield _shape(edition, trait.dimension, trait.shape)
    if report.conditioned_on:
        yield say("The traits are conditioned on: {variables}.",
                  variables="; ".join(edition.inline(one).rstrip("?") for one in report.conditioned_on))  # fmt: skip
    yield from _joint(edition, report)


def _shape(edition: Edition, dimension: str, found: Shape) -> Message:
    """Both shares, and which way the normal distribution errs if the free one is right."""
    numbers, gap = edition.numbers, found.normal - found.free
    told = say("{dimension}: above the cut lie {normal} of everybody if the trait is normal, {free} if "
               "its distribution is left free", dimension=edition.name(dimension),
               normal=numbers.percent(found.normal), free=numbers.percent(found.free))  # fmt: skip
    if not found.disagree:
        return say(
            "{told}; the difference is too small to matter, or no more than chance.", told=told
        )
    away = numbers.number(100 * abs(gap), decimals=1)
    if gap > 0:
        return say("{told}. The normal model, on which the shares rest, is then too high by {points} "
                   "points.", told=told, points=away)  # fmt: skip
    return say("{told}. The normal model, on which the shares rest, is then too low by {points} points.",
               told=told, points=away)  # fmt: skip


def _joint(edition: Edition, report: LatentReport) -> Iterator[Message]:
    """Correlation, margins, and how far any dependence could move the joint share."""
    whole = next(
        (one for one in edition.analysis.estimates if not one.by and len(one.margins) > 1), None
    )
    if report.correlation is None or whole is None:
        return
    low, high = frechet(whole.margins)
    yield say(
        "The two traits correlate {correlation}. Above each cut alone: {margins}; with these, both at once can "
        "be no less than {low} and no more than {high}.",
        correlation=edition.numbers.number(report.correlation, decimals=2),
        margins=" ".join(edition.numbers.percent(one) + ";" for one in whole.margins).rstrip(";"),
        low=edition.numbers.percent(low), high=edition.numbers.percent(high),
    )  # fmt: skip


def _table(edition: Edition, rows: tuple[tuple[Cell, ...], ...]) -> Table:
    numeric = [say("Estimate"), say("By scores"), *_LINES.values(), say("Together")]
    return Table(
        caption=edition.tell(say("Error budget: standard errors in percentage points")),
        columns=(
            Column(title=edition.tell(say("Target")), share=1.2),
            *(Column(title=edition.tell(one), share=1.3, numeric=True) for one in numeric),
            Column(title=edition.tell(say("Dominated by")), share=1.6),
        ),
        rows=rows,
    )


def _row(edition: Edition, result: TargetResult) -> tuple[Cell, ...]:
    estimate = result.estimate
    budget = None if estimate is None else estimate.budget
    if estimate is None or budget is None:
        return (Cell(text=result.target),)
    lines = {name: getattr(budget, name) for name in _LINES}
    largest = max(lines, key=lambda name: lines[name] or 0.0)
    observed = estimate.observed
    return (
        Cell(text=result.target),
        Cell(text=edition.share(estimate, against=result.threshold)),
        Cell(text="–" if observed is None else edition.share(observed, against=result.threshold)),
        *(Cell(text=_points(edition, value)) for value in lines.values()),
        Cell(text=_points(edition, budget.total)),
        Cell(text=edition.tell(_LINES[largest])),
    )


def _points(edition: Edition, variance: float | None) -> str:
    return "–" if variance is None else edition.numbers.number(100 * sqrt(variance), decimals=2)
