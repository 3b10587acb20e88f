"""Translations of a form: which texts need them, and the element that holds them all.

A text is translated when it names languages, comes with media or guidance, or, being a message or
an option's label, shows an answer. Others stand where they are used.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from instruments.forms.sheets import Cells
from instruments.forms.xform.kinds import KINDS
from instruments.forms.xform.references import References, shows_answers
from instruments.forms.xform.tree import Part, Tree, Words, media, words
from instruments.forms.xform.xml import Element

MESSAGES = {
    "constraint_message": "jr:constraintMsg",
    "required_message": "jr:requiredMsg",
    "noapperrorstring": "jr:noAppErrorString",
}
_NOTHING = "-"
"""What stands for a missing translation: clients refuse a form with gaps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """One form of one text in one language."""

    language: str
    text_id: str
    form: str
    """Empty for the words themselves, else guidance or a kind of media."""
    text: str
    source: Part | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Translations:
    """Everything that the form says in languages."""

    form: Tree
    references: References
    sayings: dict[str, dict[str, dict[str, Saying]]] = field(default_factory=dict)
    """By language, text and form."""

    @classmethod
    def of(cls, form: Tree, references: References) -> "Translations":
        """Gather the translated texts of a form."""
        made = cls(form=form, references=references)
        for saying in [*_options(form), *_parts(form)]:
            texts = made.sayings.setdefault(saying.language, {})
            texts.setdefault(saying.text_id, {})[saying.form] = saying
        return made

    def element(self) -> Element:
        """The element `itext`, every text in every language.

        The default one comes first: JavaRosa refuses to begin with another that says more.
        """
        forms: dict[str, dict[str, None]] = {}
        for texts in self.sayings.values():
            for text_id, found in texts.items():
                forms.setdefault(text_id, {}).update(dict.fromkeys(found))
        default = self.form.default_language
        languages = sorted(self.sayings, key=lambda language: language != default)
        return Element("itext", {}, [self._translation(language, forms) for language in languages])

    def _translation(self, language: str, forms: dict[str, dict[str, None]]) -> Element:
        is_default = language == self.form.default_language
        texts = [
            Element("text", {"id": text_id}, list(self._values(language, text_id, known)))
            for text_id, known in forms.items()
        ]
        return Element(
            "translation", {"lang": language} | ({"default": "true()"} if is_default else {}), texts
        )

    def _values(self, language: str, text_id: str, forms: dict[str, None]) -> Iterator[Element]:
        for form in forms:
            saying = self.sayings[language].get(text_id, {}).get(form)
            attributes = {"form": form} if form else {}
            if form in ("", "guidance"):
                text = _NOTHING if saying is None else saying.text
                source = None if saying is None else saying.source
                yield Element("value", attributes, self.references.text(text, source))
            elif saying is None and text_id.startswith("/") and len(forms) == 1:
                yield Element("value", {}, [_NOTHING])
            elif saying is not None and saying.text != _NOTHING:
                folder = "images" if form in ("image", "big-image") else form
                yield Element("value", attributes, [f"jr://{folder}/{saying.text}"])


def label_and_hint(part: Part, *, default: str) -> tuple[Words, Words, bool, bool]:
    """A part's label and hint, and whether each is among the translations."""
    label, hint = (words(part.cells, name, default=default) for name in ("label", "hint"))
    hint = hint or (KINDS[part.type].hint if part.type in KINDS else None)
    illustrated = bool(media(part.cells, default=default))
    guided = bool(words(part.cells, "guidance_hint", default=default))
    return label, hint, isinstance(label, dict) or illustrated, isinstance(hint, dict) or guided


def needs_translation(options: list[Cells], *, default: str) -> bool:
    """Whether the labels of a choice list are among the translations."""
    for cells in options:
        label = words(cells, "label", default=default)
        if isinstance(label, dict) or shows_answers(label) or media(cells, default=default):
            return True
    return False


def _options(form: Tree) -> Iterator[Saying]:
    default = form.default_language
    for name, options in form.lists.items():
        if not needs_translation(options, default=default):
            continue
        for position, cells in enumerate(options):
            texts: dict[str, Words] = {"": words(cells, "label", default=default)}
            texts |= media(cells, default=default)
            for kind, text in texts.items():
                yield from _said(text, f"{name}-{position}", kind, default=default, source=None)


def _parts(form: Tree) -> Iterator[Saying]:
    default = form.default_language
    for part in form.root.walk():
        label, hint, label_translated, hint_translated = label_and_hint(part, default=default)
        for column, attribute in MESSAGES.items():
            message = words(part.cells, column, default=default)
            if isinstance(message, dict) or shows_answers(message):
                yield from _said(
                    message, f"{part.path}:{attribute}", "", default=default, source=part
                )
        texts: list[tuple[Words, str, str]] = []
        if label_translated:
            texts.append((label, "label", ""))
        if hint_translated:
            texts.append((hint, "hint", ""))
        texts.append((words(part.cells, "guidance_hint", default=default), "hint", "guidance"))
        texts += [
            (text, "label", kind) for kind, text in media(part.cells, default=default).items()
        ]
        for text, name, kind in texts:
            yield from _said(text, f"{part.path}:{name}", kind, default=default, source=part)


def _said(
    text: Words, text_id: str, form: str, *, default: str, source: Part | None
) -> Iterator[Saying]:
    by_language = text if isinstance(text, dict) else {default: text} if text else {}
    for language, said in by_language.items():
        yield Saying(language=language, text_id=text_id, form=form, text=said, source=source)
