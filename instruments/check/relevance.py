"""Items that wait for each other: a skip or calculation that depends on itself has no answer."""

from collections.abc import Iterator, Mapping

from instruments.check.expressions import written
from instruments.check.findings import Finding
from instruments.check.view import Spot, View
from instruments.expression.names import names_in
from instruments.language import say
from instruments.xlsform.columns import ORIGIN


def cycles(seen: View) -> Iterator[Finding]:
    """Circles of skips, calculations and choice filters; each is named once.

    Of a form from elsewhere `instruments.check.clients` finds them, by its paths too.
    """
    if ORIGIN in seen.instrument.settings:
        return
    needs = {name: _needs(spot, seen) for name, spot in seen.items.items()}
    done: set[str] = set()
    for name in needs:
        for circle in circles(name, needs, done):
            yield Finding(
                seen.items[circle[0]].at,
                say("The item '{id}' waits for itself: {circle}.", id=circle[0],
                    circle=" → ".join([*circle, circle[0]])),
                say("Let one of them stand alone."),
            )  # fmt: skip


def _needs(spot: Spot, seen: View) -> list[str]:
    """Items whose answers decide whether the item is asked, what it holds, and what it offers."""
    rules = [one.text for one in written(spot) if "checks" not in one.at]
    rules += [block.show_if for block in spot.blocks if block.show_if is not None]
    named = [name for rule in rules for name in sorted(names_in(rule))]
    return [inner for name in named for inner in _items_called(name, seen)]


def _items_called(name: str, seen: View) -> list[str]:
    """The item itself; for a roster, the items inside decide nothing but their number."""
    return [name] if name in seen.items else []


def circles(start: str, needs: Mapping[str, list[str]], done: set[str]) -> Iterator[list[str]]:
    """Walk from `start` without recursion; every item is walked through once."""
    trail: list[str] = []
    todo: list[tuple[str, bool]] = [(start, False)]
    while todo:
        name, is_left = todo.pop()
        if is_left:
            trail.pop()
            done.add(name)
        elif name in trail:
            yield trail[trail.index(name) :]
        elif name not in done:
            trail.append(name)
            todo.append((name, True))
            todo += [(inner, False) for inner in reversed(needs[name])]
