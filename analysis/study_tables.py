"""The tables that a study's settings name: units of residence, the sample and its cases, as text."""

from pathlib import Path

import pandas as pd

from analysis.errors import refuse
from analysis.responses import Tables
from instruments.errors import Problem
from instruments.language import say
from survey.cells import read_cells
from survey.population.units import read_units
from survey.study import Study


def read_tables(study: Study) -> Tables:
    """Read the tables of a study, where it names any.

    Raises:
        AnalysisError: a file is not there.
        StudyError: the units have no such code column, or a code that stands twice.
        ImportRejected: the sample is no table.
    """
    population, sample = study.settings.population, study.settings.sample
    units = study.folder / population.units if population.units else None
    table = study.folder / sample.table if sample.table else None
    cases = study.folder / sample.cases if sample.cases else None
    outcomes = study.folder / sample.dispositions if sample.dispositions else None
    absent = [
        Problem(
            where=f"study.yaml, {place}",
            what=say("there is no file '{path}'.", path=path.relative_to(study.folder)),
            hint=say("Put it there, or correct the path, which begins at the study's folder."),
        )
        for place, path in (
            ("population.units", units),
            ("sample.table", table),
            ("sample.cases", cases),
            ("sample.dispositions", outcomes),
        )
        if path is not None and not path.is_file()
    ]
    refuse(absent)
    code = population.residence.column if population.residence else "commune"
    return Tables(
        units=None if units is None else read_units(units, code=code),
        sample=None if table is None else _read_text(table),
        cases=None if cases is None else _read_text(cases),
    )


def _read_text(path: Path) -> pd.DataFrame:
    headings, rows = read_cells(path)
    refuse(problem for row in rows for problem in row.problems)
    cells = [[row[name] for name in headings] for row in rows]
    return pd.DataFrame(cells, columns=list(headings), dtype=object)
