"""Tables of figures and codes, read cell by cell and with every problem noted in its place."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import Message, say
from survey.importers.files import open_contents
from survey.importers.headed import headed_table
from survey.importers.table import Columns, Evidence, Row

_WHOLE, _NUMBER = re.compile(r"\d+(\.0+)?"), re.compile(r"\d+([.,]\d+)?")
_THOUSANDS = re.compile(r"\d{1,3}([.,]\d{3})+")
_DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """One row by column name; what cannot be read is noted in `problems` and has a stand-in."""

    file: str
    line: int
    texts: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    headings: Mapping[str, str] = field(default_factory=dict)
    """What the file calls the columns that it calls otherwise."""

    def __getitem__(self, column: str) -> str:
        return self.texts.get(column, "").strip()

    def text(self, column: str) -> str:
        """A cell that must not be empty."""
        if not self[column]:
            self.note(column, say("the cell is empty."), say("Fill it in."))
        return self[column]

    def known(self, column: str, names: Collection[str]) -> str:
        """A cell that holds one of `names`."""
        if self[column] not in names:
            self.note(column, say("'{value}' is not known here.", value=self[column]),
                      did_you_mean(self[column], names))  # fmt: skip
        return self[column]

    def whole(self, column: str) -> int:
        """A whole number of at least 0; thousands are not separated, since 1.234 may mean both."""
        cell = self[column]
        if _WHOLE.fullmatch(cell) and not _THOUSANDS.fullmatch(cell):
            return int(float(cell))
        self.note(column, say("'{value}' is not a whole number of at least 0.", value=cell),
                  say("Write digits only, without separators of thousands."))  # fmt: skip
        return 0

    def positive(self, column: str) -> float:
        """A number above 0, with a decimal point or comma."""
        cell = self[column]
        value = float(cell.replace(",", ".")) if _NUMBER.fullmatch(cell) else 0.0
        if value > 0 and not _THOUSANDS.fullmatch(cell):
            return value
        self.note(column, say("'{value}' is not a number above 0.", value=cell),
                  say("Write digits, without separators of thousands."))  # fmt: skip
        return 1.0

    def day(self, column: str) -> date:
        """A date, written year-month-day."""
        try:
            return date.fromisoformat(self[column][:10])
        except ValueError:
            self.note(column, say("'{value}' is not a date.", value=self[column]),
                      say("Write it as year-month-day, such as 2026-06-30."))  # fmt: skip
            return date.min

    def when(self, column: str) -> date:
        """A date as staff write it, 30/06/2026, or by ISO 8601."""
        found = _DAY_FIRST.fullmatch(self[column])
        try:
            if found is None:
                return date.fromisoformat(self[column][:10])
            return date(int(found[3]), int(found[2]), int(found[1]))
        except ValueError:
            self.note(column, say("'{value}' is not a date.", value=self[column]),
                      say("Write it as day/month/year, such as 30/06/2026."))  # fmt: skip
            return date.min

    def note(self, column: str, what: Message, hint: Message | None = None) -> None:
        """Add a problem with the place of the cell."""
        where = f"{self.file}, line {self.line}, column '{self.headings.get(column, column)}'"
        self.problems.append(Problem(where=where, what=what, hint=hint))


def read_cells(path: Path) -> tuple[tuple[str, ...], list[Cells]]:
    """The headings and rows of a CSV or Excel file.

    Raises:
        ImportRejected: the file is no table.
    """
    why = say("It is named in the study's settings.")
    table = headed_table(open_contents(path), kind="csv", columns=Columns(),
                         evidence=Evidence(score=1.0, why=why))  # fmt: skip
    return table.headings, [_cells(path.name, table.headings, row) for row in table.rows()]


def _cells(file: str, headings: tuple[str, ...], row: Row) -> Cells:
    texts = dict(zip(headings, row.cells, strict=False))
    cells = Cells(file=file, line=row.line, texts=texts)
    if len(row.cells) > len(headings):
        what = say("the row has {found} cells, the heading {expected}.",
                   found=len(row.cells), expected=len(headings))  # fmt: skip
        cells.note(headings[-1], what, say("Put a cell with a comma in quotation marks."))
    return cells
