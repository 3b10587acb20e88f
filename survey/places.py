"""The places of a form by the names that headings may use for them.

A place is a form path, or ``path/code`` for one option of a multiple choice. It may be named by its
path, its id, its label in any language, with or without the labels of the groups around it. Names
are compared as written, then without case, then without marks, then whatever divides groups,
questions and options, then by letters and digits alone;
the first way that finds a place decides.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Self

from instruments.language import nfc
from instruments.model import Block, Item
from survey.folding import divided, fold, only_letters, plain, same_case
from survey.form import NO_ANSWER, Field, Form, Level

IDENTITY, VERSION = "_uuid", "_version"
"""Places that are no question: what numbers the records, and what tells their form version."""
_SPECIFY = ("Specify other.", "Specify other", "Ghi rõ")
"""How XLSForm's programs call the text behind "other"."""
WAYS: tuple[Callable[[str], str], ...] = (plain, same_case, fold, divided, only_letters)
Index = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The places of one version at one level: the form's own, or a roster's."""

    fields: Mapping[str, Field]
    """By path, in form order."""
    options: Mapping[str, tuple[str, str]]
    """By ``path/code``, each option of a multiple choice: its path and its code."""
    silent: frozenset[str]
    """Paths of notes and device metadata: known, and never stored."""
    order: Mapping[str, int]
    exact: Index
    """By path, id, or either with ``/code``."""
    loose: tuple[Index, ...]
    """By any name, compared in each of the `WAYS`."""

    @classmethod
    def of(cls, form: Form, *, roster: str = "") -> Self:
        """Gather the places of a version's level."""
        named = list(_named(form, _level(form, roster), roster))
        fields = {one.path: one for one in _level(form, roster).fields}
        places = list(dict.fromkeys(place for place, _, _ in named))
        loose = [(name, place) for place, ids, labels in named for name in (*ids, *labels)]
        return cls(
            fields=fields,
            options={place: (one.path, code) for one in fields.values()
                     for place, code in one.split()},
            silent=frozenset(places) - {place for one in fields.values() for place in
                                        (one.path, *(split for split, _ in one.split()))},
            order={place: at for at, place in enumerate(places)},
            exact=_index((name, place) for place, ids, _ in named for name in ids),
            loose=tuple(_index((way(name), place) for name, place in loose) for way in WAYS),
        )  # fmt: skip

    def matching(self, names: Sequence[str]) -> tuple[str, ...]:
        """Places that the first telling name names; several where even the others leave it open."""
        if names and names[0] in self.order:
            return (names[0],)
        for found in self._by_tier(names):
            return found if len(found) == 1 else self._narrowed(found, names)
        return ()

    def known(self, place: str) -> bool:
        """Whether a column may be put there."""
        return place in self.fields or place in self.options

    def near(self, heading: str) -> list[str]:
        """Places that are written most like a heading, the likeliest first."""
        index = self.loose[WAYS.index(fold)]
        near = get_close_matches(fold(heading), list(index), n=5, cutoff=0.75)
        return list(dict.fromkeys(place for name in near for place in index[name]))

    def _by_tier(self, names: Sequence[str]) -> Iterator[tuple[str, ...]]:
        for name in names:
            if name in self.exact:
                yield self.exact[name]
        for way, index in zip(WAYS, self.loose, strict=True):
            for name in names:
                found = index.get(way(name))
                if found and way(name):
                    yield self._questions(found) if way is only_letters else found

    def _questions(self, found: tuple[str, ...]) -> tuple[str, ...]:
        """Without dividing signs ``a_b`` may be a question or an option ``a/b``: the question."""
        fields = tuple(place for place in found if place in self.fields)
        return fields or found

    def _narrowed(self, found: tuple[str, ...], names: Sequence[str]) -> tuple[str, ...]:
        """Of several places, the one that another name agrees on."""
        for other in self._by_tier(names):
            both = tuple(place for place in found if place in other)
            if len(both) == 1:
                return both
        return found


