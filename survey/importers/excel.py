"""Excel sheets with headings in their first line."""

from instruments.language import say
from survey.importers.headed import headed_table
from survey.importers.plain import plain_columns
from survey.importers.table import Container, Contents, Evidence, Override, Table

KIND = "excel"
CONTAINERS: frozenset[Container] = frozenset({"workbook"})


def recognise(contents: Contents) -> Evidence | None:
    """Any workbook, where no system's own columns say more."""
    if contents.container != "workbook":
        return None
    return Evidence(score=0.1, why=say("It is a workbook with {count} sheet(s).",
                                       count=len(contents.sheets)))  # fmt: skip


def read(contents: Contents, *, evidence: Evidence, told: Override) -> Table:  # noqa: ARG001 - every source has it
    """The records of the first sheet that has any cell."""
    return headed_table(contents, kind=KIND, evidence=evidence, columns=plain_columns(contents))
