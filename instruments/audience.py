"""For whom a part of a form is: a rubric names what earns marks, so only the assessor sees it."""

from collections.abc import Iterable, Iterator, Sequence

from instruments.check.expressions import written
from instruments.check.findings import path
from instruments.check.view import view
from instruments.errors import DefinitionError, Problem
from instruments.expression.names import names_in
from instruments.language import say
from instruments.model import Block, Instrument, Item


def has_assessor(instrument: Instrument) -> bool:
    """Whether any part is marked by an assessor."""
    return any(placed.assessor for placed in instrument.placed())


def for_respondent(instrument: Instrument) -> Instrument:
    """The instrument without the assessor's parts and their choice lists, safe to hand out.

    Raises:
        DefinitionError: What is left reads a mark of the assessor.
    """
    if not has_assessor(instrument):
        return instrument
    items = tuple(_without(instrument.items))
    left = instrument.model_copy(update={"items": items})
    named = {placed.item.choices for placed in left.placed()}
    lists = {name: one for name, one in instrument.choice_lists.items() if name in named}
    kept = _ids(items)
    found = list(_broken(left, _ids(instrument.items) - kept))
    if found:
        raise DefinitionError(found)
    booklets = tuple(
        one.model_copy(update={"blocks": tuple(name for name in one.blocks if name in kept)})
        for one in instrument.booklets
    )
    return left.model_copy(update={"choice_lists": lists, "booklets": booklets})


def _without(parts: Sequence[Block | Item]) -> Iterator[Block | Item]:
    for part in parts:
        if isinstance(part, Item):
            yield part
        elif not part.assessor:
            inside = tuple(_without(part.items))
            if inside:
                yield part.model_copy(update={"items": inside})


def _ids(parts: Iterable[Block | Item]) -> set[str]:
    return {
        name
        for part in parts
        for name in ({part.id} | _ids(part.items) if isinstance(part, Block) else {part.id})
    }


def _broken(left: Instrument, gone: set[str]) -> Iterator[Problem]:
    for spot in view(left, where=path).spots:
        for one in written(spot):
            for name in sorted(gone & set(names_in(one.text))):
                yield Problem(
                    where=path(one.at),
                    what=say("It reads '{name}', a mark of the assessor.", name=name),
                    hint=say("Ask of respondents only what they can know."),
                )
