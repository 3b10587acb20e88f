"""Looking at an upload: read, its columns settled, every row checked; nothing is written."""

from pathlib import Path

from survey.imports import Clock, Progress, Reading, check_files
from survey.mapping import ColumnsUnsettled
from survey.study import Study
from survey.web.columns import columns_of
from survey.web.findings import Checked, Finding


def examine(
    study: Study, path: Path, reading: Reading, *, now: Clock, progress: Progress
) -> Finding:  # fmt: skip
    """What is found in a file that is read as a person chose.

    Raises:
        HieuluatError: The file cannot be taken in, or the study not be used.
    """
    try:
        (report,) = check_files(study, [path], now=now, reading=reading, progress=progress)  # fmt: skip
    except ColumnsUnsettled:
        table = columns_of(study, path, reading)
        if any(one.unsettled for one in table.columns):
            return table
        raise
    return Checked(report=report)
