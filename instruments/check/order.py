"""Rules of blocks whose parts are rotated or shown as a table."""

from collections.abc import Iterator

from instruments.check.expressions import written
from instruments.check.findings import Finding, Place, texts
from instruments.check.view import Spot, View
from instruments.expression.names import names_in
from instruments.faults import did_you_mean
from instruments.language import say
from instruments.model import Block, Item
from instruments.piping import places


def rotations(seen: View) -> Iterator[Finding]:
    """Rotated parts that read each other, or of which too few can change places."""
    for parts, at in _rotated(seen):
        free = [spot for spot in parts if not spot.part.fixed]
        if len(free) < 2:
            yield Finding((*at, "rotate"), say("Fewer than two parts can change places."),
                          say("Remove 'rotate', or 'fixed' from some parts."))  # fmt: skip
        owners = {name: spot.part.id for spot in free for name in _ids(spot.part)}
        for spot in free:
            for name in sorted(_read_by(spot, seen)):
                if owners.get(name, spot.part.id) != spot.part.id:
                    yield Finding(spot.at, say("'{id}' reads '{other}', which may come after it.",
                                               id=spot.part.id, other=name),
                                  say("Put both into a block of their own."))  # fmt: skip


def rotated_options(seen: View) -> Iterator[Finding]:
    """Items whose options cannot change places."""
    for spot in seen.spots:
        item = spot.part
        if not isinstance(item, Item) or item.rotate is None:
            continue
        free = [one for one in seen.instrument.options_of(item)
                if not (one.fixed or one.missing or one.exclusive)]  # fmt: skip
        if len(free) < 2:
            yield Finding((*spot.at, "rotate"), say("Fewer than two options can change places."),
                          say("Remove 'rotate'."))  # fmt: skip
        elif spot.blocks and spot.blocks[-1].grid:
            yield Finding((*spot.at, "rotate"), say("The rows of a table share their columns."),
                          say("Remove 'rotate'; the block may rotate its rows."))  # fmt: skip


def grids(seen: View) -> Iterator[Finding]:
    """Tables whose rows do not share their columns."""
    for spot in seen.spots:
        block = spot.part
        if isinstance(block, Block) and block.grid:
            yield from _rows(block, spot.at, seen)


def common_choices(seen: View) -> Iterator[Finding]:
    """Blocks whose choice list does not exist."""
    lists = seen.instrument.choice_lists
    for spot in seen.spots:
        block = spot.part
        if isinstance(block, Block) and block.choices is not None and block.choices not in lists:
            yield Finding((*spot.at, "choices"),
                          say("There is no choice list '{name}'.", name=block.choices),
                          did_you_mean(block.choices, lists))  # fmt: skip


def _rows(block: Block, at: Place, seen: View) -> Iterator[Finding]:
    first: tuple[str, ...] | None = None
    for position, part in enumerate(block.items):
        place = (*at, "items", position)
        if isinstance(part, Block) or part.type not in ("single", "multiple", "note"):
            yield Finding(place, say("A table has rows of type single or multiple, and notes."),
                          say("Move '{id}' out of the table.", id=part.id))  # fmt: skip
            continue
        codes = tuple(option.code for option in seen.instrument.options_of(part))
        if part.type != "note" and codes != (first := first or codes):
            yield Finding(place, say("The options of '{id}' differ from those of the row above.",
                                     id=part.id),
                          say("Name one choice list for the whole block under 'choices'."))  # fmt: skip


def _rotated(seen: View) -> Iterator[tuple[list[Spot], Place]]:
    if seen.instrument.rotate is not None:
        yield _inside(seen, ("items",)), ()
    for spot in seen.spots:
        if isinstance(spot.part, Block) and spot.part.rotate is not None:
            yield _inside(seen, (*spot.at, "items")), spot.at


def _inside(seen: View, at: Place) -> list[Spot]:
    return [spot for spot in seen.spots if spot.at[:-1] == at]


def _ids(part: Item | Block) -> Iterator[str]:
    """The items in a part, and the rosters, which expressions may name too."""
    yield part.id
    for inner in part.items if isinstance(part, Block) else ():
        yield from _ids(inner)


def _read_by(spot: Spot, seen: View) -> set[str]:
    """Items whose answers a part needs: its own, and those of all inside it."""
    inside = [one for one in seen.spots if one.at[: len(spot.at)] == spot.at]
    named = {name for one in inside for rule in written(one) for name in names_in(rule.text)}
    return named | {name for _, text in texts(spot.part) for words in text.values()
                    for name in places(words)}  # fmt: skip
