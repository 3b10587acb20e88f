"""Don't-knows counted otherwise: the share under each rule, and how far apart the rules lie."""

from collections.abc import Iterator, Sequence

from analysis.result import TargetResult
from analysis.trait_result import CandourReport, RuleShare
from instruments.language import Message, say
from reports.document import Block, Cell, Column, Prose, Section, Table
from reports.edition import Edition

_RULES: dict[str, tuple[Message, Message]] = {
    "wrong": (
        say("Wrong, as in this report"),
        say("who does not know earns nothing"),
    ),
    "wrong_guessing": (
        say("Wrong, and guesses allowed for"),
        say("the chance of a right guess, one of m options, is part of each question's model"),
    ),
    "chance": (
        say("As a guess, one of m"),
        say("as if everybody had guessed who did not know; the mean of repeated draws"),
    ),
    "category": (
        say("An answer of its own"),
        say("the lowest category, below a wrong answer; it earns nothing"),
    ),
    "ignore": (
        say("Not counted"),
        say(
            "as if the question had not been asked: what people know is told by their other answers"
        ),
    ),
}
"""By rule: what it is called, and what it takes a don't-know for."""


def candour(edition: Edition) -> Section:
    """A sentence for each target, then its share by each rule; nothing where no rule was tried."""
    found = edition.analysis.candour
    title = edition.tell(say("If “don't know” counted otherwise"))
    if not found:
        return Section(id="candour", title=title, blocks=())
    told = Prose(paragraphs=tuple(map(edition.tell, _paragraphs(edition, found))))
    blocks: tuple[Block, ...] = (told, _table(edition, found))
    return Section(id="candour", title=title, blocks=blocks)


def _paragraphs(edition: Edition, found: Sequence[CandourReport]) -> Iterator[Message]:
    yield say(
        "Of the answers to the {count} questions in which something is to be known, {share} are “don't "
        "know”; they count as wrong. No rule is right for everybody, because one person guesses where "
        "another says that they do not know.",
        count=edition.numbers.count(found[0].asked),
        share=edition.numbers.percent(found[0].unknown),
    )  # fmt: skip
    for one in found:
        yield from _range(edition, one)


def _range(edition: Edition, one: CandourReport) -> Iterator[Message]:
    result = _result(edition, one)
    if one.ends is None:
        return
    low, high = (_share(edition, share, result) for share in one.ends)
    yield say("{name}: {share} as in this report, from {low} to {high} by the rules.",
              name=_name(edition, one), share=_share(edition, one.rules[0].share, result),
              low=low, high=high)  # fmt: skip
    threshold = None if result is None else result.threshold
    if threshold is not None and one.ends[0] < threshold <= one.ends[1]:
        yield say("For {name} the rule decides whether the estimate reaches the target of {threshold}.",
                  name=_name(edition, one), threshold=edition.numbers.threshold(threshold))  # fmt: skip


def _table(edition: Edition, found: Sequence[CandourReport]) -> Table:
    rules = dict.fromkeys(each.rule for one in found for each in one.rules)
    return Table(
        caption=edition.tell(say("The share by each rule for “don't know”")),
        columns=(
            Column(title=edition.tell(say("Rule")), share=4),
            *(Column(title=_name(edition, one), share=1.2, numeric=True) for one in found),
        ),
        rows=(*(_row(edition, rule, found) for rule in rules), _ends(edition, found)),
        notes=tuple(dict.fromkeys(_unfit(edition, found))),
    )


def _row(edition: Edition, rule: str, found: Sequence[CandourReport]) -> tuple[Cell, ...]:
    name, meaning = _RULES[rule]
    shares = [next((each.share for each in one.rules if each.rule == rule), None) for one in found]
    return (
        Cell(text=edition.tell(name), note=edition.tell(meaning)),
        *(Cell(text=_share(edition, share, _result(edition, one)))
          for one, share in zip(found, shares, strict=True)),
    )  # fmt: skip


def _ends(edition: Edition, found: Sequence[CandourReport]) -> tuple[Cell, ...]:
    """The least and the greatest share."""
    ends = (" – ".join(_share(edition, share, _result(edition, one)) for share in one.ends or (None,))
            for one in found)  # fmt: skip
    return (Cell(text=edition.tell(say("Range"))), *(Cell(text=text) for text in ends))


def _unfit(edition: Edition, found: Sequence[CandourReport]) -> Iterator[str]:
    """Why a rule has no share."""
    yield edition.tell(say("The cut is the same share of the points under every rule; questions and "
                           "population are estimated anew. Intervals are given for the "
                           "rule in use alone."))  # fmt: skip
    untold: Iterator[RuleShare] = (each for one in found for each in one.rules if each.note)
    for each in untold:
        if each.note is not None:
            yield edition.tell(say("No share by the rule “{rule}”: {why}.",
                                   rule=_RULES[each.rule][0], why=each.note))  # fmt: skip


def _share(edition: Edition, share: float | None, result: TargetResult | None) -> str:
    """Rounded as the target's own estimate is."""
    if share is None:
        return "–"
    se = None if result is None or result.estimate is None else result.estimate.se
    return edition.numbers.percent(
        share, se=se, against=None if result is None else result.threshold
    )


def _name(edition: Edition, one: CandourReport) -> str:
    return one.target or edition.name(one.of)


def _result(edition: Edition, one: CandourReport) -> TargetResult | None:
    return next((each for each in edition.analysis.targets
                 if (each.target, each.phase) == (one.target, one.phase)), None)  # fmt: skip
