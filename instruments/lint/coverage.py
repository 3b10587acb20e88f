"""Advice on what is measured: enough items, of every topic, for everybody."""

from collections import Counter
from collections.abc import Iterator
from math import ceil

from instruments.booklets import booklets_by_block
from instruments.check.findings import Place
from instruments.language import say
from instruments.lint.advice import Remark, Subject
from instruments.model import Dimension


def no_dont_know(subject: Subject) -> Iterator[Remark]:
    """Items with a key that offer no way to say that one does not know."""
    forced = [(item, spot.at) for item, spot in subject.spots()
              if item.key and item.type in ("single", "multiple")
              and not any(block.assessor for block in spot.blocks)
              and not any(one.missing for one in subject.view.instrument.options_of(item))]  # fmt: skip
    if forced:
        yield Remark(forced[0][1], say("{count} items offer no “don't know”: {items}.",
                                       count=len(forced), items=", ".join(one.id for one, _ in forced)),
                     say("Whoever does not know guesses, and guessing passes for knowledge."))  # fmt: skip


def blueprint(subject: Subject) -> Iterator[Remark]:
    """Topics with fewer or more items than were planned."""
    for position, dimension in enumerate(subject.view.instrument.dimensions):
        counts = Counter(item.topic for item, _ in subject.of_dimension(dimension.id))
        for topic, planned in dimension.blueprint.items():
            if counts[topic] != planned:
                yield Remark(("dimensions", position, "blueprint", topic),
                             say("{planned} items on '{topic}' are planned, there are {count}.",
                                 planned=planned, topic=topic, count=counts[topic]),
                             say("The score speaks for the topics in the shares that were agreed."))  # fmt: skip
        extra = sorted(str(topic) for topic in counts if topic not in dimension.blueprint)
        if dimension.blueprint and extra:
            yield Remark(("dimensions", position, "blueprint"),
                         say("Items on topics that are not planned: {topics}.", topics=", ".join(extra)),
                         say("They change the weight of the planned ones."))  # fmt: skip


def few_items(subject: Subject) -> Iterator[Remark]:
    """Dimensions with too few items for the planned reliability."""
    for position, dimension in enumerate(subject.view.instrument.dimensions):
        count = _fewest_asked(dimension, subject)
        if dimension.reliability is None or count == 0:
            continue
        reached = spearman_brown(dimension.item_correlation, length=count)
        if reached < dimension.reliability:
            yield Remark(("dimensions", position, "reliability"),
                         say("{count} items of '{id}' give a reliability of about {reached:.2f}; "
                             "{wanted:.2f} is planned.", count=count, id=dimension.id,
                             reached=reached, wanted=dimension.reliability),
                         say("By Spearman-Brown, with a mean correlation of {r:.2f} between items, "
                             "{needed} are needed.", r=dimension.item_correlation,
                             needed=_needed(dimension)))  # fmt: skip


def spearman_brown(correlation: float, *, length: int) -> float:
    """Reliability of a sum of `length` parallel items with that mean correlation.

    k r / (1 + (k - 1) r) (Spearman 1910; Brown 1910).
    """
    return length * correlation / (1 + (length - 1) * correlation)


def _needed(dimension: Dimension) -> int:
    """Smallest number of items with the planned reliability: the formula solved for its length."""
    wanted, single = dimension.reliability or 0.0, dimension.item_correlation
    return ceil(wanted * (1 - single) / (single * (1 - wanted)) - 1e-9)


def _fewest_asked(dimension: Dimension, subject: Subject) -> int:
    """How many of its items a respondent is asked at least, over the booklets."""
    booklets = [one.id for one in subject.view.instrument.booklets]
    places = [at for _, at in subject.of_dimension(dimension.id)]
    if not booklets:
        return len(places)
    return min(sum(_is_asked(at, code, subject) for at in places) for code in booklets)


def _is_asked(at: Place, booklet: str, subject: Subject) -> bool:
    """Whether the item at a place is in a booklet, or in no booklet and so for everybody."""
    wanted = booklets_by_block(subject.view.instrument)
    around = [spot.part.id for spot in subject.view.spots if at[: len(spot.at)] == spot.at]
    named = [name for name in around if name in wanted]
    return all(booklet in wanted[name] for name in named)
