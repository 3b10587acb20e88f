"""What the target for everybody forces on the target for a part of them, in sentences."""

from analysis.result import Floor, TargetResult
from instruments.language import Message, say
from instruments.plan import Phase
from reports.edition import Edition


def floors(edition: Edition, phase: Phase) -> tuple[str, ...]:
    """One paragraph for each target whose level another target raises in silence."""
    return tuple(
        _paragraph(edition, result, result.floor)
        for result in edition.results(phase)
        if result.floor is not None
    )


def _paragraph(edition: Edition, result: TargetResult, floor: Floor) -> str:
    said = [_needed(edition, result, floor)]
    if floor.needed_at_estimate is not None and floor.elsewhere is not None:
        said.append(_needed_at_estimate(edition, result, floor))
    if result.threshold is not None and floor.needed > result.threshold:
        said.append(_reachable(edition, result, floor))
    return " ".join(edition.tell(message) for message in said)


def _needed(edition: Edition, result: TargetResult, floor: Floor) -> Message:
    return say(
        "{part} holds {share} of the population: for {whole} to reach {level}, {part} must reach "
        "at least {needed} even if everybody elsewhere does.",
        part=result.target,
        share=edition.numbers.percent(floor.share),
        whole=_whole(edition, result).target,
        level=edition.numbers.threshold(_whole(edition, result).threshold or 1),
        needed=edition.numbers.percent(max(floor.needed, 0)),
    )


def _needed_at_estimate(edition: Edition, result: TargetResult, floor: Floor) -> Message:
    elsewhere = edition.numbers.percent(floor.elsewhere)
    needed = floor.needed_at_estimate or 0
    if needed > 1:
        return say(
            "With the estimated {elsewhere} elsewhere, {whole} is out of reach whatever {part} is.",
            elsewhere=elsewhere, whole=_whole(edition, result).target, part=result.target,
        )  # fmt: skip
    return say(
        "With the estimated {elsewhere} elsewhere, {part} must reach {needed}.",
        elsewhere=elsewhere,
        part=result.target,
        needed=edition.numbers.percent(max(needed, 0)),
    )


def _reachable(edition: Edition, result: TargetResult, floor: Floor) -> Message:
    return say(
        "With {part} exactly at {level}, {whole} reaches {reachable} at most.",
        part=result.target,
        level=edition.numbers.threshold(result.threshold or 0),
        whole=_whole(edition, result).target,
        reachable=edition.numbers.percent(floor.reachable),
    )


def _whole(edition: Edition, result: TargetResult) -> TargetResult:
    """The target for everybody that this one is a part of."""
    parent = edition.target(result.target).parent
    return next(
        each
        for each in edition.analysis.targets
        if each.phase == result.phase and each.target == parent
    )
