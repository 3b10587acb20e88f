"""How many ways a pattern can match one text: what makes a backtracking engine take for ever.

Such an engine tries, before it gives up, every path of the automaton that the text allows. The
number of paths grows exponentially with the text if and only if some state comes back to itself in
two ways over one word, and polynomially where one loop leads into another over a word of both
(Weber & Seidl 1991, Theoretical Computer Science 88, 3.1 and 4.1: criteria EDA and IDA). The first
is decided here exactly; degree and number of the other paths are bounded from above.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

MOST_STEPS = 2_000_000
MOST_DEGREE = 2
"""Texts of a form are short: n^2 paths for a wrong e-mail address are no harm."""
MOST_WAYS = 1000

Verdict = Literal["fine", "exponential", "too many"]
START = -1

N = TypeVar("N", bound=Hashable)
_Pair = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Automaton:
    """A position automaton without empty moves; every position leads to an end."""

    first: tuple[int, ...]
    follow: Sequence[tuple[int, ...]]
    symbols: Sequence[int]
    """The characters that each position reads, as bits."""

    def after(self, state: int) -> tuple[int, ...]:
        """Positions that may come next."""
        return self.first if state == START else self.follow[state]


def verdict(automaton: Automaton) -> Verdict:
    """Whether a backtracking engine stays within reason on every text."""
    pairs = _reachable_pairs(automaton)
    if pairs is None:
        return "too many"
    if any(len({one == other for one, other in part}) == 2
           for part in _components(list(pairs), lambda pair: _next_pairs(pair, automaton))):  # fmt: skip
        return "exponential"
    degree, ways = _growth(automaton, pairs)
    return "too many" if degree > MOST_DEGREE or ways > MOST_WAYS else "fine"


def _reachable_pairs(automaton: Automaton) -> set[_Pair] | None:
    """States that one word leads to, two by two; None where there are too many to look at."""
    found: set[_Pair] = {(START, START)}
    left, steps = [(START, START)], 0
    while left:
        one, other = left.pop()
        steps += len(automaton.after(one)) * len(automaton.after(other))
        if steps > MOST_STEPS:
            return None
        new = set(_next_pairs((one, other), automaton)) - found
        found |= new
        left += new
    return found


def _next_pairs(pair: _Pair, automaton: Automaton) -> Iterator[_Pair]:
    symbols = automaton.symbols
    for one in automaton.after(pair[0]):
        for other in automaton.after(pair[1]):
            if symbols[one] & symbols[other]:
                yield (one, other) if one <= other else (other, one)


def _growth(automaton: Automaton, pairs: set[_Pair]) -> tuple[int, int]:
    """Degree of the polynomial and number of ways that no state exceeds, from the start on."""
    states = list(range(START, len(automaton.symbols)))
    before: dict[int, list[int]] = {state: [] for state in states}
    for state in states:
        for following in automaton.after(state):
            before[following].append(state)
    degrees, ways = {START: 0}, {START: 1}
    for part in _components(states, automaton.after):
        inside = set(part)
        entries = [_entry(state, inside, before, pairs, ways) for state in part]
        outside = [one for state in part for one in before[state] if one not in inside]
        degree = max((degrees[one] for one in outside), default=0)
        degree += any(grows for grows, _ in entries)
        for state in part:
            degrees[state], ways[state] = degree, max(number for _, number in entries)
    return max(degrees.values()), max(ways.values())


def _entry(
    state: int,
    inside: set[int],
    before: dict[int, list[int]],
    pairs: set[_Pair],
    ways: dict[int, int],
) -> tuple[bool, int]:
    """Whether new paths keep joining those that go round here, and how many enter at once."""
    entering = [one for one in before[state] if one not in inside]
    turning = [one for one in before[state] if one in inside]
    grows = any(_meet(one, other, pairs) for one in entering for other in turning)
    numbers = [
        sum(ways[other] for other in entering if _meet(one, other, pairs)) for one in entering
    ]
    return grows, max(numbers, default=1)


def _meet(one: int, other: int, pairs: set[_Pair]) -> bool:
    return ((one, other) if one <= other else (other, one)) in pairs


def _components(nodes: Sequence[N], after: Callable[[N], Iterable[N]]) -> list[list[N]]:
    """Strongly connected parts, each before those that it leads to (Kosaraju 1978, Sharir 1981)."""
    onward = {node: tuple(after(node)) for node in nodes}
    back: dict[N, list[N]] = {node: [] for node in nodes}
    for node, following in onward.items():
        for one in following:
            back[one].append(node)
    placed: set[N] = set()
    return [part for root in reversed(_finished(onward)) if (part := _gathered(root, back, placed))]


def _finished(onward: Mapping[N, tuple[N, ...]]) -> list[N]:
    """The nodes in the order in which a search into the depth leaves them."""
    seen: set[N] = set()
    left: list[N] = []
    for root in onward:
        path = [] if root in seen else [(root, iter(onward[root]))]
        seen.add(root)
        while path:
            node, rest = path[-1]
            following = next((one for one in rest if one not in seen), None)
            if following is None:
                left.append(node)
                path.pop()
            else:
                seen.add(following)
                path.append((following, iter(onward[following])))
    return left


def _gathered(root: N, back: Mapping[N, Sequence[N]], placed: set[N]) -> list[N]:
    """What leads to the root and is in no other part; marks it as placed."""
    found, left = [], [] if root in placed else [root]
    placed.add(root)
    while left:
        node = left.pop()
        found.append(node)
        new = [one for one in dict.fromkeys(back[node]) if one not in placed]
        placed.update(new)
        left += new
    return found
