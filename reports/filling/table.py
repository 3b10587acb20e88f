"""A CSV form: figures written into its cells; lines without one stay as they are, byte for byte."""

import csv
import re
from collections.abc import Mapping
from io import StringIO

from instruments.language import Language, say
from reports.filling.figures import Figure, Lost
from reports.render.csv import cell

_MARK = "\ufeff"
_PLACE = re.compile(r"([A-Z]{1,2})([1-9]\d{0,6})")
Place = tuple[int, int]
"""Row and column, from 0."""


class Table:
    """A form as it was given: its records with the lines that each of them takes."""

    def __init__(self, data: bytes, *, language: Language) -> None:
        text = data.decode("utf-8")
        self._begins = _MARK if text.startswith(_MARK) else ""
        self._language: Language = language
        lines = list(StringIO(text.removeprefix(_MARK), newline=""))
        head = lines[0] if lines else ""
        self._delimiter = max(",;\t", key=head.count)
        reader, at = csv.reader(lines, delimiter=self._delimiter), 0
        self._records: list[tuple[list[str], str]] = []
        for record in reader:
            self._records.append((record, "".join(lines[at : reader.line_num])))
            at = reader.line_num

    def find(self, at: str) -> Place:
        """The cell of that name.

        Raises:
            Lost: The form has no such cell.
        """
        found = _PLACE.fullmatch(at.strip())
        if found is None:
            raise Lost(
                say("'{at}' is no cell of a CSV file.", at=at),
                say("Write it like {example}.", example="C7"),
            )
        row, column = int(found[2]) - 1, 0
        for letter in found[1]:
            column = 26 * column + ord(letter) - 64
        width = len(self._records[row][0]) if row < len(self._records) else 0
        if column > width:
            raise Lost(say("The form ends before cell {at}.", at=at),
                       say("Give the form its empty cells too."))  # fmt: skip
        return row, column - 1

    def fill(self, figures: Mapping[Place, Figure]) -> bytes:
        """The form with its figures; the same figures give the same bytes."""
        shown = [self._line(at, record, raw, figures)
                 for at, (record, raw) in enumerate(self._records)]  # fmt: skip
        return (self._begins + "".join(shown)).encode("utf-8")

    def _line(self, at: int, record: list[str], raw: str, figures: Mapping[Place, Figure]) -> str:
        own = {column: one for (row, column), one in figures.items() if row == at}
        if not own:
            return raw
        cells = [cell(own[column].value, self._language) if column in own else given
                 for column, given in enumerate(record)]  # fmt: skip
        end = raw[len(raw.rstrip("\r\n")) :]
        stream = StringIO()
        csv.writer(stream, delimiter=self._delimiter, lineterminator=end).writerow(cells)
        return stream.getvalue()
