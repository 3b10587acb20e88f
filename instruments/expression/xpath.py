"""The reading of expressions for XForms: the text is XPath already, but for its ``${id}``.

The language is a subset of XPath as JavaRosa reads it, so its twin is the text itself with a path in
place of every reference. That keeps brackets, numbers and spaces as they were written, also in
expressions beyond the language that are carried through.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from instruments.expression.syntax import LONGEST

_REFERENCE = re.compile(r"\$\{\s*(?:(last-saved)#)?([^{}\s#]+)\s*\}")
_TEXT_OR_MARK = re.compile(r"'[^']*'|\"[^\"]*\"|[(),]")
_ROUNDED = re.compile(r"'[^']*'|\"[^\"]*\"|(?<![\w.:-])(?P<name>floor|ceiling)\s*\(")
_INDEXED = re.compile(r"indexed-repeat\s*\(")
_PREDICATE = re.compile(r"\[[^\]]+\]")


class Mention(NamedTuple):
    """One ``${id}`` in a text and what its surroundings ask of the path."""

    id: str
    last_saved: bool
    """Whether the answer of the record before is meant, ``${last-saved#id}``."""
    absolute: bool
    """Whether a roster's item is meant with all its instances, as in `indexed-repeat`."""
    foreign: bool
    """Whether the place is inside another instance, where paths begin at ``current()``."""


def rewrite(text: str, path: Callable[[Mention], str]) -> str:
    """`text` with each ``${id}`` replaced by its path, spaces around it.

    The spaces part the path from its neighbours: ``${a}-1`` subtracts, ``/data/a-1`` is a name.
    """
    gathered, predicates = list(_gathered(text)), list(_foreign(text))

    def replace(found: re.Match[str]) -> str:
        at = found.start()
        mention = Mention(
            id=found[2],
            last_saved=found[1] is not None,
            absolute=any(at in span for span in gathered),
            foreign=any(at in span for span in predicates),
        )
        return f" {path(mention)} "

    return _REFERENCE.sub(replace, text)


def for_clients(text: str) -> str:
    """The expression without `floor` and `ceiling`, which JavaRosa lacks: by `int`, to the same value."""
    while (found := next((one for one in _ROUNDED.finditer(text) if one["name"]), None)) and (
        len(text) <= LONGEST
    ):
        end = _closing(text, found.end())
        inner, sign = (
            text[found.end() : end],
            ("-", ">") if found["name"] == "floor" else ("+", "<"),
        )
        cut = f"int({inner})"
        written = f"({cut} {sign[0]} number({cut} {sign[1]} ({inner})))"
        text = text[: found.start()] + written + text[end + 1 :]
    return text


def _closing(text: str, begin: int) -> int:
    """Where the bracket closes that opened before `begin`."""
    depth = 1
    for mark in _TEXT_OR_MARK.finditer(text, begin):
        depth += {"(": 1, ")": -1}.get(mark[0], 0)
        if depth == 0:
            return mark.start()
    return len(text)


def mentions(text: str) -> bool:
    """Whether the text refers to an item."""
    return _REFERENCE.search(text) is not None


def mentioned(text: str) -> list[str]:
    """Ids of the items that a text or expression refers to."""
    return [found[2] for found in _REFERENCE.finditer(text)]


def _gathered(text: str) -> Iterator[range]:
    """Where `indexed-repeat` names an item or roster: its first, second, fourth, sixth argument."""
    for call in _INDEXED.finditer(text):
        depth, number, begin = 1, 0, call.end()
        for mark in _TEXT_OR_MARK.finditer(text, call.end()):
            depth += {"(": 1, ")": -1}.get(mark[0], 0)
            if depth == 0 or (depth == 1 and mark[0] == ","):
                if number in (0, 1, 3, 5):
                    yield range(begin, mark.start())
                number, begin = number + 1, mark.end()
            if depth == 0:
                break


def _foreign(text: str) -> Iterator[range]:
    """Where the predicates of a path into another instance stand."""
    if "instance(" in text:
        for found in _PREDICATE.finditer(text):
            yield range(found.start(), found.end())
