"""What chance decides for a respondent: booklet, drawn values, and the order of parts and options.

`draw` is a pure function of the instrument and the respondent's key, so that the order can be drawn
once, stored, and drawn again by whoever doubts it. Names are put in the order of their SHA-256
together with the key: every order is as likely as any other, on every machine and in every version.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Self

from instruments.booklets import quoted
from instruments.model import Block, Instrument, Item, Order

Part = Block | Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """The outcome for one respondent."""

    assigned: Mapping[str, str]
    """Answers that are drawn, by id of their item: the booklet, groups, levels of vignettes."""
    parts: Mapping[str, tuple[str, ...]]
    """Ids of parts in the order to be asked, by path of their block (empty for the form); only
    where it is not the order of the form."""
    options: Mapping[str, tuple[str, ...]]
    """Codes in the order to be shown, by path of their item; only where they are rotated."""

    def as_text(self) -> str:
        """The outcome as one line of JSON, to be stored with the answers."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The outcome that `as_text` wrote."""
        fields = json.loads(text)
        orders = {
            name: {place: tuple(codes) for place, codes in fields[name].items()}
            for name in ("parts", "options")
        }
        return cls(assigned=fields["assigned"], **orders)


def draw(instrument: Instrument, *, seed: str, booklet: str | None = None) -> Draw:
    """Draw for the respondent whose key is `seed`; a `booklet` dealt beforehand is kept."""
    chance = _Chance(seed=seed, instrument=instrument.id)
    codes = [one.id for one in instrument.booklets]
    chosen = booklet or (chance.first(codes, "booklet") if codes else None)
    arranger = _Arranger(instrument=instrument, chance=chance, booklet=chosen)
    return Draw(
        assigned=dict(_assigned(instrument, chance, chosen)),
        parts=dict(arranger.parts(instrument.items, "", instrument.rotate)),
        options=dict(arranger.options()),
    )


def deal(instrument: Instrument, keys: Sequence[str], *, seed: str) -> dict[str, str]:
    """Deal the booklets to a list of respondents so that no booklet gets two more than another."""
    codes = [one.id for one in instrument.booklets]
    shuffled = _Chance(seed=seed, instrument=instrument.id).ranked(keys, "deal")
    dealt = {key: codes[turn % len(codes)] for turn, key in enumerate(shuffled) if codes}
    return {key: dealt[key] for key in keys if key in dealt}


def drawn_on_device(instrument: Instrument) -> Instrument:
    """The instrument for clients that receive no draw: each draws its hidden values itself, once."""
    booklets = tuple(one.id for one in instrument.booklets)
    drawn = {instrument.booklet_item: booklets} if booklets else {}
    items = tuple(_self_drawn(part, drawn) for part in instrument.items)
    return instrument.model_copy(update={"items": items})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chance:
    seed: str
    instrument: str

    def ranked(self, names: Sequence[str], *place: str) -> list[str]:
        """The names in a random order, which is the same for the same place."""
        return sorted(names, key=lambda name: self._digest(*place, name))

    def first(self, names: Sequence[str], *place: str) -> str:
        return self.ranked(names, *place)[0]

    def ordered(self, names: Sequence[str], order: Order, *place: str) -> list[str]:
        ranked = self.ranked(names, *place)
        if order == "shuffle" or not ranked:
            return ranked
        if order == "cycle":
            start = names.index(ranked[0])
            return [*names[start:], *names[:start]]
        is_reversed = ranked.index(names[-1]) < ranked.index(names[0])
        return list(reversed(names)) if is_reversed else list(names)

    def _digest(self, *words: str) -> bytes:
        return sha256(json.dumps([self.seed, self.instrument, *words]).encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arranger:
    instrument: Instrument
    chance: _Chance
    booklet: str | None

    def parts(
        self, parts: Sequence[Part], path: str, order: Order | None
    ) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The order of every level that has one of its own."""
        names = [part.id for part in parts]
        arranged = self.in_booklet(names)
        if order is not None:
            arranged = self.rotated(parts, arranged, order, path)
        if order is not None or arranged != names:
            yield path, tuple(arranged)
        for part in parts:
            if isinstance(part, Block):
                inner = f"{path}/{part.id}" if path else part.id
                yield from self.parts(part.items, inner, part.rotate)

    def in_booklet(self, names: list[str]) -> list[str]:
        """The blocks of the booklet first among those that booklets name, in its order."""
        named = {name for one in self.instrument.booklets for name in one.blocks}
        own = [name for one in self.instrument.booklets if one.id == self.booklet
               for name in one.blocks if name in names]  # fmt: skip
        rest = [name for name in names if name in named and name not in own]
        following = iter([*own, *rest])
        return [next(following) if name in named else name for name in names]

    def rotated(
        self, parts: Sequence[Part], names: list[str], order: Order, path: str
    ) -> list[str]:
        """The units that are not fixed in a drawn order, all others in their places."""
        named = {name for one in self.instrument.booklets for name in one.blocks}
        still = {part.id for part in parts if part.fixed} | named
        units = _units(parts, names)
        free = [unit[0] for unit in units if unit[0] not in still]
        following = iter(self.chance.ordered(free, order, "parts", path))
        by_first = {unit[0]: unit for unit in units}
        chosen = [unit[0] if unit[0] in still else next(following) for unit in units]
        return [name for first in chosen for name in by_first[first]]

    def options(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Options of rotated items; items that share a list share its order."""
        for placed in self.instrument.placed():
            item = placed.item
            if item.rotate is None:
                continue
            options = self.instrument.options_of(item)
            free = [one.code for one in options if not (one.fixed or one.missing or one.exclusive)]
            place = ("list", item.choices) if item.choices else ("item", placed.path)
            following = iter(self.chance.ordered(free, item.rotate, *place))
            yield (
                placed.path,
                tuple(next(following) if one.code in free else one.code for one in options),
            )


def _units(parts: Sequence[Part], names: Sequence[str]) -> list[list[str]]:
    """Parts that move as one: a note with the questions about it, any other part alone."""
    told = {part.id: part.vignette for part in parts if isinstance(part, Item) and part.vignette}
    units: dict[str, list[str]] = {}
    for name in names:
        units.setdefault(told.get(name, name), []).append(name)
    return list(units.values())


def _assigned(
    instrument: Instrument, chance: _Chance, booklet: str | None
) -> Iterator[tuple[str, str]]:
    for placed in instrument.placed():
        item = placed.item
        if item.type != "hidden":
            continue
        if item.id == instrument.booklet_item and booklet is not None:
            yield item.id, booklet
        elif item.draw:
            yield item.id, chance.first([level.code for level in item.draw], "item", item.id)


def _self_drawn(part: Part, drawn: Mapping[str | None, tuple[str, ...]]) -> Part:
    if isinstance(part, Block):
        return part.model_copy(
            update={"items": tuple(_self_drawn(inner, drawn) for inner in part.items)}
        )
    codes = drawn.get(part.id) or tuple(level.code for level in part.draw)
    if part.type != "hidden" or not codes:
        return part
    pick = f"selected-at({quoted(' '.join(codes))}, int(random() * {len(codes)}))"
    return part.model_copy(update={"type": "calculated", "calculation": pick, "once": True})
