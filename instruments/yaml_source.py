"""YAML read strictly: plain data with the line of every part, and nothing hidden in it.

A definition is what it looks like: no tags, anchors, aliases or merge keys, no key twice, no
scalar that readers of YAML take differently. Size and depth are limited before anything is built.
A SPEC, which programs write too, may repeat a part by an alias; each repetition counts as if it were
written out. JSON is read by the same rules, being YAML too.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from instruments.errors import DefinitionError, Problem, refusal
from instruments.language import Message, nfc, say
from instruments.source import Node, Scalar, Unclear, unquoted

MAX_BYTES, MAX_PARTS = 2 * 1024 * 1024, 150_000
"""Of YAML, which people write; a frozen copy in JSON, which holds its choice lists, may be larger."""
JSON_FACTOR = 8
MAX_DEPTH = 20
UNSEEN = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x84\\x86-\\x9f\\u202d\\u202e\\ufffe\\uffff]"
)
"""What people who write YAML cannot see; a frozen copy keeps what a form from elsewhere held."""


def read_yaml(path: Path, *, aliases: bool = False) -> tuple[Node, list[Problem]]:
    """Read one document from a file, with every breach of the rules above.

    `aliases` are let pass where repeated parts are harmless.

    Raises:
        DefinitionError: The file is missing, too large, not UTF-8 or not YAML.
    """
    factor = JSON_FACTOR if path.suffix.lower() == ".json" else 1
    text = _text(path, limit=factor * MAX_BYTES)
    return compose(text, file=path.name, limit=factor * MAX_PARTS, aliases=aliases)


def compose(
    text: str, *, file: str, limit: int = MAX_PARTS, aliases: bool = False
) -> tuple[Node, list[Problem]]:
    """Build one document from its text, with every breach of the rules above."""
    reader = _Reader(file=file, numbers=iter(range(limit)), anchors={} if aliases else None)
    try:
        root = reader.document(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.YAMLError as error:
        raise DefinitionError([*reader.problems, _syntax(error, file=file)]) from None
    return root, reader.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    file: str
    numbers: Iterator[int]
    """One for each part that may still be read."""
    anchors: dict[str, Node] | None = None
    """Parts that may be repeated, by name; None where none may."""
    problems: list[Problem] = field(default_factory=list)

    def document(self, events: Iterator[Any]) -> Node:
        next(events)
        started = next(events)
        if not isinstance(started, yaml.DocumentStartEvent):
            raise refusal(self.file, say("The file is empty."))
        root = self.node(events, next(events), depth=1)
        next(events)
        after = next(events)
        if not isinstance(after, yaml.StreamEndEvent):
            self.fault(after, say("A second document begins here."),
                       say("Keep one document in a file; remove the line '---'."))  # fmt: skip
        return root

    def node(self, events: Iterator[Any], event: Any, *, depth: int) -> Node:  # noqa: ANN401
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, line, depth=depth)
        self.count(line)
        self.refuse_decorations(event)
        node = Node(self.file, line, *self.content(events, event, line, depth=depth))
        if event.anchor is not None and self.anchors is not None:
            self.anchors[event.anchor] = node
        return node

    def content(
        self, events: Iterator[Any], event: Any, line: int, *, depth: int  # noqa: ANN401
    ) -> tuple[Any, str | None]:  # fmt: skip
        """What a part holds, and of an unquoted scalar the text as written."""
        if isinstance(event, yaml.ScalarEvent):
            self.refuse_unseen(event)
            plain = event.value if event.implicit[0] else None
            return nfc(event.value) if plain is None else _resolved(plain), plain
        self.refuse_depth(line, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(events, depth=depth), None
        return self.mapping(events, depth=depth), None

    def alias(self, event: Any, line: int, *, depth: int) -> Node:  # noqa: ANN401
        """The part that an alias repeats, where that is allowed."""
        found = None if self.anchors is None else self.anchors.get(event.anchor)
        if found is not None:
            self.repeated(found, line, depth=depth)
            return found._replace(line=line)
        self.count(line)
        if self.anchors is None:
            self.fault(event, say("An alias (*{name}) is not allowed.", name=event.anchor),
                       say("Write the part out."))  # fmt: skip
        else:
            self.fault(event, say("The alias *{name} repeats no part before it.", name=event.anchor),
                       say("Name the part with &{name} above.", name=event.anchor))  # fmt: skip
        return Node(self.file, line, Unclear(f"*{event.anchor}"))

    def repeated(self, node: Node, line: int, *, depth: int) -> None:
        """Count a part and all within it once more."""
        self.count(line)
        inner = node.value
        if isinstance(inner, dict | list):
            self.refuse_depth(line, depth)
            for child in inner.values() if isinstance(inner, dict) else inner:
                self.repeated(child, line, depth=depth + 1)

    def count(self, line: int) -> None:
        if next(self.numbers, None) is None:
            raise refusal(
                f"{self.file}, line {line}", say("The file has too many parts."), _divide()
            )

    def refuse_depth(self, line: int, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise refusal(f"{self.file}, line {line}",
                          say("More than {depth} levels lie within each other.", depth=MAX_DEPTH),
                          say("Close the brackets or reduce the indentation."))  # fmt: skip

    def sequence(self, events: Iterator[Any], *, depth: int) -> list[Node]:
        nodes = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            nodes.append(self.node(events, event, depth=depth + 1))
        return nodes

    def mapping(self, events: Iterator[Any], *, depth: int) -> dict[str, Node]:
        nodes: dict[str, Node] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self.key(self.node(events, event, depth=depth + 1))
            node = self.node(events, next(events), depth=depth + 1)
            if key in nodes:
                self.fault(event, say("'{key}' stands here a second time; first in line {line}.",
                                      key=key, line=nodes[key].line),
                           say("Keep one of the two."))  # fmt: skip
            else:
                nodes[key] = node._replace(line=event.start_mark.line + 1)
        return nodes

    def key(self, node: Node) -> str:
        """The key as text; what YAML would read as a number or as true is refused."""
        if node.plain == "<<":
            self.problem(node.line, say("A merge ('<<') is not allowed."),
                         say("Write the fields out."))  # fmt: skip
        elif not isinstance(node.value, str):
            self.problem(node.line, *unquoted(node))
        return node.value if isinstance(node.value, str) else str(node.plain)

    def refuse_decorations(self, event: Any) -> None:  # noqa: ANN401
        if event.anchor is not None and self.anchors is None:
            self.fault(event, say("An anchor (&{name}) is not allowed.", name=event.anchor),
                       say("Remove it and write repeated parts out."))  # fmt: skip
        if event.tag is not None:
            self.fault(event, say("A tag ({tag}) is not allowed.", tag=_tag(event.tag)),
                       say("Remove it; put a text in quotation marks."))  # fmt: skip

    def refuse_unseen(self, event: Any) -> None:  # noqa: ANN401
        """Controls, which no page can show, and overrides that make a text read backwards.

        Frozen copies, which are JSON and written by the program, keep them.
        """
        unseen = () if self.file.endswith(".json") else set(UNSEEN.findall(event.value))
        for char in sorted(unseen):
            self.fault(event, say("The character U+{number} is not allowed: nobody can see it.",
                                  number=f"{ord(char):04X}"),
                       say("Remove it."))  # fmt: skip

    def fault(self, event: Any, what: Message, hint: Message) -> None:  # noqa: ANN401
        self.problem(event.start_mark.line + 1, what, hint)

    def problem(self, line: int, what: Message, hint: Message) -> None:
        self.problems.append(Problem(where=f"{self.file}, line {line}", what=what, hint=hint))


_EMPTY = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset(
    form(word) for word in ("true", "yes", "on") for form in (str, str.title, str.upper)
)
_FALSE = frozenset(
    form(word) for word in ("false", "no", "off") for form in (str, str.title, str.upper)
)
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})?(?:\.[0-9]*)?(?:[eE][-+]?[0-9]{1,3})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?")
_NUMBERLIKE = re.compile(
    r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?"  # 012, 1_000
    r"|[-+]?0[xob][0-9a-fA-F_]+"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"  # base 60, as YAML 1.1 has it
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_FIRST = frozenset("+-.0123456789")


def _resolved(plain: str) -> Scalar:
    """What an unquoted scalar is; quoted ones are always text."""
    if plain in _EMPTY:
        return None
    if plain in _TRUE or plain in _FALSE:
        return plain in _TRUE
    return _numeric(plain) if plain[0] in _FIRST else nfc(plain)


def _numeric(plain: str) -> Scalar:
    if _INTEGER.fullmatch(plain):
        return int(plain)
    if _DATE.fullmatch(plain):
        return _date(plain)
    if not _NUMBERLIKE.fullmatch(plain):
        return nfc(plain)
    if _FLOAT.fullmatch(plain) and abs(number := float(plain)) != float("inf"):
        return number
    return Unclear(plain)


def _date(plain: str) -> date | datetime | Unclear:
    try:
        return date.fromisoformat(plain) if len(plain) <= 10 else datetime.fromisoformat(plain)
    except ValueError:
        return Unclear(plain)


def _tag(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")


def _text(path: Path, *, limit: int) -> str:
    if not path.is_file():
        raise refusal(str(path), say("There is no such file."))
    if path.stat().st_size > limit:
        raise refusal(path.name, say("The file is larger than {limit} MiB.", limit=limit >> 20),
                      _divide())  # fmt: skip
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refusal(f"{path.name}, line {line}", say("The file is not UTF-8 text."),
                      say("Save it with the encoding UTF-8.")) from None  # fmt: skip


def _divide() -> Message:
    return say("Move choice lists to files of their own and name them under 'include'.")


_SYNTAX: Mapping[str, Message] = {
    "found a tab character": say("Indent with spaces, not tabs."),
    "found character that cannot start any token": say("Indent with spaces, not tabs; put a text that begins with % @ ` in quotation marks."),
    "mapping values are not allowed in this context": say("Put a text that contains ': ' in quotation marks, or check the indentation."),
    "did not find expected key": say("Check the indentation, and the quotation marks above this line."),
    "could not find expected ':'": say("Write 'field: value', or put a text of several lines in quotation marks."),
    "found unexpected end of stream": say("Close the quotation mark that is open here."),
}  # fmt: skip


def _syntax(error: yaml.YAMLError, *, file: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    found = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    hint = next((text for start, text in _SYNTAX.items() if found.startswith(start)), None)
    where = f"{file}, line {mark.line + 1}, column {mark.column + 1}" if mark else file
    return Problem(where=where, what=say("This is not YAML: {found}.", found=found), hint=hint)
