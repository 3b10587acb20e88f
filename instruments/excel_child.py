"""The program that opens a workbook in a process of its own, with limits.

It tells the sheets' names, then each line of cells as ``[sheet, line, cell, ...]``.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from instruments.excel import Limits, form_text, open_sheets
from instruments.guarded import answer, message_in


def parts(path: str, limits: str) -> Iterator[object]:
    """What the workbook at `path` holds; `limits` as JSON."""
    given = json.loads(limits)
    known = Limits(**(given | {"cure": message_in(given["cure"])}))
    sheets = open_sheets(Path(path), limits=known, as_text=form_text)
    yield [sheet.name for sheet in sheets]
    for number, sheet in enumerate(sheets):
        for line, cells in sheet.lines():
            yield (number, line, *cells)


if __name__ == "__main__":
    answer(parts)
