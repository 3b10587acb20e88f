"""Sums by unit of what the calibrations of a sample leave of its columns.

With U the weighted sums by unit, L_i those of the auxiliaries of calibration i and B_i its
coefficients, the residual sums are U - Σ L_i B_i (`analysis.projection`).
"""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from analysis.columns import Floats
from analysis.design import Sample
from analysis.engine.memory import Grouping
from analysis.matrices import Matrix, Sparse, as_sparse, dense
from analysis.projection import Step, moment_weights, residual_coefficients


def residual_sums(
    sample: Sample, grouping: Grouping, columns: Sequence[Floats], linear: Matrix,
    steps: Sequence[Step],
) -> Matrix:  # fmt: skip
    """The weighted sums `linear` of `columns` by unit and cell, less what the steps explain."""
    if not steps:
        return linear
    moments = [
        _moments(step, moment_weights(steps, place, sample.weights), grouping, columns)
        for place, step in enumerate(steps)
    ]
    found = residual_coefficients(steps, moments)
    result = dense(linear)
    for step, coefficients in zip(steps, found, strict=True):
        result = result - _unit_auxiliaries(sample, step) @ coefficients
    return np.asarray(result)


def _moments(step: Step, weights: Floats, grouping: Grouping, columns: Sequence[Floats]) -> Floats:
    """X' weights v for every column and cell: terms by (column, cell)."""
    inside = np.flatnonzero(grouping.codes >= 0)
    factor = weights[inside]
    auxiliaries = step.auxiliaries[inside].T.tocsr()
    cells = grouping.codes[inside]
    shape = (len(inside), grouping.cells)
    rows = np.arange(len(inside))
    blocks = [
        (auxiliaries @ sparse.csr_array((factor * column[inside], (rows, cells)), shape=shape))
        for column in columns
    ]
    return np.concatenate([block.toarray() for block in blocks], axis=1)


def _unit_auxiliaries(sample: Sample, step: Step) -> Sparse:
    """Sums by unit of the auxiliaries with the weights that they are taken out with."""
    rows = len(sample.unit)
    member = sparse.csr_array(
        (step.taken, (sample.unit, np.arange(rows))), shape=(sample.stages[-1].units, rows)
    )
    return as_sparse(member @ step.auxiliaries)
