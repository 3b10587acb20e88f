"""Rules of indirect questions: what a design says must allow the estimate that it is made for."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from instruments.check.findings import Finding, Place, repeated
from instruments.check.view import View
from instruments.errors import DefinitionError
from instruments.expression.evaluate import Context, compile_test
from instruments.expression.parse import parse
from instruments.faults import did_you_mean
from instruments.language import say
from instruments.model import Item, ListExperiment, RandomizedResponse

_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""Limits of a count do not depend on the day."""


def indirect(seen: View) -> Iterator[Finding]:
    """Designs that name what does not exist, or from which nothing can be estimated."""
    designs = seen.instrument.indirect
    yield from repeated([one.id for one in designs], at=("indirect",), field="id", where=seen.where)
    for position, design in enumerate(designs):
        at: Place = ("indirect", position)
        if isinstance(design, ListExperiment):
            yield from _list(design, at, seen)
        else:
            yield from _randomized(design, at, seen)


def _list(design: ListExperiment, at: Place, seen: View) -> Iterator[Finding]:
    yield from _named(design.arm, (*at, "arm"), seen, kinds=("hidden", "single", "calculated"))
    codes = _codes(design.arm, seen)
    for code, field in ((design.arms.control, "control"), (design.arms.treatment, "treatment")):
        if codes and code not in codes:
            yield Finding((*at, "arms", field), say("'{code}' is no value of '{id}'.",
                                                    code=code, id=design.arm),
                          did_you_mean(code, codes))  # fmt: skip
    if design.arms.control == design.arms.treatment:
        yield Finding((*at, "arms"), say("Both groups have the same code."))
    most = design.statements
    yield from _count(design.control, (*at, "control"), seen, most=most)
    yield from _count(design.treatment, (*at, "treatment"), seen, most=most + 1)


def _count(name: str, at: Place, seen: View, *, most: int) -> Iterator[Finding]:
    """Each count from none to all must be accepted, and no other."""
    yield from _named(name, at, seen, kinds=("integer",))
    spot = seen.items.get(name)
    if spot is None or not isinstance(spot.part, Item) or spot.part.type != "integer":
        return
    tried = range(-1, most + 2)
    accepted = [count for count in tried if _accepts(spot.part, count)]
    if accepted != list(range(most + 1)):
        yield Finding(at, say("The checks of '{id}' do not accept exactly the counts 0 to {most}.",
                              id=name, most=most),
                      say("Give it the one check '{rule}'.", rule=f". >= 0 and . <= {most}"))  # fmt: skip


def _accepts(item: Item, count: int) -> bool:
    """Whether the hard checks let a count pass; one that cannot be read is told elsewhere."""
    context = Context(now=_SOME_DAY, answers={}, current=float(count))
    try:
        return all(compile_test(parse(check.rule))(context) for check in item.checks if check.hard)
    except DefinitionError:
        return False


def _randomized(design: RandomizedResponse, at: Place, seen: View) -> Iterator[Finding]:
    yield from _named(design.item, (*at, "item"), seen, kinds=("single",))
    codes = _codes(design.item, seen)
    if codes and design.admits not in codes:
        yield Finding((*at, "admits"), say("'{code}' is no option of '{id}'.",
                                        code=design.admits, id=design.item),
                      did_you_mean(design.admits, codes))  # fmt: skip
    if design.method == "forced":
        yield from _forced(design, at)
    elif design.p_truth == 0.5:
        yield Finding((*at, "p_truth"),
                      say("With an even chance of the question and its opposite nothing is learnt."),
                      say("Choose a probability away from one half, such as 0.7."))  # fmt: skip
    if design.method == "warner" and design.p_forced_yes is not None:
        yield Finding((*at, "p_forced_yes"), say("This belongs to the method 'forced'."),
                      say("Remove it."))  # fmt: skip


def _forced(design: RandomizedResponse, at: Place) -> Iterator[Finding]:
    if design.p_forced_yes is None:
        yield Finding(at, say("'{name}' is missing.", name="p_forced_yes"),
                      say("Add '{name}: …'.", name="p_forced_yes"))  # fmt: skip
    elif design.p_truth + design.p_forced_yes > 1:
        yield Finding((*at, "p_forced_yes"), say("The probabilities exceed 1 together."))
    if design.p_truth == 0:
        yield Finding((*at, "p_truth"), say("Nobody would answer the question itself."),
                      say("Choose a probability above 0, such as 0.75."))  # fmt: skip


def _named(name: str, at: Place, seen: View, *, kinds: Sequence[str]) -> Iterator[Finding]:
    known = [item.id for item, _ in seen.item_spots() if item.type in kinds]
    if name not in known:
        yield Finding(at, say("There is no item '{name}' of type {type}.",
                              name=name, type=", ".join(kinds)),
                      did_you_mean(name, known))  # fmt: skip


def _codes(name: str, seen: View) -> list[str]:
    """The values that an item can have, where they are written down."""
    spot = seen.items.get(name)
    drawn = spot.part.draw if spot is not None and isinstance(spot.part, Item) else ()
    return [level.code for level in drawn] or [option.code for option in seen.options(name)]
