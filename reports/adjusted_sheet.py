"""Differences between those reached and others as a sheet."""

from instruments.language import Message, say
from reports.adjusted import activity_name
from reports.edition import Edition
from reports.sheet import ESTIMATE, Form, Sheet, estimate_cells, made_sheet

_COLUMNS: tuple[tuple[Message, Form], ...] = (
    (say("Measured"), "text"), (say("Activity"), "text"), (say("Adjusted for"), "text"),
    *ESTIMATE, (say("Note"), "text"),
)  # fmt: skip


def adjusted_sheets(edition: Edition) -> tuple[Sheet, ...]:
    """One sheet: each activity as it is, then among people alike."""
    rows = (
        (
            edition.name(one.of), activity_name(edition, one),
            ", ".join(edition.variable({name: ""}) for name in names), *estimate_cells(found),
            None if one.note is None else edition.tell(one.note),
        )
        for one in edition.analysis.contrasts
        for names, found in (((), one.crude), (one.covariates, one.adjusted))
    )  # fmt: skip
    return (made_sheet(edition, say("Adjusted"), _COLUMNS, rows),)
