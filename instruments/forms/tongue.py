"""How a form spells its languages in headings and XForms."""

from collections.abc import Mapping
from dataclasses import dataclass

from instruments.language import Text
from instruments.model import Instrument
from instruments.xlsform.columns import LANGUAGE_NAMES, ORIGIN


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

    def texts(self, field: str, text: Text, *, sheet: str) -> dict[str, str]:
        """The cells of a text."""
        return {
            self.heading(field, language, sheet=sheet): words
            for language, words in text.items()
            if words
        }


def _usual(code: str, instrument: Instrument) -> str:
    return code if ORIGIN in instrument.settings else LANGUAGE_NAMES.get(code, code)
