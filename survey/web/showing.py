"""Values on their way onto a page: in the reader's language, whole or shortened, nothing hidden.

Jinja escapes everything; this module sees to what escaping leaves: characters that cannot be seen
and could turn the rest of a line around, and cells that are longer than a screen.
"""

from dataclasses import replace
from datetime import datetime
from typing import cast

from babel.dates import format_datetime
from babel.numbers import format_decimal
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from instruments.errors import place_in
from instruments.language import Language, Message, in_language, nfc, say

CELL, TITLE = 80, 1000
"""Characters of a cell that are shown, and those in the title that the pointer brings up."""
_WITHIN_MESSAGE = 120
_UNSEEN = (*range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0x061C, 0xFEFF)
_SEEN = (
    {code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\t\n"}
    | {0x7F: "\u2421"}
    | {code: f"[U+{code:04X}]" for code in (*range(0x80, 0xA0), *_UNSEEN)}
    | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
)


def pages() -> Environment:
    """The templates; every one is given the `language` of its reader."""
    environment = Environment(
        loader=PackageLoader("survey.web"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=_in_words,
    )  # fmt: skip
    environment.globals |= {"say": say}
    environment.filters |= {"place": _place, "number": _number, "time": _time, "label": _label,
                            "short": shortened, "seen": visible}  # fmt: skip
    return environment


def visible(text: str) -> str:
    """`text` with a visible mark for each character that cannot be seen."""
    return text.translate(_SEEN)


def shortened(text: str, limit: int = CELL) -> str:
    """At most `limit` characters of `text`."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


@pass_context
def _in_words(context: Context, value: object) -> object:
    """What an expression of a template prints."""
    if isinstance(value, Markup):
        return value
    if isinstance(value, Message):
        return visible(nfc(_short(value).text(_language(context))))
    return visible(value) if isinstance(value, str) else value


def _short(message: Message) -> Message:
    """The message, long values in it shortened."""
    return replace(message, values={name: _short_value(one)
                                    for name, one in message.values.items()})  # fmt: skip


def _short_value(value: object) -> object:
    if isinstance(value, Message):
        return _short(value)
    return _without_middle(value) if isinstance(value, str) else value


def _without_middle(text: str) -> str:
    """A long text's two ends: where it begins with a cell, the reason stands at its end."""
    half = _WITHIN_MESSAGE // 2
    return text if len(text) <= _WITHIN_MESSAGE else f"{text[:half]}…{text[-half:]}"


@pass_context
def _place(context: Context, where: str) -> str:
    return shortened(place_in(where, _language(context)), _WITHIN_MESSAGE)


@pass_context
def _number(context: Context, value: float) -> str:
    return format_decimal(value, locale=_language(context))


@pass_context
def _time(context: Context, value: str | datetime) -> str:
    time = datetime.fromisoformat(value) if isinstance(value, str) else value
    pattern = "HH:mm dd/MM/yyyy" if _language(context) == "vi" else "d MMM yyyy, HH:mm"
    return str(format_datetime(time, pattern, locale=_language(context)))


@pass_context
def _label(context: Context, text: dict[str, str]) -> str:
    return in_language(text, _language(context))


def _language(context: Context) -> Language:
    return cast("Language", context["language"])
