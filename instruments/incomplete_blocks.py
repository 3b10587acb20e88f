"""Balanced incomplete block designs: which blocks of items go into which booklet, and where.

Booklets that are built from differences over the residues of the number of blocks are balanced by
construction: turning a base booklet through all residues puts every block into every position
equally often (a Youden square where one base suffices), and if each difference between two places
occurs equally often, every pair of blocks meets equally often (Bose 1939).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

from instruments.errors import DefinitionError, Problem
from instruments.language import say

MAX_BLOCKS = 16
_MOST_TURNS = 8
_MOST_STEPS = 200_000

Booklets = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """How often blocks stand in each position, and how often two stand in the same booklet."""

    positions: Mapping[tuple[str, int], int]
    """By block and position, counted from 1."""
    pairs: Mapping[tuple[str, str], int]

    @property
    def by_position(self) -> bool:
        """Whether every block stands in every position equally often."""
        return len(set(self.positions.values())) <= 1

    @property
    def by_pair(self) -> bool:
        """Whether every two blocks meet equally often."""
        return len(set(self.pairs.values())) <= 1


def balance(booklets: Sequence[Sequence[str]]) -> Balance:
    """Count positions and pairs of a set of booklets."""
    blocks = list(dict.fromkeys(block for booklet in booklets for block in booklet))
    length = max(map(len, booklets), default=0)
    placed = Counter((block, at) for booklet in booklets for at, block in enumerate(booklet, 1))
    met = Counter(
        frozenset(pair) for one in booklets for pair in combinations(dict.fromkeys(one), 2)
    )
    return Balance(
        positions={(block, at): placed[block, at] for block in blocks
                   for at in range(1, length + 1)},
        pairs={(one, two): met[frozenset((one, two))] for one, two in combinations(blocks, 2)},
    )  # fmt: skip


def balanced_booklets(blocks: Sequence[str], *, per_booklet: int) -> Booklets:
    """The smallest cyclic design: booklets of `per_booklet` blocks, balanced by position and pair.

    Raises:
        DefinitionError: The numbers allow no design, or none of reasonable size was found.
    """
    _refuse(blocks, per_booklet)
    base, count = _base(len(blocks), per_booklet), len(blocks)
    if base is not None:
        return tuple(
            tuple(blocks[(place + turn) % count] for place in booklet)
            for booklet in base
            for turn in range(count)
        )
    raise DefinitionError(
        Problem(
            where="",
            what=say("No balanced booklets of {size} out of {count} blocks were found.",
                     size=per_booklet, count=len(blocks)),
            hint=say("Take one block more or less; 7 blocks by 3 and 13 by 4 need the fewest "
                     "booklets."),
        )
    )  # fmt: skip


def _refuse(blocks: Sequence[str], size: int) -> None:
    if len(set(blocks)) < len(blocks):
        raise DefinitionError(Problem(where="", what=say("A block is named twice.")))
    if not 2 <= len(blocks) <= MAX_BLOCKS:
        raise DefinitionError(
            Problem(where="", what=say("Designs are made for 2 to {most} blocks.", most=MAX_BLOCKS))
        )
    if not 1 <= size <= len(blocks):
        raise DefinitionError(
            Problem(where="", what=say("A booklet of {size} blocks cannot be made of {count}.",
                                       size=size, count=len(blocks)))
        )  # fmt: skip


def _base(count: int, size: int) -> list[tuple[int, ...]] | None:
    """The fewest base booklets, by residues, that are balanced when turned."""
    steps = iter(range(_MOST_STEPS))
    for turns in range(1, max(_MOST_TURNS, count) + 1):
        times, rest = divmod(turns * size * (size - 1), count - 1)
        found = None if rest else _family(count, size, turns, times, steps)
        if found is not None:
            return found
    return None


def _family(
    count: int, size: int, turns: int, times: int, steps: Iterator[int]
) -> list[tuple[int, ...]] | None:
    """Base booklets whose differences each occur `times` times, by depth-first search."""
    candidates = [(0, *rest) for rest in combinations(range(1, count), size - 1)]
    differences = [_differences(one, count) for one in candidates]

    def extend(chosen: list[int], used: Counter[int]) -> list[int] | None:
        if len(chosen) == turns:
            return chosen
        for at in range(chosen[-1] if chosen else 0, len(candidates)):
            if next(steps, None) is None:
                return None
            total = used + differences[at]
            if all(number <= times for number in total.values()):
                found = extend([*chosen, at], total)
                if found is not None:
                    return found
        return None

    found = extend([], Counter())
    return None if found is None else [candidates[at] for at in found]


def _differences(booklet: Sequence[int], count: int) -> Counter[int]:
    return Counter((one - two) % count for one, two in permutations(booklet, 2))
