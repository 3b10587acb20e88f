"""An item bank: questions with stable ids and versions, which instruments use by name.

The bank is the one place where wording, options and key of a shared question are written. A
question that changes gets a new version; the old one stays, so that earlier waves can be told.
"""

from typing import Literal

from pydantic import Field

from instruments.item import Definition, Id, Item, Option
from instruments.language import Text


class BankItem(Item):
    """An item in one version."""

    version: str
    """Version of the item; new whenever its wording, options or key change."""


class Bank(Definition):
    """Items that instruments take by ``use: file.yaml#id@version``."""

    kind: Literal["bank"]
    """What the file defines."""
    id: Id
    """Name of the bank."""
    version: str
    """Version of the whole bank."""
    title: Text
    """The title, by language."""
    languages: tuple[str, ...]
    """Codes of the languages in which every text stands."""
    choice_lists: dict[str, tuple[Option, ...]] = Field(default_factory=dict)
    """Options that several items share, by name; an item brings its list along."""
    items: tuple[BankItem, ...]
    """The items, one entry for each version."""
