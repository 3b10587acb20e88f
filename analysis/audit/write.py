"""Write an audit: the data, the margins, the published estimates, and the script."""

from datetime import date
from functools import partial
from pathlib import Path

import pandas as pd

from analysis.analyze import analyze_measured
from analysis.audit.checks import Checks
from analysis.audit.script import DATA_FILE, ESTIMATES_FILE, MARGINS_FILE, audit_script
from analysis.audit.table import AuditTable, audit_table
from analysis.measured import Measured, measure
from survey.durable import write_whole
from survey.study import Study

SCRIPT_FILE = "audit.R"


def write_audit(study: Study, folder: Path, *, today: date) -> list[Path]:
    """Write what R `survey` needs to make every published share of a study anew; the files.

    Differences of two shares are left out.

    The data hold one row per respondent of the base, by record, without contact data.

    Raises:
        HieuluatError: the study cannot be analyzed.
    """
    made = measure(study, today=today)
    table = audit_table(made)
    checks = Checks(made=made, result=analyze_measured(made), table=table).all()
    contents = {
        DATA_FILE: _csv(table.data),
        ESTIMATES_FILE: _csv(pd.DataFrame([one.record() for one in checks])),
        SCRIPT_FILE: audit_script(made, table),
    }
    if table.of("margin"):
        contents[MARGINS_FILE] = _csv(_margins(made, table))
    for name, text in contents.items():
        write_whole(folder / name, partial(Path.write_text, data=text, encoding="utf-8"))
    return [folder / name for name in contents]


def _margins(made: Measured, table: AuditTable) -> pd.DataFrame:
    return pd.DataFrame([
        {"margin": table.names["margin", fit.margin], "category": fit.category, "share": fit.target}
        for fit in made.weighted.report.margins
    ])  # fmt: skip


def _csv(table: pd.DataFrame) -> str:
    return table.to_csv(index=False, lineterminator="\n")
