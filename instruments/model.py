"""The instrument: what is asked, of whom, with which answers and which key.

One model holds what a YAML definition and an XLSForm can say. It is data only: loading and its
line numbers are `instruments.load`, rules across items `instruments.check`, XLSForm
`instruments.xlsform`.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from instruments.item import (
    Check,
    Code,
    Definition,
    Id,
    Item,
    ItemType,
    Key,
    LawReference,
    Level,
    ListName,
    Missing,
    Name,
    Option,
    Order,
)
from instruments.language import Text
from instruments.protocol import (
    Arms,
    Booklet,
    Consent,
    Fieldwork,
    Indirect,
    ListExperiment,
    RandomizedResponse,
)

__all__ = [
    "Arms", "Block", "Booklet", "Check", "Code", "Consent", "Definition", "Dimension", "Fieldwork",
    "Id", "Indirect", "Instrument", "Item", "ItemType", "Key", "LawReference", "Level",
    "ListExperiment", "Missing", "Option", "Order", "Placed", "RandomizedResponse", "Topic",
]  # fmt: skip

_CHOOSES = ("single", "multiple", None)


def _tag(value: Any) -> str:  # noqa: ANN401 - not yet validated
    """What stands in a list of items: an item has a type, a block has items."""
    if isinstance(value, Mapping):
        return "item" if "type" in value or "items" not in value else "block"
    return "block" if isinstance(value, Block) else "item"


Part = Annotated[
    Annotated["Block", Tag("block")] | Annotated[Item, Tag("item")], Discriminator(_tag)
]


class Block(Definition):
    """A group of items on one page or screen; a roster when `repeat`."""

    id: Name
    """Name of the block; part of the path of its items."""
    label: Text = Field(default_factory=dict)
    """The heading, by language."""
    items: tuple[Part, ...]
    """Items and further blocks, in form order."""
    repeat: bool = False
    """Answered several times, once for each person or thing."""
    grid: bool = False
    """Shown as a table: the items are rows, their common options the columns."""
    choices: ListName | None = None
    """Choice list of all items in the block that name none; they are single unless they say."""
    rotate: Order | None = None
    """In which order the parts of the block are asked; drawn once for each respondent."""
    fixed: bool = False
    """Keeps its place when the block around it is rotated."""
    assessor: bool = False
    """Marked by an assessor: it stands on forms and paper of the assessor alone."""
    show_if: str | None = None
    """Condition under which the block is asked."""
    settings: dict[str, str] = Field(default_factory=dict)
    """What XLSForm says beyond this model (appearance, repeat_count), carried through unchanged."""

    @model_validator(mode="before")
    @classmethod
    def _common_choices(cls, value: Any) -> Any:  # noqa: ANN401 - not yet validated
        """Items that name no options have those of the block."""
        if not isinstance(value, Mapping) or not isinstance(value.get("choices"), str):
            return value
        items = value.get("items")
        if not isinstance(items, list | tuple):
            return value
        return {**value, "items": [_with_choices(item, value["choices"]) for item in items]}


def _with_choices(item: Any, name: str) -> Any:  # noqa: ANN401 - not yet validated
    if not isinstance(item, Mapping) or item.get("type") not in _CHOOSES or "items" in item:
        return item
    own = {} if item.get("options") or item.get("choices") else {"choices": name}
    return {"type": "single", **item, **own}


class Dimension(Definition):
    """Something that a set of items measures, such as knowledge or disposition."""

    id: Id
    """Name by which items and the plan's cuts refer to it."""
    label: Text
    """The name in words."""
    blueprint: dict[Id, int] = Field(default_factory=dict)
    """Number of items planned by topic."""
    dont_know: Literal["wrong", "missing"] = "wrong"
    """What "don't know" means: a wrong answer where something is to be known, and a missing one
    where opinions or conduct are asked."""
    reliability: Annotated[float, Field(gt=0, lt=1)] | None = None
    """Reliability that the score of one respondent shall have, such as 0.7."""
    item_correlation: Annotated[float, Field(gt=0, lt=1)] = 0.15
    """Expected mean correlation between two items, from a pilot; 0.15 is a cautious first guess."""


