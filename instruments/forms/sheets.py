"""An instrument as the sheets of an XLSForm: rows of cells by heading.

Everything that XLSForm can hold stands here, and nothing else: keys, dimensions and missing codes
do not, because clients copy the columns of these sheets to every phone.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from instruments.errors import DefinitionError, Problem
from instruments.forms.rules import constraint
from instruments.language import Text, say
from instruments.model import Block, Instrument, Item, Option
from instruments.xlsform.columns import LANGUAGE_NAMES, ORIGIN

Cells = dict[str, str]

_TYPES: Mapping[str, str] = {"calculated": "calculate"}
_OPENING = {False: "begin_group", True: "begin_repeat"}
_CLOSING = {False: "end_group", True: "end_repeat"}


class Row(NamedTuple):
    """A row of the sheet 'survey' and the part of the instrument that it opens, if any."""

    number: int
    """As Excel counts, the headings being row 1."""
    cells: Cells
    part: Item | Block | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    """The three sheets that clients of XLSForm read."""

    survey: tuple[Row, ...]
    choices: tuple[Cells, ...]
    settings: Cells


def to_sheets(instrument: Instrument) -> Sheets:
    """The rows of every sheet.

    Raises:
        DefinitionError: An item is of a kind that XLSForm has no word for.
    """
    writer = _Writer(instrument=instrument, tongue=Tongue.of(instrument), problems=[])
    rows = list(writer.parts(instrument.items))
    if writer.problems:
        raise DefinitionError(writer.problems)
    return Sheets(
        survey=tuple(Row(number, *row) for number, row in enumerate(rows, start=2)),
        choices=tuple(writer.choices()),
        settings=writer.settings(),
    )


def own_list(item: Item, instrument: Instrument) -> str:
    """Name of the choice list in which an item's own options stand."""
    name = item.id
    while name in instrument.choice_lists:
        name += "_"
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """How a form spells its languages."""

    names: Mapping[str, str]
    default: str | None
    unlabelled: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, instrument: Instrument) -> "Tongue":
        """The spellings that the form was read with, or those that clients show best."""
        kept = instrument.settings
        codes = dict.fromkeys([*instrument.languages, instrument.default_language or "default"])
        return cls(
            names={
                code: kept.get(f"language::{code}") or _usual(code, instrument) for code in codes
            },
            default=instrument.default_language,
            unlabelled={
                sheet: frozenset(kept.get(f"unlabelled::{sheet}", "").split())
                for sheet in ("survey", "choices")
            },
        )

    def heading(self, field: str, language: str, *, sheet: str) -> str:
        """The heading of a field's column in one language."""
        bare = language == self.default and field in self.unlabelled[sheet]
        return field if bare or language == "default" else f"{field}::{self.name(language)}"

    def name(self, language: str) -> str:
        """The language's name in headings and in XForms."""
        return self.names.get(language, language)

    def texts(self, field: str, text: Text, *, sheet: str) -> Cells:
        """The cells of a text."""
        return {
            self.heading(field, language, sheet=sheet): words
            for language, words in text.items()
            if words
        }


def _usual(code: str, instrument: Instrument) -> str:
    return code if ORIGIN in instrument.settings else LANGUAGE_NAMES.get(code, code)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    instrument: Instrument
    tongue: Tongue
    problems: list[Problem]

    def parts(self, parts: Iterable[Block | Item]) -> Iterator[tuple[Cells, Item | Block | None]]:
        for part in parts:
            if isinstance(part, Item):
                yield self.item(part), part
                continue
            yield self.block(part), part
            yield from self.parts(part.items)
            yield {"type": _CLOSING[part.repeat]}, None

    def block(self, block: Block) -> Cells:
        return {
            "type": _OPENING[block.repeat],
            "name": block.id,
            **self.texts("label", block.label),
            **_given(relevant=block.show_if),
            **block.settings,
        }

    def item(self, item: Item) -> Cells:
        kept = {name: value for name, value in item.settings.items() if name != "type"}
        return {
            "type": self.type(item),
            "name": item.id,
            **self.texts("label", item.label),
            **self.texts("hint", item.hint),
            **_given(required="yes" if item.required else None, relevant=item.show_if),
            **self.constraint(item),
            **_given(calculation=_calculation(item), choice_filter=item.choice_filter),
            **kept,
        }

    def type(self, item: Item) -> str:
        if item.type in ("single", "multiple"):
            name = item.choices or own_list(item, self.instrument)
            word = "select_one" if item.type == "single" else "select_multiple"
            return f"{word} {name}" + (" or_other" if item.or_other else "")
        if item.type == "metadata" and "type" not in item.settings:
            self.problems.append(
                Problem(where=item.id, what=say("The item of type metadata does not say which."),
                        hint=say("Add 'settings: {{type: deviceid}}' or another type of XLSForm."))
            )  # fmt: skip
        return item.settings.get("type") or _TYPES.get(item.type, item.type)

    def constraint(self, item: Item) -> Cells:
        rule = constraint(item, self.instrument)
        if rule is None:
            return {}
        return {"constraint": rule.rule, **self.texts("constraint_message", rule.message)}

    def choices(self) -> Iterator[Cells]:
        for name, options in self.instrument.choice_lists.items():
            yield from (self.option(name, option) for option in options)
        for placed in self.instrument.placed():
            name = own_list(placed.item, self.instrument)
            yield from (self.option(name, option) for option in placed.item.options)

    def option(self, name: str, option: Option) -> Cells:
        labels = self.tongue.texts("label", option.label, sheet="choices")
        return {"list_name": name, "name": option.code, **labels, **option.filters}

    def settings(self) -> Cells:
        instrument = self.instrument
        default = instrument.default_language
        titles = instrument.title
        title = titles.get(default or "") or next(iter(titles.values()), "")
        kept = {
            name: value
            for name, value in instrument.settings.items()
            if name != ORIGIN and not name.startswith(("language::", "unlabelled::"))
        }
        return {
            **_given(form_title=title),
            "form_id": instrument.id,
            "version": instrument.version,
            **_given(default_language=self.tongue.name(default) if default else None),
            **kept,
        }

    def texts(self, field: str, text: Text) -> Cells:
        return self.tongue.texts(field, text, sheet="survey")


def _calculation(item: Item) -> str | None:
    if item.calculation is None or not item.once:
        return item.calculation
    return f"once({item.calculation})"


def _given(**cells: str | None) -> Cells:
    return {name: text for name, text in cells.items() if text}
