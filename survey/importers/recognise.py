"""Which system a file comes from: every source looks, the surest reads.

Files from outside are parsed behind `read_table` alone, so that the whole of it can run in a
process of its own with limits.
"""

from pathlib import Path

from instruments.faults import did_you_mean
from instruments.language import say
from survey.errors import ImportRejected, rejected
from survey.importers import csv, excel, kobo
from survey.importers.files import open_contents
from survey.importers.table import Contents, Evidence, Override, Source, Table

SOURCES: tuple[Source, ...] = (kobo, csv, excel)


def read_table(
    path: Path, *, delimiter: str | None = None, encoding: str | None = None,
    kind: str | None = None, dictionary: Path | None = None,
) -> Table:  # fmt: skip
    """Open `path` as a table of responses; the options override what would be guessed.

    Raises:
        ImportRejected: The file is empty, damaged, dangerous or no table.
    """
    told = Override(kind=kind, encoding=encoding, delimiter=delimiter, dictionary=dictionary)
    contents = open_contents(path, delimiter=delimiter, encoding=encoding)
    source, evidence = _chosen(contents, kind)
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
