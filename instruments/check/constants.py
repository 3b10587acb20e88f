"""Constants that a function of JavaRosa cannot take: the form would stop when it is opened."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from instruments.check.findings import Finding
from instruments.check.rules import rules
from instruments.check.view import View
from instruments.faults import did_you_mean
from instruments.language import Message, say

_TEXT = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_CALL = re.compile(r"(?<![\w:.-])([\w:-]+)\(((?:[^()]|\(\s*\))*)\)")
_CONSTANT = re.compile(r"\s*(?:'(\d+)'|([\d.]+))\s*")
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
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


class _Fault(NamedTuple):
    position: int
    of: Callable[[str], tuple[Message, Message] | None]
    """What is wrong with a constant, and the cure."""
    of_numbers: bool = False
    """Whether a number may be wrong as well as a text."""


def unusable_constants(seen: View) -> Iterator[Finding]:
    """Days that no calendar has, patterns that do not close, formats and kinds nobody knows."""
    for spot in seen.spots:
        for rule in rules(spot):
            texts: list[str] = []
            for call in _CALL.finditer(_numbered(rule.text, texts)):
                for found in _faults(call[1], call[2].split(","), texts):
                    yield Finding(rule.at, *found)


def _numbered(rule: str, kept: list[str]) -> str:
    """The rule with each text in quotes as its number: nothing in one is taken for a call."""

    def number(found: re.Match[str]) -> str:
        kept.append(found[1] if found[1] is not None else found[2])
        return f"'{len(kept) - 1}'"

    return _TEXT.sub(number, rule)


def _faults(name: str, given: list[str], texts: list[str]) -> Iterator[tuple[Message, Message]]:
    for fault in _FAULTS.get(name, ()):
        if fault.position < len(given) and (one := _CONSTANT.fullmatch(given[fault.position])):
            if one[2] and not fault.of_numbers:
                continue
            if found := fault.of(one[2] or texts[int(one[1])]):
                yield found


def _no_day(value: str) -> tuple[Message, Message] | None:
    if not value or _is_day(value):
        return None
    return say("'{value}' is no day.", value=value), say("Write a day as 2026-01-31.")


def _is_day(value: str) -> bool:
    try:
        return bool((found := _DAY.fullmatch(value)) and date(*map(int, found.groups())))
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
    if value in ("base64", "hex"):
        return None
    return (say("There is no encoding '{value}'.", value=value),
            did_you_mean(value, ("base64", "hex")))  # fmt: skip


def _no_questions(value: str) -> tuple[Message, Message] | None:
    return (say("'{value}' is one value where answers to a question are wanted.", value=value),
            say("Name the question: ${{id}}."))  # fmt: skip


_FAULTS: dict[str, tuple[_Fault, ...]] = {
    **dict.fromkeys(("date", "date-time", "decimal-date-time"), (_Fault(0, _no_day),)),
    **dict.fromkeys(("format-date", "format-date-time"), (_Fault(0, _no_day), _Fault(1, _no_format))),
    **dict.fromkeys(("count", "sum", "count-non-empty", "area", "randomize", "indexed-repeat"),
                    (_Fault(0, _no_questions, of_numbers=True),)),
    "regex": (_Fault(1, _no_pattern),),
    "digest": (_Fault(2, _no_encoding),),
}  # fmt: skip
