"""Functions called otherwise than JavaRosa takes them: a form would stop where one is computed."""

import re
from collections.abc import Iterator, Mapping

from instruments.check.findings import Finding
from instruments.check.rules import rules
from instruments.check.view import View
from instruments.expression.functions import ANY
from instruments.expression.syntax import Called, calls
from instruments.faults import did_you_mean
from instruments.language import Message, say

_TAKES: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(("acos", "area", "asin", "atan", "base64-decode", "cos", "decimal-time",
                     "enclosed-area", "exp10", "property", "sin", "tan"), (1, 1)),
    **dict.fromkeys(("atan2", "extract-signed", "geofence", "is-selected"), (2, 2)),
    **dict.fromkeys(("normalize-space", "string-length", "uuid"), (0, 1)),
    **dict.fromkeys(("pi", "version"), (0, 0)),
    **dict.fromkeys(("join", "distance", "pulldata"), (1, ANY)),
    "checklist": (2, ANY), "weighted-checklist": (4, ANY), "digest": (2, 3), "randomize": (1, 2),
    "indexed-repeat": (3, 7),
}  # fmt: skip
"""Least and most arguments, where the language says nothing or another thing than JavaRosa."""
_IN_PAIRS: Mapping[str, int] = {"weighted-checklist": 0, "indexed-repeat": 1}
"""What is left of the number of their arguments when pairs are taken away."""
_WRITTEN_OUT = ("jr:choice-name", "digest")
_MENTION = re.compile(r"\$\{\s*([^{}\s#]+)\s*\}")


def wrong_arguments(seen: View) -> Iterator[Finding]:
    """Calls with too many or too few arguments, or with an answer where something else is wanted."""
    for spot in seen.spots:
        for rule in rules(spot):
            for call in calls(rule.text):
                if fault := _count(call) or _no_text(call) or _no_entries(call, seen):
                    yield Finding(rule.at, *fault)


def _count(call: Called) -> tuple[Message, Message] | None:
    found = len(call.arguments)
    least, most = _TAKES.get(call.name, (found, found))
    what = say("'{name}' has {found} arguments.", name=call.name, found=found)
    if found < least:
        return what, say("Give it at least {count}.", count=least)
    if found > most:
        return what, say("Give it at most {count}.", count=most)
    if call.name in _IN_PAIRS and found % 2 != _IN_PAIRS[call.name]:
        return what, say("The later ones come in pairs: complete the last.")
    return None


def _no_text(call: Called) -> tuple[Message, Message] | None:
    """An answer, or nothing, where a path or the name of a method is to be written out."""
    words = call.arguments[1] if call.name in _WRITTEN_OUT else ()
    if len(words) != 1 or (words[0][0] in "'\"" and words[0][1:-1].strip()):
        return None
    return (say("The second argument of '{name}' is not a text.", name=call.name),
            say("Write it out in quotation marks."))  # fmt: skip


def _no_entries(call: Called, seen: View) -> tuple[Message, Message] | None:
    """Rosters that are none, or do not hold the item, where one of their entries is read."""
    if call.name != "indexed-repeat":
        return None
    item, *rosters = (found[1] if (found := _MENTION.fullmatch("".join(words))) else None
                      for words in (call.arguments[0], *call.arguments[1::2]))  # fmt: skip
    spot = seen.items.get(item or "")
    for roster in filter(None, rosters):
        if spot is not None and roster not in spot.rosters:
            return (say("'{item}' is in no roster '{roster}'.", item=item, roster=roster),
                    did_you_mean(roster, spot.rosters))  # fmt: skip
    return None
