"""Which counts must be withheld so that none that is too small can be worked out from the rest.

A count below the minimum is unsafe by itself (primary); others are withheld with it, as few and as
small as can be found, so that the published sums leave it uncertain (complementary). Whether they
do is then asked of an attacker who solves for the least and the greatest value of every withheld
cell (`attack`); nothing is called safe without him.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import ceil, inf

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis.disclosure.tables import Cell, Counts
from analysis.errors import AnalysisError
from instruments.errors import Problem
from instruments.language import say

MINIMUM = 10
"""Least unweighted count that is published (ONS, ABS 'rule of 10', ACRO)."""
_SLACK = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """Cells that are unsafe by themselves, and those withheld to protect them."""

    primary: frozenset[Cell]
    complementary: frozenset[Cell]

    @property
    def withheld(self) -> frozenset[Cell]:
        """Every cell that is not published."""
        return self.primary | self.complementary


def suppress(
    counts: Counts, *, minimum: int = MINIMUM, exempt: Collection[Cell] = ()
) -> Suppression:
    """Withhold every count from 0 to `minimum` - 1 and what would give it away.

    A zero is withheld too: that nobody in a group has something tells it of each of its members.
    Cells in `exempt` are published whatever their count, such as groups without any respondent.
    The complementary cells are found cell by cell through linear programs that move the unsafe
    count to either end of what must stay possible at the least loss of published counts
    (Kelly, Golden & Assad 1992, Networks 22, 397-417).

    Raises:
        AnalysisError: No withholding of other cells can protect a count.
    """
    unsafe = [
        name for name, count in counts.cells.items() if count < minimum and name not in exempt
    ]
    system = _System.of(counts, exempt=exempt)
    withheld = np.zeros(len(system.names), dtype=np.bool_)
    withheld[[system.place[name] for name in unsafe]] = True
    for name in sorted(unsafe, key=lambda one: (-counts.cells[one], system.place[one])):
        for move in _moves(counts.cells[name], minimum):
            withheld |= system.moved(system.place[name], move, withheld=withheld)
    chosen = {system.names[at] for at in np.flatnonzero(withheld)}
    return Suppression(primary=frozenset(unsafe), complementary=frozenset(chosen - set(unsafe)))


def protection(count: int, *, minimum: int = MINIMUM) -> tuple[float, float]:
    """Least and greatest value that must stay possible for a withheld unsafe count.

    Half of it; and the minimum, or one and a half times it where that is more.
    """
    return count - ceil(count / 2), max(float(minimum), count + ceil(count / 2))


def attack(counts: Counts, withheld: Collection[Cell]) -> Mapping[Cell, tuple[float, float]]:
    """The least and greatest value of each withheld cell that the published ones leave possible.

    The attacker knows that counts are not negative and that the sums hold. Values are those of
    the linear relaxation: whole numbers can only be found inside them.
    """
    system = _System.of(counts)
    hidden = np.array([name in withheld for name in system.names], dtype=np.bool_)
    within = Bounds(np.where(hidden, 0.0, system.values), np.where(hidden, inf, system.values))
    return {
        name: (max(system.optimum(name, 1.0, within), 0.0), system.optimum(name, -1.0, within))
        for name in withheld
    }


def unprotected(
    counts: Counts, suppression: Suppression, *, minimum: int = MINIMUM
) -> frozenset[Cell]:
    """Unsafe cells of which the attacker can exclude values that must stay possible."""
    found = attack(counts, suppression.withheld)
    return frozenset(
        name
        for name in suppression.primary
        if not _covers(found[name], protection(counts.cells[name], minimum=minimum))
    )


def _covers(found: tuple[float, float], wanted: tuple[float, float]) -> bool:
    return found[0] <= wanted[0] + _SLACK and found[1] >= wanted[1] - _SLACK


def _moves(count: int, minimum: int) -> tuple[float, ...]:
    low, high = protection(count, minimum=minimum)
    return tuple(end - count for end in (high, low) if end != count)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _System:
    """The sums as equations, with what the linear programs need of the cells."""

    names: list[Cell]
    place: Mapping[Cell, int]
    values: NDArray[np.float64]
    equations: sparse.csr_matrix
    exempt: NDArray[np.bool_]

    @classmethod
    def of(cls, counts: Counts, *, exempt: Collection[Cell] = ()) -> "_System":
        names = counts.names
        return cls(
            names=names,
            place={name: at for at, name in enumerate(names)},
            values=counts.values,
            equations=counts.equations(),
            exempt=np.array([name in exempt for name in names], dtype=np.bool_),
        )

    def moved(self, at: int, move: float, *, withheld: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Cells that change where the count at `at` changes by `move` at the least loss.

        Variables are the rises of all cells, then their falls; a withheld cell changes for nothing.
        """
        loss = np.where(withheld, 0.0, np.log1p(self.values) + 1.0)
        rises = np.where(self.exempt, 0.0, inf)
        falls = np.where(self.exempt, 0.0, self.values)
        most = np.concatenate([rises, falls])
        least = np.zeros(len(most))
        rise, fall = at, at + len(rises)
        least[[rise, fall]] = most[[rise, fall]] = max(move, 0.0), max(-move, 0.0)
        both = sparse.hstack([self.equations, -self.equations], format="csr")
        done = milp(np.concatenate([loss, loss]), constraints=LinearConstraint(both, 0.0, 0.0),
                    bounds=Bounds(least, most))  # fmt: skip
        if done.x is None:
            raise AnalysisError([_unprotectable(self.names[at])])
        return np.asarray(done.x[: len(rises)] + done.x[len(rises) :] > _SLACK)

    def optimum(self, name: Cell, sign: float, within: Bounds) -> float:
        """The least value of a cell (sign 1) or its greatest (sign -1) within bounds of all.

        The true counts solve the program, so that one without a solution has no bound.
        """
        objective = np.zeros(len(self.names))
        objective[self.place[name]] = sign
        done = milp(objective, constraints=LinearConstraint(self.equations, 0.0, 0.0),
                    bounds=within)  # fmt: skip
        return inf if done.x is None else float(done.x[self.place[name]])


def _unprotectable(name: Cell) -> Problem:
    return Problem(
        where=str(name),
        what=say("This count is too small to publish, and withholding others cannot hide it."),
        hint=say("Leave the whole table out, or merge categories."),
    )
