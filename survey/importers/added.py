"""Columns that a source makes from others: an answer that stands in parts, or an identity."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from survey.importers.table import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A further column behind the file's own, and its cell in a row."""

    heading: str
    cell: Callable[[Sequence[str]], str]


def with_added(rows: Iterable[Row], *, width: int, added: Sequence[Added]) -> Iterator[Row]:
    """Rows with the added cells; of a ragged row, and of a line that is none, nothing can be told."""
    for row in rows:
        if row.number and len(row.cells) == width:
            yield replace(row, cells=(*row.cells, *(one.cell(row.cells) for one in added)))
        else:
            yield row
