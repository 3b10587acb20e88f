"""The numbers of a report as each of its files shows them, read back from the files' own bytes."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from io import BytesIO

from python_calamine import CalamineWorkbook

NUMBER = re.compile(r"\d[\d.,]*\d|\d")
_DIGITS = ".12g"


def unequal(files: Mapping[str, bytes], leaves: set[str]) -> list[str]:
    """The files that show a number which the others of their language do not.

    The page as HTML and the letter as DOCX are compared with each other; every number of the
    workbook has to stand in `leaves`, those of ``result.json`` and what follows from them.
    """
    found = []
    for name, data in files.items():
        if name.endswith(".docx"):
            page = files.get(name.removesuffix("docx") + "html")
            if page is not None and _of_letter(data) ^ _of_page(page):
                found.append(name)
        elif name.endswith(".xlsx") and _of_workbook(data) - leaves:
            found.append(name)
    return found


def written(value: float) -> str:
    """A number as it is compared: 12 significant digits."""
    return format(value, _DIGITS)


def leaves_of(document: object) -> Iterator[float]:
    """Every number of a JSON document."""
    if isinstance(document, Mapping):
        document = list(document.values())
    if isinstance(document, list):
        for each in document:
            yield from leaves_of(each)
    elif isinstance(document, (int, float)) and not isinstance(document, bool):
        yield document


def _of_page(data: bytes) -> set[str]:
    body = re.sub(r"<(style|svg).*?</\1>", "", data.decode(), flags=re.DOTALL)
    return set(NUMBER.findall(unescape(re.sub(r"<[^>]+>", "\n", body))))


def _of_letter(data: bytes) -> set[str]:
    """The numbers of the letter but for those of its headings and the form's own year."""
    import docx  # noqa: PLC0415 - no report without a letter needs it

    document = docx.Document(BytesIO(data))
    lines = [one.text for one in document.paragraphs]
    lines += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    text = re.sub(r"^\d+\. ", "", "\n".join(lines), flags=re.MULTILINE)
    return set(NUMBER.findall(text))


def _of_workbook(data: bytes) -> set[str]:
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    rows = (row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python())
    return {written(cell) for row in rows for cell in row
            if isinstance(cell, (int, float)) and not isinstance(cell, bool)}  # fmt: skip
