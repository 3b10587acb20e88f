"""The sheet `hieuluat`: what an instrument says beyond the sheets that clients of XLSForm read.

Keys, dimensions, missing codes and the like never stand on the other sheets, whose every column may
reach a phone. Each row here sets one field of one part, as JSON, and says which value the other
sheets gave when it was written: a row that no longer fits is refused, not obeyed.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from instruments.errors import Problem
from instruments.language import Message, say
from instruments.source import Node
from instruments.workbook import Sheet

SHEET = "hieuluat"
HEADINGS = ("part", "field", "value", "in place of")
OWN = "own"
"""Value of the field `list` of an item whose options belong to it alone."""

_LISTS = "choices/"
MADE = "made"
"""Field of a row or list that stands on the other sheets only to help clients."""

_Plain = dict[str, Any]
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


def additions(definition: _Plain, seen: _Plain) -> list[Addition]:
    """What `definition` says and `seen`, read from the other sheets, does not; both plain data."""
    own = [*_own_lists(definition, seen), *_made(definition, seen)]
    for addition in own:
        _set(seen, addition)
    return [*own, *_differences("", definition, seen), *_of_parts(definition, seen),
            *_of_options(definition, seen)]  # fmt: skip


def completed_by(root: Node, sheet: Sheet, *, file: str) -> tuple[Node, list[Problem]]:
    """The definition with the fields of the sheet, and the rows that do not fit it."""
    data, problems = root.data(), []
    rows: _Rows = {}
    for row in sheet.rows:
        named = {sheet.headings[at]: text for at, text in row.cells.items()}
        where = f"{file}, sheet '{sheet.name}', row {row.number}"
        found = _addition(named)
        fault = say("The row is not complete.") if found is None else _misfit(data, found)
        if fault is not None:
            hint = say("Remove the row, or export the form anew.")
            problems.append(Problem(where=where, what=fault, hint=hint))
        elif found is not None:
            place, name = _set(data, found)
            rows[id(place), name] = row.number
    return _merged(
        root, data, rows=rows, blank=Node(f"{file}, sheet '{sheet.name}'", 1, None)
    ), problems


def _own_lists(definition: _Plain, seen: _Plain) -> Iterator[Addition]:
    found = dict(_parts(seen))
    for path, part in _parts(definition):
        if part.get("options") and path in found and not found[path].get("options"):
            yield Addition(path, "list", OWN, found[path].get("choices"))


def _made(definition: _Plain, seen: _Plain) -> Iterator[Addition]:
    known = dict(_parts(definition))
    yield from (_helper(path) for path, _ in _parts(seen) if path not in known)
    lists = {*definition.get("choice_lists", {})}
    own = {part.get("choices") for path, part in _parts(seen)
           if path in known and known[path].get("options")}  # fmt: skip
    for name in seen.get("choice_lists", {}):
        if name not in lists | own:
            yield _helper(f"{_LISTS}{name}")


def _helper(part: str) -> Addition:
    return Addition(part, MADE, value=True, instead_of=None)


def _of_parts(definition: _Plain, seen: _Plain) -> Iterator[Addition]:
    found = dict(_parts(seen))
    for path, part in _parts(definition):
        if path in found:
            yield from _differences(path, part, found[path])


def _of_options(definition: _Plain, seen: _Plain) -> Iterator[Addition]:
    found = dict(_options(seen))
    for path, option in _options(definition):
        yield from _differences(path, option, found.get(path, {}))


def _differences(path: str, part: _Plain, seen: _Plain) -> Iterator[Addition]:
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


def _parts(definition: _Plain) -> Iterator[tuple[str, _Plain]]:
    """Items and blocks with their form paths."""

    def walk(items: list[_Plain], above: str) -> Iterator[tuple[str, _Plain]]:
        for part in items:
            path = f"{above}{part['id']}"
            yield path, part
            yield from walk(part.get("items", []), f"{path}/")

    return walk(definition.get("items", []), "")


def _options(definition: _Plain) -> Iterator[tuple[str, _Plain]]:
    """Options with their addresses, those of an item under its path; repeated codes are counted."""
    lists = {f"{_LISTS}{name}": found for name, found in definition.get("choice_lists", {}).items()}
    lists |= {path: part["options"] for path, part in _parts(definition) if part.get("options")}
    for place, options in lists.items():
        seen: Counter[str] = Counter()
        for option in options:
            code = str(option["code"])
            seen[code] += 1
            yield f"{place}/{code}" + (f"#{seen[code]}" if seen[code] > 1 else ""), option


def _addition(cells: Mapping[str, str]) -> Addition | None:
    try:
        value, instead_of = (json.loads(cells.get(name, "null")) for name in HEADINGS[2:])
        return Addition(cells.get("part", ""), cells["field"], value, instead_of)
    except (KeyError, ValueError):
        return None


def _misfit(data: _Plain, addition: Addition) -> Message | None:
    target = _target(data, addition.part)
    made = addition.field == MADE
    is_list = made and addition.part.removeprefix(_LISTS) in data.get("choice_lists", {})
    if target is None and not is_list:
        return say("The form has no part '{part}'.", part=addition.part)
    if target is None or made:
        return None
    if addition.field == "list":
        now = target.get("choices")
        fits = addition.value == OWN and now in data.get("choice_lists", {})
    else:
        place, name = _place(target, addition.field)
        now, fits = place.get(name), True
    if not fits or now != addition.instead_of:
        return say("'{field}' of '{part}' was changed on another sheet after this row was written.",
                   field=addition.field, part=addition.part)  # fmt: skip
    return None


def _target(data: _Plain, part: str) -> _Plain | None:
    if not part:
        return data
    return dict(_parts(data)).get(part) or dict(_options(data)).get(part)


def _place(target: _Plain, field: str) -> tuple[_Plain, str]:
    if not field.startswith("settings."):
        return target, field
    return target.setdefault("settings", {}), field.removeprefix("settings.")


def _set(data: _Plain, addition: Addition) -> tuple[_Plain, str]:
    """Set a field of a part that is there; the place that holds it and its name."""
    target = _target(data, addition.part) or {}
    if addition.field == MADE:
        _remove(data, addition.part, target)
        return data, MADE
    if addition.field == "list":
        target["options"] = data["choice_lists"].pop(target.pop("choices"))
        return target, "options"
    place, name = _place(target, addition.field)
    if addition.value is None:
        place.pop(name, None)
    else:
        place[name] = addition.value
    return place, name


def _remove(data: _Plain, part: str, target: _Plain) -> None:
    """Take a row or a choice list out."""
    if not target:
        data["choice_lists"].pop(part.removeprefix(_LISTS), None)
        return
    above = _target(data, part.rpartition("/")[0]) or data
    above["items"] = [one for one in above["items"] if one is not target]


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
