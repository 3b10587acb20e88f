"""Excel workbooks as people make them, where no system's own columns say more."""

from instruments.language import say
from survey.importers.plain import plain_table
from survey.importers.table import Container, Contents, Evidence, Override, Table

KIND = "excel"
CONTAINERS: frozenset[Container] = frozenset({"workbook"})


def recognise(contents: Contents) -> Evidence | None:
    """Any workbook."""
    return Evidence(score=0.1, why=say("It is a workbook with {count} sheet(s).",
                                       count=len(contents.sheets)))  # fmt: skip


def read(contents: Contents, *, evidence: Evidence, told: Override) -> Table:  # noqa: ARG001 - every source has it
    """The records of the sheet that has most columns."""
    return plain_table(contents, kind=KIND, evidence=evidence)
