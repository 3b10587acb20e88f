"""What can be learned of a few people by subtracting published groups from each other.

Groups of one report, of several releases, of old and new geography overlap. Whoever knows the
numbers of two groups that differ by a handful of people knows the numbers of that handful. The
attacker here combines published groups linearly, which covers differences, sums of differences and
every chain of them (complement and nesting attacks; Hundepool et al. 2012, Statistical Disclosure
Control, 5.4).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.disclosure.suppression import MINIMUM
from analysis.disclosure.tables import Cell

Members = Mapping[Cell, Collection[str]]
"""By published group: who is in it."""
MOST = 8.0
"""Greatest coefficient with which the attacker takes a group."""
_SLACK = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A combination of published groups that leaves `people` respondents, fewer than the minimum."""

    people: int
    groups: Mapping[Cell, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Differencing:
    """Groups to withhold, and the leak that stays when all that may be is withheld."""

    withheld: frozenset[Cell]
    leak: Leak | None = None


def protect(
    members: Members, *, fixed: Collection[Cell] = (), minimum: int = MINIMUM
) -> Differencing:
    """Withhold groups until no combination of the others leaves 1 to `minimum` - 1 people.

    Groups in `fixed` are public already, or must be published whatever they tell. The smallest group
    of each leak goes first.
    """
    small = {name for name, own in members.items() if 0 < len(own) < minimum}
    withheld = small - set(fixed)
    while True:
        shown = {name: own for name, own in members.items() if name not in withheld and own}
        found = leak(shown, minimum=minimum)
        loose = [] if found is None else [name for name in found.groups if name not in fixed]
        if not loose:
            return Differencing(withheld=frozenset(withheld), leak=found)
        withheld.add(min(loose, key=lambda name: (len(members[name]), str(name))))


def leak(members: Members, *, minimum: int = MINIMUM) -> Leak | None:
    """A combination of the groups that leaves 1 to `minimum` - 1 people; None where there is none.

    People who are in the same groups are one atom. A mixed-integer program looks for coefficients,
    the least in all, whose sum is one for some atoms and nothing for all others.
    """
    names = list(members)
    atoms, sizes = _atoms(members)
    few = sizes < minimum
    if not few.any() or _rank(atoms[:, ~few]) == _rank(atoms):
        return None  # what vanishes on all large atoms vanishes on the small ones too
    solved = _solve(atoms, sizes, few, minimum=minimum)
    if solved is None:
        return None
    taken, people = solved
    groups = {name: round(float(one), 6) for name, one in zip(names, taken, strict=True)
              if abs(one) > _SLACK}  # fmt: skip
    return Leak(people=people, groups=groups)


def _solve(
    atoms: NDArray[np.float64], sizes: NDArray[np.int64], few: NDArray[np.bool_], *, minimum: int
) -> tuple[NDArray[np.float64], int] | None:
    """Coefficients of the groups and how many people they leave.

    Variables are the positive parts of the coefficients, the negative ones, and for each small atom
    whether it is left.
    """
    groups, left = len(atoms), int(few.sum())
    chosen = np.zeros((atoms.shape[1], left))
    chosen[np.flatnonzero(few), np.arange(left)] = -1.0
    balance = np.hstack([atoms.T, -atoms.T, chosen])
    people = np.concatenate([np.zeros(2 * groups), sizes[few]])
    done = milp(
        np.concatenate([np.ones(2 * groups), np.zeros(left)]),
        constraints=[LinearConstraint(balance, 0.0, 0.0),
                     LinearConstraint(people[np.newaxis, :], 1, minimum - 1)],
        bounds=Bounds(0.0, np.concatenate([np.full(2 * groups, MOST), np.ones(left)])),
        integrality=np.concatenate([np.zeros(2 * groups), np.ones(left)]),
    )  # fmt: skip
    if done.x is None:
        return None
    return done.x[:groups] - done.x[groups : 2 * groups], round(float(people @ done.x))


def _atoms(members: Members) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Groups by atoms, 1 where an atom's people are in the group; and how many people each has."""
    place = {one: at for at, one in enumerate(sorted(set().union(*members.values())))}
    inside = np.zeros((len(members), len(place)))
    for row, own in enumerate(members.values()):
        inside[row, [place[one] for one in own]] = 1.0
    if not place:
        return inside, np.zeros(0, dtype=np.int64)
    atoms, sizes = np.unique(inside, axis=1, return_counts=True)
    return atoms, sizes.astype(np.int64)


def _rank(matrix: NDArray[np.float64]) -> int:
    return int(np.linalg.matrix_rank(matrix)) if matrix.size else 0
