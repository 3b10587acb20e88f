"""What checking finds in a response: faults that keep it out, notes that go along with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from instruments.language import Language, Message, in_language

Rule = Literal[
    "type",
    "unknown_choice",
    "choice_filter",
    "required_missing",
    "constraint",
    "ragged",
    "entries_differ",
    "entered_once",
]


@dataclass(frozen=True, slots=True)
class Wording(Message):
    """A definition's own text as a message."""

    def text(self, language: Language = "en") -> str:
        """The text in `language`, or in the first language that the definition has."""
        return in_language({name: str(text) for name, text in self.values.items()}, language)


def wording(text: Mapping[str, str]) -> Wording:
    """Make a message of a definition's text."""
    return Wording("", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An answer that does not hold; `proposal` is a value that would, where one suggests itself."""

    path: str
    value: str
    rule: Rule
    message: Message
    proposal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something to know of an accepted response or of a file; a reason to look, not to exclude."""

    rule: str
    message: Message
    path: str | None = None
    value: str | None = None
