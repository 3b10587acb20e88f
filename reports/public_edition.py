"""What only the public edition says: what it is, and in plain words how the numbers came about."""

from collections.abc import Iterator

from analysis.disclosure.publishing import BASE
from instruments.language import Message, say
from reports.annex import agreement
from reports.document import Bullets, Prose, Section
from reports.edition import Edition
from reports.method import HASH_SHOWN, counted


def about(edition: Edition) -> Section:
    """That this edition is for everybody, what it leaves out, and where the full method stands."""
    items = tuple(edition.tell(message) for message in _about(edition))
    title = edition.tell(say("About this edition"))
    return Section(id="about", title=title, blocks=(Bullets(items=items),))


def plain_method(edition: Edition) -> Section:
    """How the numbers were made, for readers who know no statistics."""
    paragraphs = tuple(edition.tell(message) for message in _plainly(edition))
    title = edition.tell(say("How the numbers were made"))
    return Section(id="method", title=title, blocks=(Prose(paragraphs=paragraphs),))


def _about(edition: Edition) -> Iterator[Message]:
    yield say("This is the public edition. Numbers of people are rounded to tens ({base}, …) and "
              "shares to a tenth of a percentage point.", base=str(BASE))  # fmt: skip
    yield say("Numbers that rest on few people, and all from which theirs could be worked out, are "
              "left out.")  # fmt: skip
    yield say("Counts and strengths of the forces are not told.")
    yield say(
        "The full method, the questionnaire and every table are in the full report on the same "
        "data (snapshot {snapshot}), which the body that publishes this edition keeps.",
        snapshot=edition.analysis.provenance.snapshot[:HASH_SHOWN],
    )


def _plainly(edition: Edition) -> Iterator[Message]:
    numbers, found = edition.numbers, edition.analysis
    yield say(
        "About {count} people were interviewed. They were chosen by chance, and their answers are "
        "weighted so that together they stand for: {base}.",
        count=numbers.count(found.responses.get("base", 0)),
        base=edition.read(found.weighting.base),
    )
    yield from counted(edition)
    confidence = next(
        (one.estimate.confidence for one in found.targets if one.estimate is not None), None
    )
    if confidence is not None:
        yield say(
            "A survey asks some people, not all. The interval beside a share tells how far chance "
            "can have moved it: {confidence} of such intervals hold the true share.",
            confidence=numbers.threshold(confidence),
        )
    yield say(
        "A target is called met only where the whole interval lies at it or above, not met only "
        "where the whole interval lies below. In between nothing can be concluded, whatever the "
        "share itself is."
    )
    yield from _other_readings(edition)


def _other_readings(edition: Edition) -> Iterator[Message]:
    shown = [
        edition.tell(say("{target}: {same} of {of}", target=result.target,
                         same=edition.numbers.count(same), of=edition.numbers.count(of)))
        for result in edition.results(edition.current_phase())
        for same, of in (agreement(result),)
        if of
    ]  # fmt: skip
    if shown:
        yield say(
            "The plan's words can be read in other ways. So often the conclusion stays the same: "
            "{targets}.",
            targets="; ".join(shown),
        )
