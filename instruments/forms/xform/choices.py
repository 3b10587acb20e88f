"""Where the options of a question come from: a list, a file, or the entries of a roster."""

import re
from dataclasses import dataclass
from pathlib import PurePath

from instruments.forms.sheets import Cells
from instruments.forms.xform.itext import needs_translation
from instruments.forms.xform.references import References
from instruments.forms.xform.tree import FILES, Part, Tree, parameters
from instruments.forms.xform.xml import Element

CHOOSING = ("select", "select1", "odk:rank")
"""Controls that offer options."""


def list_of(cells: Cells) -> str:
    """The list that a row of options belongs to, in either spelling of the heading."""
    return cells.get("list_name") or cells.get("list name", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The item sets of a form."""

    form: Tree
    references: References

    def itemset(self, part: Part) -> Element:
        """The options of a question, filtered and in a drawn order where it says so."""
        source = part.chosen_from
        if source.startswith("${"):
            return self.of_roster(part)
        if source.endswith(FILES):
            return self.of_file(PurePath(source), part)
        return self.of_list(source, part)

    def of_list(self, name: str, part: Part) -> Element:
        """The options of a list of the form."""
        options = self.form.lists.get(name, [])
        translated = needs_translation(options, default=self.form.default_language)
        label = "jr:itext(itextId)" if translated else "label"
        return self.element(self.filtered(_items(name), part), part, value="name", label=label)

    def of_file(self, file: PurePath, part: Part) -> Element:
        """The rows of a file beside the form."""
        value, label = ("id", "title") if file.suffix == ".geojson" else ("name", "label")
        given = parameters(part.cells)
        nodeset = self.filtered(_items(file.stem), part)
        return self.element(
            nodeset, part, value=given.get("value", value), label=given.get("label", label)
        )

    def of_roster(self, part: Part) -> Element:
        """The answers to an item in the entries of its roster."""
        path = self.references.expression(part.chosen_from, part, of_roster=True).strip()
        entries, _, name = path.rpartition("/")
        condition = f"./{name} != ''"
        if written := part.cells.get("choice_filter"):
            read = self.references.expression(written, part, foreign=True, of_roster=True)
            filtered = read.replace(f"current()/{entries}", ".").replace(entries, ".")
            condition = f"({filtered}) and {condition}" if lets_empty_pass(part) else filtered
        return self.element(f"{entries}[{condition}]", part, value=name, label=name)

    def of_places(self, source: str, part: Part) -> Element:
        """Places to draw beside: those of a list or file, or of the entries of a roster."""
        if not source.startswith("${"):
            return self.of_list(source, part)
        entries = self.references.expression(source, part).strip()
        return self.element(
            f"{entries}[./geometry != '']", part, value="geometry", label="geometry"
        )

    def query(self, part: Part) -> str:
        """The rows of the client's own table of options that fit."""
        return self.filtered(_items(part.chosen_from), part)

    def filtered(self, nodeset: str, part: Part) -> str:
        """Items of another instance that the filter lets pass."""
        condition = part.cells.get("choice_filter")
        if not condition:
            return nodeset
        return f"{nodeset}[{self.references.expression(condition, part, foreign=True)}]"

    def element(self, nodeset: str, part: Part, *, value: str, label: str) -> Element:
        """The element with its values and labels."""
        given = parameters(part.cells)
        if given.get("randomize") == "true":
            seed = self.references.expression(given.get("seed", ""), part).strip()
            nodeset = f"randomize({nodeset}, {seed})" if seed else f"randomize({nodeset})"
        inside = [Element("value", {"ref": value}), Element("label", {"ref": label})]
        return Element("itemset", {"nodeset": nodeset}, inside)


def lets_empty_pass(part: Part) -> bool:
    """Whether options from a roster are filtered by a rule that says nothing of empty answers."""
    written = part.cells.get("choice_filter", "")
    return (
        part.chosen_from.startswith("${") and written != "" and not re.search(r"''|\"\"", written)
    )


def _items(name: str) -> str:
    return f"instance('{name}')/root/item"
