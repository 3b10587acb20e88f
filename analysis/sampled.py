"""The design of each response: its weight, stratum, PSU and fpc, from the sample table or answers.

Where the study has a sample table, a response is joined to its row by a code that was recorded at
the interview; a code that the table lacks is refused, since the response then has no probability.
"""

from collections.abc import Iterator, Sequence

import pandas as pd

from analysis.design import Design
from analysis.errors import AnalysisError, refuse
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import say
from survey.settings import SampleDesign

WEIGHT = "@weight"
_STAGES = {"strata": "@stratum", "psu": "@psu", "fpc": "@fpc"}


def design_of(
    frame: pd.DataFrame, *, sample: SampleDesign, table: pd.DataFrame | None,
    also: Sequence[str] = (),
) -> tuple[pd.DataFrame, Design]:  # fmt: skip
    """The design's columns for every response, indexed as `frame`, and their names.

    Without a weight every response counts alike. PSUs are numbered within strata. Columns `also`
    are taken along from the sample table or the answers, where one of them has them.

    Raises:
        AnalysisError: every code, weight, stratum or PSU that cannot be used.
    """
    source, place = _source(frame, sample, table)
    rows = _rows(frame, sample, table)
    named = {
        f"{prefix}{stage}": column
        for kind, prefix in _STAGES.items()
        for stage, column in enumerate(getattr(sample, kind), start=1)
    }
    wanted = [*named.values(), *([sample.weight] if sample.weight else [])]
    refuse(_unknown(column, source, place) for column in wanted if column not in source)
    columns = pd.DataFrame({name: source[column] for name, column in named.items()})
    refuse(problem for name in named for problem in _blanks(columns[name], place, named[name]))
    columns[WEIGHT] = _weights(source, sample.weight, place, rows)
    for name in columns.columns[columns.columns.str.startswith("@fpc")]:
        columns[name] = _numbers(columns[name], f"{place}, '{named[name]}'", rows)
    for name in also:
        for known in (source, frame):
            if name in known and name not in columns:
                columns[name] = known[name].replace("", None)
    return columns, Design(
        weights=WEIGHT,
        strata=tuple(name for name in named if name.startswith("@stratum")),
        psu=tuple(name for name in named if name.startswith("@psu")),
        fpc=tuple(name for name in named if name.startswith("@fpc")),
        nest=True,
        lonely_psu=sample.lonely_psu,
    )


def _source(
    frame: pd.DataFrame, sample: SampleDesign, table: pd.DataFrame | None
) -> tuple[pd.DataFrame, str]:
    """One row for each response: of the answers, or of the sample table that they point to."""
    if table is None:
        return frame, "answers"
    key = sample.key
    if key is None:
        what = say("it names a table, but not how a response finds its row.")
        hint = say("Give key: an item and a column that hold the same code.")
        raise AnalysisError(Problem(where="study.yaml, sample", what=what, hint=hint))
    if key.item not in frame:
        raise AnalysisError(_unknown(key.item, frame, "study.yaml, sample.key"))
    if key.column not in table:
        raise AnalysisError(_unknown(key.column, table, sample.table or "sample"))
    rows = table.set_index(table[key.column].astype(str))
    codes = frame[key.item].fillna("").astype(str)
    refuse(_join_problems(codes, rows, sample))
    found = rows.loc[list(codes)]
    return found.set_index(frame.index), sample.table or "sample"


def _rows(
    frame: pd.DataFrame, sample: SampleDesign, table: pd.DataFrame | None
) -> "pd.Series[str]":
    """Where each response's figures stand: in its row of the sample table, or in its own record."""
    if table is None or sample.key is None:
        return pd.Series([f"record {one}" for one in frame.index], index=frame.index)
    column = sample.key.column
    return frame[sample.key.item].map(lambda code: f"{column} '{code}'")


def _join_problems(
    codes: "pd.Series[str]", rows: pd.DataFrame, sample: SampleDesign
) -> Iterator[Problem]:
    twice = rows.index[rows.index.duplicated()].unique()
    for code in twice:
        yield Problem(
            where=f"{sample.table}, column '{sample.key.column if sample.key else ''}'",
            what=say("'{code}' stands in more than one row.", code=code),
            hint=say("Give each sampled place one row."),
        )
    for code, same in codes[~codes.isin(rows.index)].groupby(codes):
        yield Problem(
            where=f"record {same.index[0]}, '{sample.key.item if sample.key else ''}'",
            what=say("'{code}' is not in {table} ({count} responses).",
                     code=code, table=sample.table, count=len(same)),
            hint=did_you_mean(str(code), map(str, rows.index)),
        )  # fmt: skip


def _blanks(texts: "pd.Series[str]", place: str, column: str) -> Iterator[Problem]:
    blank = texts.index[texts.isna() | (texts == "")]
    if len(blank):
        yield Problem(
            where=f"{place}, '{column}', record {blank[0]}",
            what=say("there is no value ({count} responses).", count=len(blank)),
            hint=say("Fill it in: without it the response has no place in the design."),
        )


def _weights(
    source: pd.DataFrame, column: str | None, place: str, rows: "pd.Series[str]"
) -> "pd.Series[float]":
    if column is None:
        return pd.Series(1.0, index=source.index)
    where = f"{place}, '{column}'"
    weights = _numbers(source[column], where, rows)
    bad = rows[weights <= 0].drop_duplicates()
    refuse(
        Problem(
            where=f"{where}, {row}",
            what=say("the weight {value} is not above 0.", value=f"{value:g}"),
            hint=say("A design weight is one over the probability of selection; correct it."),
        )
        for value, row in zip(weights[bad.index], bad, strict=True)
    )
    return weights


def _numbers(texts: "pd.Series[str]", where: str, rows: "pd.Series[str]") -> "pd.Series[float]":
    numbers = pd.to_numeric(texts, errors="coerce")
    bad = rows[numbers.isna()].drop_duplicates()
    refuse(
        Problem(
            where=f"{where}, {row}",
            what=say("'{value}' is not a number.", value=value),
            hint=say("Write a number with a decimal point."),
        )
        for value, row in zip(texts[bad.index], bad, strict=True)
    )
    return numbers.astype(float)


def _unknown(column: str, source: pd.DataFrame, place: str) -> Problem:
    known = [str(name) for name in source.columns if not str(name).startswith("_")]
    return Problem(
        where=place,
        what=say("there is no column '{column}'.", column=column),
        hint=did_you_mean(column, known),
    )
