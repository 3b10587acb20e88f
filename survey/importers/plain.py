"""Any table with headings in its first line: what its columns are when no system is recognised."""

from survey.importers.headed import counter_columns, headings_of, positions, serial_columns
from survey.importers.table import Columns, Contents

_IDS = ("_uuid", "uuid", "instanceID", "meta/instanceID")
_VERSIONS = ("_version", "__version__")
_SYSTEM = ("_record",)


def plain_columns(contents: Contents) -> Columns:
    """Identity and version by the names that our own exports and ODK's give them."""
    headings = headings_of(contents)
    ids, versions = positions(headings, _IDS), positions(headings, _VERSIONS)
    return Columns(
        ids=ids,
        versions=versions,
        system=frozenset([*ids, *versions, *positions(headings, _SYSTEM)]),
        serial=serial_columns(headings),
        counters=counter_columns(headings),
    )
