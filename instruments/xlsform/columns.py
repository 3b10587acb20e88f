"""Headings of an XLSForm: their many spellings, and the languages in them."""

import re
from collections.abc import Mapping
from typing import NamedTuple

TRANSLATED = frozenset({
    "label", "hint", "guidance_hint", "constraint_message", "required_message",
    "image", "big-image", "audio", "video",
})  # fmt: skip

LANGUAGE_NAMES: Mapping[str, str] = {"vi": "Tiếng Việt (vi)", "en": "English (en)"}
"""What clients show for the languages that definitions of ours are written in."""
ORIGIN = "origin"
"""Setting that marks a definition as read from an XLSForm, which need not be complete."""

_SPELLINGS: Mapping[str, str] = {
    "command": "type",
    "tag": "name",
    "value": "name",
    "caption": "label",
    "list name": "list_name",
    "relevance": "relevant",
    "bind:relevant": "relevant",
    "bind:constraint": "constraint",
    "bind:required": "required",
    "bind:calculate": "calculation",
    "bind:readonly": "read_only",
    "bind:jr:constraintmsg": "constraint_message",
    "bind:jr:requiredmsg": "required_message",
    "jr:constraintmsg": "constraint_message",
    "jr:requiredmsg": "required_message",
    "constraint-msg": "constraint_message",
    "constraint_msg": "constraint_message",
    "constraint message": "constraint_message",
    "required message": "required_message",
    "guidance hint": "guidance_hint",
    "choice filter": "choice_filter",
    "repeat count": "repeat_count",
    "jr:count": "repeat_count",
    "calculate": "calculation",
    "read only": "read_only",
    "readonly": "read_only",
    "body:appearance": "appearance",
    "control:appearance": "appearance",
    "media:image": "image",
    "media:big-image": "big-image",
    "media:audio": "audio",
    "media:video": "video",
    "form title": "form_title",
    "set form title": "form_title",
    "title": "form_title",
    "form id": "form_id",
    "set form id": "form_id",
    "id_string": "form_id",
    "default language": "default_language",
    "default_lang": "default_language",
}
_CODE = re.compile(r"\(([A-Za-z0-9-]{2,})\)\s*$")


class Column(NamedTuple):
    """What a heading stands for; `language` as written, None where the heading has none."""

    field: str
    language: str | None


def read_heading(heading: str) -> Column:
    """The field and language of a heading; an unknown heading is its own field."""
    joined = re.sub(r"\s*::?\s*", ":", heading.strip())
    parts = joined.split(":")
    for length in range(len(parts), 0, -1):
        found = _field(":".join(parts[:length]))
        language = ":".join(parts[length:]) or None
        if found is not None and (language is None or found in TRANSLATED):
            return Column(found, language)
    return Column(heading.strip(), None)


def language_key(name: str) -> str:
    """The code in brackets at the end of a language's name, or the name."""
    found = _CODE.search(name)
    return found[1] if found else name.strip()


def _field(text: str) -> str | None:
    lowered = text.lower()
    known = _SPELLINGS.get(lowered) or _SPELLINGS.get(lowered.replace("_", " "))
    if known is not None:
        return known
    return lowered if lowered in _FIELDS else None


_FIELDS = frozenset({
    "type", "name", "list_name", "relevant", "constraint", "required", "calculation", "read_only",
    "choice_filter", "repeat_count", "appearance", "default", "parameters", "trigger", "disabled",
    "form_title", "form_id", "version", "default_language",
}) | TRANSLATED  # fmt: skip
