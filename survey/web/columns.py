"""Where each column of an upload goes, with a few of its cells to tell by."""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from instruments.errors import Problem
from instruments.language import Text, joined
from instruments.model import Instrument
from survey.form import prepare
from survey.importers.table import Table
from survey.imports import Reading
from survey.intake import recognised, settled_file
from survey.mapping import ColumnPlace, ColumnsUnsettled
from survey.saved_mappings import recall
from survey.study import Study
from survey.web.findings import Column, Taken, Unsettled

_SAMPLES, _LOOKED_AT = 3, 1000


def columns_of(study: Study, path: Path, reading: Reading) -> Unsettled:
    """Every column of a file, settled or not.

    Raises:
        ImportRejected: The file cannot be read as a table, or not be known again by its rows.
    """
    table = recognised(path, told=reading.told)
    samples = _samples(table)
    places, why = _places(study, table, reading)
    return Unsettled(
        taken=Taken(kind=table.kind, encoding=table.contents.encoding,
                    delimiter=table.contents.delimiter, evidence=table.evidence.why),
        columns=tuple(
            Column(number=number, name=one.name, place=one.place, likely=one.candidates,
                   samples=samples.get(one.position, ()), unsettled=not one.settled,
                   behind=one.behind if one.contested else "")
            for number, one in enumerate(places)
        ),
        why=why,
    )  # fmt: skip


def places_of(study: Study, instrument: str | None) -> dict[str, Text]:
    """Every place of the form by its path, with its question's text; the newest version's first."""
    titles: dict[str, Text] = {}
    for version in reversed(study.versions_of(instrument)):
        for place, title in _titles(version):
            titles.setdefault(place, title)
    return titles


def _places(
    study: Study, table: Table, reading: Reading
) -> tuple[tuple[ColumnPlace, ...], tuple[Problem, ...]]:
    """Where every column goes, and what is unsettled about it."""
    versions = study.versions_of(reading.instrument)
    known = recall(study, table, instrument=versions[-1].id)
    try:
        return settled_file(table, instruments=versions, told=reading.told,
                            mapping=known | dict(reading.mapping)).settled.columns, ()  # fmt: skip
    except ColumnsUnsettled as error:
        return error.columns, error.problems[1:]


def _titles(version: Instrument) -> Iterator[tuple[str, Text]]:
    for one in prepare(version).level.all_fields():
        yield one.path, one.item.label
        for place, code in one.split():
            yield place, joined([one.item.label, one.options[code].label], ": ")


def _samples(table: Table) -> Mapping[int, tuple[str, ...]]:
    """The first different cells of each column that are not empty."""
    found: dict[int, list[str]] = {at: [] for at in range(len(table.headings))}
    for row in islice(table.rows(), _LOOKED_AT):
        for at, cell in enumerate(row.cells[: len(found)]):
            if len(found[at]) < _SAMPLES and cell.strip() and cell not in found[at]:
                found[at].append(cell)
    return {at: tuple(cells) for at, cells in found.items()}
