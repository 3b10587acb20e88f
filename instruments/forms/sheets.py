"""An instrument as the sheets of an XLSForm: rows of cells by heading.

Everything that XLSForm can hold stands here, and nothing else: keys, dimensions and missing codes
do not, because clients copy the columns of these sheets to every phone.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from instruments.errors import DefinitionError, Problem
from instruments.expression.xpath import for_clients
from instruments.forms.chance import draw_once, drawn_codes, shuffles_all_options
from instruments.forms.rules import constraint, told
from instruments.forms.shown import shown_by_words, with_words, words_for
from instruments.forms.tongue import Tongue
from instruments.language import Text, say
from instruments.model import Block, Instrument, Item, Option
from instruments.xlsform.columns import ORIGIN
from instruments.xlsform.types import RANK

Cells = dict[str, str]

_TYPES: Mapping[str, str] = {"calculated": "calculate"}
_RULES = ("relevant", "constraint", "calculation", "choice_filter", "repeat_count")
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
    """The sheets that clients of XLSForm read."""

    survey: tuple[Row, ...]
    choices: tuple[Cells, ...]
    settings: Cells
    further: Mapping[str, tuple[Cells, ...]]
    """Rows of the sheets that the instrument carries unchanged, by the sheet's name."""


def to_sheets(instrument: Instrument) -> Sheets:
    """The rows of every sheet.

    Raises:
        DefinitionError: An item is of a kind that XLSForm has no word for.
    """
    writer = _Writer(instrument=instrument, tongue=Tongue.of(instrument),
                     shown=shown_by_words(instrument), problems=[])  # fmt: skip
    rows = list(writer.parts(instrument.items))
    if writer.problems:
        raise DefinitionError(writer.problems)
    return Sheets(
        survey=tuple(Row(number, *row) for number, row in enumerate(rows, start=2)),
        choices=tuple(writer.choices()),
        settings=writer.settings(),
        further=instrument.sheets,
    )


def own_list(item: Item, instrument: Instrument) -> str:
    """Name of the choice list in which an item's own options stand."""
    name = item.id
    while name in instrument.choice_lists:
        name += "_"
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    instrument: Instrument
    tongue: Tongue
    shown: dict[str, Item]
    """Items whose words texts show."""
    problems: list[Problem]

    def parts(self, parts: Iterable[Block | Item]) -> Iterator[tuple[Cells, Item | Block | None]]:
        for part in parts:
            if isinstance(part, Item):
                yield self.computable(self.item(part)), part
                yield from ((cells, None) for cells in self.words_of(part))
                continue
            yield self.computable(self.block(part)), part
            yield from self.parts(part.items)
            yield {"type": _CLOSING[part.repeat]}, None

    def block(self, block: Block) -> Cells:
        return {
            "type": _OPENING[block.repeat],
            "name": block.id,
            **self.texts("label", block.label),
            **_given(relevant=block.show_if, appearance="field-list" if block.grid else None),
            **block.settings,
        }

    def computable(self, cells: Cells) -> Cells:
        """The cells with rules of ours in words that every client has."""
        if ORIGIN in self.instrument.settings:
            return cells
        return cells | {name: for_clients(cells[name]) for name in _RULES if name in cells}

    def words_of(self, item: Item) -> Iterator[Cells]:
        """The rows that hold what texts show of an item."""
        if item.id in self.shown:
            for name, words in words_for(item, self.instrument.languages).items():
                yield {"type": "calculate", "name": name, "calculation": words}

    def item(self, item: Item) -> Cells:
        kept = {name: value for name, value in item.settings.items() if name != "type"}
        return {
            "type": self.type(item),
            "name": item.id,
            **self.texts("label", item.label),
            **self.texts("hint", item.hint),
            **self.texts("guidance_hint", self.guidance(item)),
            **_given(required="yes" if item.required else None, relevant=item.show_if),
            **self.constraint(item),
            **_given(
                calculation=self.calculation(item),
                choice_filter=item.choice_filter,
                parameters="randomize=true"
                if shuffles_all_options(item, self.instrument)
                else None,
            ),
            **kept,
        }

    def guidance(self, item: Item) -> Text:
        """What only the interviewer reads."""
        if not item.card:
            return item.instruction
        card = told(say("Hand over the card with the options."), self.instrument)
        found = {code: f"{card.get(code, '')} {item.instruction.get(code, '')}".strip()
                 for code in self.instrument.languages}  # fmt: skip
        return {code: words for code, words in found.items() if words}

    def calculation(self, item: Item) -> str | None:
        codes = drawn_codes(item, self.instrument)
        if codes:
            return draw_once(codes)
        once = item.calculation is not None and item.once
        return f"once({item.calculation})" if once else item.calculation

    def type(self, item: Item) -> str:
        if item.type in ("single", "multiple"):
            name = item.choices or own_list(item, self.instrument)
            word = "select_one" if item.type == "single" else "select_multiple"
            word = RANK if item.settings.get("type") == RANK else word
            return f"{word} {name}" + (" or_other" if item.or_other else "")
        if item.type == "metadata" and "type" not in item.settings:
            self.problems.append(
                Problem(where=item.id, what=say("The item of type metadata does not say which."),
                        hint=say("Add 'settings: {{type: deviceid}}' or another type of XLSForm."))
            )  # fmt: skip
        if drawn_codes(item, self.instrument):
            return "calculate"
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
        label = with_words(option.label, self.shown)
        labels = self.tongue.texts("label", label, sheet="choices")
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
        return self.tongue.texts(field, with_words(text, self.shown), sheet="survey")


def _given(**cells: str | None) -> Cells:
    return {name: text for name, text in cells.items() if text}
