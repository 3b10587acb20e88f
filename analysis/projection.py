"""What a calibration leaves of a score: its residual, at the level of sums by unit.

After calibrating base weights d to weights c on auxiliaries X, the linearized score of a total of v
is c times the residual of v in the base-weighted regression on X (Deville & Särndal 1992, eq. 3.4;
Särndal, Swensson & Wretman 1992, section 6.5). Several calibrations project one after the other.
Everything is a sum: with U the weighted sums of v by unit, the residual sums are
U - L B, L the sums of c X by unit, B = (X'dX)^-1 X'd v. No rows by domains are ever formed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from analysis.columns import Floats
from analysis.matrices import Sparse, as_sparse, dense, scaled_rows

SWEEPS = 10
"""Sweeps over the margins in R's residuals after `rake` (`survey:::svyrecvar`)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """One projection: auxiliaries, the metric of its regression, and the weights that it made.

    `auxiliaries` is rows by terms, `metric` the weight of each row in the regression (base weight
    over residual variance), `after` the calibrated weights. Steps of one calibration that share a
    `round` are swept over ten times, as R does for the margins of `rake`. A calibration inside
    PSUs counts only in the variance of the `later_stages`.
    """

    auxiliaries: Sparse
    metric: Floats
    after: Floats
    round: int | None = None
    later_stages: bool = False


def residual_coefficients(steps: Sequence[Step], moments: Sequence[Floats]) -> list[Floats]:
    """B of every step, for all columns at once.

    `moments[i]` is X_i' (metric_i w/after_i) V with w the final weights; what the steps so far have
    taken out of V is taken from it.
    """
    found = [np.zeros_like(right) for right in moments]
    cross: dict[tuple[int, int], Floats] = {}
    for i in _schedule(steps):
        right = moments[i].copy()
        for j in range(len(steps)):
            if found[j].any():
                if (i, j) not in cross:
                    cross[i, j] = _cross(steps[i], steps[j])
                right -= cross[i, j] @ found[j]
        found[i] += solve_symmetric(gram(steps[i]), right)
    return found


def _schedule(steps: Sequence[Step]) -> Iterator[int]:
    """The order in which steps are applied; steps of one round are swept over."""
    for _, group in groupby(
        range(len(steps)), key=lambda i: (steps[i].round, i if steps[i].round is None else 0)
    ):
        members = list(group)
        for _ in range(1 if steps[members[0]].round is None else SWEEPS):
            yield from members


def _cross(step: Step, other: Step) -> Floats:
    weight = step.metric * other.after / step.after
    return dense(as_sparse(step.auxiliaries.T @ scaled_rows(other.auxiliaries, weight)))


def gram(step: Step) -> Floats:
    """X' metric X, terms by terms."""
    return dense(as_sparse(step.auxiliaries.T @ scaled_rows(step.auxiliaries, step.metric)))


def solve_symmetric(matrix: Floats, right: Floats) -> Floats:
    """Solve a system that is positive semidefinite; collinear terms share (minimum norm)."""
    size = np.sqrt(np.maximum(np.diag(matrix), np.finfo(float).tiny))
    inverse = np.linalg.pinv(matrix / np.outer(size, size), rcond=1e-12, hermitian=True)
    return np.asarray((inverse @ (right / size[:, None])) / size[:, None])
