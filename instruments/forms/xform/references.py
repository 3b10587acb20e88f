"""Paths for the ids that a form's expressions and texts mention."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from instruments.errors import refusal
from instruments.expression.xpath import Mention, mentions, rewrite
from instruments.faults import did_you_mean
from instruments.forms.xform.tree import Part, Tree
from instruments.forms.xform.xml import Element
from instruments.language import say

LAST_SAVED = "__last-saved"
_INSTANCE = re.compile(r"instance\('[^']*'\)(?:/[\w.-]+|\[[^\]]*\])+")
_OUTPUT = re.compile(rf"{_INSTANCE.pattern}|\$\{{[^{{}}]+\}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """Where the parts of a form stand."""

    parts: dict[str, Part]

    @classmethod
    def of(cls, form: Tree) -> "References":
        """Look the parts of a form up by their names."""
        return cls(parts={part.name: part for part in form.parts() if part.kind != "root"})

    def expression(self, text: str, source: Part | None, *, foreign: bool = False) -> str:
        """An expression with paths; `foreign` where it filters the items of another instance."""

        def path(mention: Mention) -> str:
            return self.path(mention, source, foreign=foreign or mention.foreign)

        return rewrite(text, path)

    def path(self, mention: Mention, source: Part | None, *, foreign: bool) -> str:
        """The path of a mentioned part: relative to a source in the same repeat, else absolute."""
        target = self.parts.get(mention.id)
        if target is None:
            raise refusal(source.path if source else "", say("There is no item '{name}'.", name=mention.id),
                          did_you_mean(mention.id, self.parts))  # fmt: skip
        if mention.last_saved:
            return f"instance('{LAST_SAVED}'){target.path}"
        steps = None if source is None or mention.absolute else _relative(source, target)
        if steps is None:
            return target.path
        return f"current()/{steps}" if foreign else steps

    def text(self, text: str, source: Part | None) -> list[Element | str]:
        """A text with the answers that it shows as elements of their own."""
        pieces: list[Element | str] = []
        end = 0
        for found in _OUTPUT.finditer(text):
            value = self.expression(found[0], source)
            pieces += [text[end : found.start()], Element("output", {"value": value})]
            end = found.end()
        return [piece for piece in [*pieces, text[end:]] if piece != ""]


def shows_answers(text: object) -> bool:
    """Whether a text mentions an item."""
    return isinstance(text, str) and mentions(text)


def _relative(source: Part, target: Part) -> str | None:
    """The way from one part to another through the innermost repeat around both, if any."""
    around = set(target.above())
    if not any(part.kind == "repeat" and part in around for part in source.above()):
        return None
    for steps, part in enumerate(source.above(), start=1):
        if part in around:
            return "/".join([".."] * steps + list(_names(target, part)))
    return None


def _names(target: Part, below: Part) -> Iterator[str]:
    chain = [target, *target.above()]
    yield from (part.name for part in reversed(chain[: chain.index(below)]))
