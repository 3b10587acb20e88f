"""The variables that an instrument makes, as the files of answers have them."""

from collections.abc import Iterator
from dataclasses import dataclass

from instruments.forms.xform.tree import OTHER
from instruments.language import Text, say
from instruments.model import Block, Instrument, Item, Option, Placed

_NUMERIC = frozenset(("integer", "decimal"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One column of the answers."""

    path: str
    item: Item
    blocks: tuple[Block, ...]
    label: Text
    options: tuple[Option, ...]

    @property
    def numeric(self) -> bool:
        """Whether every answer is a number, codes among them."""
        if self.item.type == "single":
            return bool(self.options) and all(_is_number(one.code) for one in self.options)
        return self.item.type in _NUMERIC


def variables(instrument: Instrument) -> Iterator[Variable]:
    """A variable for each item that holds an answer, and one for the words of each "other"."""
    for placed in instrument.placed():
        if placed.item.type == "note":
            continue
        yield _variable(placed, instrument)
        if placed.item.or_other:
            yield _words_of_other(placed)


def _variable(placed: Placed, instrument: Instrument) -> Variable:
    item = placed.item
    levels = tuple(Option(code=level.code, label=level.label) for level in item.draw)
    options = (*instrument.options_of(item), *levels)
    if item.or_other and all(option.code != OTHER for option in options):
        options += (Option(code=OTHER, label=_other()),)
    return Variable(path=placed.path, item=item, blocks=placed.blocks, label=item.label,
                    options=options)  # fmt: skip


def _words_of_other(placed: Placed) -> Variable:
    text = Item(id=f"{placed.item.id}_{OTHER}", type="text")
    words = {
        code: f"{label}: {_other().get(code, 'Other')}" for code, label in placed.item.label.items()
    }
    return Variable(path=f"{placed.path}_{OTHER}", item=text, blocks=placed.blocks, label=words,
                    options=())  # fmt: skip


def _other() -> Text:
    words = say("Other")
    return {"vi": words.text("vi"), "en": words.text("en")}


def _is_number(code: str) -> bool:
    return code.isascii() and code.isdecimal() and (code == "0" or not code.startswith("0"))
