"""Records that come as JSON objects, as a table: keys become headings, lists of objects repeats."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from survey.importers.table import Columns, Contents, Evidence, Instance, Nested, Repeat, Row, Table

Record = Mapping[str, Any]


@dataclass(slots=True)
class _Shape:
    """The headings of one level and the repeats below it, as the records show them."""

    headings: dict[str, None] = field(default_factory=dict)
    repeats: dict[str, "_Shape"] = field(default_factory=dict)


def table_of_objects(
    contents: Contents, records: Sequence[Record], *, kind: str, evidence: Evidence,
    columns_of: Callable[[tuple[str, ...]], Columns], dropped: frozenset[str] = frozenset(),
) -> Table:  # fmt: skip
    """A table of flat objects, whose values are scalars, lists of codes, or lists of objects.

    `columns_of` says what the columns are, given the headings; `dropped` keys are left out.
    """
    shape = _Shape()
    for record in records:
        _look(record, shape, dropped)
    headings = tuple(shape.headings)
    return Table(
        kind=kind, evidence=evidence, contents=contents, headings=headings,
        columns=columns_of(headings), repeats=tuple(_repeats(shape, None)),
        lines=lambda: _rows(records, shape),
    )  # fmt: skip


def text_of(value: object) -> str:
    """A scalar as a cell; a list of scalars as codes with spaces between; an object as JSON."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, list) and not any(isinstance(one, list | dict) for one in value):
        return " ".join(map(text_of, value))
    return json.dumps(value, ensure_ascii=False)


def is_repeat(value: object) -> bool:
    """Whether a value is a list of objects."""
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _look(record: Record, shape: _Shape, dropped: frozenset[str]) -> None:
    for key, value in record.items():
        if key in dropped:
            continue
        if is_repeat(value):
            inner = shape.repeats.setdefault(key, _Shape())
            for one in value:
                _look(one, inner, frozenset())
        elif value != [] or key in shape.headings:
            shape.headings.setdefault(key)


def _repeats(shape: _Shape, parent: str | None) -> Iterator[Repeat]:
    for key, inner in shape.repeats.items():
        name = key if parent is None or key.startswith(f"{parent}/") else f"{parent}/{key}"
        yield Repeat(name=name, headings=tuple(inner.headings), parent=parent, names=(key,))
        yield from _repeats(inner, name)


def _rows(records: Sequence[Record], shape: _Shape) -> Iterator[Row]:
    for number, record in enumerate(records, start=1):
        yield Row(number=number, line=number, cells=_cells(record, shape),
                  nested=_nested(record, shape, None))  # fmt: skip


def _cells(record: Record, shape: _Shape) -> tuple[str, ...]:
    return tuple(text_of(record.get(key)) for key in shape.headings)


def _nested(record: Record, shape: _Shape, parent: str | None) -> Nested:
    found = {}
    for key, inner in shape.repeats.items():
        name = key if parent is None or key.startswith(f"{parent}/") else f"{parent}/{key}"
        value = record.get(key)
        if is_repeat(value):
            found[name] = tuple(
                Instance(cells=_cells(one, inner), nested=_nested(one, inner, name))
                for one in value or ()
            )
    return found
