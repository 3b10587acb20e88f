"""What a form's file holds that no instrument made from it does: named, never dropped silently."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from instruments.errors import Problem
from instruments.language import Message, say
from instruments.workbook import Row, Sheet
from instruments.xlsform.columns import read_heading
from instruments.xlsform.extra import SHEET
from instruments.xlsform.read import FURTHER, form_sheets
from instruments.xlsform.rows import OLD_ID, truth, without_old_id
from instruments.yaml_source import UNSEEN

SETTINGS_ROW = 2
_READ = ("survey", "choices", "settings", *FURTHER, SHEET)


def losses(path: Path) -> list[Problem]:
    """Every sheet, row and cell that was not carried over, with the reason."""
    sheets = form_sheets(path)
    found: list[tuple[str, Message]] = []
    for name, sheet in sheets.items():
        where = f"{path.name}, sheet '{sheet.name}'"
        if name not in _READ:
            if sheet.rows:
                found.append((where, say("The sheet is not part of a form and was left out.")))
            continue
        found += [(f"{where}, {place}", what) for place, what in _in_sheet(name, sheet)]
    return [Problem(where=where, what=what) for where, what in found]


def _in_sheet(name: str, sheet: Sheet) -> Iterator[tuple[str, Message]]:
    if name == "settings" and without_old_id(sheet) != sheet:
        yield f"column '{OLD_ID}'", say("The column 'form_id' holds; this one was left out.")
    for position, row in enumerate(sheet.rows):
        place = f"row {row.number}"
        for at in row.cells:
            if not sheet.headings[at]:
                yield f"{place}, column {at + 1}", say("The cell has no heading and was left out.")
        yield from _unseen(sheet, row, place)
        fields = {read_heading(sheet.headings[at], sheet=name).field: text
                  for at, text in row.cells.items()}  # fmt: skip
        reason = _left_out(name, fields, position, row.number)
        if reason is not None:
            yield place, reason


def _unseen(sheet: Sheet, row: Row, place: str) -> Iterator[tuple[str, Message]]:
    """Changes that nobody sees: characters left out, line breaks, marks joined to their letters."""
    for at, text in row.cells.items():
        where = f"{place}, column '{sheet.headings[at]}'"
        for character in dict.fromkeys(UNSEEN.findall(text)):
            yield where, say("The character U+{code} is seen by nobody and was left out.",
                             code=f"{ord(character):04X}")  # fmt: skip
        if "\r" in text:
            yield where, say("A line break of Windows is written as one of every system.")
        if at in row.composed:
            yield (
                where,
                say("Letters and their marks were joined (Unicode NFC); they look the same."),
            )


def _left_out(name: str, fields: Mapping[str, str], position: int, number: int) -> Message | None:
    """Why a whole row was not carried over, or is read by us alone; None where all is as it was."""
    if not any(field for field in fields):
        return None
    if truth(fields.get("disabled", "")):
        return say("The row is disabled and was left out.")
    if name == "survey" and "type" not in fields:
        return say("The row has no type and was left out.")
    if name == "choices" and "list_name" not in fields:
        return say("The choice has no list and was left out.")
    return _of_settings(position, number) if name == "settings" else None


def _of_settings(position: int, number: int) -> Message | None:
    if position > 0:
        return say("Only the first row of settings holds; this one was left out.")
    if number > SETTINGS_ROW:
        return say("Other programs read settings in row {row} alone; these were taken nevertheless.",
                   row=SETTINGS_ROW)  # fmt: skip
    return None
