"""KoboToolbox exports: CSV and Excel with XML values or labels, and the JSON of its data API.

Kobo writes ``;`` between quoted cells, a select-multiple as one column, as a column of 0/1 per
option, or both, and its own columns behind the questions. Repeats stand in further sheets that
name the line of their record (``_parent_index``), in older exports in numbered columns
(``children[1]/name``), in JSON as lists. Its workbooks hold no formulas: a cell that looks like one
is an answer that begins with an equals sign.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from instruments.language import say
from survey.importers.formulas import Formulas, formulas_of
from survey.importers.headed import (
    counter_columns,
    headed_sheet,
    headed_table,
    headings_of,
    positions,
    records_below,
    serial_columns,
)
from survey.importers.objects import table_of_objects
from survey.importers.repeats import Joint, joined, spread
from survey.importers.table import (
    Columns,
    Container,
    Contents,
    Evidence,
    Override,
    Repeat,
    Row,
    Sheet,
    Table,
)

KIND = "kobo"
CONTAINERS: frozenset[Container] = frozenset({"text", "workbook", "json"})
_BLANK = frozenset({"n/a"})
_IDS = ("_uuid", "meta/instanceID", "meta/rootUuid")
_TELLING = frozenset(
    {"_submission_time", "_validation_status", "_submitted_by", "__version__", "_index", "_id",
     "meta/rootUuid", "meta/instanceID", "_xform_id_string", "formhub/uuid"}
)  # fmt: skip
_SYSTEM = _TELLING | frozenset(
    {"_uuid", "_notes", "_status", "_tags", "_attachments", "_geolocation", "_parent_index",
     "_parent_table_name", "_bamboo_dataset_id", "_media_all_received", "_date_modified",
     "_duration", "_edited", "_xform_id", "meta/instanceName", "meta/deprecatedID", "meta/audit",
     "_supplementalDetails", "_root_uuid"}
)  # fmt: skip
_OWN = re.compile(
    r"_submission_.+|_+version_*(\d{3})?|(.*/)?_.+_(latitude|longitude|altitude|precision)"
)
_VERSION = re.compile(r"_+version_*(\d{3})?")
_ENVELOPE = frozenset({"count", "next", "previous", "results"})


def recognise(contents: Contents) -> Evidence | None:
    """A file with ``_uuid`` and at least two more of Kobo's own columns."""
    headings = _keys(contents) if contents.container == "json" else headings_of(contents)
    found = [name for name in headings if name in _TELLING]
    if "_uuid" not in headings or len(found) < 1 + (contents.container != "json"):
        return None
    return Evidence(score=0.9, why=say("It has KoboToolbox's own columns: {names}.",
                                       names=", ".join(["_uuid", *found])))  # fmt: skip


def read(contents: Contents, *, evidence: Evidence, told: Override) -> Table:  # noqa: ARG001 - every source has it
    """The records with their repeats, Kobo's columns told from the form's."""
    if contents.container == "json":
        return table_of_objects(contents, _results(contents), kind=KIND, evidence=evidence,
                                columns_of=_columns,
                                dropped=frozenset({"_attachments", "_geolocation", "_notes"}))  # fmt: skip
    contents = _verbatim(contents)
    headings = headings_of(contents)
    numbered = spread(headings, blank=_BLANK)
    columns = _columns(headings)
    columns = replace(columns, system=columns.system | numbered.columns)
    table = headed_table(contents, kind=KIND, evidence=evidence, columns=columns)
    if numbered.repeats:
        return replace(table, repeats=numbered.repeats,
                       lines=partial(numbered.filled, table.lines))  # fmt: skip
    return _with_sheets(table, contents)


def _results(contents: Contents) -> list[Mapping[str, Any]]:
    document = contents.document
    found = document.get("results") if isinstance(document, dict) else document
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _keys(contents: Contents) -> tuple[str, ...]:
    document = contents.document
    if isinstance(document, dict) and not document.keys() <= _ENVELOPE:
        return ()
    return tuple(dict.fromkeys(key for one in _results(contents)[:100] for key in one))


def _columns(headings: tuple[str, ...]) -> Columns:
    versions = tuple(at for at, name in enumerate(headings) if _VERSION.fullmatch(name))
    named = frozenset(headings)
    system = [at for at, name in enumerate(headings)
              if name in _SYSTEM or _OWN.fullmatch(name) or _is_link(name, named)]  # fmt: skip
    return Columns(
        in_form_order=True,
        ids=positions(headings, _IDS), versions=versions, system=frozenset(system), blank=_BLANK,
        serial=serial_columns(headings), counters=counter_columns(headings),
    )  # fmt: skip


def _is_link(name: str, named: frozenset[str]) -> bool:
    """Whether a column holds the web address of the file that another one names."""
    return name.endswith("_URL") and name.removesuffix("_URL") in named


def _verbatim(contents: Contents) -> Contents:
    """The contents with formulas as the texts that they were."""
    if contents.container != "workbook":
        return contents
    formulas = formulas_of(contents.path)
    return replace(contents, sheets=tuple(
        replace(sheet, lines=partial(_with_formulas, sheet, formulas[sheet.name]))
        if sheet.name in formulas else sheet
        for sheet in contents.sheets
    ))  # fmt: skip


def _with_formulas(sheet: Sheet, formulas: Formulas) -> Iterator[tuple[int, tuple[str, ...]]]:
    lines = {line for line, _ in formulas}
    for line, cells in sheet.lines():
        if line not in lines:
            yield line, cells
        else:
            yield line, tuple(formulas.get((line, at), cell) for at, cell in enumerate(cells))


def _with_sheets(table: Table, contents: Contents) -> Table:
    """The table with the instances of sheets that name the line of their record."""
    named = {
        sheet.name: headed_sheet(sheet) for sheet in contents.sheets if sheet.name != table.sheet
    }
    inner = {sheet.name: sheet for sheet in contents.sheets
             if "_parent_index" in named.get(sheet.name, ((), 0))[0]}  # fmt: skip
    if not inner or "_index" not in table.headings:
        return table
    made = [_joint(sheet, *named[sheet.name], set(inner)) for sheet in inner.values()]
    at = table.headings.index("_index")
    return replace(
        table, repeats=tuple(repeat for repeat, _ in made),
        lines=joined(table.lines, partial(_cell, at=at), [joint for _, joint in made]),
        unread=tuple(name for name in table.unread if name not in inner),
    )  # fmt: skip


def _joint(
    sheet: Sheet, headings: tuple[str, ...], line: int, known: set[str]
) -> tuple[Repeat, Joint]:
    parent = _parent(sheet, headings, line, known)
    rows: Callable[[], Iterator[Row]] = partial(records_below, sheet, line, len(headings))
    key, of = headings.index("_index"), headings.index("_parent_index")
    repeat = Repeat(name=sheet.name, headings=headings, columns=_columns(headings), parent=parent)
    joint = Joint(repeat=sheet.name, parent=parent, rows=rows, key=partial(_cell, at=key),
                  parent_key=partial(_cell, at=of))  # fmt: skip
    return repeat, joint


def _parent(sheet: Sheet, headings: tuple[str, ...], line: int, known: set[str]) -> str | None:
    """The repeat that a sheet's first record says it belongs to; None for the records."""
    if "_parent_table_name" not in headings:
        return None
    at = headings.index("_parent_table_name")
    first = next(records_below(sheet, line, len(headings)), None)
    name = "" if first is None else _cell(first, at=at)
    return name if name in known and name != sheet.name else None


def _cell(row: Row, *, at: int) -> str:
    return row.cells[at] if at < len(row.cells) else ""
