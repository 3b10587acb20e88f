"""What every rule works with: findings at a place, texts by language, ids that must differ."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from pydantic import BaseModel

from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import Message, Text, say

Place = tuple[str | int, ...]
Where = Callable[[Place], str]
"""Turns a place in the model into its place in the file."""


class Finding(NamedTuple):
    """One breach of a rule."""

    at: Place
    what: Message
    hint: Message | None = None


def as_problems(findings: Iterable[Finding], *, where: Where) -> list[Problem]:
    """The findings with their places in the file."""
    return [Problem(where=where(found.at), what=found.what, hint=found.hint) for found in findings]


def path(at: Place) -> str:
    """A place by field names and positions, for definitions that come from no file."""
    return ".".join(f"[{step + 1}]" if isinstance(step, int) else step for step in at).replace(
        ".[", "["
    )


def repeated(names: Sequence[str], *, at: Place, field: str, where: Where) -> Iterator[Finding]:
    """Ids or codes in a list of parts that stand there twice."""
    first: dict[str, int] = {}
    for position, name in enumerate(names):
        if name in first:
            yield Finding(
                (*at, position, field),
                say("'{name}' is used already: {first}.", name=name,
                    first=where((*at, first[name], field))),
                say("Give each its own."),
            )  # fmt: skip
        first.setdefault(name, position)


def unknown(
    names: Iterable[str], known: Iterable[str], *, at: Place, keyed: bool = False
) -> Iterator[Finding]:
    """Names that nothing declares; with `keyed` they are the keys of a mapping at the place."""
    declared = list(known)
    for position, name in enumerate(names):
        if name not in declared:
            yield Finding(
                (*at, name if keyed else position),
                say("Nothing is called '{name}'.", name=name),
                did_you_mean(name, declared),
            )


def untranslated(definition: BaseModel, languages: Sequence[str]) -> Iterator[Finding]:
    """Texts that lack a declared language."""
    for at, text in texts(definition):
        for language in languages:
            if text and not text.get(language):
                yield Finding(at, say("The text is missing in '{language}'.", language=language),
                              say("Add '{language}: …'.", language=language))  # fmt: skip


def undeclared_languages(definition: BaseModel, languages: Sequence[str]) -> Iterator[Finding]:
    """Texts in a language that the definition does not declare."""
    for at, text in texts(definition):
        for language in text:
            if language not in languages:
                yield Finding((*at, language),
                              say("The language '{language}' is not declared.", language=language),
                              did_you_mean(language, languages))  # fmt: skip


def texts(part: object, at: Place = ()) -> Iterator[tuple[Place, Text]]:
    """Every text of a definition with its place."""
    if isinstance(part, BaseModel):
        yield from _texts_of_model(part, at)
    elif isinstance(part, tuple | dict):
        steps = part.items() if isinstance(part, dict) else enumerate(part)
        for step, value in steps:
            if isinstance(part, tuple) and isinstance(value, dict):
                yield (*at, step), value
            else:
                yield from texts(value, (*at, step))


def _texts_of_model(part: BaseModel, at: Place) -> Iterator[tuple[Place, Text]]:
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if field.annotation == Text and name not in _NO_TEXTS:
            yield (*at, name), value
        elif value and field.annotation != Text and name not in _NO_TEXTS:
            yield from texts(value, (*at, name))


_NO_TEXTS = frozenset({"settings", "filters", "sheets"})
"""Mappings from text to text that are not by language."""
