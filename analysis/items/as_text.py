"""A result of `items` to read on a terminal: a table for whatever has rows; all of it is in the JSON."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analysis.text_table import Cell, shown, text_table

Json = dict[str, Any]
_WIDEST = 12
"""A list of more numbers, or one of lists, is too wide for a cell: its length stands there."""


def as_text(document: Json) -> str:
    """A paragraph for each analysis: its name, its single figures, its tables, or its error."""
    return "\n\n".join("\n".join(_told(one)) for one in document["analyses"])


def _told(one: Json) -> Iterator[str]:
    if "error" in one:
        error = one["error"]
        yield f"{one['id']}: {error['where']}: {error['what']} {error['hint'] or ''}".rstrip()
        return
    rest = {key: value for key, value in one.items() if key not in ("id", "kind")}
    tables = {key: value for key, value in rest.items() if _is_table(value)}
    single = _flat({key: value for key, value in rest.items() if key not in tables})
    figures = ", ".join(f"{key} {shown(value)}" for key, value in single.items()
                        if value not in (None, ""))  # fmt: skip
    yield f"{one['id']} ({one['kind']}): {figures}".rstrip(": ")
    for key, rows in tables.items():
        yield _table(key, rows)


def _is_table(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _table(name: str, rows: Sequence[Json]) -> str:
    """The rows under their headings; a column that says nothing is left out."""
    flat = [_flat(row) for row in rows]
    headings = [name for name in dict.fromkeys(key for row in flat for key in row)
                if any(row.get(name) not in (None, "") for row in flat)]  # fmt: skip
    if not headings:
        return f"{name}: {len(rows)}"
    return text_table(headings, [[row.get(name) for name in headings] for row in flat])


def _flat(row: Mapping[str, Any], prefix: str = "") -> dict[str, Cell]:
    """Names joined by dots; lists in one cell."""
    found: dict[str, Cell] = {}
    for key, value in row.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = _cell(value)
    return found


def _cell(value: object) -> Cell:
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or isinstance(value, str | int | float):
        return value
    if not isinstance(value, list):
        return str(value)
    if len(value) > _WIDEST or any(isinstance(one, list | dict) for one in value):
        return f"[{len(value)}]"
    return " ".join(shown(one) for one in value)
