"""Texts of a page in all its languages at once; a style sheet shows the chosen one.

So the language can be switched without any script.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from instruments.forms.html.markup import Markup, element, joined, markup
from instruments.language import Language, Message, Text
from instruments.model import Instrument

_SHOWN = re.compile(r"\$\{\s*([^{}]+?)\s*\}")
_NAMES = {"vi": "Tiếng Việt", "en": "English", "default": "—"}
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Writes texts in every language of an instrument, the first one shown at the start."""

    languages: tuple[str, ...]
    names: Sequence[str]

    @classmethod
    def of(cls, instrument: Instrument, *, first: str | None) -> "Words":
        """The languages that the page offers."""
        codes = instrument.languages
        wanted = first if first in codes else instrument.default_language
        ordered = tuple(sorted(codes, key=lambda code: code != wanted))
        kept = instrument.settings
        names = [kept.get(f"language::{code}") or _NAMES.get(code, code) for code in ordered]
        return cls(languages=ordered, names=names)

    def text(self, text: Text) -> Markup:
        """A text of the definition, with places for the answers that it shows."""
        return self.each(lambda code: _piped(text.get(code) or next(iter(text.values()), "")))

    def say(self, message: Message) -> Markup:
        """A sentence of ours."""
        return self.each(lambda code: markup(message.text(ours(code))))

    def sentence(self, message: Message) -> Markup:
        """A sentence of ours into which markup is set; its own words hold none."""
        return self.each(lambda code: Markup(message.text(ours(code))))

    def each(self, said: Callable[[str], Markup]) -> Markup:
        """Something in every language, once where all say the same."""
        found = [said(code) for code in self.languages]
        if len(set(found)) == 1:
            return found[0]
        return joined(
            element("span", words, class_=f"l{at}", lang=code if _TAG.fullmatch(code) else None)
            for at, (code, words) in enumerate(zip(self.languages, found, strict=True))
        )

    def plain(self, text: Text) -> list[str]:
        """A text in every language where markup cannot stand, as in the options of a list."""
        return [text.get(code) or next(iter(text.values()), "") for code in self.languages]


def ours(code: str) -> Language:
    """The language of our own sentences beside texts in a language of the definition."""
    return "vi" if code == "vi" else "en"


def _piped(text: str) -> Markup:
    pieces: list[str] = []
    end = 0
    for found in _SHOWN.finditer(text):
        pieces += [text[end : found.start()], element("output", "……", data_shows=found[1])]
        end = found.end()
    return joined([*pieces, text[end:]])
