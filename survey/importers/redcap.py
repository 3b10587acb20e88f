"""REDCap: raw or labelled CSV, with the data dictionary beside it or given.

A checkbox has a column for each choice (``field___code``, or ``Label (choice=Text)``). Rows of
repeating instruments stand among the records and name their instrument and instance. In a
longitudinal project each event of a record is a record here.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from instruments.language import say
from survey.importers.added import Added, with_added
from survey.importers.headed import first_filled, positions, records_below, trimmed
from survey.importers.redcap_dictionary import Codebook, codebook_for
from survey.importers.repeats import Joint, joined
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

KIND = "redcap"
CONTAINERS: frozenset[Container] = frozenset({"text", "workbook"})
_CHECKBOX = re.compile(r"(?P<field>.+?)___(?P<code>.+)")
_LABELLED = re.compile(r"(?P<field>.+?) \(choice=(?P<code>.+)\)")
_OWN = re.compile(r"redcap_.+|.+_complete|.+_timestamp")
_INSTRUMENT = ("redcap_repeat_instrument", "Repeat Instrument")
_INSTANCE = ("redcap_repeat_instance", "Repeat Instance")
_EVENT = ("redcap_event_name", "Event Name")
_LABEL_OWN = frozenset(
    {*_INSTRUMENT, *_INSTANCE, *_EVENT, "Complete?", "Data Access Group", "Survey Identifier",
     "Survey Timestamp"}
)  # fmt: skip


def recognise(contents: Contents) -> Evidence | None:
    """Files with REDCap's own columns, or whose checkboxes are written as REDCap's."""
    headings = trimmed(first_filled(contents)[1][1])
    marks = [name for name in headings if name in _LABEL_OWN or name.startswith("redcap_")]
    boxes = [name for name in headings if _CHECKBOX.fullmatch(name) or _LABELLED.fullmatch(name)]
    forms = [name for name in headings if name.endswith("_complete")]
    if not marks and not (forms and (boxes or headings[0] == "record_id")):
        return None
    return Evidence(score=0.85, why=say("It has REDCap's own columns: {names}.",
                                        names=", ".join([*marks, *forms, *boxes][:8])))  # fmt: skip


def read(contents: Contents, *, evidence: Evidence, told: Override) -> Table:
    """The records, with the dictionary's labels where there is one.

    Raises:
        ImportRejected: The dictionary that was given is none.
    """
    layout = _layout(contents)
    fields = [name for name in layout.headings
              if name not in _LABEL_OWN and not _OWN.fullmatch(name)]  # fmt: skip
    book = codebook_for(contents.path, fields, given=told.dictionary)
    if book.name:
        why = say("{why} Its dictionary is {name}.", why=evidence.why, name=book.name)
        evidence = replace(evidence, why=why)
    added = (
        []
        if layout.event is None
        else [Added(heading="record-event", cell=partial(_identity, layout))]
    )
    columns = _columns(layout, book, added)
    return Table(
        kind=KIND, evidence=evidence, contents=contents, sheet=layout.sheet.name,
        headings=(*layout.headings, *(one.heading for one in added)), columns=columns,
        repeats=tuple(_repeats(layout, columns)),
        lines=_lines(layout, added),
        unread=tuple(one.name for one in contents.sheets if one is not layout.sheet),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Where the columns of rows' kinds stand, and which columns each repeating instrument fills."""

    sheet: Sheet
    line: int
    headings: tuple[str, ...]
    instrument: int | None
    instance: int | None
    event: int | None
    repeats: Mapping[str, frozenset[int]]

    def rows(self) -> Iterator[Row]:
        return records_below(self.sheet, self.line, len(self.headings))

    def kind_of(self, row: Row) -> str:
        """The repeating instrument that a row is an instance of; nothing for a record's own row.

        A ragged row is taken as a record, where it is seen to be ragged.
        """
        return _at(row.cells, self.instrument) if len(row.cells) == len(self.headings) else ""

    def key(self, row: Row) -> str:
        return f"{_at(row.cells, 0)}\n{_at(row.cells, self.event)}"


def _layout(contents: Contents) -> _Layout:
    sheet, (line, cells) = first_filled(contents)
    headings = trimmed(cells)
    places = [
        next(iter(positions(headings, names)), None) for names in (_INSTRUMENT, _INSTANCE, _EVENT)
    ]
    bare = _Layout(sheet=sheet, line=line, headings=headings, instrument=places[0],
                   instance=places[1], event=places[2], repeats={})  # fmt: skip
    return replace(bare, repeats=_filled_by(bare))


