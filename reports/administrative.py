"""Administrative figures in the annex: counts with their coverage, yearly rates with advice."""

from collections.abc import Iterator

from analysis.result import Count, RateSeries, TargetResult, Verdict
from instruments.language import Message, say
from reports.document import Cell, Column, Section, Table
from reports.edition import Edition, small
from reports.verdicts import judged
from reports.wording import said, sentence

_KINDS: dict[str, Message] = {
    "law": say("violations of law"),
    "discipline": say("violations of discipline"),
    "pooled": say("all violations"),
}


def administrative(edition: Edition) -> Section:
    """Counts and rates of the current phase."""
    results = edition.results(edition.current_phase())
    counts = [(each, each.count) for each in results if each.count is not None]
    series = [(each, one) for each in results for one in each.series]
    tables: list[Table] = []
    if counts:
        tables.append(_counts(edition, counts))
    if series:
        tables.append(_series(edition, series))
    title = edition.tell(say("Administrative figures"))
    return Section(id="administrative", title=title, blocks=tuple(tables))


def _counts(edition: Edition, counts: list[tuple[TargetResult, Count]]) -> Table:
    return Table(
        caption=edition.tell(say("Persons counted, and the units that have reported")),
        columns=(
            Column(title=edition.tell(say("Target")), share=2.1),
            Column(title=edition.tell(say("Counted of")), share=1.8, numeric=True),
            Column(title=edition.tell(say("Share")), share=1, numeric=True),
            Column(
                title=edition.tell(say("Possible, missing units included")), share=2, numeric=True
            ),
            Column(title=edition.tell(say("Units reporting")), share=1.5, numeric=True),
            Column(title=edition.tell(say("Verdict")), share=2.6),
        ),
        rows=tuple(row for result, count in counts for row in _count_rows(edition, result, count)),
        notes=tuple(dict.fromkeys(_source(edition, count) for _, count in counts)),
    )


def _count_rows(edition: Edition, result: TargetResult, count: Count) -> Iterator[tuple[Cell, ...]]:
    """The pooled count, and each force by itself: a pool can hide the smallest."""
    level = result.threshold
    yield _count_row(edition, result.target, count, result.verdict, level=level)
    for one in result.by_force:
        name = f"{result.target}, {edition.inline(one.force)}"
        yield _count_row(edition, name, one.count, one.verdict, level=level)


def _count_row(
    edition: Edition, name: str, count: Count, verdict: Verdict, *, level: float | None
) -> tuple[Cell, ...]:
    numbers = edition.numbers
    late = say("{count} late", count=numbers.count(count.late))
    bounds = (count.low, count.high)
    return (
        Cell(text=name),
        Cell(text=f"{numbers.count(count.numerator)} / {numbers.count(count.denominator)}"),
        Cell(text=numbers.percent(count.share, against=level)),
        Cell(text=numbers.interval(bounds, against=level)),
        Cell(
            text=f"{numbers.count(count.units_reporting)} / {numbers.count(count.units_total)}",
            note=edition.tell(late) if count.late else "",
        ),
        _verdict(edition, verdict),
    )


def _source(edition: Edition, count: Count) -> str:
    source = say(
        "Source: {source}, as of {day}.",
        source=count.source,
        day=edition.numbers.day(count.as_of),
    )
    return edition.tell(source)


def _series(edition: Edition, series: list[tuple[TargetResult, RateSeries]]) -> Table:
    years = sorted({rate.year for _, one in series for rate in one.rates})
    advice = say(
        "Below a rate stands its ratio to that of the year before, with an exact interval; it is "
        "advice and decides nothing. Fewer recorded is not fewer committed."
    )
    return Table(
        caption=edition.tell(
            say(
                "Violations per {thousand} of average strength, by year",
                thousand=edition.numbers.count(1000),
            )
        ),
        columns=(
            Column(title=edition.tell(say("Kind and force")), share=2.6),
            *(Column(title=str(year), share=1.7, numeric=True) for year in years),
            Column(title=edition.tell(say("Verdict")), share=2),
        ),
        rows=tuple(_series_row(edition, one, years) for _, one in series),
        notes=(edition.tell(advice),),
    )


def _series_row(edition: Edition, one: RateSeries, years: list[int]) -> tuple[Cell, ...]:
    rates = sorted(one.rates, key=lambda rate: rate.year)
    shown = edition.numbers.series([rate.per_thousand for rate in rates])
    by_year = dict(zip((rate.year for rate in rates), shown, strict=True))
    return (
        Cell(text=f"{kind_name(edition, one.kind)}, {small(force_name(edition, one.force))}"),
        *(Cell(text=by_year.get(year, "–"), note=_ratio(edition, one, year)) for year in years),
        _verdict(edition, one.verdict),
    )


def _verdict(edition: Edition, verdict: Verdict) -> Cell:
    return Cell(text=judged(edition, said(verdict), verdict), mark=verdict.word)


def kind_name(edition: Edition, kind: str) -> str:
    """What a kind of violation is called."""
    return sentence(edition.tell(_KINDS[kind])) if kind in _KINDS else kind


def force_name(edition: Edition, force: str) -> str:
    """What a force is called, or all of them together."""
    return edition.tell(say("all forces")) if force == "pooled" else edition.name(force)


def _ratio(edition: Edition, one: RateSeries, year: int) -> str:
    """The year's rate over that of the year before with its exact interval; empty where none is."""
    change = next((each for each in one.changes if each.year == year), None)
    if change is None or change.ratio is None:
        return ""
    numbers = edition.numbers
    low, high = ("–" if limit is None else numbers.number(limit, decimals=2) for limit in change.ci)
    return edition.tell(say("ratio {ratio} ({low} - {high})", low=low, high=high,
                            ratio=numbers.number(change.ratio, decimals=2)))  # fmt: skip
