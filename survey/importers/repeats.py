"""Repeats of a record: joined from sheets of their own, or gathered from numbered columns."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from survey.importers.table import Instance, Nested, Repeat, Row

_NUMBERED = re.compile(r"\[([0-9]{1,4})\]/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """A sheet of instances: whose they are (`parent`), which they are (`key`), in what order."""

    repeat: str
    parent: str | None
    """The repeat whose instances they belong to; None for the records themselves."""
    rows: Callable[[], Iterator[Row]]
    parent_key: Callable[[Row], str]
    key: Callable[[Row], str]
    order: Callable[[Row], int] = lambda row: row.number


def joined(
    records: Callable[[], Iterator[Row]], key: Callable[[Row], str], joints: Sequence[Joint]
) -> Callable[[], Iterator[Row]]:
    """Records with the instances that name them as parent; `key` tells a record's own key.

    The instances are held in memory, the records are not.
    """
    tables = {joint.repeat: _by_parent(joint) for joint in joints}
    inside: dict[str | None, list[Joint]] = defaultdict(list)
    for joint in joints:
        inside[joint.parent].append(joint)

    def nested(parent: str | None, own: str) -> Nested:
        found = {}
        for joint in inside[parent]:
            rows = tables[joint.repeat].get(own)
            if rows:
                found[joint.repeat] = tuple(
                    Instance(cells=row.cells, nested=nested(joint.repeat, joint.key(row)))
                    for row in rows
                )
        return found

    def lines() -> Iterator[Row]:
        for row in records():
            yield replace(row, nested=nested(None, key(row))) if row.number else row

    return lines


def _by_parent(joint: Joint) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in joint.rows():
        found[joint.parent_key(row)].append(row)
    for rows in found.values():
        rows.sort(key=joint.order)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Columns such as ``children[1]/pets[2]/name``: where each instance's cells stand."""

    repeats: tuple[Repeat, ...]
    columns: frozenset[int]
    """The numbered columns."""
    root: "_Node"
    blank: frozenset[str]

    def nested(self, cells: Sequence[str]) -> Nested:
        """The instances in a row that have any cell."""
        return self._nested(self.root, cells)

    def filled(self, records: Callable[[], Iterator[Row]]) -> Iterator[Row]:
        """The records with their instances."""
        for row in records():
            yield replace(row, nested=self.nested(row.cells)) if row.number else row

    def _nested(self, node: "_Node", cells: Sequence[str]) -> Nested:
        found = {}
        for repeat in self.repeats:
            by_number = node.nested.get(repeat.name, {})
            made = [
                self._instance(repeat, by_number[number], cells) for number in sorted(by_number)
            ]
            kept = tuple(one for one in made if one.nested or self._says(one.cells))
            if kept:
                found[repeat.name] = kept
        return found

    def _instance(self, repeat: Repeat, node: "_Node", cells: Sequence[str]) -> Instance:
        own = tuple(_cell(cells, node.cells.get(name)) for name in repeat.headings)
        return Instance(cells=own, nested=self._nested(node, cells))

    def _says(self, cells: Sequence[str]) -> bool:
        return any(cell and cell not in self.blank for cell in cells)


@dataclass(frozen=True, slots=True)
class _Node:
    """Of the record or of one instance: its columns by heading, its repeats by name and number."""

    cells: dict[str, int] = field(default_factory=dict)
    nested: dict[str, dict[int, "_Node"]] = field(default_factory=dict)


def spread(headings: Sequence[str], *, blank: frozenset[str] = frozenset()) -> Spread:
    """Find the numbered columns; `blank` are words that stand for no answer."""
    root = _Node()
    numbered: set[int] = set()
    own: dict[str, dict[str, None]] = {}
    parents: dict[str, str | None] = {}
    for at, heading in enumerate(headings):
        parts = _NUMBERED.split(heading)
        if len(parts) < 3 or not parts[-1]:
            continue
        numbered.add(at)
        node = root
        name: str | None = None
        for stem, number in zip(parts[:-1:2], parts[1::2], strict=True):
            parent, name = name, stem if name is None else f"{name}/{stem}"
            parents.setdefault(name, parent)
            node = node.nested.setdefault(name, {}).setdefault(int(number), _Node())
        own.setdefault(str(name), {})[f"{name}/{parts[-1]}"] = None
        node.cells[f"{name}/{parts[-1]}"] = at
    repeats = tuple(Repeat(name=name, headings=tuple(own.get(name, ())), parent=parent)
                    for name, parent in parents.items())  # fmt: skip
    return Spread(repeats=repeats, columns=frozenset(numbered), root=root, blank=blank)


def _cell(cells: Sequence[str], at: int | None) -> str:
    return cells[at] if at is not None and at < len(cells) else ""
