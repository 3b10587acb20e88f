"""Contact data stand by themselves: nothing is computed from them, shown of them or scored."""

from collections.abc import Iterator

from instruments.check.expressions import written
from instruments.check.findings import Finding, texts
from instruments.check.view import View
from instruments.errors import DefinitionError
from instruments.expression.parse import parse
from instruments.expression.tree import references
from instruments.language import say
from instruments.model import Item
from instruments.piping import places


def contacts(seen: View) -> Iterator[Finding]:
    """Contact items that are no plain text, or that other parts read."""
    names = set()
    for spot in seen.spots:
        if isinstance(spot.part, Item) and spot.part.contact:
            names.add(spot.part.id)
            if spot.part.type != "text" or spot.rosters:
                yield Finding((*spot.at, "contact"),
                              say("Contact data are a text outside rosters."),
                              say("Make '{id}' a text of its own.", id=spot.part.id))  # fmt: skip
            if spot.part.key or spot.part.dimension is not None:
                yield Finding((*spot.at, "contact"), say("Contact data cannot be scored."),
                              say("Leave out key and dimension."))  # fmt: skip
    if names:
        yield from _readers(seen, names)


def _readers(seen: View, names: set[str]) -> Iterator[Finding]:
    for spot in seen.spots:
        for one in written(spot):
            own = {spot.part.id} if one.at[-1] == "rule" else set()
            for name in sorted((_read_by(one.text) & names) - own):
                yield Finding(one.at, say("It reads the contact data '{name}'.", name=name), _APART)
    for at, text in texts(seen.instrument):
        for language, words in text.items():
            for name in sorted(set(places(words)) & names):
                yield Finding((*at, language), say("It shows the contact data '{name}'.", name=name),
                              _APART)  # fmt: skip


_APART = say("Contact data are sealed apart from the answers; use another item.")


def _read_by(text: str) -> frozenset[str]:
    try:
        return references(parse(text))
    except DefinitionError:
        return frozenset()
