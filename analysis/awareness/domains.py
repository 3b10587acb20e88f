"""The groups that shares are given for, as masks over persons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.columns import coded


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Domain:
    """A group's levels, and who is in it."""

    by: Mapping[str, str]
    inside: np.ndarray


def domains_of(table: pd.DataFrame, by: Sequence[str], inside: np.ndarray) -> list[Domain]:
    """Every combination of levels that occurs, in order; everybody where `by` is empty."""
    if not by:
        return [Domain(by={}, inside=inside)]
    codes, levels = zip(*(coded(table[name]) for name in by), strict=True)
    table_of_codes = np.column_stack(codes)
    known = inside & (table_of_codes >= 0).all(axis=1)
    return [
        Domain(by={name: own[code] for name, own, code in zip(by, levels, row, strict=True)},
               inside=known & (table_of_codes == row).all(axis=1))
        for row in np.unique(table_of_codes[known], axis=0)
    ]  # fmt: skip
