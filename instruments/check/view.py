"""An instrument as its rules see it: every item and block with its place and what encloses it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from instruments.check.findings import Place, Where
from instruments.model import Block, Instrument, Item, Option


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """An item or block, its place in the model and the blocks around it, outermost first."""

    part: Item | Block
    at: Place
    blocks: tuple[Block, ...]

    @property
    def rosters(self) -> tuple[str, ...]:
        """Ids of the rosters around the part."""
        return tuple(block.id for block in self.blocks if block.repeat)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything that a rule may look up."""

    instrument: Instrument
    where: Where
    spots: tuple[Spot, ...]
    items: Mapping[str, Spot]
    """First item of each id."""
    rosters: Mapping[str, Spot]

    def item_spots(self) -> Iterator[tuple[Item, Place]]:
        """Every item with its place."""
        for spot in self.spots:
            if isinstance(spot.part, Item):
                yield spot.part, spot.at

    def options(self, item_id: str) -> tuple[Option, ...]:
        """Options of the item called so; none if there is none."""
        spot = self.items.get(item_id)
        if spot is None or not isinstance(spot.part, Item):
            return ()
        return self.instrument.options_of(spot.part)


def view(instrument: Instrument, *, where: Where) -> View:
    """Look at an instrument."""
    spots = tuple(_spots(instrument.items, ("items",), ()))
    items: dict[str, Spot] = {}
    for spot in spots:
        if isinstance(spot.part, Item):
            items.setdefault(spot.part.id, spot)
    rosters = {
        spot.part.id: spot for spot in spots if isinstance(spot.part, Block) and spot.part.repeat
    }
    return View(instrument=instrument, where=where, spots=spots, items=items, rosters=rosters)


def _spots(parts: tuple[Block | Item, ...], at: Place, blocks: tuple[Block, ...]) -> Iterator[Spot]:
    for position, part in enumerate(parts):
        here = (*at, position)
        yield Spot(part=part, at=here, blocks=blocks)
        if isinstance(part, Block):
            yield from _spots(part.items, (*here, "items"), (*blocks, part))
