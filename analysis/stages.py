"""The stages of a sample: which units were drawn, in which strata, at which fraction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.columns import Codes, Floats, coded, first_row, label, numeric, occurring
from analysis.errors import AnalysisError
from instruments.errors import Problem
from instruments.language import say

NO_CORRECTION = 1e17
"""A population count from here on means sampling with replacement (no correction)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stage:
    """One stage, an entry per sampled unit.

    `stratum` is the unit's stratum within its parent, `sampled` the units drawn in that stratum,
    `fraction` n/N there or the unit's own selection probability (0: no correction), `parent` the
    unit of the stage before (0 throughout the first stage).
    """

    stratum: Codes
    sampled: Codes
    fraction: Floats
    parent: Codes
    stratum_names: tuple[str, ...]

    @property
    def units(self) -> int:
        """Number of units drawn at this stage."""
        return len(self.stratum)

    @property
    def strata(self) -> int:
        """Number of strata, counted within parents."""
        return len(self.stratum_names)


def first_units(stages: Sequence[Stage], unit: Codes) -> Codes:
    """The first-stage unit of each row, from its last-stage unit."""
    for stage in reversed(stages[1:]):
        unit = stage.parent[unit]
    return unit


class _Rows(NamedTuple):
    """Codes of every row at one stage."""

    unit: Codes
    stratum: Codes
    parent: Codes


def build_stages(
    data: pd.DataFrame,
    *,
    strata: Sequence[str],
    psu: Sequence[str],
    fpc: Sequence[str],
    nest: bool,
    unequal: bool = False,
) -> tuple[tuple[Stage, ...], Codes]:
    """Code the units of every stage that contributes to the variance, and each row's last unit.

    Without fpc only the first stage contributes (ultimate clusters); with it, as many as it names.
    With `unequal` probabilities the fpc holds each unit's own.
    """
    _refuse_missing(data, [*strata, *psu])
    parent = np.zeros(len(data), dtype=np.int64)
    stages = []
    for level in range(max(1, len(fpc))):
        stratum, names = _strata_of_rows(data, parent, strata, level)
        unit = _units_of_rows(data, stratum if nest or level else None, psu, level)
        if level == 0 and not nest:
            _refuse_split_units(data, unit, stratum, names, psu)
        rows = _Rows(unit=unit, stratum=stratum, parent=parent)
        column = fpc[level] if level < len(fpc) else None
        stages.append(_stage(data, rows, names, column, unequal=unequal))
        parent = unit
    return tuple(stages), parent


def _strata_of_rows(
    data: pd.DataFrame, parent: Codes, strata: Sequence[str], level: int
) -> tuple[Codes, tuple[str, ...]]:
    if level >= len(strata):
        used, codes = occurring(parent, int(parent.max()) + 1)
        return codes, tuple("" for _ in used)
    within, levels = coded(data[strata[level]])
    pairs, codes = _nested(parent, within, len(levels))
    return codes, tuple(levels[int(pair) % len(levels)] for pair in pairs)


def _units_of_rows(
    data: pd.DataFrame, outer: Codes | None, psu: Sequence[str], level: int
) -> Codes:
    """Units by their column, counted anew within each code of `outer`.

    Their order is that of their names, so that replicates drawn from a seed are the same however
    the rows lie.
    """
    if level >= len(psu):
        return np.arange(len(data), dtype=np.int64)
    within, levels = coded(data[psu[level]])
    if outer is None:
        return occurring(within, len(levels))[1]
    return _nested(outer, within, len(levels))[1]


def _nested(outer: Codes, within: Codes, size: int) -> tuple[Codes, Codes]:
    """The pairs that occur, as outer x size + within, and each row's place among them."""
    return occurring(outer * size + within, (int(outer.max()) + 1) * size)


def _stage(
    data: pd.DataFrame, rows: _Rows, names: tuple[str, ...], fpc: str | None, *, unequal: bool
) -> Stage:
    first = _first_rows(rows.unit)
    stratum = rows.stratum[first]
    sampled = np.bincount(stratum, minlength=len(names))[stratum]
    fraction = np.zeros(len(first))
    if fpc is not None:
        column = numeric(data, fpc, role="design.fpc")
        within = rows.unit if unequal else rows.stratum
        fraction = _fractions(column, fpc, within, sampled[rows.unit])[first]
    return Stage(stratum=stratum, sampled=sampled, fraction=fraction, parent=rows.parent[first],
                 stratum_names=names)  # fmt: skip


