"""What a calibration leaves of a score: its residual, at the level of sums by unit.

After calibrating base weights d to weights c on auxiliaries X, the linearized score of a total of v
is c times the residual of v in the base-weighted regression on X (Deville & Särndal 1992, eq. 3.4;
Särndal, Swensson & Wretman 1992, section 6.5). Several calibrations project one after the other.
Everything is a sum: with U the weighted sums of v by unit, the residual sums are
U - L B, L the sums of c X by unit, B = (X'dX)^-1 X'd v. No rows by domains are ever formed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.columns import Floats
from analysis.matrices import Sparse, as_sparse, dense, scaled_rows

SWEEPS = 10
"""Sweeps over the margins in R's residuals after `rake` (`survey:::svyrecvar`)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """One calibration: auxiliaries, the metric of its regression, and the weights that it made.

    `auxiliaries` is rows by terms, `metric` the weight of each row in the regression (base weight
    over residual variance), `after` the calibrated weights. With `solve="sweeps"` the regression
    is R's for `rake`: ten sweeps of margin means, `blocks` being the terms of each margin.
    A calibration inside PSUs counts only in the variance of the `later_stages`.
    """

    auxiliaries: Sparse
    metric: Floats
    after: Floats
    solve: Literal["exact", "sweeps"] = "exact"
    blocks: tuple[slice, ...] = ()
    later_stages: bool = False


def residual_coefficients(steps: Sequence[Step], moments: Sequence[Floats]) -> tuple[Floats, ...]:
    """B of every step, for all columns at once.

    `moments[i]` is X_i' (metric_i w/after_i) V with w the final weights; steps before i have taken
    their part out of V already.
    """
    found: list[Floats] = []
    for i, step in enumerate(steps):
        right = moments[i]
        for j in range(i):
            right = right - _cross(step, steps[j]) @ found[j]
        found.append(_solve(step, right))
    return tuple(found)


def _cross(step: Step, before: Step) -> Floats:
    weight = step.metric * before.after / step.after
    return dense(as_sparse(step.auxiliaries.T @ scaled_rows(before.auxiliaries, weight)))


def gram(step: Step) -> Floats:
    """X' metric X, terms by terms."""
    return dense(as_sparse(step.auxiliaries.T @ scaled_rows(step.auxiliaries, step.metric)))


def _solve(step: Step, right: Floats) -> Floats:
    if step.solve == "sweeps":
        return _sweep(gram(step), right, step.blocks)
    return solve_symmetric(gram(step), right)


def solve_symmetric(matrix: Floats, right: Floats) -> Floats:
    """Solve a system that is positive semidefinite; collinear terms share (minimum norm)."""
    size = np.sqrt(np.maximum(np.diag(matrix), np.finfo(float).tiny))
    inverse = np.linalg.pinv(matrix / np.outer(size, size), rcond=1e-12, hermitian=True)
    return np.asarray((inverse @ (right / size[:, None])) / size[:, None])


def _sweep(matrix: Floats, right: Floats, blocks: Sequence[slice]) -> Floats:
    found = np.zeros_like(right)
    for _ in range(SWEEPS):
        for block in blocks:
            size = np.diag(matrix)[block, None]
            found[block] += (right[block] - matrix[block] @ found) / size
    return found
