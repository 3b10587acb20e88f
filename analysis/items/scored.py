"""A table of answers scored by an instrument, for a SPEC that names the instrument, not items."""

from pathlib import Path

import pandas as pd

from analysis.errors import AnalysisError, refuse
from analysis.scoring import score, scored_items
from analysis.table_file import absent
from instruments.errors import DefinitionError, Problem
from instruments.language import say
from instruments.load import load_instrument


def scored_table(table: pd.DataFrame, path: Path) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The table with the credit of every scored item in its column, and the items' names.

    Columns are named by form path or by the item's id. Keys are those in force when the field
    period begins.

    Raises:
        AnalysisError: The file is no instrument with keys and a field period, or no column is an
            item of it.
    """
    refuse(absent(path))
    try:
        instrument = load_instrument(path)
    except DefinitionError as error:
        raise AnalysisError(error.problems) from None
    placed = tuple(scored_items(instrument))
    names = {one.path: name for one in placed
             for name in (one.path, one.item.id) if name in table}  # fmt: skip
    if instrument.fieldwork is None or not names:
        raise AnalysisError(_not_scorable(path.name))
    days = pd.Series(pd.Timestamp(instrument.fieldwork.begins), index=table.index)
    answers = table[list(names.values())].astype("object")
    answers.columns = pd.Index(list(names))
    credit = score(instrument, answers, days=days).credit[list(names)]
    credit.columns = pd.Index(list(names.values()))
    columns = tuple(names.values())
    return pd.concat([table.drop(columns=list(columns)), credit], axis=1), columns


def _not_scorable(name: str) -> Problem:
    return Problem(
        where="instrument",
        what=say("'{name}' has no field period, or no column of the data is one of its scored "
                 "items.", name=name),
        hint=say("Name columns by the items' ids or paths, and give `fieldwork` its dates."),
    )  # fmt: skip
