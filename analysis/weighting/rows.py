"""An adjustment of some of the rows, and one that is done in every level by itself.

Rows outside keep their weights, and nothing of them enters the adjustment or its error.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analysis.columns import Codes, Floats
from analysis.matrices import Sparse, as_sparse
from analysis.projection import Step
from analysis.weighting.adjustment import Adjustment, Findings, Reweighted
from instruments.language import say


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OnRows:
    """An adjustment bound to `rows`, in ascending order, of a sample of `size` rows."""

    rows: Codes
    size: int
    inner: Adjustment

    def reweight(self, weights: Floats, times: Floats | None = None, /) -> Reweighted:
        """Adjust the weights of the rows."""
        own = None if times is None else times[self.rows]
        found = self.inner.reweight(weights[self.rows], own)
        whole = weights.copy()
        whole[self.rows] = found.weights
        left_out: NDArray[np.bool_] | None = None
        if found.left_out is not None:
            left_out = np.zeros(self.size, dtype=bool)
            left_out[self.rows] = found.left_out
        return replace(found, weights=whole, left_out=left_out)

    def steps(self, before: Floats, after: Floats) -> tuple[Step, ...]:
        """The steps of the rows, zero in all others."""
        return tuple(
            replace(
                step, auxiliaries=self._spread(step.auxiliaries), metric=self._placed(step.metric),
                after=self._placed(step.after), taken=self._placed(step.taken),
                curvature=self._placed_or_none(step.curvature),
                passed=None if step.passed is None else self._placed(step.passed, outside=1.0),
                shifted=self._placed_or_none(step.shifted),
            )
            for step in self.inner.steps(before[self.rows], after[self.rows])
        )  # fmt: skip

    def findings(self, before: Floats, after: Floats) -> Findings:
        """What was found in the rows."""
        return self.inner.findings(before[self.rows], after[self.rows])

    def _placed(self, values: Floats, *, outside: float = 0.0) -> Floats:
        whole = np.full(self.size, outside)
        whole[self.rows] = values
        return whole

    def _placed_or_none(self, values: Floats | None) -> Floats | None:
        return None if values is None else self._placed(values)

    def _spread(self, matrix: Sparse) -> Sparse:
        """The matrix with empty rows between its own."""
        counts = np.zeros(self.size, dtype=np.int64)
        counts[self.rows] = np.diff(matrix.indptr)
        pointer = np.concatenate([[0], np.cumsum(counts)])
        shape = (self.size, matrix.shape[1])
        return as_sparse(sparse.csr_array((matrix.data, matrix.indices, pointer), shape=shape))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ByLevel:
    """The same kind of adjustment in every level of some variables, `names` telling the levels."""

    parts: tuple[OnRows, ...]
    names: tuple[str, ...]

    def reweight(self, weights: Floats, times: Floats | None = None, /) -> Reweighted:
        """Adjust each level; the deviation reported is the worst of all."""
        found = []
        for part in self.parts:
            found.append(part.reweight(weights, times))
            weights = found[-1].weights
        worst = int(np.argmax([one.worst for one in found]))
        left_out = [one.left_out for one in found if one.left_out is not None]
        return replace(
            found[worst], weights=weights, converged=all(one.converged for one in found),
            iterations=max(one.iterations for one in found),
            worst_category=f"{self.names[worst]}: {found[worst].worst_category}",
            left_out=np.any(left_out, axis=0) if left_out else None,
        )  # fmt: skip

    def steps(self, before: Floats, after: Floats) -> tuple[Step, ...]:
        """The steps of all levels side by side, since no row is in two of them."""
        levels = [part.steps(before, after) for part in self.parts]
        return tuple(_side_by_side(same, round_of=self) for same in zip(*levels, strict=True))

    def findings(self, before: Floats, after: Floats) -> Findings:
        """What was found in each level, named by it; shares are of the level."""
        found = [part.findings(before, after) for part in self.parts]
        return Findings(
            fits=tuple(
                replace(fit, category=f"{name}: {fit.category}")
                for name, one in self._named(found)
                for fit in one.fits
            ),
            classes=tuple(
                replace(one_class, name=f"{name}: {one_class.name}")
                for name, one in self._named(found)
                for one_class in one.classes
            ),
            advice=tuple(
                say("{level}: {advice}", level=name, advice=advice)
                for name, one in self._named(found)
                for advice in one.advice
            ),
        )

    def _named(self, found: Sequence[Findings]) -> Iterator[tuple[str, Findings]]:
        return zip(self.names, found, strict=True)


def _side_by_side(steps: Sequence[Step], *, round_of: ByLevel) -> Step:
    """One step of many that share no row: what is zero outside is added up."""
    first = steps[0]
    blocks = sparse.hstack([step.auxiliaries for step in steps])
    rows = blocks.shape[0]
    passed = [np.ones(rows) if step.passed is None else step.passed for step in steps]
    return Step(
        auxiliaries=as_sparse(blocks),
        metric=np.sum([step.metric for step in steps], axis=0),
        after=np.sum([step.after for step in steps], axis=0),
        taken=np.sum([step.taken for step in steps], axis=0),
        curvature=_added([_or(step.curvature, step.metric) for step in steps]),
        passed=None if first.passed is None else np.prod(passed, axis=0),
        shifted=_added([_or(step.shifted, step.taken) for step in steps]),
        round=None if first.round is None else id(round_of),
        later_stages=first.later_stages,
    )


def _or(values: Floats | None, otherwise: Floats) -> Floats:
    return otherwise if values is None else values


def _added(parts: Sequence[Floats]) -> Floats:
    return np.asarray(np.sum(parts, axis=0))
