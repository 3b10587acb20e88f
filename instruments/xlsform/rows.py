"""Rows of an XLSForm's sheets as cells that know their column's meaning and their place."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from instruments.source import Node
from instruments.workbook import Sheet
from instruments.xlsform.columns import Column, read_heading
from instruments.yaml_source import UNSEEN

_EXPRESSIONS = frozenset({"relevant", "constraint", "calculation", "choice_filter", "required"})
_STRAIGHT = str.maketrans("“”‘’", "\"\"''")
OLD_ID = "id_string"
_TRUE = frozenset({"yes", "true", "true()", "1", "x"})
_FALSE = frozenset({"no", "false", "false()", "0"})


class Cell(NamedTuple):
    """A cell that is not empty."""

    file: str
    row: int
    heading: str
    column: Column
    text: str

    def node(self, meaning: object = None) -> Node:
        """The cell as a part of the definition; `meaning` where that is not its text."""
        value = meaning if isinstance(meaning, str | bool) else self.text
        return Node(self.file, self.row, value, None, f"row {self.row}, column '{self.heading}'")


class Line(NamedTuple):
    """A row with its cells."""

    file: str
    row: int
    cells: tuple[Cell, ...]

    @property
    def where(self) -> str:
        """The row's place for people."""
        return f"{self.file}, row {self.row}"

    def get(self, field: str) -> Cell | None:
        """The first cell of a field, in whatever language."""
        return next((cell for cell in self.cells if cell.column.field == field), None)

    def text(self, field: str) -> str:
        """The text of a field, empty where there is none."""
        cell = self.get(field)
        return "" if cell is None else cell.text

    def node(self, value: str | dict[str, Node] | list[Node]) -> Node:
        """A part of the definition that the whole row stands for."""
        return Node(self.file, self.row, value, None, f"row {self.row}")

    def kept(self, taken: Iterable[str]) -> dict[str, Node]:
        """Cells of all fields but those `taken`, by the heading that writes them back."""
        return {
            written(cell.column): cell.node()
            for cell in self.cells
            if cell.column.field not in taken
        }


def lines(sheet: Sheet, *, file: str) -> Iterator[Line]:
    """The rows of a sheet that hold anything and are not disabled."""
    columns = [read_heading(heading, sheet=kind_of(sheet)) for heading in sheet.headings]
    for row in sheet.rows:
        cells = (
            Cell(file, row.number, sheet.headings[at], columns[at], _clean(text, columns[at].field))
            for at, text in row.cells.items()
            if sheet.headings[at]
        )
        line = Line(file, row.number, tuple(cells))
        if line.cells and truth(line.text("disabled")) is not True:
            yield line


def kind_of(sheet: Sheet) -> str:
    """The sheet's name in small letters; the sheet that stands alone is the survey."""
    return sheet.kind or sheet.name.strip().lower()


def repeated(sheet: Sheet) -> list[Column]:
    """Columns that mean the same as another one, where both hold anything."""
    filled = {at for row in sheet.rows for at in row.cells}
    named = [read_heading(sheet.headings[at], sheet=kind_of(sheet))
             for at in sorted(filled) if sheet.headings[at]]  # fmt: skip
    return list(dict.fromkeys(column for column in named if named.count(column) > 1))


def without_old_id(sheet: Sheet) -> Sheet:
    """The settings without the old column of the form's id, where the new one stands beside it."""
    ids = [at for at, heading in enumerate(sheet.headings)
           if read_heading(heading, sheet="settings").field == "form_id"]  # fmt: skip
    old = {at for at in ids if sheet.headings[at].strip().lower() == OLD_ID}
    if not old or len(ids) < 2:
        return sheet
    rows = [
        row._replace(cells={at: text for at, text in row.cells.items() if at not in old})
        for row in sheet.rows
    ]
    return sheet._replace(rows=rows)


def written(column: Column) -> str:
    """The heading of a column in its first spelling."""
    return column.field if column.language is None else f"{column.field}::{column.language}"


def truth(text: str) -> bool | None:
    """Yes or no in the spellings of XLSForm; None for anything else."""
    lowered = text.lower()
    return True if lowered in _TRUE else False if lowered in _FALSE else None


def _clean(text: str, field: str) -> str:
    """The text without what nobody sees; in expressions, curled quotation marks are straightened."""
    text = UNSEEN.sub("", text)
    return text.translate(_STRAIGHT) if field in _EXPRESSIONS else text
