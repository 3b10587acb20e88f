"""Rules of a form from elsewhere that need, by whatever way, what they themselves decide.

JavaRosa computes the rules in an order in which each comes after what it reads, so that a circle stops
the whole form; clients in a browser compute again until nothing changes.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping

from instruments.check.findings import Finding, Place
from instruments.check.relevance import circles
from instruments.check.rules import Rule, rules
from instruments.check.view import View
from instruments.language import say

DECIDING = ("relevant", "calculation", "required", "read_only")
"""Rules that clients compute whenever an answer changes."""
_INHERITED = ("relevant", "read_only")
"""Rules of a block that hold for everything inside it."""
_TEXT = re.compile(r"'[^']*'|\"[^\"]*\"")
_MENTION = re.compile(r"\$\{\s*([^{}\s#]+)\s*\}")
_PATH = re.compile(r"(?<![\w.\]})/])(?:current\(\)/)?(/[\w./*-]+|\.\.?(?:/[\w./*-]+)?(?![\w.]))")
_PREDICATE = re.compile(r"\[[^\]]*\]")


def circular_paths(seen: View) -> Iterator[Finding]:
    """Questions and groups whose rules need, by ids or by paths, what the rules themselves decide."""
    own = {way: [(rule, read) for rule, read in found if rule not in _by_content(way, found)]
           for way, found in _reads(seen).items()}  # fmt: skip
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


def rules_by_content(seen: View) -> Iterator[tuple[str, Rule]]:
    """Conditions of blocks that read answers inside them alone, with the paths of the blocks.

    Forms of the Community Health Toolkit begin with such a block, ``./source = 'user'``; only clients
    in a browser can follow it.
    """
    for way, found in _reads(seen).items():
        yield from ((way, rule) for rule in _by_content(way, found))


def _by_content(way: str, found: list[tuple[Rule, str]]) -> list[Rule]:
    rules_here = dict.fromkeys(rule for rule, _ in found if rule.name in _INHERITED)
    return [
        rule
        for rule in rules_here
        if all(read.startswith(f"{way}/") for other, read in found if other == rule)
    ]


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
            if rule.name in DECIDING and not (is_triggered and rule.name == "calculation"):
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
