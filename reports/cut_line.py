"""How far the shares of the first page hang on the cut: the one in use, and what others would give."""

from collections.abc import Iterator

from analysis.result import ReadingResult, TargetResult
from instruments.language import Message, say
from instruments.plan import Cut, Phase
from reports.edition import Edition

_STATUS: dict[str, Message] = {
    "proposed": say("a proposal"),
    "panel": say("set by a panel"),
    "adopted": say("adopted"),
}


def cut_line(edition: Edition, phase: Phase) -> Iterator[str]:
    """One sentence with the cuts in use and the share of each target at the others.

    The public edition, which tells no decisions that are still to be taken, leaves it out.
    """
    results = [one for one in edition.results(phase) if one.estimate is not None]
    moved = [line for one in results if (line := _moved(edition, one))]
    if moved and not edition.is_public:
        yield edition.tell(say(
            "People count from {cuts}. From another cut: {moved}.",
            cuts=_used(edition, results), moved="; ".join(moved),
        ))  # fmt: skip


def _used(edition: Edition, results: list[TargetResult]) -> str:
    """Each cut once, with the dimensions where they are not all the same."""
    cuts: dict[tuple[float, str], dict[str, None]] = {}
    for cut in _cuts(edition, results):
        cuts.setdefault((cut.at_least, cut.status), {})[edition.inline(cut.dimension)] = None
    told = {
        edition.tell(say("{level} of the points ({status})", level=edition.numbers.threshold(level),
                         status=edition.tell(_STATUS[status]))): ", ".join(names)
        for (level, status), names in cuts.items()
    }  # fmt: skip
    if len(told) == 1:
        return next(iter(told))
    return "; ".join(f"{names}: {cut}" for cut, names in told.items())


def _cuts(edition: Edition, results: list[TargetResult]) -> Iterator[Cut]:
    for one in results:
        indicator = edition.indicator(edition.target(one.target))
        yield from indicator.cuts if indicator else ()


def _moved(edition: Edition, result: TargetResult) -> str:
    """The target's share at each other cut: all cuts moved together where the plan has that reading."""
    together = [one for one in result.readings if _moves_cuts(edition, one)]
    chosen = together or [one for one in result.readings if one.cut is not None]
    shares = [
        edition.tell(say("{share} ({cut})", share=edition.share(one.estimates[0]),
                         cut=edition.as_planned(_name(edition, one), one.estimates)))
        for one in chosen if one.estimates
    ]  # fmt: skip
    return f"{result.target} {', '.join(shares)}" if shares else ""


def _moves_cuts(edition: Edition, one: ReadingResult) -> bool:
    reading = edition.reading(one.reading)
    options = reading.options if reading else ()
    return any(each.id == one.option and each.terms.cuts is not None for each in options)


def _name(edition: Edition, one: ReadingResult) -> str:
    reading = edition.reading(one.reading)
    if reading is None:
        return f"{edition.inline(one.reading)}: {edition.numbers.threshold(one.cut or 0)}"
    labels = {option.id: option.label for option in reading.options}
    return edition.read(labels[one.option])
