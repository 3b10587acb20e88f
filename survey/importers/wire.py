"""Tables on their way from the process that reads a file to the one that asked: plain JSON.

A head tells all but the rows. A row is ``[number, line, cells]``, with the instances of its repeats
behind where it has any.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from instruments.guarded import message_out
from survey.importers.table import Columns, Container, Instance, Nested, Repeat, Row, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What is known of a table before its rows, but for the evidence."""

    kind: str
    container: Container
    encoding: str | None
    delimiter: str | None
    headings: tuple[str, ...]
    columns: Columns
    repeats: tuple[Repeat, ...]
    sheet: str
    unread: tuple[str, ...]


def head_out(table: Table) -> dict[str, object]:
    """A table without its rows."""
    contents = table.contents
    head = Head(kind=table.kind, container=contents.container, encoding=contents.encoding,
                delimiter=contents.delimiter, headings=table.headings, columns=table.columns,
                repeats=table.repeats, sheet=table.sheet, unread=table.unread)  # fmt: skip
    return {"score": table.evidence.score, "why": message_out(table.evidence.why),
            "head": _plain(asdict(head))}  # fmt: skip


def row_out(row: Row) -> tuple[object, ...]:
    """A row."""
    if row.nested:
        return (row.number, row.line, row.cells, _nested_out(row.nested))
    return (row.number, row.line, row.cells)


def row_in(part: Sequence[Any]) -> Row:
    """The row that `row_out` sent."""
    number, line, cells, *nested = part
    if nested:
        return Row(number=number, line=line, cells=tuple(cells), nested=_nested_in(nested[0]))
    return Row(number=number, line=line, cells=tuple(cells))


def _nested_out(nested: Nested) -> dict[str, object]:
    return {name: [(one.cells, _nested_out(one.nested)) for one in instances]
            for name, instances in nested.items()}  # fmt: skip


def _nested_in(data: Mapping[str, Any]) -> Nested:
    return {name: tuple(Instance(cells=tuple(cells), nested=_nested_in(inner))
                        for cells, inner in instances)
            for name, instances in data.items()}  # fmt: skip


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever the fields hold
    """Sets as sorted lists, all else as it is."""
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
