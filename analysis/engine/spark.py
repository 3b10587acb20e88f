"""Sums by Spark, reached through Spark Connect: data stay on the cluster where they live.

The query is that of the other engines, word for word; only a table with a row per PSU and domain
comes back. The cluster's address is in the environment variable SPARK_REMOTE, as Spark has it
(``sc://host:15002``; ``local[2]`` starts a server on this machine).
"""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Self

import pandas as pd
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from analysis.columns import ALL_COLUMNS
from analysis.engine.protocol import Total, Totals
from analysis.engine.sql import NUMBER, VIEW, alias_of, as_totals, quoted, totals_query
from analysis.errors import AnalysisError
from instruments.errors import Problem
from instruments.language import say

_HEAD = 1000
_EXACT = ("tinyint", "smallint", "int", "bigint", "boolean", "string")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spark:
    """A table of the cluster, or files that it can reach, seen through one session."""

    session: SparkSession
    first: pd.DataFrame
    name: str = "spark"

    @classmethod
    def open(cls, source: str, patterns: Iterable[str], *, remote: str) -> Self:
        """Look at the columns of `source` that match `patterns`; nothing is collected.

        `source` is the path or address of Parquet or CSV files as the cluster sees it, or the name
        of a table in its catalog.
        """
        session = _session(remote)
        rows = _rows(session, source)
        wanted = tuple(patterns)
        columns = [n for n in rows.columns if any(n == p or _matches(n, p) for p in wanted)]
        columns = columns or rows.columns[:1]
        alias = alias_of(columns)
        shown = _shown(rows, columns, text=source.lower().endswith(".csv"))
        view = rows.selectExpr(*(f"{shown[name]} AS {alias[name]}" for name in columns))
        view.createOrReplaceTempView(VIEW)
        first: pd.DataFrame = view.limit(_HEAD).toArrow().to_pandas()
        first.columns = pd.Index(columns)
        first.attrs[ALL_COLUMNS] = tuple(rows.columns)
        return cls(session=session, first=first)

    def head(self) -> pd.DataFrame:
        """Some rows."""
        return self.first

    def totals(self, keys: Iterable[str], wanted: Iterable[Total]) -> Totals:
        """Add up everything wanted, by combinations of the key columns, in one scan."""
        by, sums = tuple(keys), tuple(wanted)
        query = totals_query(self.first, by, sums)
        found = self.session.sql(query.text, args=list(query.parameters)).toArrow()
        return as_totals(found, by, sums)


def _session(remote: str) -> SparkSession:
    """Connect; PySpark warns of its conversions to pandas 3, none of which are used here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        try:
            return SparkSession.builder.remote(remote).getOrCreate()
        except PySparkException as error:
            what = say("there is no Spark Connect server: {reason}",
                       reason=str(error).splitlines()[0])  # fmt: skip
            hint = say("Give its address in SPARK_REMOTE, such as sc://host:15002.")
            raise AnalysisError(Problem(where=remote, what=what, hint=hint)) from None


def _matches(name: str, pattern: str) -> bool:
    return "*" in pattern and fnmatchcase(name, pattern)


def _rows(session: SparkSession, source: str) -> DataFrame:
    try:
        rows = _lazy_rows(session, source)
        rows.columns  # noqa: B018 - the server looks at the source only when asked for something
    except PySparkException as error:
        what = say("the cluster cannot read it: {reason}", reason=str(error).splitlines()[0])
        hint = say("Give a path that every worker can reach, or a table of the cluster's catalog.")
        raise AnalysisError(Problem(where=source, what=what, hint=hint)) from None
    return rows


def _lazy_rows(session: SparkSession, source: str) -> DataFrame:
    if source.lower().endswith(".csv"):
        return session.read.csv(source, header=True, escape='"', multiLine=True)
    if "/" in source or source.lower().endswith(".parquet"):
        return session.read.parquet(source)
    return session.table(source)


def _shown(rows: DataFrame, columns: Sequence[str], *, text: bool) -> Mapping[str, str]:
    """Each column as the view shows it: whole numbers, doubles, or text; NaN as missing."""
    if text:
        numbers = _numeric_text(rows, columns)
        return {n: _as("DOUBLE", n) if n in numbers else quoted(n, "`") for n in columns}
    types = dict(rows.dtypes)
    return {name: _typed(name, types[name]) for name in columns}


def _typed(name: str, kind: str) -> str:
    if kind in _EXACT:
        return quoted(name, "`")
    if kind in {"float", "double"}:
        double = _as("DOUBLE", name)
        return f"CASE WHEN isnan({double}) THEN NULL ELSE {double} END"
    return _as("DOUBLE" if kind.startswith("decimal") else "STRING", name)


def _as(kind: str, name: str) -> str:
    return f"CAST({quoted(name, '`')} AS {kind})"


def _numeric_text(rows: DataFrame, columns: Sequence[str]) -> set[str]:
    """The columns whose every value is a number without a leading zero; one scan."""
    tests = [
        f"coalesce(bool_and({quoted(name, '`')} RLIKE '^({NUMBER})$'), false) AS c{place}"
        for place, name in enumerate(columns)
    ]
    found = rows.selectExpr(*tests).first() or ()
    return {name for name, holds in zip(columns, found, strict=True) if holds}
