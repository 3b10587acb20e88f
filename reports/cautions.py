"""What must not be concluded from the page, and what has to be done: both follow from the data."""

from collections.abc import Iterator

from analysis.result import TargetResult
from instruments.language import Message, say
from reports.document import Bullets, Section
from reports.edition import Edition
from reports.traits import panel_dominates
from reports.verdicts import is_unsurveyed


def cautions(edition: Edition) -> Section:
    """Statements that readers will be tempted to make and that the data do not bear."""
    items = tuple(edition.tell(message) for message in _cautions(edition))
    title = edition.tell(say("Must not be concluded from this page"))
    return Section(id="cautions", title=title, blocks=(Bullets(items=items),))


def tasks(edition: Edition) -> Section:
    """What is missing before the targets can be judged, as far as the data show it."""
    items = tuple(edition.tell(message) for message in _tasks(edition))
    title = edition.tell(say("To be done"))
    return Section(id="tasks", title=title, blocks=(Bullets(items=items),) if items else ())


def _cautions(edition: Edition) -> Iterator[Message]:
    results = edition.results(edition.current_phase())
    if edition.analysis.provenance.simulated:
        yield say("Anything about real people or places: all answers are simulated.")
    if any(not result.due for result in results):
        yield _deadline(edition)
    yield from _unmeasured_phases(edition)
    yield _change(edition)
    yield say("The level of a single commune or of a group smaller than those printed.")
    if edition.analysis.gaps:
        yield say("A difference between two groups: only that of each from all others was tested.")
    else:
        yield say("A difference between two groups: none has been tested here.")
    yield say("That an activity has raised or lowered the share: no cause is measured.")
    if any(result.threshold == 1 and result.estimate is not None for result in results):
        yield say(
            "That everybody has it: a sample can never prove {level}.",
            level=edition.numbers.threshold(1),
        )


def _change(edition: Edition) -> Message:
    """What the waves do not tell."""
    found = [change for trend in edition.analysis.trends for change in trend.changes]
    if not edition.analysis.trends:
        return say(
            "A rise or a fall: this is one survey, and there is no earlier one to compare it with."
        )
    if all(one.difference is None for one in found):
        return say("A rise or a fall: the waves cannot be compared; the annex says why.")
    return say("A rise or a fall other than that between the waves, which the annex gives with its "
               "interval; nor what caused it.")  # fmt: skip


def _deadline(edition: Edition) -> Message:
    phase = edition.current_phase()
    return say(
        "That a target is met or not met: the deadline is {deadline}.",
        deadline=edition.numbers.day(phase.ends),
    )


def _unmeasured_phases(edition: Edition) -> Iterator[Message]:
    for phase in edition.plan.phases:
        unmeasured = [
            each.target for each in edition.results(phase) if is_unsurveyed(edition, each)
        ]
        if unmeasured:
            yield say(
                "Whether {targets} of {phase} were met: there are no survey data.",
                targets=", ".join(unmeasured),
                phase=edition.read(phase.label),
            )


def _tasks(edition: Edition) -> Iterator[Message]:
    results = edition.results(edition.current_phase())
    unmeasured = [result.target for result in results if result.verdict.word == "no_data"]
    if unmeasured:
        yield say("Measure {targets}: there are no data yet.", targets=", ".join(unmeasured))
    if outstanding := _outstanding(edition, results):
        yield say("Collect the missing reports: {missing}.", missing="; ".join(outstanding))
    if _has_proposed_cuts(edition):
        yield say("Have the cut scores adopted: those used here are a proposal.")
    by_panel = [one.target for one in results if one.estimate and panel_dominates(one.estimate)]
    if by_panel:
        yield say("Have the panel set the cut more precisely: more interviews do not help {targets}.",
                  targets=", ".join(by_panel))  # fmt: skip
    yield from _interviews(edition, results)
    if missing := edition.analysis.weighting.missing_margins:
        yield say(
            "Obtain the population figures that weighting lacks: {margins}.",
            margins="; ".join(edition.inline(margin) for margin in missing),
        )


def _interviews(edition: Edition, results: tuple[TargetResult, ...]) -> Iterator[Message]:
    """The size of a next wave that would decide what is open, if the share is where it seems."""
    for result in results:
        if result.to_decide is not None and result.estimate is not None:
            yield say(
                "To decide {target}, interview about {count} people of those it is about (this "
                "survey: {now}), if the share is where it is estimated; a smaller distance needs "
                "more.",
                target=result.target,
                count=edition.numbers.count(roughly(result.to_decide)),
                now=edition.respondents(result.estimate),
            )


def roughly(count: int) -> int:
    """To two digits, upwards: no assumption about a next wave bears more."""
    step = int(10 ** max(len(str(count)) - 2, 0))
    return -(-count // step) * step


def _outstanding(edition: Edition, results: tuple[TargetResult, ...]) -> list[str]:
    return [
        edition.tell(
            say(
                "{target} ({count} of {total} units)",
                target=result.target,
                count=edition.numbers.count(count.units_total - count.units_reporting),
                total=edition.numbers.count(count.units_total),
            )
        )
        for result in results
        if (count := result.count) is not None and count.units_reporting < count.units_total
    ]


def _has_proposed_cuts(edition: Edition) -> bool:
    measured = [
        edition.indicator(edition.target(result.target))
        for result in edition.results(edition.current_phase())
        if result.estimate is not None
    ]
    return any(cut.status == "proposed" for each in measured if each for cut in each.cuts)
