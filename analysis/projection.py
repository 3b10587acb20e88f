"""What an adjustment of the weights leaves of a score, at the level of sums by unit.

After calibrating base weights d to weights c on auxiliaries X with known totals, the linearized
score of a total of v is c times the residual of v in the base-weighted regression on X (Deville &
Särndal 1992, eq. 3.4; Särndal, Swensson & Wretman 1992, section 6.5). Where the totals are those of
the whole sample and not of the population, as in an adjustment for nonresponse, the sample's own
error in them comes back (Särndal & Lundström 2005, ch. 11). Both are: score less `taken` X B.
Several adjustments are differentiated from the last back to the first, by the chain rule.
Everything is a sum: with U the weighted sums of v by unit, what is left is U - L B, with L the sums
of `taken` X by unit. No rows by domains are ever formed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from analysis.columns import Floats
from analysis.matrices import Sparse, as_sparse, dense, scaled_rows

SWEEPS = 10
"""Sweeps over the margins in R's residuals after `rake` (`survey:::svyrecvar`)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """One projection: auxiliaries, the metric of its regression, and the weights that it made.

    `auxiliaries` X is rows by terms, `metric` the weight of each row in X'v (base weight over
    residual variance, of the rows that carry the totals), `curvature` that in X'X where it differs,
    `after` the adjusted weights. `taken` are the weights with which X leaves the scores: the
    adjusted ones where totals are known, less those of the rows whose totals are kept instead.
    Where a weight stays at a limit whatever it was before, earlier steps have less of the score to
    explain: `passed` of it, by row, and `shifted` stands for `taken`. Steps of one calibration that share a `round` are swept over ten times, as R does for the
    margins of `rake`. A calibration inside PSUs counts only in the variance of `later_stages`.
    """

    auxiliaries: Sparse
    metric: Floats
    after: Floats
    taken: Floats
    curvature: Floats | None = None
    passed: Floats | None = None
    shifted: Floats | None = None
    round: int | None = None
    later_stages: bool = False


def moment_weights(
    steps: Sequence[Step], place: int, weights: Floats, *, until: int | None = None
) -> Floats:
    """What turns scores made with `weights` into X'v of a step: metric times weights over `after`.

    Only what the steps between (to the last, or to `until`) pass on counts. A row without weight
    has left the sample, or is one that only its base weight speaks for.
    """
    step = steps[place]
    known = step.after != 0
    found = step.metric * np.divide(weights, step.after, out=np.ones_like(weights), where=known)
    for between in steps[place + 1 : until]:
        if between.passed is not None:
            found = found * between.passed
    return np.asarray(found)


def residual_coefficients(steps: Sequence[Step], moments: Sequence[Floats]) -> list[Floats]:
    """B of every step, for all columns at once.

    `moments[i]` is X_i' (metric_i w/after_i) V with w the final weights; what later steps have
    taken out of the scores is taken from it.
    """
    found = [np.zeros_like(right) for right in moments]
    cross: dict[tuple[int, int], Floats] = {}
    for i in _schedule(steps):
        right = moments[i].copy()
        for j in range(len(steps)):
            if found[j].any():
                if (i, j) not in cross:
                    cross[i, j] = _cross(steps, i, j)
                right -= cross[i, j] @ found[j]
        found[i] += solve_symmetric(gram(steps[i]), right)
    return found


def _schedule(steps: Sequence[Step]) -> Iterator[int]:
    """From the last step to the first; where R's rounds are asked for, its order and ten sweeps.

    R projects on the first calibration first, so that a total fixed by a second one has an error.
    """
    if all(step.round is None for step in steps):
        yield from reversed(range(len(steps)))
        return
    for _, group in groupby(
        range(len(steps)), key=lambda i: (steps[i].round, i if steps[i].round is None else 0)
    ):
        members = list(group)
        for _ in range(1 if steps[members[0]].round is None else SWEEPS):
            yield from members


def _cross(steps: Sequence[Step], place: int, other: int) -> Floats:
    step, taker = steps[place], steps[other]
    taken = taker.taken if taker.shifted is None else taker.shifted
    weight = moment_weights(steps, place, taken, until=other)
    return dense(as_sparse(step.auxiliaries.T @ scaled_rows(taker.auxiliaries, weight)))


def gram(step: Step) -> Floats:
    """X' curvature X, terms by terms."""
    curvature = step.metric if step.curvature is None else step.curvature
    return dense(as_sparse(step.auxiliaries.T @ scaled_rows(step.auxiliaries, curvature)))


def solve_symmetric(matrix: Floats, right: Floats) -> Floats:
    """Solve a system that is positive semidefinite; collinear terms share (minimum norm).

    Terms that no others meet, such as those of classes or domains, are solved by themselves.
    """
    parts, part = connected_components(sparse.csr_array(matrix != 0), directed=False)
    if parts == 1:
        return _solve(matrix, right)
    result = np.zeros_like(right)
    order = np.argsort(part, kind="stable")
    for terms in np.split(order, np.flatnonzero(np.diff(part[order])) + 1):
        result[terms] = _solve(matrix[np.ix_(terms, terms)], right[terms])
    return result


def _solve(matrix: Floats, right: Floats) -> Floats:
    if len(matrix) == 1:
        only = float(matrix[0, 0])
        return np.asarray(right / only if only > 0 else np.zeros_like(right))
    size = np.sqrt(np.maximum(np.diag(matrix), np.finfo(float).tiny))
    inverse = np.linalg.pinv(matrix / np.outer(size, size), rcond=1e-12, hermitian=True)
    return np.asarray((inverse @ (right / size[:, None])) / size[:, None])
