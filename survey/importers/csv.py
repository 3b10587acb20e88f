"""Delimited text with headings, from whatever program."""

from instruments.language import say
from survey.importers.plain import plain_table
from survey.importers.table import Container, Contents, Evidence, Override, Table
from survey.importers.text import shown

KIND = "csv"
CONTAINERS: frozenset[Container] = frozenset({"text", "archive"})


def recognise(contents: Contents) -> Evidence | None:
    """Any delimited text, where no system's own columns say more."""
    if contents.delimiter is None:
        return None
    return Evidence(score=0.1, why=say("It is text divided by '{delimiter}'.",
                                       delimiter=shown(contents.delimiter)))  # fmt: skip


def read(contents: Contents, *, evidence: Evidence, told: Override) -> Table:  # noqa: ARG001 - every source has it
    """The records under the headings."""
    return plain_table(contents, kind=KIND, evidence=evidence)
