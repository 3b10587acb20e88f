"""Languages: texts that exist in Vietnamese and English, and the catalogs that translate ours.

Two kinds of text are kept apart. *Definitions* carry their own translations (`Text`). *Messages*
are written by this program in English at the place where they arise (`say`) and translated when
they are shown, by the gettext catalogs ``<package>/locale/vi.po``; the message is data until then.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal, get_args
from unicodedata import normalize

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

Text = dict[str, str]
"""A text of a definition by language code, such as ``{"vi": "Giới tính", "en": "Sex"}``."""

_PACKAGES = ("instruments", "survey", "analysis", "reports")


@dataclass(frozen=True, slots=True)
class Message:
    """An English sentence with named places, kept apart from the values that fill them."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, language: Language = "en") -> str:
        """The sentence in `language`, its places filled; values are inserted, never interpreted."""
        template = self.template if language == "en" else _catalog(language).get(self.template)
        values = {name: _shown(value, language) for name, value in self.values.items()}
        return (template or self.template).format_map(values)

    def __str__(self) -> str:
        return self.text()


def say(template: str, **values: object) -> Message:
    """Make a message; `template` is an English sentence and the key of its translation."""
    return Message(template, values)


def in_language(text: Mapping[str, str], language: Language) -> str:
    """The definition's text in `language`, or in the first language that it has."""
    return text.get(language) or next(iter(text.values()), "")


def joined(texts: Iterable[Text], between: str = ", ") -> Text:
    """Several texts as one, in each language."""
    given = list(texts)
    return {
        language: between.join(in_language(one, language) for one in given)
        for language in LANGUAGES
    }


def nfc(text: str) -> str:
    """`text` in Unicode normal form C, the only one that is stored, compared and printed."""
    return normalize("NFC", text)


@cache
def _catalog(language: Language) -> dict[str, str]:
    from babel.messages.pofile import read_po  # noqa: PLC0415 - English needs no catalog

    entries: dict[str, str] = {}
    for package in _PACKAGES:
        path = files(package) / "locale" / f"{language}.po"
        if path.is_file():
            with path.open("rb") as stream:
                catalog = read_po(stream, locale=language)
            entries |= {str(entry.id): str(entry.string) for entry in catalog if entry.id}
    return entries


def _shown(value: object, language: Language) -> object:
    """A message or a definition's text in `language`; any other value as it is."""
    if isinstance(value, Mapping):
        return in_language(value, language)
    return value.text(language) if isinstance(value, Message) else value
