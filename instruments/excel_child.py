"""The program that opens a workbook in a process of its own, with limits.

The reader is compiled code: damaged bytes can make it abort, or ask for more memory than there is.
Run as a script with a file's path, it prints JSON lines: the sheets' names, then each line of cells
as ``[sheet, line, cell, ...]``, then ``"end"``. It imports nothing of this project.
"""

import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

MEMORY = 2 * 1024**3
SECONDS = 60


def main() -> None:
    """Print the workbook named on the command line."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    write = sys.stdout.write
    try:
        for part in _parts(CalamineWorkbook.from_path(sys.argv[1])):
            write(json.dumps(part) + "\n")
    except CalamineError as error:
        write(json.dumps({"error": str(error)}) + "\n")
    write('"end"\n')


def _parts(book: CalamineWorkbook) -> Iterator[Any]:
    yield book.sheet_names
    for number, name in enumerate(book.sheet_names):
        sheet = book.get_sheet_by_name(name)
        first = 1 if sheet.start is None else sheet.start[0] + 1
        for line, values in enumerate(sheet.to_python(skip_empty_area=True), start=first):
            yield [number, line, *map(_cell, values)]


def _cell(value: Any) -> str | bool:  # noqa: ANN401 - whatever a cell holds
    """A cell as text: whole numbers without a point, dates and times by ISO 8601; truth as it is."""
    if isinstance(value, str | bool):
        return value
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value.total_seconds())
    return str(value)


if __name__ == "__main__":
    main()
