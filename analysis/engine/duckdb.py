"""Sums by DuckDB: Parquet and CSV of any size on this machine, in bounded memory."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Self

import duckdb
import pandas as pd

from analysis.columns import ALL_COLUMNS
from analysis.engine.protocol import Total, Totals
from analysis.engine.sql import NUMBER, VIEW, alias_of, as_totals, quoted, totals_query
from analysis.errors import AnalysisError
from instruments.errors import Problem
from instruments.language import say

_HEAD = 1000
_EXACT = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER",
          "UBIGINT", "BOOLEAN", "VARCHAR")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DuckDB:
    """A file, or a folder of Parquet files, seen through one connection."""

    connection: duckdb.DuckDBPyConnection
    first: pd.DataFrame
    name: str = "duckdb"

    @classmethod
    def open(cls, path: Path, patterns: Iterable[str]) -> Self:
        """Look at the columns of `path` that match `patterns`; nothing is loaded."""
        connection = duckdb.connect()
        rows = _relation(connection, path)
        wanted = tuple(patterns)
        chosen = [n for n in rows.columns if any(n == p or _matches(n, p) for p in wanted)]
        columns = chosen or rows.columns[:1]
        alias = alias_of(columns)
        shown = _shown(connection, rows, columns, text=path.suffix.lower() == ".csv")
        rows.project(", ".join(f"{shown[name]} AS {alias[name]}" for name in columns)).create_view(
            VIEW
        )
        first: pd.DataFrame = connection.table(VIEW).limit(_HEAD).to_arrow_table().to_pandas()
        first.columns = pd.Index(columns)
        first.attrs[ALL_COLUMNS] = tuple(rows.columns)
        return cls(connection=connection, first=first)

    def head(self) -> pd.DataFrame:
        """The first rows."""
        return self.first

    def totals(self, keys: Iterable[str], wanted: Iterable[Total]) -> Totals:
        """Add up everything wanted, by combinations of the key columns, in one scan."""
        by, sums = tuple(keys), tuple(wanted)
        query = totals_query(self.head(), by, sums)
        found = self.connection.sql(query.text, params=query.parameters).to_arrow_table()
        return as_totals(found, by, sums)


def _matches(name: str, pattern: str) -> bool:
    return "*" in pattern and fnmatchcase(name, pattern)


def _relation(connection: duckdb.DuckDBPyConnection, path: Path) -> duckdb.DuckDBPyRelation:
    """The rows of a file as it stands."""
    if path.is_dir():
        return connection.read_parquet(str(path / "**" / "*.parquet"), hive_partitioning=True)
    if not path.is_file():
        raise AnalysisError(Problem(where=str(path), what=say("there is no such file.")))
    kind = path.suffix.lower()
    try:
        if kind == ".parquet":
            return connection.read_parquet(str(path))
        if kind == ".csv":
            _refuse_twins(path)
            return connection.read_csv(str(path), header=True, all_varchar=True, delimiter=",",
                                       quotechar='"', escapechar='"')  # fmt: skip
    except duckdb.Error as error:
        what = say("the table cannot be read: {reason}", reason=str(error).splitlines()[0])
        raise AnalysisError(Problem(where=path.name, what=what)) from None
    what = say("files of the kind '{kind}' are not read here.", kind=kind or path.name)
    hint = say("Give a .csv or .parquet file, or use `--engine memory`.")
    raise AnalysisError(Problem(where=str(path), what=what, hint=hint))


def _refuse_twins(path: Path) -> None:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        names = next(csv.reader(stream), [])
    if not names:
        raise AnalysisError(Problem(where=path.name, what=say("the file is empty.")))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        what = say("column '{column}' stands twice in the header.", column=twice[0])
        raise AnalysisError(Problem(where=path.name, what=what, hint=say("Rename one of them.")))


def _shown(
    connection: duckdb.DuckDBPyConnection, rows: duckdb.DuckDBPyRelation, columns: Sequence[str],
    *, text: bool,
) -> dict[str, str]:  # fmt: skip
    """Each column as the view shows it: whole numbers, doubles, or text; NaN as missing."""
    if text:
        numbers = _numeric_text(connection, rows, columns)
        return {n: _as("DOUBLE", n) if n in numbers else quoted(n, '"') for n in columns}
    types = dict(zip(rows.columns, map(str, rows.types), strict=True))
    return {name: _typed(name, types[name]) for name in columns}


def _typed(name: str, kind: str) -> str:
    if kind in _EXACT:
        return quoted(name, '"')
    if kind in {"FLOAT", "DOUBLE"}:
        double = _as("DOUBLE", name)
        return f"CASE WHEN isnan({double}) THEN NULL ELSE {double} END"
    return _as("DOUBLE" if kind.startswith(("DECIMAL", "HUGEINT", "UHUGEINT")) else "VARCHAR", name)


def _as(kind: str, name: str) -> str:
    return f"CAST({quoted(name, chr(34))} AS {kind})"


def _numeric_text(
    connection: duckdb.DuckDBPyConnection, rows: duckdb.DuckDBPyRelation, columns: Sequence[str]
) -> set[str]:
    """The columns whose every value is a number without a leading zero; one scan."""
    tests = [
        f"coalesce(bool_and(regexp_full_match({column}, '{NUMBER}')), false)"
        for column in (quoted(name, '"') for name in columns)
    ]
    query = f"SELECT {', '.join(tests)} FROM cells"  # noqa: S608 - names are quoted
    rows.create_view("cells")
    (found,) = connection.sql(query).fetchall()
    return {name for name, holds in zip(columns, found, strict=True) if holds}
