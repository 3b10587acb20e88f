"""The rows of an XLSForm as a tree of form parts, by the conventions that its clients share.

Some rows stand for more than one node: ``or_other`` adds a text question, the appearance
``table-list`` a heading and a row of labels, a computed number of repeats a calculation.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Literal

from instruments.forms.sheets import Cells, Row, Sheets
from instruments.xlsform.columns import MEDIA, ROWS_OF_TABLE

Kind = Literal["root", "group", "repeat", "question"]
Words = str | dict[str, str] | None
"""A text without a language, or its translations by language name."""

OTHER = "other"
_STRAIGHT = str.maketrans("“”‘’\u00a0", "\"\"'' ")
_LANGUAGE = re.compile("::(.+)$")
_REFERENCE = re.compile(r"\$\{[^{}]+\}")
_FROM_FILE = re.compile("select_(one|multiple)_from_file")
EXTERNAL = ("csv-external", "xml-external")
FILES = (".csv", ".xml", ".geojson")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Part:
    """A group, repeat or question with the cells of its row."""

    kind: Kind
    name: str
    type: str = ""
    cells: Cells = field(default_factory=dict)
    chosen_from: str = ""
    """Of a choice the list, the file, or ``${item}`` of the roster that its options come from."""
    parent: "Part | None" = None
    children: list["Part"] = field(default_factory=list)

    @property
    def path(self) -> str:
        """Absolute path of the node."""
        above = self.parent.path if self.parent else ""
        return f"{above}/{self.name}"

    def above(self) -> Iterator["Part"]:
        """The parts around this one, innermost first."""
        part = self.parent
        while part is not None:
            yield part
            part = part.parent

    def walk(self) -> Iterator["Part"]:
        """This part and all inside it, in form order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def searches(self) -> bool:
        """Whether the options come from a file that the client searches."""
        return (
            self.chosen_from != ""
            and re.search(r"search\(.*?\)", self.cells.get("appearance", "")) is not None
        )


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Tree:
    """A form: its parts, metadata, choice lists and settings."""

    root: Part
    meta: Part
    lists: Mapping[str, list[Cells]]
    files: Mapping[str, str]
    """Addresses of the files beside the form, by the names of their instances."""
    further: Mapping[str, tuple[Cells, ...]]
    settings: Cells

    @property
    def default_language(self) -> str:
        """Name of the language of texts that name none."""
        return self.settings.get("default_language", "default")

    def searched(self) -> set[str]:
        """Choice lists that stand within their questions, because the client fills them."""
        return {part.chosen_from for part in self.root.walk() if part.searches()}

    def parts(self) -> Iterator[Part]:
        """Every part of the form and of its metadata."""
        yield from self.root.walk()
        yield from self.meta.walk()


def words(cells: Cells, field_name: str, *, default: str) -> Words:
    """A field's text: plain, or by language where any column of it names one."""
    found = {
        language[1]: text
        for heading, text in cells.items()
        if heading.startswith(f"{field_name}::") and (language := _LANGUAGE.search(heading))
    }
    bare = cells.get(field_name)
    if not found:
        return bare
    return ({default: bare} if bare else {}) | found


def media(cells: Cells, *, default: str) -> dict[str, str | dict[str, str]]:
    """Names of the files that illustrate a text, by kind."""
    return {kind: found for kind in MEDIA if (found := words(cells, kind, default=default))}


def parameters(cells: Cells) -> dict[str, str]:
    """The column `parameters`: ``name=value`` pairs."""
    text = re.sub(r"\s*=\s*", "=", cells.get("parameters", ""))
    pairs = [pair.partition("=") for pair in re.split(r"[\s,;]+", text) if "=" in pair]
    return {name.lower(): _plain(name.lower(), value) for name, _, value in pairs}


def _plain(name: str, value: str) -> str:
    """Small letters, but for names of columns in files and for items."""
    return value if name in ("value", "label") or "${" in value else value.lower()


def tree(sheets: Sheets) -> Tree:
    """Build the tree of a form."""
    settings = {name: text.translate(_STRAIGHT).strip() for name, text in sheets.settings.items()}
    root = Part(kind="root", name=settings.get("name", "data"))
    builder = _Builder(
        root=root,
        meta=Part(kind="group", name="meta", parent=root),
        lists=_lists(sheets),
        default=settings.get("default_language", "default"),
        keeps_spaces=settings.get("clean_text_values", "").lower() in ("no", "false", "false()"),
    )
    builder.rows(sheets.survey)
    return Tree(root=root, meta=builder.meta, lists=builder.lists, files=builder.files,
                further=sheets.further, settings=settings)  # fmt: skip