def roster_names(form: Form) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each roster's path, and what it may be called."""
    for path, blocks in _blocks(form.instrument.items, ()):
        block = blocks[-1]
        if block.repeat:
            labels = (_leaf(block, language) for language in form.instrument.languages)
            yield path, (path, block.id, *labels)


def _level(form: Form, roster: str) -> Level:
    if not roster:
        return form.level
    return next(
        (one.level for one in form.level.all_rosters() if one.path == roster),
        Level(fields=(), rosters=()),
    )


_Named = tuple[str, tuple[str, ...], tuple[str, ...]]
"""A place, its ids and paths, and its labels."""


def _named(form: Form, level: Level, roster: str) -> Iterator[_Named]:
    """Every place of the level in form order, silent ones included."""
    own = {one.path: one for one in level.fields}
    for path, item, blocks in _items(form.instrument.items, (), ""):
        if _roster_of(blocks) != roster:
            continue
        if path in own:
            yield from _of_field(form, own[path], blocks, roster)
        elif item.type in NO_ANSWER:
            yield path, _ids(path, item.id, roster), tuple(_labels(form, item, blocks))
        other = own.get(f"{path}_other")
        if item.or_other and other is not None:
            labels = [*_SPECIFY, *(f"{label} {word}" for label in _labels(form, item, blocks)
                                   for word in _SPECIFY)]  # fmt: skip
            yield other.path, _ids(other.path, other.id, roster), tuple(labels)


def _of_field(form: Form, one: Field, blocks: tuple[Block, ...], roster: str) -> Iterator[_Named]:
    ids, labels = _ids(one.path, one.id, roster), tuple(_labels(form, one.item, blocks))
    yield one.path, ids, labels
    for place, code in one.split():
        option = one.options.get(code)
        words = (code, *(() if option is None else option.label.values()))
        yield (place, tuple(f"{name}/{code}" for name in ids),
               tuple(f"{name}/{word}" for name in (*ids, *labels) for word in words))  # fmt: skip


def _ids(path: str, name: str, roster: str) -> tuple[str, ...]:
    inside = path[len(roster) + 1 :] if roster else path
    return tuple(dict.fromkeys((path, inside, name)))


def _labels(form: Form, item: Item, blocks: tuple[Block, ...]) -> Iterator[str]:
    """An item's label, alone and behind the labels of more and more groups, in each language."""
    for language in dict.fromkeys((*form.instrument.languages, *item.label)):
        name = _leaf(item, language)
        if name != item.id:
            yield name
        for block in reversed(blocks):
            name = f"{_leaf(block, language)}/{name}"
            yield name


def _leaf(node: Block | Item, language: str) -> str:
    return nfc(node.label.get(language) or node.id).strip()


def _items(
    nodes: Iterable[Block | Item], blocks: tuple[Block, ...], above: str
) -> Iterator[tuple[str, Item, tuple[Block, ...]]]:
    for node in nodes:
        if isinstance(node, Item):
            yield f"{above}{node.id}", node, blocks
        else:
            yield from _items(node.items, (*blocks, node), f"{above}{node.id}/")


def _blocks(
    nodes: Iterable[Block | Item], blocks: tuple[Block, ...]
) -> Iterator[tuple[str, tuple[Block, ...]]]:
    for node in nodes:
        if isinstance(node, Block):
            inside = (*blocks, node)
            yield "/".join(block.id for block in inside), inside
            yield from _blocks(node.items, inside)


def _roster_of(blocks: tuple[Block, ...]) -> str:
    ids = [block.id for block in blocks]
    depth = max((at for at, block in enumerate(blocks, start=1) if block.repeat), default=0)
    return "/".join(ids[:depth])


def _index(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for name, place in pairs:
        if name:
            found.setdefault(name, {})[place] = None
    return {name: tuple(places) for name, places in found.items()}
