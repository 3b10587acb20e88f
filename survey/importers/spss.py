"""SPSS: .sav, .zsav and .por files.

Dates are seconds from 14 October 1582, whatever way their format shows them.
"""

import re
from datetime import datetime, timedelta
from typing import Any

from instruments.language import say
from survey.importers.readstat import Package, beyond, table_of
from survey.importers.table import Container, Contents, Evidence, Override, Table

KIND = "spss"
CONTAINERS: frozenset[Container] = frozenset({"spss"})
_ORIGIN = datetime(1582, 10, 14)
_DATES = frozenset({"DATE", "ADATE", "EDATE", "JDATE", "SDATE", "QYR", "MOYR", "WKYR"})
_MOMENTS = frozenset({"DATETIME", "YMDHMS"})
_CLOCKS = frozenset({"TIME", "DTIME"})
_PORTABLE = b"SPSS PORT FILE"
_NOT_PORTABLE = frozenset({"user_missing", "encoding"})


def recognise(contents: Contents) -> Evidence | None:
    """Whatever begins as SPSS's files do."""
    return Evidence(score=1.0, why=say("It begins as a {ending} file of SPSS does.",
                                       ending=_ending(contents)))  # fmt: skip


def read(contents: Contents, *, evidence: Evidence, told: Override) -> Table:
    """The records, with what the file says of its variables."""
    import pyreadstat  # noqa: PLC0415 - other files need none

    reader = _read_por if _ending(contents) == ".por" else pyreadstat.read_sav
    package = Package(kind=KIND, read=reader, moment=_moment)
    return table_of(contents, package=package, told=told, evidence=evidence)


def _ending(contents: Contents) -> str:
    with contents.path.open("rb") as stream:
        head = stream.read(512)
    return ".por" if _PORTABLE in head else ".zsav" if head.startswith(b"$FL3") else ".sav"


def _read_por(path: str, **how: Any) -> Any:  # noqa: ANN401 - pyreadstat's own
    """Portable files have neither an encoding of their own nor values kept though missing."""
    import pyreadstat  # noqa: PLC0415 - other files need none

    accepted = {name: value for name, value in how.items() if name not in _NOT_PORTABLE}
    return pyreadstat.read_por(path, **accepted)


def _moment(value: float, form: str) -> str | None:
    kind = re.sub(r"[0-9.]+$", "", form.upper())
    if kind in _CLOCKS:
        return str(timedelta(seconds=round(value))) if abs(value) < 86_400_000 else beyond(value)
    if kind not in _DATES | _MOMENTS:
        return None
    try:
        moment = _ORIGIN + timedelta(seconds=round(value, 3))
    except OverflowError:
        return beyond(value)
    return moment.date().isoformat() if kind in _DATES else moment.isoformat()
