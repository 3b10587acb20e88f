"""The instrument: what is asked, of whom, with which answers and which key.

One model holds what a YAML definition and an XLSForm can say. It is data only: loading and its
line numbers are `instruments.load`, rules across items `instruments.check`, XLSForm
`instruments.xlsform`.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, field_validator

from instruments.language import Text

Id = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]{0,254}$")]
Code = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^\S+$")]

ItemType = Literal[
    "single", "multiple", "integer", "decimal", "text", "date", "time", "datetime", "note",
    "calculated", "hidden", "start", "end", "today", "geopoint", "file", "metadata",
]  # fmt: skip
Missing = Literal["dont_know", "refused", "not_applicable"]


class Definition(BaseModel):
    """Base of all parts of a definition: frozen, and nothing unknown is let pass."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LawReference(Definition):
    """The provision that makes an answer right, and while it is in force."""

    number: str
    article: str
    valid_from: date
    valid_to: date | None = None


class Option(Definition):
    """One answer that can be chosen; `missing` marks don't-know and refusal as such."""

    code: Code
    label: Text = Field(default_factory=dict)
    missing: Missing | None = None
    exclusive: bool = False
    filters: dict[str, str] = Field(default_factory=dict)
    """Further columns of the choice list, which a `choice_filter` may compare."""


class Key(Definition):
    """Credit by option code, from 0 to 1, for interviews between two dates (both included).

    An amended law is not drift but a new key: the old one ends the day before the new one begins.
    """

    credit: dict[Code, Annotated[float, Field(ge=0, le=1)]]
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether an interview on `day` is scored by this key."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)


class Check(Definition):
    """A rule on an answer in the expression language; a soft one only asks for confirmation."""

    rule: str
    message: Text = Field(default_factory=dict)
    hard: bool = True


class Item(Definition):
    """One question, note, calculation or piece of metadata."""

    id: Id
    type: ItemType
    label: Text = Field(default_factory=dict)
    hint: Text = Field(default_factory=dict)
    options: tuple[Option, ...] = ()
    choices: Id | None = None
    """Name of a reusable choice list, in place of `options`."""
    choice_filter: str | None = None
    or_other: bool = False
    required: bool = False
    show_if: str | None = None
    checks: tuple[Check, ...] = ()
    calculation: str | None = None
    once: bool = False
    max_selected: int | None = None
    topic: Id | None = None
    dimension: Id | None = None
    key: tuple[Key, ...] = ()
    law: tuple[LawReference, ...] = ()
    reviewed: bool | None = None
    """Whether a lawyer has confirmed the key; None where no law is involved."""
    source: str | None = None
    settings: dict[str, str] = Field(default_factory=dict)
    """What XLSForm says beyond this model (appearance, parameters), carried through unchanged."""

    @field_validator("key", mode="before")
    @classmethod
    def _key_in_short(cls, value: Any) -> Any:  # noqa: ANN401 - not yet validated
        """``key: a`` and ``key: {a: 1, b: 0.5}`` are one key that always holds."""
        if isinstance(value, list | tuple):
            return value
        if not isinstance(value, Mapping):
            return [{"credit": {value: 1}}]
        return [value if isinstance(value.get("credit"), Mapping) else {"credit": value}]

    @field_validator("law", "checks", mode="before")
    @classmethod
    def _single(cls, value: Any) -> Any:  # noqa: ANN401 - not yet validated
        """One law or check may stand without a list around it."""
        return [value] if isinstance(value, Mapping) else value


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

    id: Id
    label: Text = Field(default_factory=dict)
    items: tuple[Part, ...] = ()
    repeat: bool = False
    show_if: str | None = None
    settings: dict[str, str] = Field(default_factory=dict)


class Dimension(Definition):
    """Something that a set of items measures, such as knowledge or disposition."""

    id: Id
    label: Text
    blueprint: dict[Id, int] = Field(default_factory=dict)
    """Number of items planned by topic."""


class Topic(Definition):
    """A field of law or life that items are about."""

    id: Id
    label: Text


class Instrument(Definition):
    """A questionnaire in one version."""

    kind: Literal["instrument"] = "instrument"
    id: Id
    version: str
    title: Text
    languages: tuple[str, ...]
    default_language: str | None = None
    choice_lists: dict[str, tuple[Option, ...]] = Field(default_factory=dict)
    dimensions: tuple[Dimension, ...] = ()
    topics: tuple[Topic, ...] = ()
    items: tuple[Part, ...]
    interview_date: str | None = None
    """Path of the date or date-time item by which keys are chosen."""
    settings: dict[str, str] = Field(default_factory=dict)

    def placed(self) -> Iterator["Placed"]:
        """Every item with its form path, in form order."""
        return _placed(self.items, ())

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
