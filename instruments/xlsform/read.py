"""An XLSForm as an instrument: every cell is carried over, or refused with its row and column.

What the instrument has no field for (appearance, parameters, media, unknown columns) is kept as
text in `settings` under its heading.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from instruments.errors import Problem, refusal
from instruments.faults import listed
from instruments.language import Message, say
from instruments.source import Node
from instruments.workbook import Sheet, read_workbook
from instruments.xlsform.columns import (
    LANGUAGE_NAMES,
    ORIGIN,
    ROWS_OF_TABLE,
    Column,
    language_keys,
    read_heading,
)
from instruments.xlsform.extra import SHEET, completed_by
from instruments.xlsform.foreign import SAID, is_ours
from instruments.xlsform.loops import OTHER, other, repeated_for
from instruments.xlsform.rows import (
    Cell,
    Line,
    lines,
    repeated,
    truth,
    without_old_id,
    written,
)
from instruments.xlsform.types import Bracket, ItemOf, Refused, read_type

FURTHER = ("entities", "external_choices", "osm")
"""Sheets that are carried row by row."""
_RESERVED = "meta"


def read_xlsform(path: Path) -> tuple[Node, list[Problem]]:
    """Read a form into the tree of an instrument, with every problem of its layout.

    Raises:
        DefinitionError: The file is no workbook or has no sheet 'survey'.
    """
    sheets = form_sheets(path)
    if "survey" not in sheets:
        raise refusal(path.name, say("There is no sheet 'survey'; there are: {names}.",
                                     names=listed(sheets)),
                      say("An XLSForm has the sheets 'survey', 'choices' and 'settings'."))  # fmt: skip
    root, problems = read_sheets(path, sheets)
    if SHEET not in sheets:
        return root, problems
    completed, more = completed_by(root, sheets[SHEET], file=path.name)
    return completed, [*problems, *more]


def form_sheets(path: Path) -> dict[str, Sheet]:
    """The sheets by name; one that stands alone is the survey, whatever it is called."""
    sheets = read_workbook(path)
    only = next(iter(sheets.values())) if len(sheets) == 1 else None
    headings = only.headings if only else ()
    if only and any(read_heading(one, sheet="survey").field == "type" for one in headings):
        return {"survey": only._replace(kind="survey")}
    return sheets


def read_sheets(path: Path, sheets: Mapping[str, Sheet]) -> tuple[Node, list[Problem]]:
    """Read what every client of XLSForm reads: the sheets 'survey', 'choices' and 'settings'."""
    columns = {
        name: tuple(read_heading(heading, sheet=name) for heading in sheet.headings if heading)
        for name, sheet in sheets.items()
    }
    reader = _Reader(path=path, sheets=sheets, columns=columns)
    return reader.instrument(), reader.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    path: Path
    sheets: Mapping[str, Sheet]
    columns: Mapping[str, tuple[Column, ...]]
    problems: list[Problem] = field(default_factory=list)
    languages: dict[str, str] = field(default_factory=dict)
    """Language codes in order of appearance, with their names as written."""
    unlabelled: dict[str, list[str]] = field(default_factory=dict)
    """By sheet, the columns that are in the default language without naming it."""
    rows_so_far: dict[int, int] = field(default_factory=dict)
    """Which row of a sheet without gaps each row of the survey would be."""
    known: dict[str, str] = field(default_factory=dict)
    """Keys of languages by their names."""
    with_other: set[str] = field(default_factory=set)
    """The lists that a question so far has given an option "other"."""

    def instrument(self) -> Node:
        settings = next(iter(self.lines("settings")), None) or Line(self.path.name, 1, ())
        default = settings.text("default_language") or "default"
        items = self.items(default)
        lists = self.choice_lists(default)
        fields = self.heading(settings, default)
        fields["items"] = settings.node(items)
        fields["choice_lists"] = settings.node(lists)
        fields["sheets"] = settings.node(self.further())
        return settings.node(fields)

    def heading(self, settings: Line, default: str) -> dict[str, Node]:
        """Title, id, version and languages, from the sheet 'settings' or the file's name."""
        made = settings.node
        key = self.keys(default)[default]
        named = [key] if settings.get("default_language") else []
        codes = list(dict.fromkeys([*self.languages, *named])) or [key]
        title, spoken = settings.get("form_title"), key if key in codes else codes[0]
        ident, version = settings.get("form_id"), settings.get("version")
        name = self.unplaced(self.path.stem)
        raw = ident.node() if ident else name
        plain_id = _slug(str(raw.value))
        kept = settings.kept({"form_id", "version", "form_title", "default_language"})
        if plain_id != raw.value:
            kept["form_id"] = raw
        fields = {
            "id": raw._replace(value=plain_id),
            "version": version.node() if version else name._replace(value="1"),
            "title": made({spoken: title.node() if title else raw}),
            "languages": made([name._replace(value=code) for code in codes]),
            "settings": made(kept | self.spellings()),
        }
        if settings.get("default_language"):
            fields["default_language"] = name._replace(value=key)
        return fields

    def unplaced(self, value: str) -> Node:
        """A value that no cell holds."""
        return Node(self.path.name, 1, value, None, "")

    def spellings(self) -> dict[str, Node]:
        """How the form writes its languages, and where it leaves the default one out."""
        kept = {ORIGIN: "xlsform"} | {
            f"language::{code}": name
            for code, name in self.languages.items()
            if code != name or code in LANGUAGE_NAMES
        }
        kept |= {
            f"unlabelled::{sheet}": " ".join(fields)
            for sheet, fields in self.unlabelled.items()
            if fields
        }
        return {name: self.unplaced(value) for name, value in kept.items()}

    def items(self, default: str) -> list[Node]:
        """The rows of the sheet 'survey', nested by their groups and repeats."""
        top: list[Node] = []
        stack: list[tuple[Line, Bracket, list[Node]]] = []
        for number, line in enumerate(self.lines("survey"), start=2):
            self.rows_so_far[line.row] = number
            kind = self.kind(line)
            here = stack[-1][2] if stack else top
            if isinstance(kind, ItemOf):
                here.append(self.item(line, kind, default))
            elif kind is not None and kind.opens:
                stack.append((line, kind, []))
            elif kind is not None and self.closes(line, kind, stack):
                opening, bracket, inner = stack.pop()
                if bracket.over is not None:
                    inner = self.looped(opening, bracket.over, inner, default)
                (stack[-1][2] if stack else top).append(
                    self.block(opening, bracket, inner, default)
                )
        for opening, bracket, _ in stack:
            self.fault(opening.get("type"), say("This {kind} is not closed.", kind=bracket.kind),
                       say("Add a row of type 'end_{kind}'.", kind=bracket.kind))  # fmt: skip
        return top

    def looped(self, opening: Line, over: str, inner: list[Node], default: str) -> list[Node]:
        """The questions of a loop once for each option of its list."""
        options = [self.option(line, default) for line in self.lines("choices")
                   if line.text("list_name") == over]  # fmt: skip
        if over in self.with_other and all(one.data()["code"] != OTHER for one in options):
            options.append(other(options[-1]))
        if not options:
            self.fault(
                opening.get("type"), say("There is no choice list '{name}'.", name=over), None
            )
        return repeated_for(options, inner)

    def closes(
        self, line: Line, kind: Bracket, stack: list[tuple[Line, Bracket, list[Node]]]
    ) -> bool:
        """Whether an end fits the group or repeat that is open."""
        if not stack:
            self.fault(line.get("type"), say("This closes nothing."), say("Remove the row."))
            return False
        opening, open_kind, _ = stack[-1]
        if open_kind.kind != kind.kind:
            self.fault(line.get("type"),
                       say("This closes a {kind}, but the {open} of row {row} is open.",
                           kind=kind.kind, open=open_kind.kind, row=opening.row),
                       say("Write 'end_{open}'.", open=open_kind.kind))  # fmt: skip
        return True

    def kind(self, line: Line) -> ItemOf | Bracket | None:
        cell = line.get("type")
        if cell is None:
            if line.get("name") or line.get("label"):
                self.problem(line.where, say("The row has no type."),
                             say("Fill the column 'type'."))  # fmt: skip
            return None
        found = read_type(cell.text)
        if isinstance(found, Refused):
            self.fault(cell, found.what, found.hint)
            return None
        if line.text("name") == _RESERVED:
            self.fault(line.get("name"), say("'{name}' is what clients call the part of a record "
                                             "that describes it.", name=_RESERVED),
                         say("Choose another name."))  # fmt: skip
        is_end = isinstance(found, Bracket) and not found.opens
        if not is_end and line.get("name") is None and _own_name(line, found) is None:
            self.problem(line.where, say("The row has no name."),
                         say("Fill the column 'name'."))  # fmt: skip
        return found

    def item(self, line: Line, kind: ItemOf, default: str) -> Node:
        fields = self.named(line, default, {"type": line.get("type"), "hint": line.get("hint")})
        type_cell = line.get("type") or line.cells[0]
        kept = line.kept({"type", "name", "label", "hint", "disabled"} | _shown(line))
        is_range = kind.kept == "range" and "." not in line.text("parameters")
        fields["type"] = type_cell.node("integer" if is_range else kind.type)
        if kind.kept:
            kept["type"] = type_cell.node(kind.kept)
        if kind.choices:
            fields["choices"] = type_cell.node(kind.choices)
        if kind.or_other:
            fields["or_other"] = type_cell.node(meaning=True)
            self.with_other.add(kind.choices or "")
        self.rules(line, fields, kept, default)
        fields["settings"] = line.node(kept)
        return line.node(fields)

    def rules(
        self, line: Line, fields: dict[str, Node], kept: dict[str, Node], default: str
    ) -> None:
        """Move what the model knows from the kept cells into its fields."""
        required = line.get("required")
        if required is not None and (holds := truth(required.text)) is not None:
            fields["required"] = required.node(meaning=holds)
            kept.pop("required", None)
            if not holds or required.text not in SAID:
                kept["required"] = required.node("false" if required.text in SAID else None)
        for name in ("calculation", "choice_filter"):
            cell = line.get(name)
            is_filter = name == "choice_filter"
            if (
                cell
                and is_ours(cell.text, filters=is_filter)
                and ("choices" in fields or not is_filter)
            ):
                fields[name] = kept.pop(name)
        constraint = line.get("constraint")
        if constraint is not None and is_ours(constraint.text):
            check = {"rule": kept.pop("constraint")}
            check["message"] = self.texts(line, "constraint_message", default)
            fields["checks"] = line.node([constraint.node()._replace(value=check)])
            for key in [key for key in kept if key.startswith("constraint_message")]:
                kept.pop(key)

    def block(self, line: Line, kind: Bracket, inner: list[Node], default: str) -> Node:
        fields = self.named(line, default, {})
        fields["items"] = line.node(inner)
        fields["repeat"] = (line.get("type") or line.cells[0]).node(meaning=kind.kind == "repeat")
        taken = {"type", "name", "label", "disabled"} | _shown(line)
        fields["settings"] = line.node(line.kept(taken) | self.rows_of_table(line, inner))
        return line.node(fields)

    def rows_of_table(self, line: Line, inner: list[Node]) -> dict[str, Node]:
        """Rows by which clients name what they add to a table, where ours will be others."""
        is_table = "table-list" in line.text(
            "appearance"
        ).split() and ROWS_OF_TABLE not in line.kept(())
        choices = [node.line for node in inner if "choices" in node.data()]
        if not is_table or not choices:
            return {}
        if all(self.rows_so_far[row] == row for row in (line.row, choices[0])):
            return {}
        return {ROWS_OF_TABLE: line.node(f"{line.row} {choices[0]}")}

    def named(self, line: Line, default: str, more: dict[str, Cell | None]) -> dict[str, Node]:
        """What groups and questions share: id, texts and the condition under which they show."""
        name, relevant = line.get("name"), line.get("relevant")
        ident = _own_name(line, read_type(line.text("type"))) or f"row_{line.row}"
        fields = {"id": name.node() if name else line.node(ident)}
        for text in ("label", "hint") if "hint" in more else ("label",):
            fields[text] = self.texts(line, text, default)
        if relevant is not None and "relevant" in _shown(line):
            fields["show_if"] = relevant.node(SAID.get(relevant.text, relevant.text))
        return fields

    def choice_lists(self, default: str) -> dict[str, Node]:
        lists: dict[str, list[Node]] = {}
        first: dict[str, Line] = {}
        for line in self.lines("choices"):
            name = line.text("list_name")
            if not name:
                continue
            lists.setdefault(name, []).append(self.option(line, default))
            first.setdefault(name, line)
        return {name: first[name].node(options) for name, options in lists.items()}

    def option(self, line: Line, default: str) -> Node:
        name = line.get("name")
        if name is None:
            self.problem(line.where, say("The choice has no name."),
                         say("Fill the column 'name' with its code."))  # fmt: skip
        return line.node({
            "code": name.node() if name else line.node(f"row_{line.row}"),
            "label": self.texts(line, "label", default, sheet="choices"),
            "filters": line.node(line.kept({"list_name", "name", "label"})),
        })  # fmt: skip

    def keys(self, default: str) -> dict[str, str]:
        """The key of each language that the columns name."""
        if not self.known:
            columns = [column for name in ("survey", "choices")
                       for column in self.columns.get(name, ())]  # fmt: skip
            named = [column.language for column in columns if column.language]
            self.known.update(language_keys([*named, default, "default"]))
        return self.known

    def texts(self, line: Line, name: str, default: str, *, sheet: str = "survey") -> Node:
        found = {}
        bare = "default" if Column(name, default) in self.columns[sheet] else default
        for cell in line.cells:
            if cell.column.field == name:
                language = cell.column.language or bare
                key = self.keys(default)[language]
                self.languages.setdefault(key, language)
                found[key] = cell.node()
                fields = self.unlabelled.setdefault(sheet, [])
                if cell.column.language is None and bare != "default" and name not in fields:
                    fields.append(name)
        return line.node(found)

    def lines(self, name: str) -> Iterator[Line]:
        sheet = self.sheets.get(name)
        if sheet is None:
            return
        if name == "settings":
            sheet = without_old_id(sheet)
        file = f"{self.path.name}, sheet '{sheet.name}'"
        for column in repeated(sheet):
            self.problem(file, say("Two columns are headed '{heading}'.", heading=written(column)),
                         say("Keep one of them."))  # fmt: skip
        yield from lines(sheet, file=file)

    def further(self) -> dict[str, Node]:
        """Rows of the sheets that are carried as they are, by their headings in their first spelling."""
        found = {}
        for name in FURTHER:
            rows = [line.node(line.kept(())) for line in self.lines(name)]
            if rows:
                found[name] = rows[0]._replace(value=rows)
        return found

    def fault(self, cell: Cell | None, what: Message, hint: Message | None) -> None:
        self.problem(cell.node().where(()) if cell else self.path.name, what, hint)

    def problem(self, where: str, what: Message, hint: Message | None) -> None:
        self.problems.append(Problem(where=where, what=what, hint=hint))


def _own_name(line: Line, kind: ItemOf | Bracket | Refused) -> str | None:
    """The name that clients give to a row without one; notes are numbered by their row."""
    if not isinstance(kind, ItemOf):
        return None
    if kind.kept == "audit":
        return "audit"
    return f"generated_note_name_{line.row}" if kind.type == "note" else None


def _slug(form_id: str) -> str:
    """An id of ours for the id of a form, which may be any text."""
    found = re.sub(r"[^A-Za-z0-9_.-]+", "_", form_id)
    return (found if re.match("[A-Za-z_]", found) else f"_{found}")[:64]


def _shown(line: Line) -> set[str]:
    """The column of the condition, where it becomes a field."""
    relevant = line.text("relevant")
    return {"relevant"} if relevant in SAID or is_ours(relevant) else set()
