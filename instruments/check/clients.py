"""What clients refuse of a form from elsewhere: JavaRosa's own limits, each named at its cell.

Its language is a part of XPath 1.0: paths go by names, ``.`` and ``..``, and a rule that needs its own
answer, by whatever way, stops the whole form.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePath

from instruments.check.arguments import wrong_arguments
from instruments.check.findings import Finding, Place
from instruments.check.many import is_conditional, many_for_one
from instruments.check.relevance import circles
from instruments.check.rules import Rule, rules
from instruments.check.view import View
from instruments.errors import DefinitionError
from instruments.expression.parse import parse
from instruments.expression.tree import Operation
from instruments.faults import did_you_mean
from instruments.language import say
from instruments.model import Item
from instruments.xlsform.columns import ORIGIN

_DECIDING = ("relevant", "calculation", "required", "read_only")
"""Rules that clients compute whenever an answer changes."""
_INHERITED = ("relevant", "read_only")
"""Rules of a block that hold for everything inside it."""
_TEXT = re.compile(r"'[^']*'|\"[^\"]*\"")
_NO_STEP = re.compile(
    r"//|\||\)\s*\[|(?<![\w.-])(?!child::)[\w.-]+\s*::|(?<![\w.-])(?:text|node)\(\s*\)"
)
_INSTANCE = re.compile(r"(?<![\w-])instance\(\s*(?:'([^']+)'|\"([^\"]+)\")\s*\)")
_PULLED = re.compile(r"pulldata\s*\(\s*['\"]([^'\"]+)['\"]")
_MENTION = re.compile(r"\$\{\s*([^{}\s#]+)\s*\}")
_PATH = re.compile(r"(?<![\w.\]})/])(?:current\(\)/)?(/[\w./*-]+|\.\.?(?:/[\w./*-]+)?(?![\w.]))")
_PREDICATE = re.compile(r"\[[^\]]*\]")
_MARK = re.compile(r"(?P<call>[\w:.-]+)?\s*\(|[),]|\b(?:and|or)\b")
_UNKNOWN = frozenset((
    "add-date", "ceiling", "comment", "difference-in-months", "floor", "id", "itext", "lang", "last",
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
    """Functions that JavaRosa cannot compute when it opens the form; those it may pass over stay.

    Of a form of ours none is left when it is written for clients.
    """
    for spot in seen.spots if ORIGIN in seen.instrument.settings else ():
        for rule in () if is_conditional(spot) else rules(spot):
            if rule.name in ("constraint", "choice_filter"):
                continue
            for name in _surely_called(_TEXT.sub("''", rule.text)):
                if name in _UNKNOWN or (":" in name and not name.startswith("jr:")):
                    hint = say("Write 'int(…)'.") if name in ("floor", "ceiling") else None
                    yield Finding(rule.at, say("ODK Collect does not know the function '{name}'.",
                                               name=name), hint)  # fmt: skip


def days_of_numbers(seen: View) -> Iterator[Finding]:
    """Defaults of dates that are sums of days: a number, which JavaRosa does not take for a date."""
    for spot in seen.spots:
        text = spot.part.settings.get("default", "")
        if isinstance(spot.part, Item) and spot.part.type in ("date", "datetime") and "(" in text:
            try:
                root = parse(text).root
            except DefinitionError:
                continue
            if isinstance(root, Operation):
                yield Finding((*spot.at, "settings", "default"), say("A number is no day."),
                              say("Write 'date({text})'.", text=text))  # fmt: skip


def texts_of_no_language(seen: View) -> Iterator[Finding]:
    """Translations that are asked for where the form has none: JavaRosa has nothing to look in."""
    default = seen.instrument.settings.get("language::default")
    if not set(seen.instrument.languages) <= {default, "default"}:
        return
    for spot in seen.spots:
        for rule in () if is_conditional(spot) else rules(spot):
            if rule.name in _DECIDING and "jr:itext" in _surely_called(_TEXT.sub("''", rule.text)):
                yield Finding(rule.at, say("'jr:itext' looks in translations, and the form has none."),
                              say("Head a column of labels with a language, such as 'label::English"
                                  " (en)'."))  # fmt: skip


def circular_paths(seen: View) -> Iterator[Finding]:
    """Questions and groups whose rules need, by ids or by paths, what the rules themselves decide."""
    own = _reads(seen)
    needs = {way: dict(_all_reads(way, own)) for way in own}
    named = {way: list(reads) for way, reads in needs.items()}
    done: set[str] = set()
    for way in named:
        for circle in circles(way, named, done):
            names = [one.rpartition("/")[2] for one in [*circle, circle[0]]]
            yield Finding(needs[circle[0]][circle[1 % len(circle)]],
                          say("The item '{id}' waits for itself: {circle}.", id=names[0],
                              circle=" → ".join(names)),
                          say("Let one of them stand alone."))  # fmt: skip


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


def _surely_called(text: str) -> Iterator[str]:
    """Functions that stand in no branch: not behind `and`, `or`, nor in what `if` chooses from."""
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


def _reads(seen: View) -> dict[str, list[tuple[Rule, str]]]:
    """By form path, the rules of a part and each part that they read."""
    root = f"/{seen.instrument.settings.get('name', 'data')}"
    ways = {spot.at: "/".join([root, *(block.id for block in spot.blocks), spot.part.id])
            for spot in seen.spots}  # fmt: skip
    bearers = {spot.part.id: ways[spot.at] for spot in seen.spots}
    found: dict[str, list[tuple[Rule, str]]] = {way: [] for way in ways.values()}
    for spot in seen.spots:
        is_triggered = "trigger" in spot.part.settings
        for rule in rules(spot):
            if rule.name in _DECIDING and not (is_triggered and rule.name == "calculation"):
                reads = _read(rule.text, ways[spot.at], bearers)
                found[ways[spot.at]] += [(rule, way) for one in reads for way in _meant(one, found)]
    return found


def _all_reads(way: str, own: Mapping[str, list[tuple[Rule, str]]]) -> Iterator[tuple[str, Place]]:
    """What decides on a part, the conditions of the blocks around it included."""
    yield from ((read, rule.at) for rule, read in own[way])
    while (way := way.rpartition("/")[0]) in own:
        yield from ((read, rule.at) for rule, read in own[way] if rule.name in _INHERITED)


def _read(text: str, way: str, bearers: Mapping[str, str]) -> Iterator[str]:
    """The form paths that an expression at a part names; ``*`` stands for any name."""
    yield from (bearers[name] for name in _MENTION.findall(text) if name in bearers)
    bare = _TEXT.sub("''", _MENTION.sub("x", text))
    for path in _PATH.findall(_PREDICATE.sub("", bare)):
        yield path if path.startswith("/") else posixpath.normpath(f"{way}/{path}")


def _meant(path: str, known: Mapping[str, object]) -> Iterable[str]:
    """The parts of the form that a path leads to."""
    if "*" not in path:
        return [path] if path in known else []
    pattern = re.compile(re.escape(path).replace(r"\*", "[^/]+"))
    return [way for way in known if pattern.fullmatch(way)]


RULES: tuple[Callable[[View], Iterable[Finding]], ...] = (
    unwalkable_paths, unknown_instances, unknown_functions, days_of_numbers,
    circular_paths, wrong_arguments, many_for_one, texts_of_no_language,
)  # fmt: skip
"""All of these."""
