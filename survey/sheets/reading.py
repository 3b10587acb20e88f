"""Reading filled tables: sheets known by their headings, rows with cells that note their problems.

A workbook is read behind the guarded child process; a CSV file is one sheet. Every problem of every
file is gathered before anything is refused.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import in_language, nfc, say
from survey.cells import Cells
from survey.errors import ImportRejected, rejected
from survey.folding import fold
from survey.importers.files import open_contents
from survey.importers.table import Sheet
from survey.sheets.layout import SheetLayout
from survey.sheets.template import NOTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The rows of one sheet, by column id; problems name the heading of the file."""

    layout: SheetLayout
    rows: tuple[Cells, ...]
    extra: tuple[str, ...] = ()
    """Headings that the layout does not have."""


def read_sheets(paths: Sequence[Path], layouts: Sequence[SheetLayout]) -> list[Filled]:
    """Read every sheet of the files that one of the layouts describes.

    Raises:
        ImportRejected: a file is no table, a sheet lacks a column or is none of these.
    """
    found: list[Filled] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            found += _of_file(path, layouts)
        except ImportRejected as error:
            problems += error.problems
    if problems:
        raise ImportRejected(problems)
    return found


def faults(filled: Iterable[Filled]) -> Iterator[Problem]:
    """Every problem noted in the rows."""
    for sheet in filled:
        for row in sheet.rows:
            yield from row.problems


def _of_file(path: Path, layouts: Sequence[SheetLayout]) -> Iterator[Filled]:
    contents = open_contents(path)
    sheets = [one for one in contents.sheets if fold(one.name) != fold(NOTES)]
    alone = contents.container == "text"
    read = [one for sheet in sheets
            if (one := _of_sheet(path.name, sheet, layouts, alone=alone)) is not None]  # fmt: skip
    if not read:
        titles = ", ".join(in_language(one.title, "vi") for one in layouts)
        raise rejected(path.name, say("No sheet of this file is one of: {names}.", names=titles),
                       say("Keep the headings of the template."))  # fmt: skip
    yield from read


def _of_sheet(
    file: str, sheet: Sheet, layouts: Sequence[SheetLayout], *, alone: bool
) -> Filled | None:
    lines = ((number, [nfc(cell).strip() for cell in cells]) for number, cells in sheet.lines())
    headed = next(((number, cells) for number, cells in lines if any(cells)), None)
    if headed is None:
        return None
    headings = headed[1]
    layout = max(layouts, key=lambda one: _known(one, headings))
    if _known(layout, headings) * 2 < len([one for one in layout.fields if one.required]):
        return None
    place = file if alone else f"{file}, sheet '{sheet.name}'"
    names = _columns(place, layout, headings)
    called = {name: headings[at] for at, name in names.items()}
    rows = tuple(
        Cells(file=place, line=number, headings=called,
              texts={name: cells[at] for at, name in names.items() if at < len(cells)})
        for number, cells in lines if any(cells)
    )  # fmt: skip
    extra = tuple(one for one in headings if one and layout.field_of(one) is None)
    return Filled(layout=layout, rows=rows, extra=extra)


def _known(layout: SheetLayout, headings: Sequence[str]) -> int:
    found = (layout.field_of(one) for one in headings if one)
    return len({one.id for one in found if one is not None})


def _columns(place: str, layout: SheetLayout, headings: Sequence[str]) -> Mapping[int, str]:
    """The ids of the columns by position, other headings under their own name."""
    names: dict[int, str] = {}
    problems: list[Problem] = []
    for at, heading in enumerate(headings):
        field = layout.field_of(heading)
        name = heading if field is None else field.id
        if heading and name in names.values():
            problems.append(Problem(where=place, hint=say("Rename one of them."),
                                    what=say("column '{column}' stands twice.", column=heading)))  # fmt: skip
        if heading:
            names[at] = name
    for field in layout.fields:
        if field.required and field.id not in names.values():
            wanted = field.heading["vi"]
            problems.append(Problem(where=place, hint=did_you_mean(wanted, filter(None, headings)),
                                    what=say("there is no column '{column}'.", column=wanted)))  # fmt: skip
    if problems:
        raise ImportRejected(problems)
    return names
