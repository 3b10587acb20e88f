"""Advice: what stands out, where, and why it matters. It never fails a definition."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from instruments.check.findings import Place
from instruments.check.view import Spot, View
from instruments.errors import place_in
from instruments.language import Language, Message
from instruments.laws import LawRegister
from instruments.lint.plain import DISAGREE
from instruments.model import Fieldwork, Item


class Remark(NamedTuple):
    """What one rule has to say at one place."""

    at: Place
    what: Message
    why: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """A remark with the name of its rule and its place in the file."""

    rule: str
    where: str
    what: Message
    why: Message

    def text(self, language: Language = "en") -> str:
        """One line for people."""
        place = place_in(self.where, language)
        return f"{place}: {self.what.text(language)} {self.why.text(language)}"

    def as_json(self, language: Language = "en") -> dict[str, str]:
        """The advice in JSON."""
        return {
            "rule": self.rule,
            "where": place_in(self.where, language),
            "what": self.what.text(language),
            "why": self.why.text(language),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the rules look at."""

    view: View
    laws: LawRegister
    fieldwork: Fieldwork | None

    def items(self) -> Iterator[tuple[Item, Place]]:
        """Every item with its place."""
        return self.view.item_spots()

    def spots(self) -> Iterator[tuple[Item, Spot]]:
        """Every item with its place and the blocks around it."""
        for spot in self.view.spots:
            if isinstance(spot.part, Item):
                yield spot.part, spot

    def choices(self, item: Item) -> list[str]:
        """Codes of the options that are answers, not marks for a missing one."""
        options = self.view.instrument.options_of(item)
        return [option.code for option in options if option.missing is None]

    def of_dimension(self, name: str) -> list[tuple[Item, Place]]:
        """The items with a key that measure a dimension."""
        return [(item, at) for item, at in self.items() if item.dimension == name and item.key]

    def is_agreement(self, item: Item) -> bool:
        """Whether people say how far they agree with a statement."""
        options = self.view.instrument.options_of(item)
        return any(DISAGREE.search(words) for one in options for words in one.label.values())
