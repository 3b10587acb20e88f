"""The sheet `hieuluat`: what an instrument says beyond the sheets that clients of XLSForm read.

Keys, dimensions, missing codes and the like never stand on the other sheets, whose every column may
reach a phone. Each row here sets one field of one part, as JSON, and says which value the other
sheets gave when it was written: a row that no longer fits is refused, not obeyed.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from instruments.errors import Problem
from instruments.language import Message, say
from instruments.source import Node
from instruments.workbook import Sheet
from instruments.xlsform.addresses import Addressed, Plain

SHEET = "hieuluat"
HEADINGS = ("part", "field", "value", "in place of")
OWN = "own"
"""Value of the field `list` of an item whose options belong to it alone."""

MADE = "made"
"""Field of a row that stands on the other sheets only to help clients."""

_Rows = dict[tuple[int, str], int]
"""The row that set a field, by the identity of the part that has it and the field's name."""


class Addition(NamedTuple):
    """One field that the other sheets cannot hold, or hold in another form."""

    part: str
    """Form path of an item or block, ``choices/LIST/CODE``, or nothing for the instrument."""
    field: str
    value: Any
    """None where the field is absent."""
    instead_of: Any

    def row(self) -> tuple[str, ...]:
        """The cells of the row."""
        return (self.part, self.field, _json(self.value), _json(self.instead_of))


def additions(definition: Plain, seen: Plain) -> list[Addition]:
    """What `definition` says and `seen`, read from the other sheets, does not; both plain data."""
    said, read = Addressed.of(definition), Addressed.of(seen)
    own = [*_own_lists(said, read), *_made(said, read)]
    for addition in own:
        _set(read, addition)
    return [*own, *_differences("", definition, seen), *_of_parts(said, read),
            *_of_options(said, read)]  # fmt: skip


def completed_by(root: Node, sheet: Sheet, *, file: str) -> tuple[Node, list[Problem]]:
    """The definition with the fields of the sheet, and the rows that do not fit it."""
    form, problems = Addressed.of(root.data()), []
    rows: _Rows = {}
    for row in sheet.rows:
        named = {sheet.headings[at]: text for at, text in row.cells.items()}
        where = f"{file}, sheet '{sheet.name}', row {row.number}"
        found = _addition(named)
        fault = say("The row is not complete.") if found is None else _misfit(form, found)
        if fault is not None:
            hint = say("Remove the row, or export the form anew.")
            problems.append(Problem(where=where, what=fault, hint=hint))
        elif found is not None:
            place, name = _set(form, found)
            rows[id(place), name] = row.number
    blank = Node(f"{file}, sheet '{sheet.name}'", 1, None)
    return _merged(root, form.data, rows=rows, blank=blank), problems


def _own_lists(said: Addressed, read: Addressed) -> Iterator[Addition]:
    for path, part in said.parts.items():
        found = read.parts.get(path, {})
        if part.get("options") and found and not found.get("options"):
            yield Addition(path, "list", OWN, found.get("choices"))


def _made(said: Addressed, read: Addressed) -> Iterator[Addition]:
    names = [path for path in read.parts if path not in said.parts]
    yield from (Addition(name, MADE, value=True, instead_of=None) for name in names)


def _of_parts(said: Addressed, read: Addressed) -> Iterator[Addition]:
    for path, part in said.parts.items():
        if path in read.parts:
            yield from _differences(path, part, read.parts[path])


def _of_options(said: Addressed, read: Addressed) -> Iterator[Addition]:
    found = dict(read.options())
    for path, option in said.options():
        yield from _differences(path, option, found.get(path, {}))


def _differences(path: str, part: Plain, seen: Plain) -> Iterator[Addition]:
    """Fields that differ; those that hold further parts are compared part by part."""
    for field in [*part, *(name for name in seen if name not in part)]:
        one, other = part.get(field), seen.get(field)
        if field in ("items", "choice_lists", "options") or _same(field, one, other):
            continue
        if field != "settings":
            yield Addition(path, field, one, other)
            continue
        kept, written = one or {}, other or {}
        for name in dict.fromkeys([*kept, *written]):
            if kept.get(name) != written.get(name):
                yield Addition(path, f"settings.{name}", kept.get(name), written.get(name))


def _same(field: str, one: Any, other: Any) -> bool:  # noqa: ANN401
    """Whether two values say the same, a default and its absence included."""
    if field != "reviewed" and {type(one), type(other)} <= {bool, type(None)}:
        return bool(one) is bool(other)
    return bool(_pruned(one) == _pruned(other))


def _pruned(value: Any) -> Any:  # noqa: ANN401
    """The value without its empty parts; None where nothing is left."""
    if isinstance(value, dict):
        kept = {name: inner for name, part in value.items() if (inner := _pruned(part)) is not None}
        return kept or None
    if isinstance(value, list):
        return [_pruned(part) for part in value] or None
    return value


def _addition(cells: Mapping[str, str]) -> Addition | None:
    try:
        value, instead_of = (json.loads(cells.get(name, "null")) for name in HEADINGS[2:])
        return Addition(cells.get("part", ""), cells["field"], value, instead_of)
    except (KeyError, ValueError):
        return None


def _misfit(form: Addressed, addition: Addition) -> Message | None:
    target = form.find(addition.part)
    if target is None:
        return say("The form has no part '{part}'.", part=addition.part)
    if addition.field == MADE:
        return None
    if addition.field == "list":
        now = target.get("choices")
        fits = addition.value == OWN and now in form.lists
    else:
        place, name = _place(target, addition.field)
        now, fits = place.get(name), True
    if not fits or now != addition.instead_of:
        return say("'{field}' of '{part}' was changed on another sheet after this row was written.",
                   field=addition.field, part=addition.part)  # fmt: skip
    return None


def _place(target: Plain, field: str) -> tuple[Plain, str]:
    if not field.startswith("settings."):
        return target, field
    return target.setdefault("settings", {}), field.removeprefix("settings.")


def _set(form: Addressed, addition: Addition) -> tuple[Plain, str]:
    """Set a field of a part that is there; the place that holds it and its name."""
    if addition.field == MADE:
        form.remove(addition.part)
        return form.data, MADE
    target = form.find(addition.part) or {}
    if addition.field == "list":
        target["options"] = form.lists.pop(target.pop("choices"))
        return target, "options"
    place, name = _place(target, addition.field)
    if addition.value is None:
        place.pop(name, None)
    else:
        place[name] = addition.value
    return place, name


def _merged(root: Node, data: Any, *, rows: _Rows, blank: Node) -> Node:  # noqa: ANN401
    """`data` as a tree: the places of `root` where the two agree, else those of the rows."""
    if root.value is not None and root.data() == data:
        return root
    if isinstance(data, dict):
        old = root.value if isinstance(root.value, dict) else {}
        inner = {
            name: _merged(old.get(name, here), value, rows=rows, blank=here)
            for name, value in data.items()
            for here in [_at(blank, rows.get((id(data), name)))]
        }
        return root._replace(value=inner)
    if isinstance(data, list):
        before = root.value if isinstance(root.value, list) else []
        spare = [blank] * (len(data) - len(before))
        return root._replace(
            value=[
                _merged(node, value, rows=rows, blank=blank)
                for node, value in zip([*before, *spare], data, strict=False)
            ]
        )
    return blank._replace(value=data)


def _at(blank: Node, row: int | None) -> Node:
    return blank if row is None else blank._replace(line=row, cell=f"row {row}")


def _json(value: Any) -> str:  # noqa: ANN401
    return "" if value is None else json.dumps(value, ensure_ascii=False)
