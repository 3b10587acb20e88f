"""The column `type` of an XLSForm: what each of its words asks for."""

import re
from collections.abc import Callable, Mapping, Sequence
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
    """The beginning or end of a group, a repeat or a loop."""

    opens: bool
    kind: Literal["group", "repeat", "loop"]
    over: str | None = None
    """The choice list whose options a loop goes through."""


class Refused(NamedTuple):
    """A type that is not read."""

    what: Message
    hint: Message | None


def _named(words: str, kind: ItemType, kept: str | None = None) -> dict[str, ItemOf]:
    return {name.strip(): ItemOf(kind, kept) for name in words.split(",")}


def _kept(words: str, kind: ItemType) -> dict[str, ItemOf]:
    return {name.strip(): ItemOf(kind, name.strip()) for name in words.split(",")}


_TYPES: Mapping[str, ItemOf] = {
    **_named("text, string, add text prompt, q string", "text"),
    **_named("integer, int, add integer prompt, q int", "integer"),
    **_named("decimal, add decimal prompt, q decimal", "decimal"),
    **_named("date, add date prompt, q date", "date"),
    "time": ItemOf("time"),
    **_named("datetime, date time, add datetime prompt, add date time prompt, q datetime,"
             "q date time", "datetime"),
    **_named("note, add note prompt, q note", "note"),
    **_named("calculate, add calculate prompt, q calculate", "calculated"),
    "hidden": ItemOf("hidden"),
    **_named("start, start time, get start time", "start"),
    **_named("end, end time, get end time", "end"),
    **_named("today, get today", "today"),
    **_named("geopoint, gps, location, add location prompt, q location, q geopoint", "geopoint"),
    **_named("image, photo, add image prompt, add photo prompt, q picture, q image", "file", "image"),
    **_named("audio, add audio prompt, q audio", "file", "audio"),
    **_named("video, add video prompt, q video", "file", "video"),
    **_named("file, add file prompt", "file"),
    "osm": ItemOf("file", "osm"),
    **_named("barcode, add barcode prompt, q barcode", "text", "barcode"),
    **_named("geotrace, q geotrace", "text", "geotrace"),
    **_named("geoshape, q geoshape", "text", "geoshape"),
    **_named("acknowledge, add acknowledge prompt, q acknowledge", "text", "acknowledge"),
    **_kept("trigger, phone number", "text"),
    **_kept("percentage, number of days in last month, number of days in last six months,"
            "number of days in last year", "integer"),
    "range": ItemOf("decimal", "range"),
    **_named("deviceid, imei, device id, get device id", "metadata", "deviceid"),
    **_named("phonenumber, get phone number", "metadata", "phonenumber"),
    **_named("simserial, sim id, get sim id", "metadata", "simserial"),
    **_named("subscriberid, subscriber id, get subscriber id", "metadata", "subscriberid"),
    **_kept("username, email, audit, start-geopoint, background-audio, background-geopoint,"
            "uri:deviceid, uri:phonenumber, uri:simserial, uri:subscriberid, uri:username,"
            "uri:email, csv-external, xml-external", "metadata"),
}  # fmt: skip

_WORDS = ("select_one", "select_multiple", "begin_group", "end_group", "begin_repeat", "end_repeat")
RANK = "rank"
"""All options in an order: answered with several codes, as a multiple choice is."""

_BRACKET = re.compile(
    r"(begin|end)[\s_]+(group|repeat|lgroup|looped[\s_]+group|loop)(?:\s+(?:over\s+)?(\S+))?",
    re.IGNORECASE,
)
_SELECT = re.compile(
    r"(?P<many>rank|select[\s_]+one|select1|select[\s_]+multiple|select[\s_]+all[\s_]+that[\s_]+apply"
    r"|add[\s_]+select[\s_]+(?:one|multiple)[\s_]+prompt[\s_]+using)"
    r"(?:\s+from)?\s+(?P<list>\S+)"
    r"(?P<other>\s+or[\s_]+(?:specify[\s_]+)?other)?",
    re.IGNORECASE,
)
_FROM_FILE = re.compile(
    r"select[\s_]+(?P<many>one|multiple)[\s_]+from[\s_]+file\s+(?P<file>\S+)", re.IGNORECASE
)
_EXTERNAL = re.compile(r"select[\s_]one[\s_]external\s+(?P<list>\S+)", re.IGNORECASE)
_OSM = re.compile(r"osm\s+(?P<list>\S+)", re.IGNORECASE)
_FILES = (".csv", ".xml", ".geojson")


def read_type(text: str) -> ItemOf | Bracket | Refused:
    """What a cell of the column `type` asks for."""
    for pattern, read in _PHRASES:
        if found := pattern.fullmatch(text):
            return read(found)
    known = _TYPES.get(re.sub(r"[\s_]+", " ", text).lower())
    if known is not None:
        return known
    return Refused(say("There is no type '{type}'.", type=text),
                   did_you_mean(text.split(maxsplit=1)[0], [*_WORDS, *filter(str.isalpha, _TYPES)]))  # fmt: skip


def _bracket(found: re.Match[str]) -> Bracket | Refused:
    word = found[2].lower()
    if word == "loop":
        over = found[3]
        if found[1].lower() == "begin" and over is None:
            return Refused(say("The loop does not name a choice list."),
                           say("Write 'begin_loop over LIST'."))  # fmt: skip
        return Bracket(found[1].lower() == "begin", "loop", over)
    return Bracket(found[1].lower() == "begin", "group" if word == "group" else "repeat")


def _from_file(found: re.Match[str]) -> ItemOf | Refused:
    many, file = found["many"].lower(), found["file"]
    if not file.lower().endswith(_FILES) or "${" in file:
        return Refused(say("'{file}' is no file of choices.", file=file),
                       say("Name a file that ends in .csv, .xml or .geojson."))  # fmt: skip
    return ItemOf("text", f"select_{many}_from_file {file}")


def _select(found: re.Match[str]) -> ItemOf:
    """A choice; one among the entries of a roster, ``${item}``, is answered with a text."""
    kept = RANK if found["many"].lower() == RANK else None
    many = kept or re.search("multiple|all", found["many"], re.IGNORECASE)
    if found["list"].startswith("${"):
        word = kept or ("select_multiple" if many else "select_one")
        return ItemOf("text", f"{word} {found['list']}")
    return ItemOf("multiple" if many else "single", kept, found["list"],
                  found["other"] is not None)  # fmt: skip


_PHRASES: Sequence[
    tuple[re.Pattern[str], Callable[[re.Match[str]], ItemOf | Bracket | Refused]]
] = (
    (_BRACKET, _bracket),
    (_FROM_FILE, _from_file),
    (_EXTERNAL, lambda found: ItemOf("text", f"select_one_external {found['list']}")),
    (_OSM, lambda found: ItemOf("file", f"osm {found['list']}")),
    (_SELECT, _select),
)