class Topic(Definition):
    """A field of law or life that items are about."""

    id: Id
    """Name by which items refer to it."""
    label: Text
    """The name in words."""


class Instrument(Definition):
    """A questionnaire in one version."""

    kind: Literal["instrument"] = "instrument"
    """What the file defines."""
    id: Id
    """Name of the instrument, equal in all its versions."""
    version: str
    """Version; a published one never changes."""
    title: Text
    """The title, by language."""
    languages: tuple[str, ...]
    """Codes of the languages in which every text stands, such as [vi, en]."""
    default_language: str | None = None
    """The language shown first."""
    choice_lists: dict[str, tuple[Option, ...]] = Field(default_factory=dict)
    """Options that several items share, by name."""
    dimensions: tuple[Dimension, ...] = ()
    """What is measured."""
    topics: tuple[Topic, ...] = ()
    """What items are about."""
    items: tuple[Part, ...]
    """Items and blocks, in form order."""
    rotate: Order | None = None
    """In which order the parts of the form are asked; drawn once for each respondent."""
    booklets: tuple[Booklet, ...] = ()
    """Matrix sampling: each respondent gets one of these; blocks in none are for everybody."""
    booklet_item: Id | None = None
    """Id of the item that holds the respondent's booklet."""
    indirect: tuple[Indirect, ...] = ()
    """Sensitive questions that protect the respondent by design."""
    consent: Consent | None = None
    """The agreement to take part."""
    mode: str | None = None
    """Path of the item that says how the form was filled."""
    interviewer: str | None = None
    """Path of the item that names the interviewer by a code."""
    interview_date: str | None = None
    """Path of the date or date-time item by which keys are chosen."""
    fieldwork: Fieldwork | None = None
    """The planned field period."""
    settings: dict[str, str] = Field(default_factory=dict)
    """What XLSForm says beyond this model, carried through unchanged."""
    sheets: dict[str, tuple[dict[str, str], ...]] = Field(default_factory=dict)
    """Further sheets of an XLSForm (entities, external_choices, osm): their rows, unchanged."""

    def placed(self) -> Iterator["Placed"]:
        """Every item with its form path, in form order."""
        return _placed(self.items, ())

    def counts(self, item: Item, option: Option) -> bool:
        """Whether the option is an answer that a score counts, right or wrong."""
        own = (one.dont_know for one in self.dimensions if one.id == item.dimension)
        if option.missing == "dont_know":
            return next(own, "wrong") == "wrong"
        return option.missing is None

    def options_of(self, item: Item) -> tuple[Option, ...]:
        """The options of `item`, its own or those of the list that it names."""
        return item.options or self.choice_lists.get(item.choices or "", ())


class Placed(Definition):
    """An item where it stands in the form."""

    item: Item
    blocks: tuple[Block, ...]

    @property
    def path(self) -> str:
        """Form path: ids of the enclosing blocks and the item's own, joined by ``/``."""
        return "/".join([*(block.id for block in self.blocks), self.item.id])

    @property
    def assessor(self) -> bool:
        """Whether an assessor marks it, and nobody answers it."""
        return any(block.assessor for block in self.blocks)

    @property
    def repeat(self) -> str | None:
        """Path of the innermost roster around the item, or None."""
        for depth in range(len(self.blocks), 0, -1):
            if self.blocks[depth - 1].repeat:
                return "/".join(block.id for block in self.blocks[:depth])
        return None


def _placed(nodes: tuple[Block | Item, ...], above: tuple[Block, ...]) -> Iterator[Placed]:
    for node in nodes:
        if isinstance(node, Block):
            yield from _placed(node.items, (*above, node))
        else:
            yield Placed.model_construct(item=node, blocks=above)
