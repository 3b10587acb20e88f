"""Constants that a function of JavaRosa cannot take: the form would stop when it is opened."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from instruments.check.findings import Finding
from instruments.check.rules import rules
from instruments.check.view import View
from instruments.expression.syntax import Called, calls
from instruments.faults import did_you_mean
from instruments.language import Message, say

_TEXT = re.compile(r"'[^']*'|\"[^\"]*\"")
_NUMBER = re.compile(r"\d[\d.]*|\.\d+")
_CONSTANT = re.compile(rf"{_TEXT.pattern}|{_NUMBER.pattern}")
_DAY = re.compile(
    r"(\d+)-(\d{1,2})-(\d{1,2})(?:T(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?(?:Z|[+-][\d:]+)?)?"
)
_PLACES = re.compile(r"(?:-?[\d.]+ -?[\d.]+(?: -?[\d.]+){0,2}(?:\s*;\s*|$))*")
_ESCAPE = re.compile(r"%(.?)", re.DOTALL)
_KNOWN_ESCAPES = frozenset("%YymnbdeHhMS3aW")
_QUOTED = re.compile(r"\\Q.*?(?:\\E|$)|\\.", re.DOTALL)
_OF_JAVA = re.compile(r"\[[^\]]*(?:\[|&&|--|\|\||~~)|[$^][*+?{]")
"""Classes within classes, and anchors repeated: Java alone gives them a meaning."""
_SURELY_BROKEN = (
    "missing ), unterminated subpattern", "unterminated character set", "nothing to repeat",
    "unbalanced parenthesis", "min repeat greater than max repeat",
)  # fmt: skip
"""Faults that Python and Java both find; the rest may be Java's own spellings."""
_DIGESTS = ("MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512")


class _Fault(NamedTuple):
    position: int | None
    """Of the argument; None for each of them."""
    of: Callable[[str], tuple[Message, Message] | None]
    """What is wrong with a constant, and the cure."""
    among: re.Pattern[str] = _TEXT
    """Which constants may be wrong."""


def unusable_constants(seen: View) -> Iterator[Finding]:
    """Days that no calendar has, patterns that do not close, formats and kinds nobody knows."""
    for spot in seen.spots:
        for rule in rules(spot):
            for call in calls(rule.text):
                for found in _faults(call):
                    yield Finding(rule.at, *found)


def _faults(call: Called) -> Iterator[tuple[Message, Message]]:
    for fault in _FAULTS.get(call.name, ()):
        for at, words in enumerate(call.arguments):
            if fault.position in (None, at) and len(words) == 1 and fault.among.fullmatch(words[0]):
                value = words[0][1:-1] if words[0][0] in "'\"" else words[0]
                if found := fault.of(value):
                    yield found


def _no_day(value: str) -> tuple[Message, Message] | None:
    if not value or _is_day(value):
        return None
    return (say("'{value}' is no day.", value=value),
            say("Write a day as 2026-01-31, with a time as 2026-01-31T18:30:00."))  # fmt: skip


def _is_day(value: str) -> bool:
    if (found := _DAY.fullmatch(value)) is None:
        return False
    year, month, day, hour, minute, second = map(int, found.groups("0"))
    try:
        return bool(datetime(year, month, day, hour, minute, second))
    except ValueError:
        return False


def _no_pattern(value: str) -> tuple[Message, Message] | None:
    simple = _QUOTED.sub("x", value)
    if _OF_JAVA.search(simple):
        return None
    try:
        re.compile(simple)
    except re.error as error:
        if error.msg.startswith(_SURELY_BROKEN):
            return (say("The pattern '{value}' does not close, or repeats nothing.", value=value),
                    say("Close every bracket, and write '\\' before a sign that stands for itself."))  # fmt: skip
    return None


def _no_format(value: str) -> tuple[Message, Message] | None:
    for escape in _ESCAPE.findall(value):
        if escape not in _KNOWN_ESCAPES or not escape:
            return (say("ODK Collect does not know '%{escape}' in the form of a day.", escape=escape),
                    did_you_mean("", [f"%{one}" for one in sorted(_KNOWN_ESCAPES)]))  # fmt: skip
    return None


def _no_encoding(value: str) -> tuple[Message, Message] | None:
    if value.lower() in ("base64", "hex"):
        return None
    return (say("There is no encoding '{value}'.", value=value),
            did_you_mean(value, ("base64", "hex")))  # fmt: skip


def _no_digest(value: str) -> tuple[Message, Message] | None:
    if value.upper() in (*_DIGESTS, "SHA1"):
        return None
    return (say("There is no digest '{value}'.", value=value),
            did_you_mean(value.upper(), _DIGESTS))  # fmt: skip


def _no_places(value: str) -> tuple[Message, Message] | None:
    if _PLACES.fullmatch(value):
        return None
    return (say("'{value}' is no place.", value=value),
            say("Write latitude and longitude, with height and accuracy or without, and ';' between"
                " places."))  # fmt: skip


def _no_questions(value: str) -> tuple[Message, Message] | None:
    return (say("'{value}' is one value where answers to a question are wanted.", value=value),
            say("Name the question: ${{id}}."))  # fmt: skip


_FAULTS: dict[str, tuple[_Fault, ...]] = {
    **dict.fromkeys(("date", "date-time", "decimal-date-time", "decimal-time"), (_Fault(0, _no_day),)),
    **dict.fromkeys(("format-date", "format-date-time"), (_Fault(0, _no_day), _Fault(1, _no_format))),
    **dict.fromkeys(("count", "sum", "count-non-empty", "area", "enclosed-area", "randomize",
                     "indexed-repeat", "position"),
                    (_Fault(0, _no_questions, among=_CONSTANT),)),
    **dict.fromkeys(("selected", "selected-at", "count-selected", "is-selected"),
                    (_Fault(0, _no_questions, among=_NUMBER),)),
    "geofence": (_Fault(0, _no_places), _Fault(1, _no_questions, among=_CONSTANT)),
    "distance": (_Fault(None, _no_places),),
    "regex": (_Fault(1, _no_pattern),),
    "digest": (_Fault(1, _no_digest), _Fault(2, _no_encoding)),
}  # fmt: skip
