"""HTML from plain data: whatever is not markup made here is escaped."""

from collections.abc import Iterable
from html import escape as _escape

_VOID = frozenset(("br", "hr", "input", "meta"))


class Markup(str):
    """A text that is HTML already."""

    __slots__ = ()


def markup(text: str) -> Markup:
    """A text as HTML that shows it verbatim."""
    return text if isinstance(text, Markup) else Markup(_escape(text))


def element(tag: str, *inside: str, **attributes: str | bool | None) -> Markup:
    """An element; attributes are given as ``data_id`` for ``data-id``, ``class_`` for ``class``."""
    given = "".join(
        f" {_name(name)}" if value is True else f' {_name(name)}="{_escape(str(value))}"'
        for name, value in attributes.items()
        if value is not None and value is not False
    )
    if tag in _VOID:
        return Markup(f"<{tag}{given}>")
    return Markup(f"<{tag}{given}>{joined(inside)}</{tag}>")


def joined(parts: Iterable[str]) -> Markup:
    """Several pieces as one."""
    return Markup("".join(map(markup, parts)))


def _name(name: str) -> str:
    return name.removesuffix("_").replace("_", "-")
