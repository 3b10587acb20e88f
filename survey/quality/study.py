"""The fieldwork report of a study, from its store and the files that its settings name."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from instruments.errors import Problem
from instruments.language import say
from survey.answers import Record
from survey.cells import read_cells
from survey.disposition_file import read_outcomes
from survey.errors import StudyError
from survey.exclusions import by_reason, counted, in_force
from survey.quality.backchecks import back_checks
from survey.quality.interviews import interviews_of
from survey.quality.quotas import planned_interviews, population_shares
from survey.quality.report import FieldworkReport, Sources, report_on
from survey.store import Store
from survey.study import SETTINGS, Study

SEED = 2026
"""Of the permutations, so that a report repeats itself."""


def fieldwork_report(
    study: Study, *, instrument: str | None = None, seed: int = SEED
) -> FieldworkReport:
    """Look at everything that was accepted of one instrument.

    Raises:
        StudyError: the study has no such instrument, or a file that it names is not there.
        ImportRejected: a list of cases or of back-checks does not hold.
    """
    versions = study.versions_of(instrument)
    files = _files(study)
    with Store.existing(study.store_path) as store:
        records: list[Record] = [] if store is None else list(counted(store))
        out = () if store is None else in_force(store)
    interviews = interviews_of(versions, records)
    outcomes, checks = files["dispositions"], files["back_checks"]
    sources = Sources(
        settings=study.settings, excluded=by_reason(out, instrument=versions[-1].id),
        outcomes=None if outcomes is None else read_outcomes(outcomes),
        checked=None if checks is None else back_checks(checks, interviews, ids=_ids(records)),
        quotas=(*planned_interviews(interviews, _table(files["table"]), study.settings),
                *population_shares(interviews, study.settings)),
    )  # fmt: skip
    return report_on(interviews, sources, rng=np.random.default_rng(seed))


def _files(study: Study) -> dict[str, Path | None]:
    sample = study.settings.sample
    named = {"table": sample.table, "dispositions": sample.dispositions,
             "back_checks": sample.back_checks}  # fmt: skip
    found = {name: None if one is None else study.folder / one for name, one in named.items()}
    problems = [
        Problem(where=f"{SETTINGS}, sample.{name}",
                what=say("there is no file '{path}'.", path=named[name]),
                hint=say("Put it there, or correct the path, which begins at the study's folder."))
        for name, path in found.items() if path is not None and not path.is_file()
    ]  # fmt: skip
    if problems:
        raise StudyError(problems)
    return found


def _ids(records: Iterable[Record]) -> dict[str, str]:
    return {one.key: one.uuid for one in records if one.uuid is not None}


def _table(path: Path | None) -> pd.DataFrame | None:
    if path is None:
        return None
    headings, rows = read_cells(path)
    return pd.DataFrame([[row[name] for name in headings] for row in rows],
                        columns=list(headings), dtype=object)  # fmt: skip
