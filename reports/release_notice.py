"""The corrections notice: on the first page of a report that takes the place of another."""

from collections.abc import Iterator

from analysis.disclosure.screen import code_of
from analysis.result import TargetResult
from instruments.language import say
from reports.document import Bullets, Prose, Section
from reports.edition import Edition
from reports.release_standing import Standing
from reports.wording import said


def notice(edition: Edition) -> Section:
    """What this release corrects, and why; empty where it takes the place of none."""
    title = edition.tell(say("Corrections notice"))
    standing = edition.standing
    if standing is None or not standing.supersedes:
        return Section(id="correction", title=title, blocks=())
    prose = Prose(paragraphs=(_sentence(edition, standing),))
    told = tuple(_told(edition, standing))
    none = edition.tell(say("Verdicts and estimates of the targets are the same as before."))
    return Section(id="correction", title=title, blocks=(prose, Bullets(items=told or (none,))))


def printed(edition: Edition) -> dict[str, str]:
    """What the report tells of each target in each phase: number, interval and verdict."""
    return {
        f"{one.target} ({_phase(edition, one)})": _printed(edition, one)
        for one in edition.analysis.targets
    }


def _sentence(edition: Edition, standing: Standing) -> str:
    day = standing.superseded_on
    return edition.tell(say(
        "This report takes the place of release {id} of {day}, which is no longer to be quoted. "
        "Reason: {reason}",
        id=standing.supersedes, day="–" if day is None else edition.numbers.day(day),
        reason=standing.reason))  # fmt: skip


def _told(edition: Edition, standing: Standing) -> Iterator[str]:
    """A line for each target of which another number or word is printed now."""
    before = standing.before.get(edition.language, {})
    for target, now in printed(edition).items():
        was = before.get(target, "–")
        if was != now:
            yield edition.tell(say("{target}: before, {before}; now, {after}.", target=target,
                                   before=was, after=now))  # fmt: skip


def _phase(edition: Edition, one: TargetResult) -> str:
    return edition.read(edition.phase(one.phase).label)


def _printed(edition: Edition, one: TargetResult) -> str:
    """A target's number with its interval, and its verdict, as this edition prints them."""
    word = edition.tell(said(one.verdict))
    if one.count is not None:
        return f"{edition.numbers.percent(one.count.share, against=one.threshold)}, {word}"
    if one.estimate is None:
        return word
    shown = edition.share(one.estimate, against=one.threshold)
    if code_of(one.estimate) is None:
        shown += f" ({edition.interval(one.estimate, against=one.threshold)})"
    return f"{shown}, {word}"
