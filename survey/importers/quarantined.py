"""Our own workbooks of quarantined rows and of accepted records, on their way back."""

from instruments.language import say
from survey.importers.headed import headed_table, headings_of
from survey.importers.table import Columns, Container, Contents, Evidence, Override, Table

KIND = "excel"
CONTAINERS: frozenset[Container] = frozenset({"workbook"})
MARK = "_quarantine"
"""Heading of the first column, which names the row in the store."""
ACCEPTED = "_accepted"
"""Heading of the first column of the other workbook, which names the record."""
PLACES_FROM = 4
"""The first column that is an answer."""


def recognise(contents: Contents) -> Evidence | None:
    """A workbook whose first heading is one of our marks."""
    reasons = {
        MARK: say("It is a workbook of quarantined rows, written by hieuluat."),
        ACCEPTED: say("It is a workbook of accepted records, written by hieuluat."),
    }
    why = reasons.get(next(iter(headings_of(contents)), ""))
    return None if why is None else Evidence(score=1.0, why=why)


def read(contents: Contents, *, evidence: Evidence, told: Override) -> Table:  # noqa: ARG001 - every source has it
    """Its lines under form paths; places in rosters are read with the row that they belong to."""
    inside = (at for at, name in enumerate(headings_of(contents)) if "[" in name)
    columns = Columns(system=frozenset([*range(PLACES_FROM), *inside]))
    return headed_table(contents, kind=KIND, evidence=evidence, columns=columns,
                        read=frozenset(sheet.name for sheet in contents.sheets))  # fmt: skip
