"""Stata: .dta files.

Dates are days and times are milliseconds from 1 January 1960; missing values have letters, which
may have labels.
"""

from datetime import datetime, timedelta

from instruments.language import say
from survey.importers.readstat import Package, beyond, table_of
from survey.importers.table import Container, Contents, Evidence, Override, Table

KIND = "stata"
CONTAINERS: frozenset[Container] = frozenset({"stata"})
_ORIGIN = datetime(1960, 1, 1)
_UNITS = {
    "%td": timedelta(days=1), "%d": timedelta(days=1),
    "%tc": timedelta(milliseconds=1), "%tC": timedelta(milliseconds=1),
}  # fmt: skip


def recognise(contents: Contents) -> Evidence | None:
    """Whatever begins as Stata's files do."""
    return Evidence(score=1.0, why=say("It begins as a file of Stata does ({name}).",
                                       name=contents.path.suffix or "-"))  # fmt: skip


def read(contents: Contents, *, evidence: Evidence, told: Override) -> Table:
    """The records, with what the file says of its variables."""
    import pyreadstat  # noqa: PLC0415 - other files need none

    package = Package(kind=KIND, read=pyreadstat.read_dta, moment=_moment)
    return table_of(contents, package=package, told=told, evidence=evidence)


def _moment(value: float, form: str) -> str | None:
    unit = next((unit for start, unit in _UNITS.items() if form.startswith(start)), None)
    if unit is None:
        return None
    try:
        moment = _ORIGIN + value * unit
    except OverflowError:
        return beyond(value)
    return moment.isoformat() if unit < timedelta(days=1) else moment.date().isoformat()
