"""Instruments written as YAML for people: fields in the model's order, short parts on one line.

What is written reads back as the same instrument: texts that YAML could take for something else
are quoted, and nothing is folded or wrapped that reading would not undo.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from instruments.freeze import plain
from instruments.model import Instrument

WIDTH = 100

_PLAIN = re.compile(r"[^\W\d][\w]*(?:[._/-]\w+)*", re.ASCII)
_RESERVED = frozenset(("y", "n", "yes", "no", "true", "false", "on", "off", "null", "none"))
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_INDENT = "  "
_TEXTS = frozenset(("title", "label", "hint", "message"))
_FREE = frozenset(("settings", "filters"))


def to_yaml(instrument: Instrument) -> str:
    """The instrument as YAML, defaults left out."""
    document = {"kind": instrument.kind, **plain(instrument)}
    ordered = _ordered(document, instrument.languages)
    return "".join(f"{line}\n" for line in _mapping(ordered))


def _ordered(part: Any, languages: Sequence[str]) -> Any:  # noqa: ANN401 - whatever a model holds
    """The same, in an order that does not depend on the columns of a form that it came from."""
    if isinstance(part, list):
        return [_ordered(inner, languages) for inner in part]
    if not isinstance(part, dict):
        return part
    return {name: _ordered_field(name, value, languages) for name, value in part.items()}


def _ordered_field(name: str, value: Any, languages: Sequence[str]) -> Any:  # noqa: ANN401
    if isinstance(value, dict) and name in _TEXTS:
        rank = {code: at for at, code in enumerate(languages)}
        return dict(sorted(value.items(), key=lambda text: rank.get(text[0], len(rank))))
    if isinstance(value, dict) and name in _FREE:
        return dict(sorted(value.items()))
    return _ordered(value, languages)


def _mapping(fields: Mapping[str, Any]) -> Iterator[str]:
    for name, value in fields.items():
        yield from _entry(f"{_scalar(name)}:", value)


def _entry(begin: str, value: Any) -> Iterator[str]:  # noqa: ANN401 - whatever a model holds
    """A field or list item: on one line where it fits, else with its parts below."""
    line = f"{begin} {_flow(value)}"
    if _is_short(value, line):
        yield line
    elif isinstance(value, str):
        yield from _text(begin, value)
    elif isinstance(value, dict):
        yield begin
        yield from (f"{_INDENT}{inner}" for inner in _mapping(value))
    else:
        yield begin
        for item in value:
            yield from (f"{_INDENT}{inner}" for inner in _item(item))


def _item(value: Any) -> Iterator[str]:  # noqa: ANN401
    """A list item; a mapping begins on the line of its dash."""
    if isinstance(value, dict) and not _is_short(value, f"{_INDENT}- {_flow(value)}"):
        lines = list(_mapping(value))
        yield f"- {lines[0]}"
        yield from (f"{_INDENT}{line}" for line in lines[1:])
    else:
        yield from _entry("-", value)


def _is_short(value: Any, line: str) -> bool:  # noqa: ANN401
    """Whether the parts are few and simple enough to stand in a row."""
    if len(line) > WIDTH:
        return not isinstance(value, str | dict | list) or not value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return all(
        not _has_parts(part) or (isinstance(part, dict) and _is_flat(part)) for part in parts
    )


def _is_flat(value: dict[str, Any]) -> bool:
    return not any(_has_parts(part) for part in value.values())


def _has_parts(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, dict | list) and bool(value)


def _flow(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, dict):
        inner = ", ".join(f"{_scalar(name)}: {_flow(part)}" for name, part in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    return _scalar(value)


def _scalar(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, str):
        is_plain = _PLAIN.fullmatch(value) and value.lower() not in _RESERVED
        return value if is_plain else _quoted(value)
    whole = isinstance(value, float) and value.is_integer()
    return json.dumps(int(value) if whole else value, allow_nan=False)


def _text(begin: str, text: str) -> Iterator[str]:
    """A long text: folded between its words, which reading joins by single spaces again."""
    words = text.split(" ")
    if not all(word.isprintable() and word for word in words):
        yield f"{begin} {_quoted(text)}"
        return
    yield f"{begin} >-"
    line = ""
    for word in words:
        if line and len(line) + len(word) + 1 > WIDTH - 8:
            yield _INDENT + line
            line = ""
        line = f"{line} {word}" if line else word
    yield _INDENT + line


def _quoted(text: str) -> str:
    escaped = json.dumps(text, ensure_ascii=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", escaped)
