"""Words for the codes that texts show: ``${id}`` means the option's label, XLSForm shows its code.

So a form of ours gets a calculation beside each such item, and its texts show that one. A form that
was read from an XLSForm is left as it was.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from instruments.booklets import quoted
from instruments.language import Text
from instruments.model import Block, Instrument, Item
from instruments.piping import places
from instruments.xlsform.columns import ORIGIN

_ENDING = "_words"
_PLACE = re.compile(r"\$\{\s*([^{}]*?)\s*\}")


def shown_by_words(instrument: Instrument) -> dict[str, Item]:
    """The items whose codes texts show and that have one label to show instead, by id."""
    if ORIGIN in instrument.settings:
        return {}
    mentioned = _mentioned(instrument)
    return {
        placed.item.id: placed.item
        for placed in instrument.placed()
        if placed.item.id in mentioned
        and (placed.item.type == "single" or _has_labels(placed.item))
    }


def shown_as_codes(instrument: Instrument) -> list[Item]:
    """The items whose codes texts show although they have labels: several at a time."""
    mentioned = _mentioned(instrument)
    return [placed.item for placed in instrument.placed()
            if placed.item.id in mentioned and placed.item.type == "multiple"]  # fmt: skip


def words_for(item: Item, languages: Iterable[str]) -> dict[str, str]:
    """Calculations of the words that an item's code stands for, by the names of their rows.

    Drawn values have no question whose labels a client knows, so their words stand in the
    calculation, one for each language; `jr:itext` would do, but Enketo cannot compute it.
    """
    if not item.draw:
        return {words_name(item, ""): f"jr:choice-name(${{{item.id}}}, '${{{item.id}}}')"}
    return {words_name(item, language): _chosen(item, language) for language in languages}


def words_name(item: Item, language: str) -> str:
    """Name of the row that holds the words of an item in a language."""
    return f"{item.id}{_ENDING}" + (
        f"_{re.sub(r'[^A-Za-z0-9]', '_', language)}" if item.draw else ""
    )


def with_words(text: Text, shown: dict[str, Item]) -> Text:
    """The text with the words of items in place of their codes."""

    def in_language(language: str) -> Callable[[re.Match[str]], str]:
        def replaced(found: re.Match[str]) -> str:
            item = shown.get(found[1])
            return found[0] if item is None else f"${{{words_name(item, language)}}}"

        return replaced

    return {language: _PLACE.sub(in_language(language), words) for language, words in text.items()}


def _chosen(item: Item, language: str) -> str:
    labels = {level.code: level.label.get(language) or level.code for level in item.draw}
    *before, last = labels.items()
    words = literal(last[1])
    for code, label in reversed(before):
        words = f"if(${{{item.id}}} = {quoted(code)}, {literal(label)}, {words})"
    return words


def literal(text: str) -> str:
    """A text as an expression, whatever quotation marks are in it."""
    if "'" not in text or '"' not in text:
        return quoted(text)
    pieces = "', \"'\", '".join(text.split("'"))
    return f"concat('{pieces}')"


def _mentioned(instrument: Instrument) -> set[str]:
    texts = [words for text in _texts(instrument) for words in text.values()]
    return {name for words in texts for name in places(words)}


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
