"""An adjustment of some of the rows, and one that is done in every level by itself.

Rows outside keep their weights, and nothing of them enters the adjustment or its error.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
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
        found = self.apart(weights, times)
        return _together([(self.rows, found)], weights)

    def apart(self, weights: Floats, times: Floats | None) -> Reweighted:
        """The weights of the rows alone."""
        own = None if times is None else times[self.rows]
        return self.inner.reweight(weights[self.rows], own)

    def steps(self, before: Floats, after: Floats) -> tuple[Step, ...]:
        """The steps of the rows, zero in all others."""
        return tuple(_placed([(self.rows, step)], self.size) for step in self.own(before, after))

    def own(self, before: Floats, after: Floats) -> tuple[Step, ...]:
        """The steps of the rows alone."""
        return self.inner.steps(before[self.rows], after[self.rows])

    def findings(self, before: Floats, after: Floats) -> Findings:
        """What was found in the rows."""
        return self.inner.findings(before[self.rows], after[self.rows])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ByLevel:
    """The same kind of adjustment in every level of some variables, `names` telling the levels."""

    parts: tuple[OnRows, ...]
    names: tuple[str, ...]

    def reweight(self, weights: Floats, times: Floats | None = None, /) -> Reweighted:
        """Adjust each level; the deviation reported is the worst of all."""
        found = [part.apart(weights, times) for part in self.parts]
        worst = int(np.argmax([one.worst for one in found]))
        rows = [part.rows for part in self.parts]
        return replace(
            _together(list(zip(rows, found, strict=True)), weights),
            converged=all(one.converged for one in found),
            iterations=max(one.iterations for one in found),
            worst=found[worst].worst, worst_margin=found[worst].worst_margin,
            worst_category=f"{self.names[worst]}: {found[worst].worst_category}",
        )  # fmt: skip

    def steps(self, before: Floats, after: Floats) -> tuple[Step, ...]:
        """The steps of all levels side by side, since no row is in two of them."""
        levels = [part.own(before, after) for part in self.parts]
        rows, size = [part.rows for part in self.parts], self.parts[0].size
        return tuple(
            replace(_placed(list(zip(rows, same, strict=True)), size),
                    round=None if same[0].round is None else id(self))
            for same in zip(*levels, strict=True)
        )  # fmt: skip

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


def _together(parts: Sequence[tuple[Codes, Reweighted]], weights: Floats) -> Reweighted:
    """The weights of rows that were adjusted apart, among those that were not."""
    whole, left_out = weights.copy(), np.zeros(len(weights), dtype=bool)
    for rows, found in parts:
        whole[rows] = found.weights
        if found.left_out is not None:
            left_out[rows] = found.left_out
    first = parts[0][1]
    return replace(first, weights=whole, left_out=None if first.left_out is None else left_out)


def _placed(parts: Sequence[tuple[Codes, Step]], size: int) -> Step:
    """Steps of rows that do not overlap as one step of all rows, each with terms of its own."""
    first = parts[0][1]

    def spread(name: str, outside: float = 0.0) -> Floats:
        whole = np.full(size, outside)
        for rows, step in parts:
            whole[rows] = getattr(step, name)
        return whole

    return replace(
        first, auxiliaries=_side_by_side(parts, size), metric=spread("metric"),
        after=spread("after"), taken=spread("taken"),
        curvature=None if first.curvature is None else spread("curvature"),
        passed=None if first.passed is None else spread("passed", 1.0),
        shifted=None if first.shifted is None else spread("shifted"),
    )  # fmt: skip


def _side_by_side(parts: Sequence[tuple[Codes, Step]], size: int) -> Sparse:
    """The auxiliaries of every part in its own rows and columns."""
    places, start = [], 0
    for rows, step in parts:
        matrix = step.auxiliaries
        row = np.repeat(rows, np.diff(matrix.indptr))
        places.append((matrix.data, row, matrix.indices + start))
        start += matrix.shape[1]
    data, row, column = (np.concatenate(arrays) for arrays in zip(*places, strict=True))
    return as_sparse(sparse.coo_array((data, (row, column)), shape=(size, start)))
