"""Advice on designs: booklets that do not balance, indirect questions that protect or tell little."""

from collections.abc import Iterator, Sequence

from instruments.booklets import booklets_by_block
from instruments.incomplete_blocks import balance
from instruments.language import say
from instruments.lint.advice import Remark, Subject
from instruments.model import ListExperiment, RandomizedResponse

_LEAST_STATEMENTS = 3
_MOST_INFLATION = 2.0


def unbalanced_booklets(subject: Subject) -> Iterator[Remark]:
    """Blocks that do not stand equally often in each place, or do not meet equally often."""
    booklets = [one.blocks for one in subject.view.instrument.booklets]
    found = balance(booklets)
    if not found.by_position:
        yield Remark(("booklets",), say("Blocks do not stand equally often in every place."),
                     say("Tired answers at the end then count against some blocks; see "
                         "'hieuluat booklets'."))  # fmt: skip
    if not found.by_pair:
        apart = ", ".join(f"{one}-{two}" for (one, two), times in found.pairs.items() if times == 0)
        yield Remark(("booklets",), say("Blocks do not meet equally often; never together: {pairs}.",
                                        pairs=apart or "–"),
                     say("Correlations between blocks are estimated unevenly, or not at all."))  # fmt: skip


def unlinked_booklets(subject: Subject) -> Iterator[Remark]:
    """Booklets that share no item with a key, so that their scores have no common scale."""
    booklets = [frozenset(one.blocks) for one in subject.view.instrument.booklets]
    if (
        len(booklets) > 1
        and not _common_items(subject)
        and len(_connected(booklets)) < len(booklets)
    ):
        yield Remark(("booklets",), say("Some booklets share no scored item with the others."),
                     say("Their scores cannot be put on one scale; ask some items of everybody."))  # fmt: skip


def few_statements(subject: Subject) -> Iterator[Remark]:
    """Lists so short that many people would admit or deny everything."""
    for position, design in enumerate(subject.view.instrument.indirect):
        if isinstance(design, ListExperiment) and design.statements < _LEAST_STATEMENTS:
            yield Remark(("indirect", position, "statements"),
                         say("The list has only {count} plain statements.", count=design.statements),
                         say("Whoever counts all of them admits the sensitive one; take 3 to 5, of "
                             "which few people do all or none."))  # fmt: skip


def costly_protection(subject: Subject) -> Iterator[Remark]:
    """Chance devices that leave little of the answers."""
    for position, design in enumerate(subject.view.instrument.indirect):
        if isinstance(design, RandomizedResponse):
            kept = design.p_truth if design.method == "forced" else abs(2 * design.p_truth - 1)
            if kept and 1 / kept > _MOST_INFLATION:
                yield Remark(("indirect", position, "p_truth"),
                             say("The device multiplies the standard error by at least {factor:.1f}.",
                                 factor=1 / kept),
                             say("The same precision needs {times:.0f} times as many people.",
                                 times=1 / kept**2))  # fmt: skip


def _common_items(subject: Subject) -> bool:
    """Whether everybody is asked some item with a key."""
    named = booklets_by_block(subject.view.instrument)
    return any(item.key and not any(block.id in named for block in spot.blocks)
               for item, spot in subject.spots())  # fmt: skip


def _connected(booklets: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """The booklets that are reached from the first one over shared blocks."""
    reached, left = [booklets[0]], list(booklets[1:])
    for one in reached:
        near = [other for other in left if one & other]
        left = [other for other in left if other not in near]
        reached += near
    return reached
