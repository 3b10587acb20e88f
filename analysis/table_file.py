"""Tables from files: only the columns asked for, as numbers where every value is one."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from analysis.columns import ALL_COLUMNS, Floats, numeric
from analysis.errors import AnalysisError, refuse
from instruments.errors import Problem
from instruments.language import say

_CODE = r"^0[0-9]"
"""A number written with a leading zero is a code and stays text."""
_BLOCK = 1 << 26


def read_table(path: Path, patterns: Iterable[str]) -> pd.DataFrame:
    """Read the columns of a CSV, Parquet, SPSS or Stata file that match `patterns`.

    In CSV an empty cell is missing, and a column is numeric when all its other cells are numbers
    without leading zeros; anything else stays text.
    """
    refuse(absent(path))
    wanted = tuple(patterns)
    kind = path.suffix.lower()
    if kind == ".csv":
        return _from_csv(path, wanted)
    if kind == ".parquet":
        return _from_parquet(path, wanted)
    if kind in (".dta", ".sav"):
        return _from_package(path, wanted, kind)
    what = say("files of the kind '{kind}' are not read here.", kind=kind or path.name)
    hint = say("Give a .csv, .parquet, .sav or .dta file.")
    raise AnalysisError(Problem(where=str(path), what=what, hint=hint))


def absent(path: Path) -> list[Problem]:
    """What to say of a file that a SPEC names and that is not there."""
    if path.is_file():
        return []
    return [Problem(where=str(path), what=say("there is no such file."),
                    hint=say("Correct its name: names in a SPEC are looked for beside it."))]  # fmt: skip


def read_matrix(path: Path) -> Floats:
    """Read a CSV file of numbers with a header as a matrix."""
    table = read_table(path, ["*"])
    columns = [numeric(table, str(name), role=path.name) for name in table.columns]
    return np.stack(columns, axis=1)


def _from_csv(path: Path, wanted: Sequence[str]) -> pd.DataFrame:
    names = _header(path)
    chosen = _chosen(names, wanted) or names[:1]
    options = pa_csv.ConvertOptions(
        include_columns=chosen, column_types=dict.fromkeys(chosen, pa.string()),
        null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=True,
    )  # fmt: skip
    try:
        table = pa_csv.read_csv(
            path, read_options=pa_csv.ReadOptions(block_size=_BLOCK), convert_options=options,
            parse_options=pa_csv.ParseOptions(newlines_in_values=True),
        )  # fmt: skip
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise AnalysisError(_unreadable(path, error)) from None
    return _known(pd.DataFrame({name: _column(table[name]) for name in chosen}), names)


def _header(path: Path) -> list[str]:
    with path.open("rb") as stream:
        first = stream.readline()
        second = stream.readline()
    if not first.strip():
        raise AnalysisError(Problem(where=path.name, what=say("the file is empty."),
                                    hint=say("Save the table again, its names in the first row.")))  # fmt: skip
    try:
        reader = pa_csv.read_csv(pa.BufferReader(first + (second or b"")))
        names = [str(name) for name in reader.column_names]
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise AnalysisError(_unreadable(path, error)) from None
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        what = say("column '{column}' stands twice in the header.", column=twice[0])
        raise AnalysisError(Problem(where=path.name, what=what, hint=say("Rename one of them.")))
    return names


def _chosen(names: Sequence[str], wanted: Sequence[str]) -> list[str]:
    plain = set(wanted)
    patterns = [pattern for pattern in wanted if "*" in pattern]
    return [n for n in names if n in plain or any(fnmatchcase(n, p) for p in patterns)]


def _column(values: pa.ChunkedArray) -> pd.Series:
    known = values.drop_null()
    try:
        if len(known) and not pc.any(pc.match_substring_regex(known, _CODE)).as_py():
            return pd.Series(values.cast(pa.float64()).to_numpy(), dtype=np.float64)
    except pa.ArrowInvalid:
        pass
    return pd.Series(values.to_pandas())


def _from_parquet(path: Path, wanted: Sequence[str]) -> pd.DataFrame:
    try:
        names = pq.read_schema(path).names
        chosen = _chosen(names, wanted) or names[:1]
        return _known(pq.read_table(path, columns=chosen).to_pandas(), names)
    except pa.ArrowInvalid as error:
        raise AnalysisError(_unreadable(path, error)) from None


def _from_package(path: Path, wanted: Sequence[str], kind: str) -> pd.DataFrame:
    """A table of Stata or SPSS, codes rather than labels."""
    try:
        if kind == ".dta":
            frame = pd.read_stata(path, convert_categoricals=False)
        else:
            frame = pd.read_spss(path, convert_categoricals=False)
    except ImportError:
        what = say("SPSS files need the package pyreadstat, which is not installed.")
        hint = say("Install it, or save the table as .csv or .parquet.")
        raise AnalysisError(Problem(where=path.name, what=what, hint=hint)) from None
    except Exception as error:  # Either reader has errors of its own, of no common kind.
        raise AnalysisError(_unreadable(path, error)) from None
    names = [str(name) for name in frame.columns]
    return _known(frame[_chosen(names, wanted) or names[:1]], names)


def _unreadable(path: Path, error: Exception) -> Problem:
    return Problem(
        where=path.name, what=say("the table cannot be read: {reason}", reason=str(error)),
        hint=say("Save it again: a CSV file in UTF-8, with as many cells in every row as in the first."),
    )  # fmt: skip


def _known(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    frame.attrs[ALL_COLUMNS] = tuple(names)
    return frame
