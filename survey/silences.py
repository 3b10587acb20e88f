"""What only one file does: words that it writes for no answer, and columns that number its lines.

R writes NA, spreadsheets #N/A, databases NULL, people a dash. Such a word is no answer where some
question that cannot be answered so has it; a text that nobody else writes is kept as a text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from survey.folding import same_case
from survey.form import Field, Form
from survey.mapping import Settled
from survey.structure import DIFFERENT, Structure

_WORDS = frozenset({"NA", "N/A", "n/a", "#N/A", "#NULL!", "NULL", "null", "None", "NaN", "nan", "<NA>",
                    "-", "--", "."})  # fmt: skip
_UNNAMED = re.compile(r"|Unnamed: [0-9]+|\.\.\.1|index|rownames")
_FREE = frozenset({"text", "hidden", "calculated", "file"})


def words_for_nothing(
    settled: Settled, forms: Sequence[Form], structure: Structure
) -> frozenset[str]:
    """Words that stand in some column where no text is an answer, and are no option anywhere."""
    names = {name for form in forms for one in form.level.all_fields() for name in _options(one)}
    words = {word for word in _WORDS if same_case(word) not in names}
    return frozenset(word for cells in _closed(settled, forms, structure)
                     for word in words & cells.keys())  # fmt: skip


def numbers_the_lines(headings: Sequence[str], structure: Structure) -> frozenset[int]:
    """Columns that programs put in front of a table, which count its lines from 0 or 1."""
    return frozenset(
        at for at, name in enumerate(headings)
        if _UNNAMED.fullmatch(name) and _counts(structure.values.columns[at], structure, at)
    )  # fmt: skip


def _counts(cells: Mapping[str, int], structure: Structure, at: int) -> bool:
    if structure.fills[at] != structure.regular or len(cells) < min(structure.rows, DIFFERENT):
        return False
    numbers = sorted(int(cell) for cell in cells if cell.isdecimal())
    first = numbers[0] if numbers else -1
    return first in (0, 1) and numbers == list(range(first, first + len(cells)))


def _closed(
    settled: Settled, forms: Sequence[Form], structure: Structure
) -> Iterator[Mapping[str, int]]:
    """The cells of every column of the records that is no free text."""
    for form in forms:
        layout = settled.layouts[form.version]
        for one in form.level.fields:
            if one.path in layout.whole and one.item.type not in _FREE:
                yield structure.values.columns[layout.whole[one.path]]


def _options(one: Field) -> Iterator[str]:
    for code, option in one.options.items():
        yield same_case(code)
        yield from map(same_case, option.label.values())
