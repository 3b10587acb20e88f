"""Tables of sums, dense or sparse, behind one set of operations."""

from collections.abc import Sequence
from typing import Any, TypeGuard, cast

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analysis.columns import Codes, Floats

Sparse = sparse.csr_array[np.float64]
Matrix = Floats | Sparse
_FULL = 0.1


def is_sparse(matrix: Matrix) -> TypeGuard[Sparse]:
    """Is the table kept sparse?"""
    return bool(sparse.issparse(matrix))


def as_sparse(matrix: Any) -> Sparse:  # noqa: ANN401 - any form that scipy knows
    """The table in compressed rows, of doubles."""
    return cast("Sparse", sparse.csr_array(matrix, dtype=np.float64))


def dense(matrix: Matrix) -> Floats:
    """The table as a plain array."""
    return np.asarray(matrix.toarray() if is_sparse(matrix) else matrix, dtype=np.float64)


def row_sums(matrix: Matrix) -> Floats:
    """Sum over the columns."""
    return np.asarray(matrix.sum(axis=1), dtype=np.float64).ravel()


def column_sums(matrix: Matrix) -> Floats:
    """Sum over the rows."""
    return np.asarray(matrix.sum(axis=0), dtype=np.float64).ravel()


def sum_by(group: Codes, groups: int, matrix: Matrix) -> Matrix:
    """Add up the rows of the same group."""
    rows = np.arange(len(group))
    member = sparse.csr_array((np.ones(len(group)), (group, rows)), shape=(groups, len(group)))
    return cast("Matrix", member @ matrix)


def combine(sums: Matrix, combination: Sparse) -> Matrix:
    """Linear combinations of the columns of `sums`: one per row of `combination`."""
    if is_sparse(sums):
        return as_sparse(sums @ combination.T)
    return np.asarray((combination @ sums.T).T, dtype=np.float64)


def side_by_side(parts: Sequence[Matrix]) -> Matrix:
    """Join tables with the same rows."""
    if len(parts) == 1:
        return parts[0]
    if any(is_sparse(part) for part in parts):
        return as_sparse(sparse.hstack([as_sparse(part) for part in parts]))
    return np.concatenate([dense(part) for part in parts], axis=1)


def squared(matrix: Matrix) -> Matrix:
    """Squares of the entries."""
    return as_sparse(matrix.multiply(matrix)) if is_sparse(matrix) else np.square(dense(matrix))


def column_norms(matrix: Matrix) -> Floats:
    """Root of the sum of squares of each column."""
    if is_sparse(matrix):
        return np.sqrt(column_sums(squared(matrix)))
    table = dense(matrix).T
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", table, table)), dtype=np.float64)


def magnitude(matrix: Matrix) -> Matrix:
    """Absolute values."""
    return as_sparse(abs(matrix)) if is_sparse(matrix) else np.abs(dense(matrix))


def occupied(matrix: Matrix) -> Sparse:
    """1 where the table is not zero."""
    if not is_sparse(matrix):
        columns, rows = np.divmod(np.flatnonzero(dense(matrix).T.ravel() != 0), len(matrix))
        return as_sparse(sparse.csr_array((np.ones(len(rows)), (rows, columns)), matrix.shape))
    found = as_sparse(matrix).copy()
    found.eliminate_zeros()
    found.data = np.ones_like(found.data)
    return found


def counted(matrix: Sparse) -> NDArray[np.int64]:
    """Nonzero entries of each column."""
    return np.bincount(occupied(matrix).indices, minlength=matrix.shape[1]).astype(np.int64)


def times(matrix: Sparse, vector: Floats) -> Floats:
    """Matrix by vector."""
    return np.asarray(matrix @ vector, dtype=np.float64)


def times_each(factors: Floats, matrix: Matrix) -> Floats:
    """Transposed `factors` by `matrix`: the column sums under each column of factors.

    A table that is mostly empty, as that of PSUs by communes, is multiplied as such.
    """
    if is_sparse(matrix):
        return np.asarray((as_sparse(matrix.T) @ factors).T)
    table = np.ascontiguousarray(dense(matrix).T)
    filled = np.flatnonzero(table.ravel() != 0)
    if len(filled) > _FULL * table.size:
        return np.asarray(factors.T @ matrix)
    place = np.divmod(filled, table.shape[1])
    found = sparse.csr_array((table.ravel()[filled], place), table.shape)
    return np.asarray((found @ factors).T)


def scaled_rows(matrix: Matrix, factors: Floats) -> Sparse:
    """The table with each row multiplied by its factor."""
    return as_sparse(as_sparse(matrix).multiply(factors[:, None]))
