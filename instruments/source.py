"""A definition as it was written: plain parts, each with the place where it stands.

YAML and XLSForm are read into the same tree, so that models and rules can name the line or cell of
what they refuse without knowing the format.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from instruments.language import Message, say

Location = Sequence[str | int]
"""Way from the root of a document: field names, mapping keys and positions from 0."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """A scalar that is neither surely text nor surely a number, such as ``012`` or ``1:30``."""

    raw: str


Scalar = str | bool | int | float | date | datetime | None | Unclear


class Node(NamedTuple):
    """One part of a document, where it stands, and of an unquoted scalar the text as written.

    `cell` names the row and column of what comes from a table; it is empty for a whole file.
    """

    file: str
    line: int
    value: "Scalar | dict[str, Node] | list[Node]"
    plain: str | None = None
    cell: str | None = None

    def child(self, step: str | int) -> "Node | None":
        """The part one step further in, or None where the document has none."""
        found: Node | None = None
        if isinstance(self.value, dict) and isinstance(step, str):
            found = self.value.get(step)
        elif isinstance(self.value, list) and isinstance(step, int) and step < len(self.value):
            found = self.value[step]
        return found

    def data(self) -> Any:  # noqa: ANN401 - whatever the document holds
        """The document as plain dicts, lists and scalars."""
        if isinstance(self.value, dict):
            return {key: node.data() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.data() for node in self.value]
        return self.value

    def walk(self, location: Location) -> Iterator[tuple[str, "Node"]]:
        """The parts along `location` with their shown names; unknown steps are passed over.

        Validation adds steps that no file has: the tag of a union, the list around a single law.
        """
        node = self
        for step in location:
            child = node.child(step)
            if child is not None:
                node = child
                yield _shown(step, child), child

    def at(self, location: Location) -> "Node":
        """The deepest part that exists along `location`."""
        return [self, *(node for _, node in self.walk(location))][-1]

    def where(self, location: Location) -> str:
        """The place for people: the cell of a table, or the line and the way there by ids."""
        node = self.at(location)
        if node.cell is not None:
            return f"{node.file}, {node.cell}" if node.cell else node.file
        names = [name for name, _ in self.walk(location)]
        path = ".".join(names[:1] + [name for name in names[1:] if name != "items"])
        return f"{node.file}, line {node.line}" + (f", {path}" if path else "").replace(".[", "[")


def unquoted(node: Node) -> tuple[Message, Message]:
    """What is wrong with something that is not a text where one is expected, and its cure."""
    if node.plain is None:
        return say("A list or a mapping cannot be a name."), say("Write a text.")
    if not node.plain:
        return say("Nothing stands where a text is expected."), say(
            "Write it, or remove the field."
        )
    return (
        say("{value} without quotation marks is not read as a text.", value=node.plain),
        say('Write "{value}".', value=node.plain),
    )


def _shown(step: str | int, node: Node) -> str:
    if isinstance(step, str):
        return step
    for name in ("id", "code"):
        named = node.child(name)
        if named is not None and isinstance(named.value, str):
            return named.value
    return f"[{step + 1}]"
