"""Words for the codes that texts show: ``${id}`` means the option's label, XLSForm shows its code.

So a form of ours gets a calculation beside each such item, and its texts show that one. A form that
was read from an XLSForm is left as it was.
"""

import re
from collections.abc import Iterator

from instruments.language import Text
from instruments.model import Block, Instrument, Item
from instruments.piping import places
from instruments.xlsform.columns import ORIGIN

ENDING = "_words"


def shown_by_words(instrument: Instrument) -> dict[str, Item]:
    """The items whose codes texts show and that have one label to show instead, by id."""
    if ORIGIN in instrument.settings:
        return {}
    mentioned = {name for text in _texts(instrument) for words in text.values()
                 for name in places(words)}  # fmt: skip
    return {
        placed.item.id: placed.item
        for placed in instrument.placed()
        if placed.item.id in mentioned
        and (placed.item.type == "single" or _has_labels(placed.item))
    }


def shown_as_codes(instrument: Instrument) -> list[Item]:
    """The items whose codes texts show although they have labels: several at a time."""
    mentioned = {name for text in _texts(instrument) for words in text.values()
                 for name in places(words)}  # fmt: skip
    return [placed.item for placed in instrument.placed()
            if placed.item.id in mentioned and placed.item.type == "multiple"]  # fmt: skip


def level_list(item: Item) -> str:
    """Name of the choice list that holds the labels of an item's drawn values."""
    return f"{item.id}_draw"


def words_for(item: Item, *, translated: bool) -> str:
    """An expression for the label of the code that an item holds."""
    if not item.draw:
        return f"jr:choice-name(${{{item.id}}}, '${{{item.id}}}')"
    entry = f"instance('{level_list(item)}')/root/item[name = ${{{item.id}}}]"
    return f"jr:itext({entry}/itextId)" if translated else f"{entry}/label"


def with_words(text: Text, shown: dict[str, Item]) -> Text:
    """The text with the words of items in place of their codes."""
    return {language: _replaced(words, shown) for language, words in text.items()}


def _replaced(words: str, shown: dict[str, Item]) -> str:
    for name in places(words):
        if name in shown:
            words = re.sub(rf"\$\{{\s*{re.escape(name)}\s*\}}", f"${{{name}{ENDING}}}", words)
    return words


def _has_labels(item: Item) -> bool:
    return any(level.label for level in item.draw)


def _texts(instrument: Instrument) -> Iterator[Text]:
    def of_parts(parts: tuple[Block | Item, ...]) -> Iterator[Text]:
        for part in parts:
            yield part.label
            if isinstance(part, Block):
                yield from of_parts(part.items)
            else:
                yield from _of_item(part)

    yield from of_parts(instrument.items)
    for options in instrument.choice_lists.values():
        yield from (option.label for option in options)


def _of_item(item: Item) -> Iterator[Text]:
    yield from (item.hint, item.instruction)
    yield from (check.message for check in item.checks)
    yield from (option.label for option in item.options)
