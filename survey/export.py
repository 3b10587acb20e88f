"""Accepted answers for other programs, as they were given.

Answers to questions that were not to be asked are in exports; the analysis reads snapshots, which
leave them out.
"""

from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Literal

from survey.answers import Record
from survey.columns import Layout, cells_of, layouts
from survey.durable import place_for, publish
from survey.statistical import Package, write_statistical
from survey.store import Store
from survey.study import Study
from survey.tables import Line, parquet, spreadsheet_csv

Format = Literal["csv", "parquet", "sav", "dta"]
_IDENTITY = ("_uuid", "_version", "_record")
_CHUNK = 5_000


def export(study: Study, path: Path, *, to: Format = "csv") -> list[Path]:
    """Write the accepted records, and a file beside it for each roster; the files written."""
    written = []
    with Store.existing(study.store_path) as store:
        for table in layouts(study.instruments):
            records = iter(()) if store is None else store.accepted()
            place = _beside(path, table)
            with place_for(place.parent, place.name) as draft:
                if to in ("sav", "dta"):
                    _write_statistical(draft, table, records, to=to, study=study)
                else:
                    _write(draft, table, records, to=to)
                publish(draft, place)
            written.append(place)
    return written


def _beside(path: Path, table: Layout) -> Path:
    return path.with_name(f"{path.stem}_{table.stem}{path.suffix}") if table.roster else path


def _write(path: Path, table: Layout, records: Iterator[Record], *, to: Format) -> None:
    names = [*table.paths, *(("_record",) if table.roster else _IDENTITY)]
    opened = parquet if to == "parquet" else partial(spreadsheet_csv, coded=table.coded)
    with opened(path, names) as write:
        while chunk := list(islice(records, _CHUNK)):
            write([line for record in chunk for line in _lines(record, table)])


def _write_statistical(
    path: Path, table: Layout, records: Iterator[Record], *, to: Package, study: Study
) -> None:
    lines = (line for record in records for line in _lines(record, table))
    write_statistical(path, table, lines, to=to, language=study.settings.language,
                      instruments=study.instruments)  # fmt: skip


def _lines(record: Record, table: Layout) -> Iterator[Line]:
    identity = {"_uuid": record.uuid, "_version": record.version, "_record": record.key}
    for cells in cells_of(record, table):
        yield {**cells, **identity}