def _filled_by(layout: _Layout) -> Mapping[str, frozenset[int]]:
    """By repeating instrument, the columns that its rows fill, the record's own apart."""
    if layout.instrument is None:
        return {}
    own = {0, layout.instrument, layout.instance, layout.event}
    found: dict[str, set[int]] = {}
    for row in layout.rows():
        if kind := layout.kind_of(row):
            filled = found.setdefault(kind, set())
            filled.update(at for at, cell in enumerate(row.cells) if cell and at not in own)
    return {kind: frozenset(filled) for kind, filled in found.items()}


def _outside(layout: _Layout, inner: frozenset[int]) -> frozenset[int]:
    complete = {at for at in inner if _OWN.fullmatch(layout.headings[at])}
    return frozenset(range(len(layout.headings))) - inner | complete


def _repeats(layout: _Layout, columns: Columns) -> Iterator[Repeat]:
    for name, inner in layout.repeats.items():
        own = replace(columns, ids=(), made=frozenset(), system=_outside(layout, inner))
        yield Repeat(name=name, headings=layout.headings, columns=own)


def _lines(layout: _Layout, added: Sequence[Added]) -> Callable[[], Iterator[Row]]:
    def own() -> Iterator[Row]:
        return with_added(_records(layout), width=len(layout.headings), added=added)

    return joined(own, layout.key, [_joint(layout, name) for name in layout.repeats])


def _records(layout: _Layout) -> Iterator[Row]:
    """Records' own rows; one that has instances alone gets a row with its identity only."""
    told = {layout.key(row) for row in layout.rows() if not layout.kind_of(row)}
    kept, number = {0, layout.event}, 0
    for row in layout.rows():
        own = not layout.kind_of(row)
        if own or layout.key(row) not in told:
            told.add(layout.key(row))
            number += 1
            bare = tuple(cell if at in kept else "" for at, cell in enumerate(row.cells))
            yield replace(row, number=number, cells=row.cells if own else bare)


def _joint(layout: _Layout, name: str) -> Joint:
    return Joint(
        repeat=name, parent=None, parent_key=layout.key, key=lambda _: "",
        rows=lambda: (row for row in layout.rows() if layout.kind_of(row) == name),
        order=lambda row: _order(_at(row.cells, layout.instance), row.number),
    )  # fmt: skip


def _order(instance: str, number: int) -> int:
    return int(instance) if instance.isdecimal() and len(instance) < 10 else number


def _identity(layout: _Layout, cells: Sequence[str]) -> str:
    parts = (_at(cells, 0), _at(cells, layout.event), _at(cells, layout.instance))
    return "/".join(part for part in parts if part)


def _columns(layout: _Layout, book: Codebook, added: Sequence[Added]) -> Columns:
    headings = layout.headings
    system = {at for at, name in enumerate(headings)
              if at == 0 or name in _LABEL_OWN or _OWN.fullmatch(name)}  # fmt: skip
    for inner in layout.repeats.values():
        system |= inner
    made = tuple(range(len(headings), len(headings) + len(added)))
    labels = {at: found for at, name in enumerate(headings) if (found := book.labels.get(name))}
    return Columns(
        in_form_order=True,
        ids=made or (0,), made=frozenset(made), system=frozenset({*system, *made}),
        serial=frozenset({0}) | frozenset(at for at, name in enumerate(headings) if name.endswith("_timestamp")),
        names={at: tuple(dict.fromkeys(_names(name, book))) for at, name in enumerate(headings)},
        labels=labels,
    )  # fmt: skip


def _names(heading: str, book: Codebook) -> Iterator[str]:
    """A field by its label; a checkbox's choice behind its field, by code and by label."""
    box = _CHECKBOX.fullmatch(heading) or _LABELLED.fullmatch(heading)
    if box is None:
        yield from filter(None, [book.fields.get(heading, "")])
        return
    field, code = box["field"], box["code"]
    true_code, choice = book.choice_of(field, code)
    yield from (f"{field}/{true_code}", f"{field}/{choice}")
    yield from (f"{label}/{choice}" for label in filter(None, [book.fields.get(field, "")]))


def _at(cells: Sequence[str], at: int | None) -> str:
    return cells[at].strip() if at is not None and at < len(cells) else ""
