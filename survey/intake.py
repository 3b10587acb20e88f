"""From a file to one whose columns are settled: `settled_file`.

It refuses what cannot be taken in, before a row is looked at one by one; a check run and an import
are the same up to here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import file_digest
from pathlib import Path

from instruments.model import Instrument
from survey.form import Field, Form, prepare
from survey.identity import id_column
from survey.importers.recognise import read_table
from survey.importers.table import Columns, Override, Table
from survey.mapping import ColumnsUnsettled, Settled, settle
from survey.open_file import OpenFile, Version, moment
from survey.quality import clocks, grids, substantive_paths
from survey.silences import numbers_the_lines, words_for_nothing
from survey.structure import Structure, look_through
from survey.told_apart import ANY_DAY, told_apart
from survey.transcription import Transcriber
from survey.validation import Checker
from survey.writing import Habit

NOTHING = Override()
"""Everything is found out."""


def recognised(path: Path, *, told: Override = NOTHING) -> Table:
    """Find out what a file is, and what a person says of it.

    Raises:
        ImportRejected: The file cannot be read as a table.
    """
    return read_table(path, delimiter=told.delimiter, encoding=told.encoding, kind=told.kind,
                      dictionary=told.dictionary)  # fmt: skip


def settled_file(
    table: Table, *, instruments: Sequence[Instrument], mapping: Mapping[str, str | None],
    told: Override = NOTHING,
) -> OpenFile:  # fmt: skip
    """Settle the columns and the identity of a file that is recognised.

    Raises:
        ImportRejected: The file cannot be taken in, with every reason.
    """
    structure = look_through(table)
    forms = [prepare(instrument) for instrument in instruments]
    table = _without_counters(table, structure)

    def opened(given: Mapping[str, str | None]) -> OpenFile:
        return _opened(table, structure, forms, dict(mapping) | dict(given), told)

    try:
        return opened({})
    except ColumnsUnsettled as unsettled:
        found = told_apart(
            unsettled.columns, trial=lambda way: opened(way).checked(default=ANY_DAY)
        )
        if not found:
            raise
    return replace(opened(found), told_apart=tuple(found))


def _opened(
    table: Table, structure: Structure, forms: Sequence[Form],
    mapping: Mapping[str, str | None], told: Override,
) -> OpenFile:  # fmt: skip
    settled = settle(table.headings, columns=table.columns, filled=structure.filled, forms=forms,
                     given=mapping, where=table.contents.name, repeats=table.repeats,
                     repeats_filled=structure.repeats_filled,
                     filled_in=structure.by_version)  # fmt: skip
    silent = words_for_nothing(settled, forms, structure) - table.columns.blank
    table = replace(table, columns=_with_blank(table.columns, silent), repeats=tuple(
        replace(one, columns=_with_blank(one.columns, silent)) for one in table.repeats
    ))  # fmt: skip
    versions = {form.version: _version(form, forms, settled, table, structure) for form in forms}
    return OpenFile(
        table=table, structure=structure, settled=settled,
        id_column=id_column(table, structure, candidates=settled.ids, names=settled.names),
        versions=versions, newest=versions[forms[-1].version],
        usual=max(forms, key=lambda form: (settled.fits[form.version], forms.index(form))).version,
        clock=_clock(table, structure), file_sha256=hash_of_file(table.contents.path),
        given=mapping, told=told, silent=tuple(sorted(silent)),
    )  # fmt: skip


def _without_counters(table: Table, structure: Structure) -> Table:
    """The table with the columns marked that only number its lines."""
    found = numbers_the_lines(table.headings, structure)
    columns = replace(table.columns, counters=table.columns.counters | found)
    return replace(table, columns=columns) if found else table


def _with_blank(columns: Columns, words: frozenset[str]) -> Columns:
    return replace(columns, blank=columns.blank | words)


def hash_of_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _version(
    form: Form, forms: Sequence[Form], settled: Settled, table: Table, structure: Structure
) -> Version:
    layout = settled.layouts[form.version]
    transcriber = Transcriber.of(
        layout, _fields(form, forms), columns=table.columns, values=structure.values,
        repeats={repeat.name: repeat for repeat in table.repeats},
    )  # fmt: skip
    return Version(form=form, checker=Checker.of(form, carried=layout.carried, labelled=transcriber.labelled), grids=grids(form),
                   substantive=substantive_paths(form), clocks=clocks(form),
                   transcriber=transcriber)  # fmt: skip


def _fields(form: Form, forms: Sequence[Form]) -> dict[str, list[Field]]:
    """By path, the question in this version, then under its id in the others, newest first."""
    found: dict[str, list[Field]] = {}
    for one in (form, *(other for other in reversed(forms) if other is not form)):
        for field in one.level.all_fields():
            found.setdefault(field.path, []).append(field)
    by_id: dict[str, list[Field]] = {}
    for fields in found.values():
        for field in fields:
            by_id.setdefault(field.id, []).append(field)
    return {path: list({id(one): one for one in (*fields, *_same_kind(fields[0], by_id))}.values())
            for path, fields in found.items()}  # fmt: skip


def _same_kind(field: Field, by_id: Mapping[str, Sequence[Field]]) -> Iterator[Field]:
    return (one for one in by_id[field.id] if one.item.type == field.item.type)


def _clock(table: Table, structure: Structure) -> tuple[int, Habit] | None:
    """The last column named as the time of the record that holds nothing but times."""
    for at in sorted(table.columns.serial, reverse=True):
        seen = structure.values.columns[at]
        habit = structure.values.habits[at]
        if seen and all(moment(habit.datetime(cell)) is not None for cell in seen):
            return at, habit
    return None
