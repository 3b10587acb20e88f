"""Names of parts: what definitions of ours may call them, and what forms from elsewhere must not.

An XLSForm may call two questions alike in different groups and write names in any alphabet; only
what its expressions and texts mention must be one thing.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from instruments.check.clients import RULES as CLIENTS
from instruments.check.expressions import unreadable_expressions, written
from instruments.check.findings import Finding, Place, texts
from instruments.check.view import Spot, View
from instruments.expression.xpath import mentioned
from instruments.faults import did_you_mean
from instruments.language import say
from instruments.model import Item

_OF_CLIENTS = frozenset(("instanceID", "instanceName"))
"""What clients of XLSForm add to every record."""
_EXPRESSIONS = (
    "relevant", "constraint", "calculation", "required", "read_only", "choice_filter",
    "repeat_count", "default", "trigger", "appearance", "intent", "parameters",
)  # fmt: skip
_PREFIXES = ("h", "ev", "xsd", "jr", "orx", "odk", "entities", "xml")
_PREFIXED = re.compile(r"(?:bind|body|instance|attribute)::([^:]+):")
_TEXTS = ("constraint_message", "required_message", "guidance_hint", "bind::", "body::")


def same_paths(seen: View) -> Iterator[tuple[Spot, Spot]]:
    """Parts of one block with the same id, which would share a path: the later and the first."""
    first: dict[tuple[Place, str], Spot] = {}
    for spot in seen.spots:
        known = first.setdefault((spot.at[:-1], spot.part.id), spot)
        if known.at != spot.at:
            yield spot, known


def path_used_already(spot: Spot, known: Spot, seen: View) -> Finding:
    """What is wrong with the later one of two."""
    return Finding((*spot.at, "id"),
                   say("The id '{id}' is used already: {first}.", id=spot.part.id,
                       first=seen.where((*known.at, "id"))),
                   say("Give each part of a block its own id."))  # fmt: skip


def _paths_of_items(seen: View) -> Iterator[Finding]:
    for spot, known in same_paths(seen):
        if isinstance(known.part, Item) and isinstance(spot.part, Item):
            yield path_used_already(spot, known, seen)


def _codes_of_multiple_choices(seen: View) -> Iterator[Finding]:
    """Codes with spaces where an answer is a row of codes."""
    lists = {item.choices for item, _ in seen.item_spots() if item.type == "multiple"}
    for name, options in seen.instrument.choice_lists.items():
        if name in lists:
            yield from _spaced([option.code for option in options], ("choice_lists", name))


def _mentions(seen: View) -> Iterator[Finding]:
    """Names in expressions and texts that no part bears, or several."""
    bearers = Counter(spot.part.id for spot in seen.spots)
    for text, at in _mentioning(seen):
        for name in mentioned(text):
            if bearers[name] == 0 and name not in _OF_CLIENTS:
                yield Finding(at, say("There is no item '{name}'.", name=name),
                              did_you_mean(name, bearers))  # fmt: skip
            elif bearers[name] > 1:
                yield Finding(at, say("There are {count} parts called '{name}'.",
                                      count=bearers[name], name=name),
                              say("Rename all but one of them."))  # fmt: skip


def _mentioning(seen: View) -> Iterator[tuple[str, Place]]:
    """The expressions and texts that may mention parts, with their places."""
    for spot in seen.spots:
        for one in written(spot):
            yield one.text, one.at
        yield from _in_settings(spot.part.settings, (*spot.at, "settings"))
    for at, text in texts(seen.instrument):
        yield from ((words, (*at, language)) for language, words in text.items())


def _in_settings(settings: Mapping[str, str], at: Place) -> Iterator[tuple[str, Place]]:
    for name, text in settings.items():
        if name in _EXPRESSIONS or name.startswith(_TEXTS):
            yield text, (*at, name)


def _prefixes(seen: View) -> Iterator[Finding]:
    """Attributes whose prefix stands for no namespace: no client could read the form."""
    settings = seen.instrument.settings
    known = {*_PREFIXES, *re.findall(r"(?:^|\s)([^\s=]+)=", settings.get("namespaces", ""))}
    places: list[tuple[Mapping[str, str], Place]] = [(settings, ("settings",))]
    places += [(spot.part.settings, (*spot.at, "settings")) for spot in seen.spots]
    for attributes, at in places:
        for name in attributes:
            prefix = _PREFIXED.match(name)
            if prefix and prefix[1] not in known:
                yield Finding((*at, name), say("The prefix '{prefix}' stands for no namespace.",
                                               prefix=prefix[1]),
                              say("Declare it in the settings under 'namespaces'."))  # fmt: skip
            elif name == "save_to":
                yield from _unsaved(attributes[name], (*at, name), seen)


def _unsaved(saved: str, at: Place, seen: View) -> Iterator[Finding]:
    """Where an answer is saved that goes to no entity."""
    rows = seen.instrument.sheets.get("entities", ())
    known = [text for row in rows for heading, text in row.items()
             if heading in ("list_name", "dataset")]  # fmt: skip
    entity, _, property_name = saved.rpartition("#")
    if not known:
        yield Finding(at, say("There is no sheet 'entities' to save this to."),
                      say("Add the sheet, or empty the column."))  # fmt: skip
    elif not entity and len(known) > 1:
        yield Finding(at, say("It is not said to which entity this is saved."),
                      say("Write '{name}'.", name=f"{known[0]}#{property_name}"))  # fmt: skip
    elif entity and entity not in known:
        yield Finding(at, say("There is no entity '{name}'.", name=entity),
                      did_you_mean(entity, known))  # fmt: skip


def _spaced(codes: Iterable[str], at: Place) -> Iterator[Finding]:
    for position, code in enumerate(codes):
        if " " in code:
            yield Finding((*at, position, "code"), say("'{value}' contains a space.", value=code),
                          say("Codes have none."))  # fmt: skip


FOREIGN: tuple[Callable[[View], Iterable[Finding]], ...] = (
    unreadable_expressions, _mentions, _paths_of_items, _codes_of_multiple_choices, _prefixes,
    *CLIENTS,
)  # fmt: skip
"""Rules of forms that come from elsewhere."""
