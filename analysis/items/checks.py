"""What makes a scale impossible to describe, told before anything is calculated."""

from collections.abc import Iterator, Sequence

import numpy as np

from analysis.columns import Floats, first_row
from analysis.errors import AnalysisError, refuse
from analysis.items.moments import Cases
from instruments.errors import Problem
from instruments.language import say

TOO_FEW = 3
"""Persons below whom no scale is described."""


def too_few_items(least: int) -> Problem:
    """What to say where a scale has fewer items than its analysis needs."""
    return Problem(where="items", what=say("{least} items or more are needed here.", least=least),
                   hint=say("Name more under `items`."))  # fmt: skip


def check_scale(values: Floats, names: Sequence[str], cases: Cases) -> None:
    """Refuse items that nobody answered, too few items or persons, and items that tell nothing.

    Raises:
        AnalysisError: With the items' names.
    """
    if len(names) < 2:
        raise AnalysisError(too_few_items(2))
    known = ~np.isnan(values)
    count = int((known.all(axis=1) if cases == "complete" else known.any(axis=1)).sum())
    if count < TOO_FEW:
        what = say("{count} persons have answers that count.", count=count)
        hint = say("With booklets nobody answers every item: ask for cases: pairwise.")
        raise AnalysisError(Problem(where="items", what=what, hint=hint))
    refuse(_unanswered(values, names))
    constant = [name for name, column in zip(names, values.T, strict=True)
                if np.nanmin(column) == np.nanmax(column)]  # fmt: skip
    if len(constant) > len(names) - 2:
        what = say("all items but one have the same answer from everybody.")
        hint = say("Two items or more must tell people apart: look at the codes, and at `where`.")
        raise AnalysisError(Problem(where="items", what=what, hint=hint))


def check_dimensions(values: Floats, names: Sequence[str]) -> None:
    """Refuse fewer than three items, and items that nobody answered or all answered alike."""
    if len(names) < 3:
        what = say("dimensions are looked for among three items or more.")
        raise AnalysisError(Problem(where="items", what=what, hint=too_few_items(3).hint))
    refuse(_unanswered(values, names))
    refuse(
        Problem(where="items", hint=say("Leave the item out."),
                what=say("item '{item}' has the same answer from everybody.", item=name))
        for name, column in zip(names, values.T, strict=True)
        if np.nanmin(column) == np.nanmax(column)
    )  # fmt: skip


def check_weights(weights: Floats, name: str) -> None:
    """Refuse weights that are not above zero, with the first row."""
    bad = ~(np.isfinite(weights) & (weights > 0))
    if bad.any():
        row = first_row(bad)
        raise AnalysisError(Problem(
            where="weights",
            what=say("row {row}, column '{column}': the weight {value} is not above zero "
                     "({count} such rows).", row=row, column=name, value=f"{weights[row - 1]:g}",
                     count=int(bad.sum())),
            hint=say("Correct the weight, or leave the row out."),
        ))  # fmt: skip


def _unanswered(values: Floats, names: Sequence[str]) -> Iterator[Problem]:
    for name, column in zip(names, values.T, strict=True):
        if np.isnan(column).all():
            yield Problem(where="items", what=say("nobody answered item '{item}'.", item=name),
                          hint=say("Leave the item out."))  # fmt: skip