def _first_rows(codes: Codes) -> Codes:
    """The first row of each code; codes are numbered from 0 without gaps."""
    first = np.empty(int(codes.max()) + 1, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return first


def _fractions(fpc: Floats, name: str, group: Codes, sampled: Codes) -> Floats:
    """Sampling fractions from a column of counts or of fractions (R `survey::as.fpc`).

    The column may not vary within a stratum, or, with unequal probabilities, within a unit.
    """
    bad = ~(fpc > 0)
    if bad.any():
        raise AnalysisError(_fpc_problem(name, first_row(bad), fpc))
    counts = bool((fpc > 1).any())
    if counts and (fpc < 1).any():
        what = say("column '{column}' mixes population counts and sampling fractions.", column=name)
        hint = say("Give counts throughout (1 or more) or fractions throughout (at most 1).")
        raise AnalysisError(Problem(where="design.fpc", what=what, hint=hint))
    _refuse_varying(fpc, name, group)
    if not counts:
        return fpc
    small = fpc < sampled
    if small.any():
        raise AnalysisError(_too_few(name, first_row(small), fpc, sampled))
    return np.where(fpc >= NO_CORRECTION, 0.0, sampled / fpc)


def _refuse_varying(fpc: Floats, name: str, stratum: Codes) -> None:
    different = fpc != fpc[_first_rows(stratum)][stratum]
    if different.any():
        row = first_row(different)
        what = say("row {row}, column '{column}': the fpc {value} differs from that of other rows "
                   "of its stratum.", row=row, column=name, value=f"{fpc[row - 1]:g}")  # fmt: skip
        hint = say("One stratum has one population count per stage; with unequal probabilities "
                   "name the method under `pps`.")  # fmt: skip
        raise AnalysisError(Problem(where="design.fpc", what=what, hint=hint))


def _fpc_problem(name: str, row: int, fpc: Floats) -> Problem:
    what = say("row {row}, column '{column}': the fpc {value} is not above zero.",
               row=row, column=name, value=f"{fpc[row - 1]:g}")  # fmt: skip
    hint = say("Give the number of units in the population, or the fraction sampled.")
    return Problem(where="design.fpc", what=what, hint=hint)


def _too_few(name: str, row: int, fpc: Floats, sampled: Codes) -> Problem:
    what = say("row {row}, column '{column}': the population count {count} is smaller than the "
               "{sampled} units sampled there.",
               row=row, column=name, count=f"{fpc[row - 1]:g}", sampled=int(sampled[row - 1]))  # fmt: skip
    hint = say("Give the number of units in the population of that stage and stratum.")
    return Problem(where="design.fpc", what=what, hint=hint)


def _refuse_missing(data: pd.DataFrame, names: Sequence[str]) -> None:
    problems = []
    for name in names:
        missing: NDArray[np.bool_] = data[name].isna().to_numpy()
        if missing.any():
            what = say("row {row}, column '{column}': the value is missing.",
                       row=first_row(missing), column=name)  # fmt: skip
            hint = say("Every sampled row has a stratum and a PSU.")
            problems.append(Problem(where="design", what=what, hint=hint))
    if problems:
        raise AnalysisError(problems)


def _refuse_split_units(
    data: pd.DataFrame, unit: Codes, stratum: Codes, names: tuple[str, ...], psu: Sequence[str]
) -> None:
    if not psu:
        return
    home = stratum[_first_rows(unit)][unit]
    split = stratum != home
    if split.any():
        row = first_row(split)
        what = say(
            "PSU {psu} lies in two strata, '{one}' and '{two}' (row {row}).",
            psu=label(data[psu[0]].iloc[row - 1]), row=row,
            one=names[home[row - 1]], two=names[stratum[row - 1]],
        )  # fmt: skip
        hint = say("If PSU numbers start again in each stratum set `nest: true`; otherwise "
                   "correct the row.")  # fmt: skip
        raise AnalysisError(Problem(where="design.psu", what=what, hint=hint))
