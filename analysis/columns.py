"""Columns of a table as numbers or as categories, refused in words when they are neither."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import DTypeLike, NDArray

from analysis.errors import AnalysisError
from instruments.errors import Problem
from instruments.language import Message, say

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
ALL_COLUMNS = "columns"
"""Attribute of a table that was read in part: the names of all its columns."""
_FEW = 4096


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Factor:
    """A categorical column: one code per row (-1 is missing) and the level that each code means."""

    name: str
    codes: Codes
    levels: tuple[str, ...]


def check_columns(data: pd.DataFrame, names: Iterable[str], *, role: str) -> list[Problem]:
    """The problems of `names` that are not columns of `data`, each with the nearest name."""
    return [unknown_column(data, name, role=role) for name in names if name not in data.columns]


def unknown_column(data: pd.DataFrame, name: str, *, role: str) -> Problem:
    """Say that `name` is not a column, and which one may be meant."""
    known = [str(column) for column in data.attrs.get(ALL_COLUMNS, data.columns)]
    folded = {column.casefold(): column for column in known}
    near = [folded[found] for found in get_close_matches(name.casefold(), folded, n=1)]
    hint = (
        say("Did you mean '{near}'?", near=near[0])
        if near
        else say("Columns: {columns}.", columns=_some(known))
    )
    what = say("'{column}' is not a column of the data.", column=name)
    return Problem(where=role, what=what, hint=hint)


def numeric(data: pd.DataFrame, name: str, *, role: str) -> Floats:
    """A column as doubles, missing as NaN; a text column is refused with its first value."""
    if name not in data.columns:
        raise AnalysisError(unknown_column(data, name, role=role))
    column = data[name]
    if not is_numeric(column):
        if column.isna().all():
            return np.full(len(column), np.nan)
        raise AnalysisError(_not_a_number(column, name, role=role))
    values = column.to_numpy()
    if values.dtype.kind in "biuf":
        return values.astype(np.float64, copy=False)
    return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)


def is_numeric(column: pd.Series) -> bool:
    """Is the column made of numbers (or true and false)?"""
    kind = column.dtype
    return not isinstance(kind, pd.CategoricalDtype) and pd.api.types.is_numeric_dtype(kind)


def factor(
    data: pd.DataFrame, name: str, *, declared: Mapping[str, Sequence[str]], role: str
) -> Factor:
    """A column as categories, in the declared order or else sorted.

    Declared levels that no row has stay; a value outside the declared levels is refused.
    """
    if name not in data.columns:
        raise AnalysisError(unknown_column(data, name, role=role))
    codes, labels = coded(data[name])
    if name not in declared:
        return Factor(name=name, codes=codes, levels=labels)
    return _relabel(Factor(name=name, codes=codes, levels=labels), tuple(declared[name]), role)


def label(value: object) -> str:
    """The level that a value stands for: whole numbers without a decimal point."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def first_row(mask: NDArray[np.bool_]) -> int:
    """The 1-based data row of the first True."""
    return int(np.argmax(mask)) + 1


def coded(column: pd.Series) -> tuple[Codes, tuple[str, ...]]:
    """A code per row (-1 is missing) and the level that each code means, in order."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        names = tuple(label(value) for value in column.cat.categories)
        return np.asarray(column.cat.codes, dtype=np.int64), names
    if (found := _small_integers(column)) is not None:
        return found
    codes, values = pd.factorize(column, sort=True)
    return codes.astype(np.int64), tuple(label(value) for value in values)


def coarse_factor(data: pd.DataFrame, name: str) -> Factor:
    """A column as categories, of which some may occur nowhere: faster where it holds integers.

    Its codes may be short integers.
    """
    found = _close_integers(data[name], most=_FEW, dtype=np.int16)
    if found is None:
        codes, levels = coded(data[name])
        return Factor(name=name, codes=codes, levels=levels)
    codes, least, size = found
    return Factor(name=name, codes=codes, levels=tuple(map(str, range(least, least + size))))


def occurring(codes: Codes, size: int) -> tuple[Codes, Codes]:
    """The codes below `size` that occur, ascending, and each row's place among them.

    `numpy.unique` by counting instead of sorting, where there are not many more codes than rows.
    """
    if size > _FEW + len(codes):
        used, back = np.unique(codes, return_inverse=True)
        return used, back.astype(np.int64)
    occurs = np.bincount(codes, minlength=size) > 0
    used = np.flatnonzero(occurs)
    return used, codes if len(used) == size else (np.cumsum(occurs) - 1)[codes]


def _small_integers(column: pd.Series) -> tuple[Codes, tuple[str, ...]] | None:
    """Codes by counting instead of hashing, where integers lie close together."""
    found = _close_integers(column, most=len(column), dtype=np.int64)
    if found is None:
        return None
    codes, least, size = found
    used, back = occurring(codes, size)
    return back, tuple(str(least + int(place)) for place in used)


def _close_integers(
    column: pd.Series, *, most: int, dtype: DTypeLike
) -> tuple[Any, int, int] | None:
    """Integers from their least on, the least, and how many lie between least and greatest."""
    values = column.to_numpy()
    if values.dtype.kind not in "iu" or not len(values):
        return None
    least, greatest = int(values.min()), int(values.max())
    if greatest - least >= most:
        return None
    codes = np.subtract(values, values.dtype.type(least), dtype=dtype, casting="unsafe")
    return codes, least, greatest - least + 1


def _relabel(found: Factor, levels: tuple[str, ...], role: str) -> Factor:
    place = {level: code for code, level in enumerate(levels)}
    strange = [level for level in found.levels if level not in place]
    if strange:
        what = say(
            "column '{column}' has the value '{value}', which is not among its levels {levels}.",
            column=found.name, value=strange[0], levels=", ".join(levels),
        )  # fmt: skip
        hint = say("Add the level under `factors`, or correct the data.")
        raise AnalysisError(Problem(where=role, what=what, hint=hint))
    table = np.array([*(place[level] for level in found.levels), -1], dtype=np.int64)
    return Factor(name=found.name, codes=table[found.codes], levels=levels)


def _not_a_number(column: pd.Series, name: str, *, role: str) -> Problem:
    known = column.notna().to_numpy()
    number = pd.to_numeric(column.astype("object"), errors="coerce").isna().to_numpy()
    row = first_row(known & number)
    what: Message = say(
        "column '{column}' is text, not a number: row {row} has '{value}'.",
        column=name, row=row, value=column.iloc[row - 1],
    )  # fmt: skip
    hint = say("Use a numeric column, or ask for the proportion of each level.")
    return Problem(where=role, what=what, hint=hint)


def _some(names: Iterable[object], most: int = 12) -> str:
    shown = [str(name) for name in names]
    return ", ".join(shown[:most]) + (", …" if len(shown) > most else "")
