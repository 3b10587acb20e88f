"""One answer's text read by its question's type: canonical text, typed value, or a fault.

Canonical are: codes in the order of the form, numbers without a sign or zeros that say nothing,
dates by ISO 8601, times of day with the offset of Việt Nam. Free text is kept as it is (NFC).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from instruments.expression.values import Answer
from instruments.language import Message, nfc, say
from instruments.model import ItemType
from survey.findings import Rule

HANOI = timezone(timedelta(hours=7))
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?([0-9]{1,30}(\.[0-9]{0,30})?|\.[0-9]{1,30})([eE][+-]?[0-9]{1,2})?")
_TIME = re.compile(r"([0-9]{2}:[0-9]{2})(:[0-9]{2})?(\.[0-9]+)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?")


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer that fits its type."""

    text: str
    value: Answer


@dataclass(frozen=True, slots=True)
class Unfit:
    """An answer that does not, and why."""

    rule: Rule
    message: Message


Reader = Callable[[str], Reading | Unfit]
EMPTY = Reading("", None)


def reader_for(kind: ItemType, codes: Mapping[str, int]) -> Reader:
    """The reader for a type of question; `codes` are its options with their order in the form."""
    if kind == "single":
        return _single(codes)
    if kind == "multiple":
        return _multiple(codes)
    return _READERS.get(kind, _text)


def ranked_reader(codes: Mapping[str, int]) -> Reader:
    """The reader for options put in an order, which is the answer."""
    chosen = _multiple(codes)

    def read(text: str) -> Reading | Unfit:
        found = chosen(text)
        joined = " ".join(nfc(text).split())
        return Reading(joined, joined) if isinstance(found, Reading) and found.text else found

    return read


def _single(codes: Mapping[str, int]) -> Reader:
    readings = {code: Reading(code, code) for code in codes} | {"": EMPTY}

    def read(text: str) -> Reading | Unfit:
        found = readings.get(text) or readings.get(nfc(text.strip()))
        return found or _unknown(text.strip())

    return read


def _multiple(codes: Mapping[str, int]) -> Reader:
    seen: dict[str, Reading | Unfit] = {"": EMPTY}

    def read(text: str) -> Reading | Unfit:
        found = seen.get(text)
        if found is None:
            found = _chosen(nfc(text), codes)
            if len(seen) < 10_000:
                seen[text] = found
        return found

    return read


def _chosen(text: str, codes: Mapping[str, int]) -> Reading | Unfit:
    chosen = set(text.split())
    unknown = sorted(chosen - codes.keys())
    if unknown:
        return _unknown(" ".join(unknown))
    joined = " ".join(sorted(chosen, key=codes.__getitem__))
    return Reading(joined, joined) if joined else EMPTY


def _unknown(text: str) -> Unfit:
    return Unfit("unknown_choice", say("'{value}' is not an option of this question.", value=text))


def _integer(text: str) -> Reading | Unfit:
    stripped = text.strip()
    if not stripped:
        return EMPTY
    if _INTEGER.fullmatch(stripped) is None:
        return Unfit("type", say("'{value}' is not a whole number.", value=stripped))
    number = int(stripped)
    return Reading(str(number), float(number))


def _decimal(text: str) -> Reading | Unfit:
    stripped = text.strip()
    if not stripped:
        return EMPTY
    if _DECIMAL.fullmatch(stripped) is None:
        return Unfit("type", say("'{value}' is not a number.", value=stripped))
    number = Decimal(stripped)
    plain = f"{number:f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return Reading("0" if number == 0 else plain, float(number))


def _date(text: str) -> Reading | Unfit:
    stripped = text.strip()
    if not stripped:
        return EMPTY
    try:
        found = date.fromisoformat(stripped[:10])
    except ValueError:
        found = None
    if found is None or len(stripped) < 10 or (len(stripped) > 10 and stripped[10] not in "T "):
        return Unfit("type", say("'{value}' is not a date such as 2026-11-24.", value=stripped))
    return Reading(found.isoformat(), found)


def _datetime(text: str) -> Reading | Unfit:
    stripped = text.strip()
    if not stripped:
        return EMPTY
    try:
        found = datetime.fromisoformat(stripped)
        there = found.replace(tzinfo=HANOI) if found.tzinfo is None else found.astimezone(HANOI)
    except (ValueError, OverflowError):
        return Unfit("type", say("'{value}' is not a time such as 2026-11-24T08:30:00+07:00.",
                                 value=stripped))  # fmt: skip
    fraction = "milliseconds" if there.microsecond >= 1000 else "seconds"
    return Reading(there.isoformat(timespec=fraction), there)


def _time(text: str) -> Reading | Unfit:
    stripped = text.strip()
    if not stripped:
        return EMPTY
    found = _TIME.fullmatch(stripped)
    if found is None or found[1] > "23:59" or (found[2] or ":00") > ":59":
        return Unfit("type", say("'{value}' is not a time of day such as 08:30.", value=stripped))
    clock = found[1] + (found[2] or ":00")
    return Reading(clock, clock)


def _text(text: str) -> Reading | Unfit:
    if not text.strip():
        return EMPTY
    kept = nfc(text)
    return Reading(kept, kept)


def _figure(text: str) -> Reading | Unfit:
    """A calculated or hidden value: text without edges."""
    kept = nfc(text.strip())
    return Reading(kept, kept) if kept else EMPTY


_READERS: Mapping[ItemType, Reader] = {
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "today": _date,
    "datetime": _datetime,
    "start": _datetime,
    "end": _datetime,
    "time": _time,
    "calculated": _figure,
    "hidden": _figure,
    "geopoint": _figure,
    "file": _figure,
}
