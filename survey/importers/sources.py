"""Which system a file comes from: every source looks, the surest reads.

This runs in the process of its own that `survey.importers.recognise` starts.
"""

from pathlib import Path

from instruments.faults import did_you_mean
from instruments.language import say
from survey.errors import ImportRejected, rejected
from survey.importers import (
    csv,
    excel,
    google,
    kobo,
    limesurvey,
    odk,
    qualtrics,
    quarantined,
    redcap,
    spss,
    stata,
    surveyjs,
)
from survey.importers.files import open_contents
from survey.importers.table import Contents, Evidence, Override, Source, Table

SOURCES: tuple[Source, ...] = (
    kobo,
    odk,
    limesurvey,
    redcap,
    qualtrics,
    surveyjs,
    spss,
    stata,
    google,
    csv,
    excel,
    quarantined,
)


def parse_table(path: Path, *, told: Override) -> Table:
    """Read `path` as a table of responses; `told` overrides what would be guessed.

    Raises:
        ImportRejected: The file is empty, damaged, dangerous or no table.
    """
    contents = open_contents(path, delimiter=told.delimiter, encoding=told.encoding)
    source, evidence = _chosen(contents, told.kind)
    return source.read(contents, evidence=evidence, told=told)


def _chosen(contents: Contents, kind: str | None) -> tuple[Source, Evidence]:
    able = [source for source in SOURCES if contents.container in source.CONTAINERS]
    if kind is not None:
        why = say("It was said to be {kind}.", kind=kind)
        named = next((source for source in able if kind == source.KIND), None)
        if named is None:
            raise _not_of(contents, kind, able)
        return named, Evidence(score=1.0, why=why)
    found = [(evidence, source) for source in able
             if (evidence := source.recognise(contents)) is not None]  # fmt: skip
    if not found:
        raise rejected(contents.name, say("No known system writes such a file."),
                       say("Export the responses as CSV or Excel."))  # fmt: skip
    evidence, source = max(found, key=lambda pair: pair[0].score)
    return source, evidence


def _not_of(contents: Contents, kind: str, able: list[Source]) -> ImportRejected:
    names = [source.KIND for source in able]
    return rejected(contents.name, say("The file cannot be read as '{kind}'.", kind=kind),
                    did_you_mean(kind, names))  # fmt: skip
