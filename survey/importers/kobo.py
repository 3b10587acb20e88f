"""KoboToolbox exports with XML values and headers, with or without group names in headings.

Kobo writes ``;`` between quoted cells, a select-multiple as one column, as a column of 0/1 per
option, or both, and its own columns behind the questions. Repeats stand in further sheets only.
"""

import re

from instruments.language import say
from survey.importers.headed import (
    counter_columns,
    headed_table,
    headings_of,
    positions,
    serial_columns,
)
from survey.importers.table import Columns, Container, Contents, Evidence, Override, Table

KIND = "kobo"
CONTAINERS: frozenset[Container] = frozenset({"text", "workbook"})
_IDS = ("_uuid", "meta/instanceID", "meta/rootUuid")
_TELLING = frozenset(
    {"_submission_time", "_validation_status", "_submitted_by", "__version__", "_index", "_id",
     "meta/rootUuid", "meta/instanceID"}
)  # fmt: skip
_SYSTEM = _TELLING | frozenset(
    {"_uuid", "_notes", "_status", "_tags", "_attachments", "_geolocation", "_parent_index",
     "_parent_table_name", "_xform_id_string", "_bamboo_dataset_id", "_media_all_received",
     "_date_modified", "_duration", "formhub/uuid", "meta/instanceName", "meta/deprecatedID",
     "meta/audit"}
)  # fmt: skip
_VERSION = re.compile(r"_+version_*(\d{3})?")
_PLACE = re.compile(r"(.*/)?_.+_(latitude|longitude|altitude|precision)")


def recognise(contents: Contents) -> Evidence | None:
    """A file with ``_uuid`` and at least two more of Kobo's own columns."""
    headings = headings_of(contents)
    found = [name for name in headings if name in _TELLING]
    if "_uuid" not in headings or len(found) < 2:
        return None
    return Evidence(score=0.9, why=say("It has KoboToolbox's own columns: {names}.",
                                       names=", ".join(["_uuid", *found])))  # fmt: skip


def read(contents: Contents, *, evidence: Evidence, told: Override) -> Table:  # noqa: ARG001 - every source has it
    """The records, with Kobo's columns told from the form's."""
    headings = headings_of(contents)
    versions = tuple(at for at, name in enumerate(headings) if _VERSION.fullmatch(name))
    system = [at for at, name in enumerate(headings) if name in _SYSTEM or _PLACE.fullmatch(name)]
    columns = Columns(
        ids=positions(headings, _IDS),
        versions=versions,
        system=frozenset([*system, *versions]),
        serial=serial_columns(headings),
        counters=counter_columns(headings),
    )
    return headed_table(contents, kind=KIND, evidence=evidence, columns=columns)
