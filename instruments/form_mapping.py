"""A mapping file: which figure of a report goes to which place of another body's form."""

from pathlib import PurePath
from typing import Literal, Self

from pydantic import Field, model_validator

from instruments.item import Definition
from instruments.language import Language, say

TEMPLATES = (".xlsx", ".docx", ".csv")


class FormCell(Definition):
    """One place of the form and the figure that goes there.

    The figure stands in a path through the report's ``result.json`` (`result`), or in a cell of one
    of the report's sheets (`table`, `row`, `column`).
    """

    at: str
    """Where: ``Sheet!C7`` or ``C7`` in a workbook, ``C7`` in a CSV file, a mark such as ``{{a}}`` in a
    letter."""
    result: str | None = None
    """A path such as ``targets[target=T1a, phase=P2].estimate.estimate``; ``stamp`` is what every page
    of the report says of its standing."""
    table: str | None = None
    """Id of a sheet of the report, such as ``estimates``: the name of its CSV file."""
    row: dict[str, str] = Field(default_factory=dict)
    """By headings of the sheet, what stands in the row that is meant; enough to find exactly one."""
    column: str | None = None
    """Heading of the column in which the figure stands."""
    show: Literal["share", "percent", "count", "number", "words"] | None = None
    """How it is written: a share as it is (0.747, in a letter 74,7%), in percent without its sign
    (74.7), a whole number, a number, or words."""
    decimals: int = 1
    """Decimals of a percentage or number."""

    @model_validator(mode="after")
    def _names_one_figure(self) -> Self:
        by_table = (self.table is not None, bool(self.row), self.column is not None)
        if (self.result is None) != all(by_table) or (self.result is not None and any(by_table)):
            raise ValueError(say("Name one figure: by result, or by table, row and column."))
        return self


class FormMapping(Definition):
    """A whole mapping file."""

    kind: Literal["form"]
    """What the file holds."""
    template: str
    """The form to be filled, a file beside this one: .xlsx, .docx or .csv."""
    language: Language = "vi"
    """Language of words, of numbers in letters, and of the headings named here."""
    cells: tuple[FormCell, ...]
    """One entry for each place to be filled."""

    @model_validator(mode="after")
    def _has_a_form_that_can_be_filled(self) -> Self:
        if PurePath(self.template).suffix.lower() not in TEMPLATES:
            raise ValueError(say("A form is an .xlsx, .docx or .csv file."))
        return self
