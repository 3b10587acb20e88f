"""Tables to read on a terminal or in a notebook: aligned text, and HTML whose texts are escaped.

Figures are shortened here for the eye alone; whoever computes takes the values themselves.
"""

from collections.abc import Sequence
from html import escape
from unicodedata import east_asian_width

Cell = str | float | int | None
DIGITS = 5
_EXACT = 2**53


def shown(value: Cell) -> str:
    """A value for the eye: text as it is, numbers to five significant digits."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    whole = isinstance(value, int) or (value.is_integer() and abs(value) < _EXACT)
    return str(int(value)) if whole else f"{value:.{DIGITS}g}"


def text_table(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Lines with aligned columns: texts to the left, numbers to the right."""
    cells = [[shown(value) for value in row] for row in rows]
    columns = list(zip(headings, *cells, strict=True))
    widths = [max(map(_width, column)) for column in columns]
    left = [_is_text([row[place] for row in rows]) for place in range(len(headings))]
    lines = [headings, *cells]
    return "\n".join(_line(line, widths, left) for line in lines)


def html_table(
    headings: Sequence[str], rows: Sequence[Sequence[Cell]], *, caption: str = ""
) -> str:
    """The same as an HTML table; nothing in a cell is taken for markup."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in headings)
    body = "".join("<tr>" + "".join(_html_cell(value) for value in row) + "</tr>" for row in rows)
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _html_cell(value: Cell) -> str:
    align = "left" if isinstance(value, str) else "right"
    return f'<td style="text-align: {align}">{escape(shown(value))}</td>'


def _is_text(values: Sequence[Cell]) -> bool:
    return any(isinstance(value, str) for value in values)


def _line(cells: Sequence[str], widths: Sequence[int], left: Sequence[bool]) -> str:
    padded = [
        cell + " " * (width - _width(cell)) if to_left else " " * (width - _width(cell)) + cell
        for cell, width, to_left in zip(cells, widths, left, strict=True)
    ]
    return "  ".join(padded).rstrip()


def _width(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
