"""XML as a tree of elements, written out with every text escaped."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Union

_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_QUOTED = {**_ESCAPED, '"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Element:
    """An element: its name with prefix, attributes in order, and texts and elements inside."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    inside: Sequence[Union["Element", str]] = ()


def document(root: Element) -> str:
    """The whole document, one element a line where no text stands between."""
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + _written(root, indent="") + "\n"


def _written(element: Element, *, indent: str) -> str:
    attributes = "".join(
        f' {name}="{_replaced(value, _QUOTED)}"' for name, value in element.attributes.items()
    )
    if not element.inside:
        return f"<{element.tag}{attributes}/>"
    return f"<{element.tag}{attributes}>{_content(element, indent=indent)}</{element.tag}>"


def _content(element: Element, *, indent: str) -> str:
    if any(isinstance(part, str) for part in element.inside):
        return "".join(
            _replaced(part, _ESCAPED) if isinstance(part, str) else _written(part, indent=indent)
            for part in element.inside
        )
    inner = indent + "  "
    lines = [
        f"\n{inner}{_written(part, indent=inner)}"
        for part in element.inside
        if isinstance(part, Element)
    ]
    return "".join(lines) + f"\n{indent}"


def _replaced(text: str, characters: Mapping[str, str]) -> str:
    clean = _FORBIDDEN.sub("�", text)
    return "".join(characters.get(char, char) for char in clean)
