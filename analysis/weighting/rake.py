"""Raking: multiply weights, margin by margin, until every margin is met.

Iterative proportional fitting (Deming & Stephan 1940) on the table of cells, which has one entry
per combination of categories and not one per row. The weights equal those of calibration with the
multiplicative distance (Deville & Särndal 1992).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analysis.columns import Codes, Floats
from analysis.design import Sample
from analysis.errors import AnalysisError
from analysis.matrices import Sparse, as_sparse
from analysis.result import MarginFit
from analysis.weighting.margins import CodedMargin, Margin, code_margins, name_of
from analysis.weighting.projection import Step
from instruments.errors import Problem
from instruments.language import say


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibration:
    """A sample with calibrated weights, and how well they meet what was declared.

    `worst` is the largest |achieved - target| / (1 + |target|), found in `worst_margin` and
    `worst_category`; `fits` are shares of the population.
    """

    sample: Sample
    converged: bool
    iterations: int
    worst: float
    worst_margin: str
    worst_category: str
    fits: tuple[MarginFit, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Cells:
    """The table of cells: which cell each row is in, each cell's weight and its categories."""

    cell: Codes
    weight: Floats
    categories: tuple[Codes, ...]


def rake(
    sample: Sample,
    margins: Sequence[Margin],
    *,
    tolerance: float = 1e-11,
    max_iterations: int = 500,
) -> Calibration:
    """Rake the present weights to the margins; not converging is an error that names the place."""
    coded = code_margins(sample, margins)
    cells = _tabulate(sample, coded)
    weight, iterations = _fit(cells, coded, tolerance, max_iterations)
    worst, margin, category = _worst(weight, cells, coded)
    if worst > tolerance:
        raise AnalysisError(_no_convergence(weight, cells, margin, category, max_iterations))
    factor = weight / cells.weight
    after = sample.weights * factor[cells.cell]
    step = Step(auxiliaries=indicators(coded), metric=sample.weights, after=after)
    return Calibration(
        sample=sample.with_weights(after, step=step), converged=True, iterations=iterations,
        worst=worst, worst_margin=margin.name,
        worst_category=name_of(margin.categories[category]),
        fits=_fits(sample.weights, after, coded),
    )  # fmt: skip


def indicators(margins: Sequence[CodedMargin]) -> Sparse:
    """Rows by categories of all margins: 1 where the row is in the category."""
    sizes = [len(margin.categories) for margin in margins]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    columns = np.stack([m.codes + s for m, s in zip(margins, starts, strict=True)], axis=1)
    rows, count = columns.shape
    pointer = np.arange(rows + 1) * count
    shape = (rows, int(sum(sizes)))
    return as_sparse(
        sparse.csr_array((np.ones(columns.size), columns.ravel(), pointer), shape=shape)
    )


def _tabulate(sample: Sample, margins: Sequence[CodedMargin]) -> _Cells:
    sizes = [len(margin.categories) for margin in margins]
    full = np.ravel_multi_index([margin.codes for margin in margins], sizes)
    used, cell = np.unique(full, return_inverse=True)
    weight = np.bincount(cell, weights=sample.weights, minlength=len(used)).astype(np.float64)
    return _Cells(cell=cell, weight=weight, categories=tuple(np.unravel_index(used, sizes)))


def _fit(
    cells: _Cells, margins: Sequence[CodedMargin], tolerance: float, most: int
) -> tuple[Floats, int]:
    weight = cells.weight.copy()
    for iteration in range(1, most + 1):
        for margin, categories in zip(margins, cells.categories, strict=True):
            weight *= _ratio(margin.targets, _achieved(weight, margin, categories))[categories]
        if _worst(weight, cells, margins)[0] <= tolerance:
            return weight, iteration
    return weight, most


def _achieved(weight: Floats, margin: CodedMargin, categories: Codes) -> Floats:
    sums = np.bincount(categories, weights=weight, minlength=len(margin.categories))
    return np.asarray(sums, dtype=np.float64)


def _ratio(target: Floats, achieved: Floats) -> Floats:
    return np.divide(target, achieved, out=np.ones_like(target), where=achieved > 0)


def _worst(
    weight: Floats, cells: _Cells, margins: Sequence[CodedMargin]
) -> tuple[float, CodedMargin, int]:
    """The largest relative misfit, with its margin and category."""
    misfits = [
        np.abs(_achieved(weight, margin, categories) - margin.targets) / (1 + margin.targets)
        for margin, categories in zip(margins, cells.categories, strict=True)
    ]
    place = int(np.argmax([misfit.max() for misfit in misfits]))
    category = int(np.argmax(misfits[place]))
    return float(misfits[place][category]), margins[place], category


def _no_convergence(
    weight: Floats, cells: _Cells, margin: CodedMargin, category: int, iterations: int
) -> Problem:
    places = cells.categories[_place(cells, margin)]
    achieved = _achieved(weight, margin, places)[category]
    count = int((margin.codes == category).sum())
    what = say(
        "raking did not converge in {iterations} sweeps: category '{category}' ({count} "
        "respondents) reaches {achieved} where {target} is wanted.",
        iterations=iterations, category=name_of(margin.categories[category]), count=count,
        achieved=f"{achieved:.6g}", target=f"{margin.targets[category]:.6g}",
    )  # fmt: skip
    hint = say("Some combination of the margins has no respondents. Merge '{category}' with a "
               "neighbouring category, or leave this margin out.",
               category=name_of(margin.categories[category]))  # fmt: skip
    return Problem(where=f"calibrate, margin '{margin.name}'", what=what, hint=hint)


def _place(cells: _Cells, margin: CodedMargin) -> int:
    codes = margin.codes
    return next(i for i, c in enumerate(cells.categories) if np.array_equal(c[cells.cell], codes))


def _fits(before: Floats, after: Floats, margins: Sequence[CodedMargin]) -> tuple[MarginFit, ...]:
    fits = []
    for margin in margins:
        base = _achieved(before, margin, margin.codes) / before.sum()
        met = _achieved(after, margin, margin.codes) / after.sum()
        target = margin.targets / margin.targets.sum()
        fits += [
            MarginFit(margin=margin.name, category=name_of(c), target=float(target[i]),
                      before=float(base[i]), after=float(met[i]))
            for i, c in enumerate(margin.categories)
        ]  # fmt: skip
    return tuple(fits)
