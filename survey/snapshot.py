"""Frozen copies of what counts: Parquet files that are named by their content and never change."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from survey.answers import Record, for_analysis, joint_hash, member_hash
from survey.columns import Layout, cells_of, layouts
from survey.durable import place_for, publish
from survey.exclusions import Exclusion, counted, in_force
from survey.rechecking import with_relevance
from survey.snapshot_status import name_batches
from survey.store import Store
from survey.study import Study
from survey.tables import Line, parquet

if TYPE_CHECKING:
    import pandas as pd

_IDENTITY = ("_record", "_uuid", "_version", "_instrument")
_CHUNK = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The accepted records of a moment.

    `hash` is over the records' content: neither their order nor Parquet's bytes matter. `rosters`
    are the files of repeated blocks by form path; their lines name the record in ``_record``.
    """

    path: Path
    hash: str
    rows: int
    rosters: Mapping[str, Path]
    excluded: tuple[Exclusion, ...] = ()
    """Accepted records that people have taken out; they are not in it."""

    def frame(self) -> "pd.DataFrame":
        """One row per record: ``_record, _uuid, _version, _instrument`` and the form paths.

        Every cell is a text, or missing.
        """
        return _frame(self.path)

    def roster(self, path: str) -> "pd.DataFrame":
        """One row per instance of a repeated block, in order within its record."""
        return _frame(self.rosters[path])


def freeze(study: Study) -> Snapshot:
    """Write what counts now, answers to questions that were not to be asked left out.

    The same content is the same file; one that is there already is left as it is.

    Raises:
        StudyError: The records are contest entries, which are no sample.
    """
    study.must_be_of_the_sample()
    tables = layouts(study.instruments)
    with ExitStack() as stack:
        drafts = [stack.enter_context(place_for(study.snapshots, f"draft{at}"))
                  for at in range(len(tables))]  # fmt: skip
        store = stack.enter_context(Store.existing(study.store_path))
        records = (
            iter(())
            if store is None
            else map(for_analysis, with_relevance(study.instruments, counted(store)))
        )
        hashes = _write(tables, drafts, records)
        columns = [[table.roster, *table.paths] for table in tables]
        name = joint_hash([*hashes, member_hash(columns)])
        paths = {table.roster: _path(study.snapshots, name, table) for table in tables}
        for table, draft in zip(tables, drafts, strict=True):
            if not paths[table.roster].exists():
                publish(draft, paths[table.roster])
        name_batches(study, name, () if store is None else store.counting_batches())
        excluded = () if store is None else in_force(store)
    return Snapshot(path=paths.pop(""), hash=name, rows=len(hashes), rosters=paths,
                    excluded=excluded)  # fmt: skip


def held(study: Study, name: str) -> Snapshot | None:
    """The snapshot of that hash as it was frozen; None where a file of it is gone."""
    tables = layouts(study.instruments)
    paths = {table.roster: _path(study.snapshots, name, table) for table in tables}
    if not all(path.exists() for path in paths.values()):
        return None
    main = paths.pop("")
    with Store.existing(study.store_path) as store:
        excluded = () if store is None else in_force(store)
    return Snapshot(path=main, hash=name, rows=_rows(main), rosters=paths, excluded=excluded)


def _write(
    tables: Sequence[Layout], drafts: Sequence[Path], records: Iterator[Record]
) -> list[bytes]:
    """Write all tables in one pass over the records; the hash of each record."""
    hashes: list[bytes] = []
    with ExitStack() as stack:
        writers = [stack.enter_context(parquet(draft, _names(table)))
                   for table, draft in zip(tables, drafts, strict=True)]  # fmt: skip
        while chunk := list(islice(records, _CHUNK)):
            hashes += [member_hash(_covered(record)) for record in chunk]
            for table, write in zip(tables, writers, strict=True):
                write(list(_lines(chunk, table)))
    return hashes


def _names(table: Layout) -> list[str]:
    return [*(("_record",) if table.roster else _IDENTITY), *table.paths]


def _covered(record: Record) -> list[object]:
    return [record.key, record.uuid, record.version, record.instrument, record.answers]


def _path(folder: Path, name: str, table: Layout) -> Path:
    return folder / (f"{name}.{table.stem}.parquet" if table.roster else f"{name}.parquet")


def _lines(records: Iterable[Record], table: Layout) -> Iterator[Line]:
    for record in records:
        identity = {"_record": record.key, "_uuid": record.uuid, "_version": record.version,
                    "_instrument": record.instrument}  # fmt: skip
        for cells in cells_of(record, table):
            yield {**identity, **cells}


def _rows(path: Path) -> int:
    import pyarrow.parquet as pq  # noqa: PLC0415 - writing a snapshot needs no reader

    return int(pq.read_metadata(path).num_rows)


def _frame(path: Path) -> "pd.DataFrame":
    import pyarrow.parquet as pq  # noqa: PLC0415 - writing a snapshot needs no reader

    frame: pd.DataFrame = pq.read_table(path).to_pandas()
    return frame
