"""What a table asks for: its columns by id, their headings in both languages, and notes on them."""

from collections.abc import Mapping
from dataclasses import dataclass

from instruments.language import LANGUAGES, Text, in_language
from survey.folding import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column; `choices` are the codes it takes, each with the words that may stand for it."""

    id: str
    heading: Text
    note: Text
    required: bool = True
    choices: Mapping[str, Text] | None = None

    def names(self) -> frozenset[str]:
        """Every heading that means this column, folded."""
        return frozenset(map(fold, (self.id, *self.heading.values())))

    def code(self, text: str) -> str | None:
        """The code that a cell means by itself or by its words; None where it means none."""
        words = {fold(one): code for code, label in (self.choices or {}).items()
                 for one in (code, *label.values())}  # fmt: skip
        return words.get(fold(text))

    def choice_words(self) -> list[str]:
        """What may stand in the column, for a hint."""
        return [in_language(label, "vi") for label in (self.choices or {}).values()]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLayout:
    """One sheet of a workbook, or one CSV file."""

    id: str
    title: Text
    note: Text
    fields: tuple[Field, ...]

    def field_of(self, heading: str) -> Field | None:
        """The column that a heading means."""
        folded = fold(heading)
        return next((one for one in self.fields if folded in one.names()), None)

    def heading(self, field: str) -> str:
        """The Vietnamese heading of a column, by which messages name it."""
        return next(one.heading["vi"] for one in self.fields if one.id == field)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookLayout:
    """A workbook: a sheet of notes and sheets to fill."""

    title: Text
    notes: tuple[Text, ...]
    sheets: tuple[SheetLayout, ...]


def both(vi: str, en: str) -> Text:
    """A text in both languages."""
    return dict(zip(LANGUAGES, (vi, en), strict=True))
