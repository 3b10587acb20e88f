"""What clients in a browser run and ODK Collect does not, as JavaRosa has it: no form holds it there.

Its XPath is a part of version 1.0: paths go by names, ``.`` and ``..``, and it has functions of its own.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePath

from instruments.check.findings import Finding
from instruments.check.many import is_conditional
from instruments.check.rules import Rule, rules
from instruments.check.view import Spot, View
from instruments.faults import did_you_mean
from instruments.language import say
from instruments.xlsform.columns import ORIGIN

_TEXT = re.compile(r"'[^']*'|\"[^\"]*\"")
_NO_STEP = re.compile(
    r"//|/\*(?!\s*/)|\||\)\s*\[|(?<![\w.-])(?!child::)[\w.-]+\s*::|(?<![\w.-])(?:text|node)\(\s*\)"
)
_INSTANCE = re.compile(r"(?<![\w-])instance\(\s*(?:'([^']+)'|\"([^\"]+)\")\s*\)")
_PULLED = re.compile(r"pulldata\s*\(\s*['\"]([^'\"]+)['\"]")
_MARK = re.compile(r"(?P<call>[\w:.-]+)?\s*\(|[),]|\b(?:and|or)\b")
_ROUNDING = ("floor", "ceiling")
"""Functions that JavaRosa has not, but that can be said by others of its own."""
_UNKNOWN = frozenset((
    "add-date", "comment", "difference-in-months", "id", "itext", "lang", "last",
    "local-name", "name", "namespace-uri", "relevant", "search", "thousands-sep",
))  # fmt: skip
"""Functions that Enketo has and JavaRosa has not."""


def unwalkable_paths(seen: View) -> Iterator[Finding]:
    """Steps of paths that JavaRosa does not take."""
    for spot in seen.spots:
        for rule in rules(spot):
            if found := _NO_STEP.search(_TEXT.sub("''", rule.text)):
                yield Finding(rule.at, say("Clients do not follow '{step}' in a path.", step=found[0]),
                              say("Name each part on the way: '../part', '/data/part'."))  # fmt: skip


def unknown_instances(seen: View) -> Iterator[Finding]:
    """Lists and files that an expression reads and the form does not have."""
    known = sorted(set(_instances(seen)))
    for spot in seen.spots:
        for rule in rules(spot):
            for found in _INSTANCE.finditer(rule.text):
                if (name := found[1] or found[2]) not in known:
                    yield Finding(rule.at, say("There is no list or file '{name}'.", name=name),
                                  did_you_mean(name, known))  # fmt: skip


def unknown_functions(seen: View) -> Iterator[Finding]:
    """Functions that JavaRosa cannot compute when it opens the form; those it may pass over stay."""
    for _, rule, name in _called_at_once(seen):
        if name in _UNKNOWN or (":" in name and not name.startswith("jr:")):
            yield Finding(rule.at, say("ODK Collect does not know the function '{name}'.", name=name),
                          say("Say it by other functions, or make the XLSForm, which KoboToolbox plays"
                              " in the browser."))  # fmt: skip


def rounded(seen: View) -> Iterator[tuple[Spot, Rule, str]]:
    """Rules that round by a function which JavaRosa has not, and the function."""
    return ((spot, rule, name) for spot, rule, name in _called_at_once(seen) if name in _ROUNDING)


def _called_at_once(seen: View) -> Iterator[tuple[Spot, Rule, str]]:
    """Calls that are computed when the form is opened.

    Of a form of ours none is left that JavaRosa lacks when it is written for clients.
    """
    for spot in seen.spots if ORIGIN in seen.instrument.settings else ():
        for rule in () if is_conditional(spot) else rules(spot):
            if rule.name not in ("constraint", "choice_filter"):
                for name in surely_called(rule.text):
                    yield spot, rule, name


def _instances(seen: View) -> Iterator[str]:
    yield from (*seen.instrument.choice_lists, "__last-saved")
    for spot in seen.spots:
        kind = spot.part.settings.get("type", "")
        if "_from_file " in kind:
            yield PurePath(kind.partition(" ")[2]).stem
        if kind in ("csv-external", "xml-external"):
            yield spot.part.id
        for rule in rules(spot):
            yield from _PULLED.findall(rule.text)


def surely_called(text: str) -> Iterator[str]:
    """Functions that stand in no branch: not behind `and`, `or`, nor in what `if` chooses from."""
    text = _TEXT.sub("''", text)
    around: list[tuple[str, bool]] = [("", False)]
    for mark in _MARK.finditer(text):
        call, in_branch = around[-1]
        if mark[0] in ("and", "or") or (mark[0] == "," and call in ("if", "coalesce")):
            around[-1] = (call, True)
        elif mark[0] == ")":
            around = around[:-1] or [("", False)]
        elif mark[0] != ",":
            if mark["call"] and not in_branch:
                yield mark["call"]
            around.append((mark["call"] or "", in_branch))


RULES: tuple[Callable[[View], Iterable[Finding]], ...] = (
    unwalkable_paths, unknown_instances, unknown_functions,
)  # fmt: skip
"""All of these."""
