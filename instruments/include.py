"""Parts of a definition that stand in other files of the same folder.

``include: [communes.yaml]`` adds choice lists; ``use: bank.yaml#id@version`` in place of an item
takes it from an item bank. Both are resolved before validation, so that every part keeps the file
and line where it was written.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath

from instruments.errors import Problem, refusal
from instruments.faults import did_you_mean, listed
from instruments.language import Message, say
from instruments.source import Node
from instruments.yaml_source import read_yaml

_LISTS = "choice_lists"
_YAML = (".yaml", ".yml", ".json")
_USE = re.compile(r"(?P<file>[^#]+)#(?P<id>[^#@]+)(?:@(?P<version>[^#@]+))?")
_OWN = frozenset({
    "use", "show_if", "required", "anchor", "fixed", "rotate", "card", "instruction", "vignette",
    "dimension", "topic",
})  # fmt: skip
"""What an instrument may say of an item that it takes from a bank."""


def with_other_files(root: Node, *, folder: Path) -> tuple[Node, list[Problem]]:
    """The document with the choice lists and bank items that it names."""
    if not isinstance(root.value, dict):
        return root, []
    reader = _Reader(folder=folder, fields=dict(root.value))
    reader.include()
    reader.use()
    return root._replace(value=reader.fields), reader.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    folder: Path
    fields: dict[str, Node]
    problems: list[Problem] = field(default_factory=list)
    banks: dict[str, "_Bank | None"] = field(default_factory=dict)

    def include(self) -> None:
        include = self.fields.pop("include", None)
        if include is None:
            return
        for node in include.value if isinstance(include.value, list) else [include]:
            if not self.refused(node, str(node.value)):
                lists = self.included(self.folder / str(node.value))
                self.problems.extend(_repeated(self.lists(), lists))
                self.add_lists(lists, at=include)

    def use(self) -> None:
        items = self.fields.get("items")
        if items is not None:
            self.fields["items"] = self.used(items)

    def used(self, parts: Node) -> Node:
        """The list of parts, those that name a bank's item replaced by it."""
        if not isinstance(parts.value, list):
            return parts
        return parts._replace(value=[self.part(part) for part in parts.value])

    def part(self, part: Node) -> Node:
        if not isinstance(part.value, dict):
            return part
        if "use" in part.value:
            return self.from_bank(part, part.value)
        if "items" in part.value:
            return part._replace(value=part.value | {"items": self.used(part.value["items"])})
        return part

    def from_bank(self, part: Node, own: Mapping[str, Node]) -> Node:
        use = own["use"]
        found = _USE.fullmatch(str(use.value))
        if found is None:
            self.problem(use, say("'{use}' names no item of a bank.", use=use.value),
                         say("Write it as bank.yaml#id or bank.yaml#id@version."))  # fmt: skip
            return part
        bank = self.bank(use, found["file"])
        entry = None if bank is None else self.entry(bank, use, found["id"], found["version"])
        if bank is None or entry is None or not isinstance(entry.value, dict):
            return part
        kept = {name: node for name, node in entry.value.items() if name != "version"}
        self.add_lists(bank.lists_of(kept), at=use)
        origin = use._replace(value=f"{found['file']}#{found['id']}@{_version(entry)}", plain=None)
        return entry._replace(value=kept | self.changes(own) | {"bank": origin})

    def changes(self, own: Mapping[str, Node]) -> dict[str, Node]:
        """What the instrument says of the item; its wording, options and key are the bank's."""
        for name, node in own.items():
            if name not in _OWN:
                self.problem(node, say("'{field}' of an item from a bank cannot be changed here.",
                                       field=name),
                             say("Add a new version of the item to the bank."))  # fmt: skip
        return {name: node for name, node in own.items() if name in _OWN - {"use"}}

    def bank(self, use: Node, file: str) -> "_Bank | None":
        if file not in self.banks:
            self.banks[file] = None if self.refused(use, file) else self.read(self.folder / file)
        return self.banks[file]

    def entry(self, bank: "_Bank", use: Node, name: str, version: str | None) -> Node | None:
        """The bank's item, in the version that is asked for or the only one."""
        versions = bank.versions(name)
        if not versions:
            self.problem(use, say("The bank has no item '{name}'.", name=name),
                         did_you_mean(name, bank.names()))  # fmt: skip
        elif version is None and len(versions) > 1:
            self.problem(use, say("The bank has several versions of '{name}'.", name=name),
                         say("Add one of them: {versions}.",
                             versions=listed(f"@{known}" for known in versions)))  # fmt: skip
        elif version is not None and version not in versions:
            self.problem(use, say("The bank has no version '{version}' of '{name}'.",
                                  version=version, name=name),
                         did_you_mean(version, versions))  # fmt: skip
        else:
            return versions[version or next(iter(versions))]
        return None

    def included(self, path: Path) -> dict[str, Node]:
        fields = self.mapping(path)
        lists = fields.get(_LISTS)
        if set(fields) != {_LISTS} or lists is None or not isinstance(lists.value, dict):
            raise refusal(path.name, say("An included file holds 'choice_lists' and nothing else."))
        return lists.value

    def read(self, path: Path) -> "_Bank":
        fields = self.mapping(path)
        kind, items, lists = fields.get("kind"), fields.get("items"), fields.get(_LISTS)
        if (
            kind is None
            or kind.value != "bank"
            or items is None
            or not isinstance(items.value, list)
        ):
            raise refusal(path.name, say("This is no item bank."),
                          say("An item bank begins with 'kind: bank' and has 'items'."))  # fmt: skip
        named = lists.value if lists is not None and isinstance(lists.value, dict) else {}
        return _Bank(entries=tuple(items.value), lists=named)

    def mapping(self, path: Path) -> dict[str, Node]:
        root, problems = read_yaml(path)
        self.problems.extend(problems)
        return root.value if isinstance(root.value, dict) else {}

    def lists(self) -> dict[str, Node]:
        node = self.fields.get(_LISTS)
        return node.value if node is not None and isinstance(node.value, dict) else {}

    def add_lists(self, lists: Mapping[str, Node], *, at: Node) -> None:
        """Add choice lists; one that is here already must say the same."""
        known = self.lists()
        self.problems.extend(
            _twice(name, node, known[name])
            for name, node in lists.items()
            if name in known and known[name].file != node.file and known[name].data() != node.data()
        )
        if lists:
            home = self.fields.get(_LISTS) or at
            self.fields[_LISTS] = home._replace(value={**lists, **known}, plain=None)

    def refused(self, node: Node, name: str) -> bool:
        """Whether the file is none that may be read: only YAML or JSON of the same folder may."""
        alone = PureWindowsPath(name)
        if alone.name != name or alone.suffix not in _YAML:
            self.problem(node, say("'{name}' is not the name of a file in the same folder.", name=name),
                         say("Write the file's name alone, such as communes.yaml."))  # fmt: skip
            return True
        if not (self.folder / name).is_file():
            self.problem(node, say("There is no file '{name}' in this folder.", name=name), None)
            return True
        return False

    def problem(self, node: Node, what: Message, hint: Message | None) -> None:
        self.problems.append(Problem(where=node.where(()), what=what, hint=hint))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bank:
    entries: tuple[Node, ...]
    lists: Mapping[str, Node]

    def names(self) -> list[str]:
        return list(dict.fromkeys(_text(entry, "id") for entry in self.entries))

    def versions(self, name: str) -> dict[str, Node]:
        return {_version(entry): entry for entry in self.entries if _text(entry, "id") == name}

    def lists_of(self, entry: Mapping[str, Node]) -> dict[str, Node]:
        """The choice list that an item names, if the bank has it."""
        name = str(entry["choices"].value) if "choices" in entry else ""
        return {name: self.lists[name]} if name in self.lists else {}


def _version(entry: Node) -> str:
    return _text(entry, "version")


def _text(entry: Node, name: str) -> str:
    node = entry.child(name)
    return "" if node is None else str(node.value)


def _repeated(known: Mapping[str, Node], more: Mapping[str, Node]) -> Iterator[Problem]:
    return (_twice(name, more[name], known[name]) for name in more if name in known)


def _twice(name: str, node: Node, first: Node) -> Problem:
    return Problem(
        where=node.where(()),
        what=say("The choice list '{name}' exists already: {first}.",
                 name=name, first=first.where(())),
        hint=say("Rename one of the two."),
    )  # fmt: skip
