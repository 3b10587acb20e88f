"""Areas judged at once as a sheet: every joint interval, and both verdicts."""

from math import sqrt

from analysis.result import Estimate
from instruments.language import Message, say
from reports.areas import area_name
from reports.edition import Edition
from reports.sheet import (
    ESTIMATE,
    VERDICT,
    Form,
    Sheet,
    Value,
    estimate_cells,
    made_sheet,
    verdict_cells,
)
from reports.wording import said

_COLUMNS: tuple[tuple[Message, Form], ...] = (
    (say("Target"), "text"), (say("Level asked"), "share"), (say("Areas in all"), "count"),
    (say("Expected false verdicts one by one"), "number"),
    (say("Expected false verdicts at once"), "number"),
    (say("Variable"), "text"), (say("Area"), "text"), *ESTIMATE,
    (say("Standard error of sampling"), "share"), (say("Standard error of items"), "share"),
    (say("Standard error of the cut"), "share"), *VERDICT,
    (say("Verdict by itself"), "text"), (say("Probability by itself"), "share"),
)  # fmt: skip


def area_sheets(edition: Edition) -> tuple[Sheet, ...]:
    """One sheet for all sets of areas; without rows where none was judged."""
    rows = (
        (
            found.target, found.threshold, found.planned, found.expected_false_alone,
            found.expected_false, edition.variable({found.variable: ""}),
            area_name(edition, found, row), *estimate_cells(row.estimate), *_budget(row.estimate), *verdict_cells(edition, row.verdict), edition.tell(said(row.alone)),
            row.alone.probability,
        )
        for found in edition.analysis.areas
        for row in found.rows
    )  # fmt: skip
    return (made_sheet(edition, say("Areas"), _COLUMNS, rows),)


def _budget(estimate: Estimate) -> tuple[Value, ...]:
    """The lines of a latent share's budget as standard errors; empty cells of a counted one."""
    budget = estimate.budget
    if budget is None:
        return (None,) * 3
    return tuple(None if one is None else sqrt(one)
                 for one in (budget.sampling, budget.calibration, budget.cut))  # fmt: skip
