"""Which system a file comes from: every source looks, the surest reads.

Files from outside are parsed behind `read_table` alone, so that the whole of it can run in a
process of its own with limits.
"""

from pathlib import Path

from survey.importers import csv, excel, kobo
from survey.importers.files import open_contents
from survey.importers.table import Evidence, Source, Table

SOURCES: tuple[Source, ...] = (kobo, csv, excel)


def read_table(path: Path, *, delimiter: str | None = None) -> Table:
    """Open `path` as a table of responses.

    Raises:
        ImportRejected: The file is empty, damaged, dangerous or no table.
    """
    contents = open_contents(path, delimiter=delimiter)
    found: list[tuple[Evidence, Source]] = []
    for source in SOURCES:
        evidence = source.recognise(contents)
        if evidence is not None:
            found.append((evidence, source))
    evidence, source = max(found, key=lambda pair: pair[0].score)
    return source.read(contents, evidence=evidence)
