"""Headings of an XLSForm: their many spellings, and the languages in them."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

TRANSLATED = frozenset({
    "label", "hint", "guidance_hint", "constraint_message", "required_message", "noapperrorstring",
    "image", "big-image", "audio", "video",
})  # fmt: skip

LANGUAGE_NAMES: Mapping[str, str] = {"vi": "Tiếng Việt (vi)", "en": "English (en)"}
"""What clients show for the languages that definitions of ours are written in."""
ORIGIN = "origin"
"""Setting that marks a definition as read from an XLSForm, which need not be complete."""
ROWS_OF_TABLE = "rows of table-list"
"""Setting of a block: rows that it and its first question had in a form with gaps between rows."""

MEDIA = ("image", "big-image", "audio", "video")
"""Columns that name a file beside the form."""
_MEDIA_SPELLINGS = {f"media:{kind}": kind for kind in MEDIA}
_SURVEY: Mapping[str, str] = {
    "command": "type",
    "tag": "name",
    "value": "name",
    "caption": "label",
    "relevance": "relevant",
    "bind:relevant": "relevant",
    "bind:constraint": "constraint",
    "bind:required": "required",
    "bind:calculate": "calculation",
    "bind:readonly": "read_only",
    "bind:jr:constraintmsg": "constraint_message",
    "bind:jr:requiredmsg": "required_message",
    "bind:jr:noapperrorstring": "noapperrorstring",
    "requiredmsg": "required_message",
    "constraint message": "constraint_message",
    "constraining message": "constraint_message",
    "required message": "required_message",
    "no app error string": "noapperrorstring",
    "guidance hint": "guidance_hint",
    "choice filter": "choice_filter",
    "repeat count": "repeat_count",
    "count": "repeat_count",
    "jr:count": "repeat_count",
    "body:jr:count": "repeat_count",
    "control:jr:count": "repeat_count",
    "calculate": "calculation",
    "read only": "read_only",
    "readonly": "read_only",
    "body:appearance": "appearance",
    "control:appearance": "appearance",
    "compact tag": "instance::odk:tag",
    "save to": "save_to",
    "bind:entities:saveto": "save_to",
    **_MEDIA_SPELLINGS,
}
_CHOICES: Mapping[str, str] = {
    "value": "name",
    "caption": "label",
    "list name": "list_name",
    **_MEDIA_SPELLINGS,
}
_SETTINGS: Mapping[str, str] = {
    "form title": "form_title",
    "set form title": "form_title",
    "title": "form_title",
    "form id": "form_id",
    "set form id": "form_id",
    "id string": "form_id",
    "default language": "default_language",
}
_SPELLINGS = {
    "survey": _SURVEY, **dict.fromkeys(("choices", "external_choices", "osm"), _CHOICES),
    "settings": _SETTINGS,
}  # fmt: skip
_FREE = re.compile(r"(bind|body|control|instance|attribute)\s*::?\s*(\S.*)", re.IGNORECASE)
_CODE = re.compile(r"\(([A-Za-z0-9-]{2,})\)\s*$")


class Column(NamedTuple):
    """What a heading stands for; `language` as written, None where the heading has none."""

    field: str
    language: str | None


def read_heading(heading: str, *, sheet: str) -> Column:
    """The field and language of a heading; an unknown heading is its own field.

    A sheet has its own words: what `value` is among the choices, no setting is.
    """
    joined = re.sub(r"\s*::?\s*", ":", heading.strip())
    parts = joined.split(":")
    for length in range(len(parts), 0, -1):
        found = _field(":".join(parts[:length]), sheet)
        language = ":".join(parts[length:]) or None
        if found is not None and (language is None or found in TRANSLATED):
            return Column(found, language)
    if sheet in ("survey", "settings") and (free := _FREE.fullmatch(heading.strip())):
        prefix = free[1].lower()
        return Column(f"{'body' if prefix == 'control' else prefix}::{free[2]}", None)
    return Column(heading.strip(), None)


def language_keys(names: Iterable[str]) -> dict[str, str]:
    """A key for each language by its name: the code in brackets at its end, or the name itself.

    Clients take ``English (en)`` and ``English(en)`` for two languages; the later keeps its name.
    """
    named = list(dict.fromkeys(names))
    keys = {name: name.strip() for name in named}
    for name in named:
        found = _CODE.search(name)
        if found and found[1] not in keys.values():
            keys[name] = found[1]
    return keys


def _field(text: str, sheet: str) -> str | None:
    lowered = " ".join(text.lower().replace("_", " ").split())
    known = _SPELLINGS.get(sheet, {}).get(text.lower()) or _SPELLINGS.get(sheet, {}).get(lowered)
    if known is not None:
        return known
    named = lowered.replace(" ", "_")
    return named if named in _FIELDS.get(sheet, ()) else None


_OF_CHOICES = frozenset({"list_name", "name", "label", "sms_option", *MEDIA})
_FIELDS: Mapping[str, frozenset[str]] = {
    "survey": TRANSLATED | frozenset({
        "type", "name", "relevant", "constraint", "required", "calculation", "read_only",
        "choice_filter", "repeat_count", "appearance", "default", "parameters", "trigger",
        "disabled", "intent", "autoplay", "rows", "save_to",
    }),
    **dict.fromkeys(("choices", "external_choices", "osm"), _OF_CHOICES),
    "entities": frozenset({"dataset", "list_name", "entity_id", "create_if", "update_if", "label"}),
    "settings": frozenset({
        "form_title", "form_id", "version", "default_language", "instance_name", "public_key",
        "submission_url", "auto_send", "auto_delete", "instance_xmlns", "namespaces", "style",
        "allow_choice_duplicates", "client_editable", "prefix", "delimiter", "name", "instance_id", "flat",
    }),
}  # fmt: skip
