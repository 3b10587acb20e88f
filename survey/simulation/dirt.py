"""Rows made dirty on purpose, as exports from the field are, each with what must come of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from survey.fields import Fields
from survey.findings import Rule

Outcome = Literal["accepted", "quarantined", "duplicate"]

FORMULA = '=HYPERLINK("http://vi-du.invalid","xem")'
UNKNOWN_CODE = "tien_si"
_BUDDHIST_ERA = 543
WAYS = 5
"""Each way of spoiling draws from its own fifth of the rows, so that no row is spoilt twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirtyRow:
    """A spoilt row: its number from 1, what was put where, and what an importer must make of it.

    `rule` is that of a quarantined row, or ``not_relevant`` for an answer that is kept but noted.
    """

    row: int
    path: str
    value: str
    outcome: Outcome
    rule: Rule | Literal["not_relevant"] | None = None


def spoil(
    answers: pd.DataFrame, *, fields: Fields, rng: np.random.Generator
) -> tuple[pd.DataFrame, tuple[DirtyRow, ...]]:
    """Spoil one row of `answers` in each of five ways, as far as their questions are asked.

    A birth year of the Buddhist calendar, a code that is no option, no answer to a required
    question, an answer to a question that was not shown, a spreadsheet formula for a text.
    """
    spoilt, dirty = answers.copy(), []
    order = rng.permutation(len(answers))
    for nth, way in enumerate(one for one in _ways(fields) if one.path in answers):
        cells = answers[way.path].iloc[order[nth::WAYS]]
        for row, old in cells[(cells == "") == way.hidden].head(1).items():
            value = way.spoil(old)
            spoilt.loc[row, way.path] = value
            dirty.append(DirtyRow(row=int(str(row)) + 1, path=way.path, value=value,
                                  outcome=way.outcome, rule=way.rule))  # fmt: skip
    return spoilt, tuple(dirty)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    path: str
    spoil: Callable[[str], str]
    outcome: Outcome
    rule: Rule | Literal["not_relevant"] | None = None
    hidden: bool = False


def _ways(fields: Fields) -> Iterator[_Way]:
    yield _Way(path=fields.born, spoil=lambda year: str(int(year) + _BUDDHIST_ERA),
               outcome="quarantined", rule="constraint")  # fmt: skip
    yield _Way(path=fields.schooling, spoil=lambda _: UNKNOWN_CODE,
               outcome="quarantined", rule="unknown_choice")  # fmt: skip
    yield _Way(path=fields.sex, spoil=lambda _: "", outcome="quarantined", rule="required_missing")
    yield _Way(path=fields.interviewer, spoil=lambda _: "DTV99", hidden=True,
               outcome="accepted", rule="not_relevant")  # fmt: skip
    yield _Way(path=fields.interviewer, spoil=lambda _: FORMULA, outcome="accepted")