def _lists(sheets: Sheets) -> dict[str, list[Cells]]:
    found: dict[str, list[Cells]] = {}
    for cells in sheets.choices:
        clean = {name: text.translate(_STRAIGHT) for name, text in cells.items()}
        found.setdefault(clean.pop("list_name"), []).append(clean)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Builder:
    root: Part
    meta: Part
    lists: dict[str, list[Cells]]
    default: str
    keeps_spaces: bool
    """Whether several spaces in a row of the survey are kept as they are."""
    files: dict[str, str] = field(default_factory=dict)

    def rows(self, rows: tuple[Row, ...]) -> None:
        here, table = self.root, _Table()
        for row in rows:
            cells = {name: self.clean(text) for name, text in row.cells.items()}
            word, _, what = cells["type"].partition("_")
            if word == "begin":
                here, table = self.opened(cells, what, here, row.number)
            elif word == "end" and what:
                here, table = here.parent or self.root, _Table()
            else:
                self.question(cells, here, table, row.number)

    def clean(self, text: str) -> str:
        """Straight quotation marks and, unless the form says otherwise, single spaces."""
        straight = text.translate(_STRAIGHT).strip()
        return straight if self.keeps_spaces else re.sub(" +", " ", straight)

    def opened(self, cells: Cells, kind: str, here: Part, number: int) -> tuple[Part, "_Table"]:
        self.count(cells, here)
        appearance = cells.get("appearance", "").split()
        is_table = "table-list" in appearance
        texts = {name: cells.pop(name) for name in [*cells] if is_table and _is_label(name)}
        if is_table:
            rest = [word for word in appearance if word != "table-list"]
            cells["appearance"] = " ".join(["field-list", *rest])
        part = Part(kind="repeat" if kind == "repeat" else "group", name=cells["name"], cells=cells,
                    parent=here)  # fmt: skip
        here.children.append(part)
        row, _, first_choice = cells.pop(ROWS_OF_TABLE, str(number)).partition(" ")
        if texts:
            _add(part, f"generated_table_list_label_{row}", "note", texts)
        return part, _Table(is_table=is_table, first_choice=first_choice)

    def count(self, cells: Cells, here: Part) -> None:
        """A computed number of repeats gets a node of its own."""
        count = cells.get("repeat_count")
        if count and not _REFERENCE.fullmatch(count):
            name = f"{cells['name']}_count"
            _add(here, name, "calculate", {"calculation": count, "read_only": "true()"})
            cells["repeat_count"] = f"${{{name}}}"

    def question(self, cells: Cells, here: Part, table: "_Table", number: int) -> None:
        kind, _, rest = cells["type"].partition(" ")
        if kind == "audit":
            _add(self.meta, "audit", "audit", cells)
        elif kind in EXTERNAL:
            suffix = kind.partition("-")[0]
            self.files[cells["name"]] = address(f"{cells['name']}.{suffix}")
        elif kind in ("osm", "select_one_external") and rest:
            _add(here, cells["name"], kind, cells, rest)
        elif from_file := _FROM_FILE.fullmatch(kind):
            file = PurePath(rest)
            self.files[file.stem] = address(rest)
            _add(here, cells["name"], f"select_{from_file[1]}", cells, rest)
        elif kind in ("select_one", "select_multiple", "rank"):
            self.choice(cells, here, table, number)
        else:
            _add(here, cells["name"], cells["type"], cells)

    def choice(self, cells: Cells, here: Part, table: "_Table", number: int) -> None:
        kind, _, rest = cells["type"].partition(" ")
        name, _, other = rest.partition(" ")
        if table.is_table:
            if not table.labelled:
                labels = {"appearance": "label"}
                row = table.first_choice or str(number)
                _add(here, f"reserved_name_for_field_list_labels_{row}", kind, labels, name)
                table.labelled.append(name)
            cells["appearance"] = "list-nolabel"
        _add(here, cells["name"], kind, cells, name)
        if other:
            self.add_other(cells["name"], name, here)

    def add_other(self, asked: str, name: str, here: Part) -> None:
        options = self.lists.setdefault(name, [])
        if all(option["name"] != OTHER for option in options):
            headings = dict.fromkeys(key for option in options for key in option
                                     if key.startswith("label::"))  # fmt: skip
            options.append({"name": OTHER} | dict.fromkeys(headings or ["label"], "Other"))
        cells = {"label": "Specify other.", "relevant": f"selected(../{asked}, '{OTHER}')"}
        _add(here, f"{asked}_other", "text", cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """A block whose questions share one row of option labels."""

    is_table: bool = False
    first_choice: str = ""
    """Row of its first question in the form that it was read from, where that was another one."""
    labelled: list[str] = field(default_factory=list)


def _add(here: Part, name: str, kind: str, cells: Cells, chosen_from: str = "") -> None:
    part = Part(kind="question", name=name, type=kind, cells=cells, chosen_from=chosen_from,
                parent=here)  # fmt: skip
    here.children.append(part)


def address(file: str) -> str:
    """Where clients find a file that comes with the form."""
    return f"jr://file-csv/{file}" if file.endswith(".csv") else f"jr://file/{file}"


def _is_label(heading: str) -> bool:
    return heading.partition("::")[0] in ("label", "hint")
