"""Domains: the groups that an estimate reports on, as one code per row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.columns import Codes, Factor, factor
from analysis.design import Sample
from analysis.engine.memory import Grouping


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Domains:
    """Rows sorted into domains; -1 is outside every domain.

    One grouping variable keeps all its levels, also empty ones; of several, only combinations that
    occur in the data are domains, because levels are often nested (communes in districts).
    `people` is how many people each row stands for; None: one each.
    """

    codes: Codes
    labels: tuple[Mapping[str, str], ...]
    people: Codes | None = None

    def __len__(self) -> int:
        return len(self.labels)

    def without(self, missing: NDArray[np.bool_]) -> "Domains":
        """The same domains with the rows of `missing` outside all of them."""
        return replace(self, codes=np.where(missing, -1, self.codes)) if missing.any() else self

    def grouping(self) -> Grouping:
        """The domains as cells of a table of sums."""
        return Grouping(codes=self.codes, cells=len(self.labels), people=self.people)

    def crossed(self, inner: Factor) -> Grouping:
        """Cells of domain by level; rows without a level are in none."""
        size = len(inner.levels)
        codes = self.codes * size + inner.codes
        codes[(self.codes < 0) | (inner.codes < 0)] = -1
        return Grouping(codes=codes, cells=len(self.labels) * size, people=self.people)


def find_domains(
    sample: Sample, by: Sequence[str], where: NDArray[np.bool_] | None = None
) -> Domains:
    """Sort the rows by the columns of `by`; rows where `where` is False are in no domain.

    Nor are those that the weighting left out.
    """
    factors = [
        factor(sample.data, name, declared=sample.factors, role="estimate.by") for name in by
    ]
    domains = replace(_cross(factors, len(sample.data)), people=sample.people)
    if sample.left_out is not None:
        domains = domains.without(sample.left_out)
    return domains if where is None else domains.without(~where)


def _cross(factors: Sequence[Factor], rows: int) -> Domains:
    if not factors:
        return Domains(codes=np.zeros(rows, dtype=np.int64), labels=({},))
    if len(factors) == 1:
        only = factors[0]
        labels = tuple({only.name: level} for level in only.levels)
        return Domains(codes=only.codes, labels=labels)
    return _occurring(factors)


def _occurring(factors: Sequence[Factor]) -> Domains:
    sizes = [len(f.levels) for f in factors]
    outside = np.any([f.codes < 0 for f in factors], axis=0)
    full = np.ravel_multi_index([np.maximum(f.codes, 0) for f in factors], sizes)
    found, codes = np.unique(full[~outside], return_inverse=True)
    placed = np.full(len(full), -1, dtype=np.int64)
    placed[~outside] = codes
    labels = tuple(
        {f.name: f.levels[code] for f, code in zip(factors, place, strict=True)}
        for place in zip(*np.unravel_index(found, sizes), strict=True)
    )
    return Domains(codes=placed, labels=labels)
