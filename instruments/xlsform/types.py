"""The column `type` of an XLSForm: what each of its words asks for."""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from instruments.faults import did_you_mean
from instruments.language import Message, say
from instruments.model import ItemType


class ItemOf(NamedTuple):
    """A question: `kept` is its XLSForm type where ours says less."""

    type: ItemType
    kept: str | None = None
    choices: str | None = None
    or_other: bool = False


class Bracket(NamedTuple):
    """The beginning or end of a group or a repeat."""

    opens: bool
    kind: Literal["group", "repeat"]


class Refused(NamedTuple):
    """A type that is not read."""

    what: Message
    hint: Message | None


_TYPES: Mapping[str, ItemOf] = {
    **{name: ItemOf("text") for name in ("text", "string", "add text prompt")},
    **{name: ItemOf("integer") for name in ("integer", "int", "add integer prompt")},
    **{name: ItemOf("decimal") for name in ("decimal", "add decimal prompt")},
    **{name: ItemOf("date") for name in ("date", "add date prompt")},
    "time": ItemOf("time"),
    **{name: ItemOf("datetime") for name in ("datetime", "date time")},
    **{name: ItemOf("note") for name in ("note", "add note prompt")},
    **{name: ItemOf("calculated") for name in ("calculate", "add calculate prompt")},
    "hidden": ItemOf("hidden"),
    **{name: ItemOf("start") for name in ("start", "start time", "get start time")},
    **{name: ItemOf("end") for name in ("end", "end time", "get end time")},
    **{name: ItemOf("today") for name in ("today", "get today")},
    **{name: ItemOf("geopoint") for name in ("geopoint", "gps", "location", "add location prompt")},
    **{name: ItemOf("file", "image") for name in ("image", "photo", "add image prompt")},
    **{name: ItemOf("file", "audio") for name in ("audio", "add audio prompt")},
    **{name: ItemOf("file", "video") for name in ("video", "add video prompt")},
    "file": ItemOf("file"),
    **{name: ItemOf("text", name) for name in
       ("barcode", "geotrace", "geoshape", "acknowledge", "trigger", "phone number")},
    "range": ItemOf("decimal", "range"),
    "percentage": ItemOf("integer", "percentage"),
    **{name: ItemOf("metadata", "deviceid") for name in ("deviceid", "imei", "get device id")},
    **{name: ItemOf("metadata", name) for name in
       ("phonenumber", "username", "email", "simserial", "subscriberid", "audit",
        "start-geopoint", "background-audio", "background-geopoint")},
}  # fmt: skip

_WORDS = ("select_one", "select_multiple", "begin_group", "end_group", "begin_repeat", "end_repeat")
RANK = "rank"
"""All options in an order: answered with several codes, as a multiple choice is."""

_BRACKET = re.compile(r"(begin|end)[\s_]+(group|repeat)", re.IGNORECASE)
_SELECT = re.compile(
    r"(?P<many>rank|select[\s_]+one|select1|select[\s_]+multiple|select[\s_]+all[\s_]+that[\s_]+apply"
    r"|add[\s_]+select[\s_]+(?:one|multiple)[\s_]+prompt[\s_]+using)"
    r"(?:\s+from)?\s+(?P<list>\S+)"
    r"(?P<other>\s+or[\s_]+(?:specify[\s_]+)?other)?",
    re.IGNORECASE,
)
_UNREAD = re.compile(
    r"(?P<word>select_(?:one|multiple)_from_file|select_one_external|osm|xml-external"
    r"|csv-external|(?:begin|end)[\s_]+loop)\b.*",
    re.IGNORECASE,
)


def read_type(text: str) -> ItemOf | Bracket | Refused:
    """What a cell of the column `type` asks for."""
    if bracket := _BRACKET.fullmatch(text):
        kind: Literal["group", "repeat"] = "group" if bracket[2].lower() == "group" else "repeat"
        return Bracket(bracket[1].lower() == "begin", kind)
    if unread := _UNREAD.fullmatch(text):
        return Refused(say("The type '{word}' is not read.", word=unread["word"]), _instead())
    if select := _SELECT.fullmatch(text):
        kept = RANK if select["many"].lower() == RANK else None
        many = kept or re.search("multiple|all", select["many"], re.IGNORECASE)
        return ItemOf("multiple" if many else "single", kept, select["list"],
                      select["other"] is not None)  # fmt: skip
    known = _TYPES.get(re.sub(r"[\s_]+", " ", text).lower())
    if known is not None:
        return known
    return Refused(say("There is no type '{type}'.", type=text),
                   did_you_mean(text.split(maxsplit=1)[0], [*_WORDS, *filter(str.isalpha, _TYPES)]))  # fmt: skip


def _instead() -> Message:
    return say("Write the choices on the sheet 'choices' and use select_one or select_multiple.")
