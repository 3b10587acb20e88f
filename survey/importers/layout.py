"""Tables as people lay them out: titles above, headings over several lines, totals below.

The headings are found by how many cells a line fills, several lines of them by merged cells, or by
the gaps of one line that the next one fills. What stands between and below the records (totals,
headings again, signatures) is told from them and named, never dropped in silence.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from survey.folding import fold
from survey.importers.headed import counter_columns, fitted, trimmed
from survey.importers.table import Line, Row, Sheet, Span

_HEAD = 60
_WIDE = 0.4
"""Share of the fullest line's cells from which a line may be a heading and not a title."""
_SPARSE = 0.3
_TOTALS = ("tong", "cong", "total", "sum", "trung binh", "average", "subtotal")
_FIGURE = re.compile(r"[+-]?[0-9][0-9.,]*|[0-9]{1,4}[-/][0-9]{1,2}[-/][0-9]{1,4}.*")
_COLUMN_NUMBER = re.compile(r"\(?([0-9]{1,3})\)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """The names of the columns, and the lines in which they stand."""

    names: tuple[str, ...]
    further: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Each column's name with the headings above it."""
    last: int
    """The line below which the records begin."""
    cells: frozenset[tuple[str, ...]]
    """The heading lines themselves, which may come again."""
    by_hand: bool
    """Whether the table shows that a person laid it out."""


def headings_in(sheet: Sheet, *, workbook: bool) -> Headings | None:
    """Find a sheet's headings; None where it has no table."""
    head = [(line, cells) for line, cells in islice(sheet.lines(), _HEAD) if any(cells)]
    if not head:
        return None
    wide = max(2, _WIDE * max(_filled(cells) for _, cells in head))
    start = next((at for at, (_, cells) in enumerate(head) if _filled(cells) >= wide), 0)
    start -= _groups_above(head, start, sheet.merged)
    depth = _depth(head, start, sheet.merged)
    lines = head[start : start + depth]
    names, further = _names(lines, sheet.merged)
    end = start + depth
    numbered = end < len(head) and _numbers_columns(head[end][1])
    return Headings(
        names=names, further=further, last=head[end][0] if numbered else lines[-1][0],
        cells=frozenset(trimmed(cells) for _, cells in lines),
        by_hand=workbook or start > 0 or depth > 1 or numbered,
    )  # fmt: skip


def records_in(sheet: Sheet, headings: Headings) -> Iterator[Row]:
    """The records, numbered from 1, and with number 0 the lines that are none."""
    width, number = len(headings.names), 0
    counters = counter_columns(headings.names)
    for line, cells in sheet.lines():
        if line <= headings.last or not any(cells):
            continue
        own = fitted(cells, width)
        if _is_aside(own, headings, counters):
            yield Row(number=0, line=line, cells=own)
        else:
            number += 1
            yield Row(number=number, line=line, cells=own)


def _is_aside(cells: tuple[str, ...], headings: Headings, counters: frozenset[int]) -> bool:
    if trimmed(cells) in headings.cells:
        return True
    width, filled = len(headings.names), _filled(cells)
    counted = any(_FIGURE.fullmatch(cells[at].strip()) for at in counters if at < len(cells))
    if counted and filled > 1:
        return False
    first = next(cell for cell in cells if cell)
    if fold(first).startswith(_TOTALS) and filled <= max(2, width / 2):
        return True
    if not headings.by_hand or width < 4:
        return False
    return filled == 1 or (bool(counters) and filled <= max(2, _SPARSE * width))


def _groups_above(head: Sequence[Line], start: int, merged: Sequence[Span]) -> int:
    """1 where the line above the headings groups them by merged cells, else 0."""
    if start == 0:
        return 0
    line, cells = head[start - 1]
    width = len(head[start][1])
    spans = [span for span in merged if span[0] == line and 1 < span[3] - span[1] + 1 < 0.9 * width]
    return int(bool(spans) and _filled(cells) > 1 and line == head[start][0] - 1)


def _depth(head: Sequence[Line], start: int, merged: Sequence[Span]) -> int:
    """How many lines the headings take."""
    first, cells = head[start]
    lasts = [span[2] for span in merged if span[0] == first]
    if lasts:
        beside = any(span[3] > span[1] for span in merged if span[0] == first)
        last = max(*lasts, first + 1) if beside else max(lasts)
        return max(1, sum(first <= line <= last for line, _ in head))
    if start + 1 < len(head) and _completes(cells, head[start + 1][1]):
        return 2
    return 1


def _completes(upper: tuple[str, ...], lower: tuple[str, ...]) -> bool:
    """Whether a line fills the gaps of the line above as sub-headings do."""
    width = max(len(upper), len(lower))
    above, below = _padded(upper, width), _padded(lower, width)
    gaps = [at for at in range(width) if not above[at]]
    told = all(above[at] or below[at] for at in range(len(trimmed(lower))))
    figures = any(_FIGURE.fullmatch(cell.strip()) for cell in lower if cell)
    return len(gaps) > 1 and told and not figures and all(below[at] for at in gaps[:2])


def _names(
    lines: Sequence[Line], merged: Sequence[Span]
) -> tuple[tuple[str, ...], dict[int, tuple[str, ...]]]:
    width = max(len(trimmed(cells)) for _, cells in lines)
    rows = [_spread(line, _padded(trimmed(cells), width), merged, fill=at < len(lines) - 1)
            for at, (line, cells) in enumerate(lines)]  # fmt: skip
    columns = [[part for part in dict.fromkeys(row[at] for row in rows) if part]
               for at in range(width)]  # fmt: skip
    lowest = [parts[-1] if parts else "" for parts in columns]
    counts = Counter(lowest)
    names = tuple(
        "/".join(parts) if counts[lowest[at]] > 1 else lowest[at]
        for at, parts in enumerate(columns)
    )
    further: dict[int, tuple[str, ...]] = {
        at: ("/".join(parts), parts[-1]) for at, parts in enumerate(columns) if len(parts) > 1
    }
    return names, further


def _spread(
    line: int, cells: tuple[str, ...], merged: Sequence[Span], *, fill: bool
) -> tuple[str, ...]:
    """A heading line with each merged cell's text in all of its columns."""
    found = list(cells)
    spans = [span for span in merged if span[0] == line]
    for _, left, _, right in spans:
        for at in range(max(left, 0), min(right + 1, len(found))):
            found[at] = found[at] or (cells[left] if 0 <= left < len(cells) else "")
    if fill and not spans:
        for at in range(1, len(found)):
            found[at] = found[at] or found[at - 1]
    return tuple(found)


def _numbers_columns(cells: tuple[str, ...]) -> bool:
    """Whether a line only numbers the columns: (1) (2) (3)."""
    numbers = [found for cell in cells if cell
               if (found := _COLUMN_NUMBER.fullmatch(cell.strip()))]  # fmt: skip
    values = [int(found[1]) for found in numbers]
    return (len(values) > 2 and len(values) >= _filled(cells) - 2
            and values == list(range(values[0], values[0] + len(values))) and values[0] <= 2)  # fmt: skip


def _filled(cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _padded(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return (*cells, *[""] * (width - len(cells)))
