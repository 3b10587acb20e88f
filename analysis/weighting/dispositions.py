"""What became of each case that was drawn, read from a column of the sample.

Final disposition codes of AAPOR (Standard Definitions, 10th edition, 2023) are told by their first
digit: 1 an interview, complete or partial; 2 an eligible case without one; 3 unknown eligibility; 4
not eligible; or by the letters I, P, R, NC, O, UH, UO and NE of its outcome rates. A study may use
values of its own and say what they mean.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from analysis.columns import Factor, factor
from analysis.design import Sample
from analysis.errors import AnalysisError, refuse
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import say
from survey.recipe import Disposition, RecipeStep

Mask = NDArray[np.bool_]
_AAPOR: Mapping[str, Disposition] = {
    "1": "respondent", "2": "nonrespondent", "3": "unknown", "4": "ineligible",
}  # fmt: skip
_LETTERS: Mapping[str, Disposition] = {
    "I": "respondent", "P": "respondent", "R": "nonrespondent", "NC": "nonrespondent",
    "O": "nonrespondent", "UH": "unknown", "UO": "unknown", "NE": "ineligible",
}  # fmt: skip
"""The letters of a list of cases (`survey.dispositions`)."""
_CODE = re.compile(r"[1-4](\.\d+)*")


def dispositions(sample: Sample, step: RecipeStep) -> Mapping[Disposition, Mask]:
    """The rows of each disposition.

    Raises:
        AnalysisError: no column is named, a case has no value, or a value is not understood.
    """
    if step.status is None:
        what = say("{method} needs `status`, the column that says what became of each case.",
                   method=step.method)  # fmt: skip
        raise AnalysisError(Problem(where="calibrate", what=what))
    where = f"calibrate, status '{step.status}'"
    column = factor(sample.data, step.status, declared={}, role=where)
    blank = column.codes < 0
    if blank.any():
        what = say("row {row} has no value ({count} such rows).",
                   row=sample.row_number(blank), count=int(blank.sum()))  # fmt: skip
        hint = say("Every case that was drawn has an outcome; give those without one a code.")
        raise AnalysisError(Problem(where=where, what=what, hint=hint))
    meaning = _meaning(column.levels, step.codes)
    refuse(_not_understood(column, meaning, where, step))
    return {
        name: np.isin(column.codes, [i for i, one in enumerate(meaning) if one == name])
        for name in get_args(Disposition)
    }


def _meaning(
    levels: Sequence[str], codes: Mapping[Disposition, tuple[str, ...]]
) -> list[Disposition | None]:
    known = {value: name for name, values in codes.items() for value in values}
    if not codes:
        known |= {name: name for name in get_args(Disposition)}
        known |= _LETTERS
        known |= {level: _AAPOR[level[0]] for level in levels if _CODE.fullmatch(level)}
    return [known.get(level) for level in levels]


def _not_understood(
    column: Factor, meaning: Sequence[Disposition | None], where: str, step: RecipeStep
) -> Iterator[Problem]:
    for place, level in enumerate(column.levels):
        count = int((column.codes == place).sum())
        if meaning[place] is None and count:
            known = [value for values in step.codes.values() for value in values]
            yield Problem(
                where=where,
                what=say("'{value}' ({count} cases) does not say what became of a case.",
                         value=level, count=count),
                hint=did_you_mean(level, known) if known else say(
                    "Use AAPOR's codes 1 to 4, or say under `codes` what your values mean."
                ),
            )  # fmt: skip
