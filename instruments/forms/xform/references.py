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

    parts: dict[str, list[Part]]

    @classmethod
    def of(cls, form: Tree) -> "References":
        """Look the parts of a form up by their names."""
        found: dict[str, list[Part]] = {}
        for part in form.parts():
            if part.kind != "root":
                found.setdefault(part.name, []).append(part)
        return cls(parts=found)

    def expression(
        self, text: str, source: Part | None, *, foreign: bool = False, of_roster: bool = False
    ) -> str:
        """An expression with paths; `foreign` where it filters the items of another instance.

        Where options come from the entries `of_roster`, paths begin outside the entry.
        """

        def path(mention: Mention) -> str:
            return self.path(
                mention, source, foreign=foreign or mention.foreign, of_roster=of_roster
            )

        return rewrite(text, path)

    def target(self, name: str, source: Part | None) -> Part:
        """The one part that bears a name."""
        where, bearers = source.path if source else "", self.parts.get(name, [])
        if not bearers:
            raise refusal(where, say("There is no item '{name}'.", name=name),
                          did_you_mean(name, self.parts))  # fmt: skip
        if len(bearers) > 1:
            what = say("There are {count} parts called '{name}'.", count=len(bearers), name=name)
            raise refusal(where, what, say("Rename all but one of them."))
        return bearers[0]

    def path(self, mention: Mention, source: Part | None, *, foreign: bool, of_roster: bool) -> str:
        """The path of a mentioned part: relative to a source in the same repeat, else absolute."""
        target = self.target(mention.id, source)
        if mention.last_saved:
            return f"instance('{LAST_SAVED}'){target.path}"
        steps = None if source is None or mention.absolute else _relative(source, target, of_roster)
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


def _relative(source: Part, target: Part, of_roster: bool) -> str | None:  # noqa: FBT001 - handed on
    """The way from one part to another through the innermost repeat around both, if any."""
    around = set(target.above())
    shared = [part for part in source.above() if part.kind == "repeat" and part in around]
    if not shared:
        return None
    top = _outside(source, target, shared[0]) if of_roster else None
    for steps, part in enumerate(source.above(), start=1):
        if part is top or (top is None and part in around):
            return "/".join([".."] * steps + list(_names(target, part)))
    return None


def _outside(source: Part, target: Part, shared: Part) -> Part | None:
    """What is around a shared repeat whose entries are the options; None where it is not asked."""
    innermost = {one: next((part for part in one.above() if part.kind == "repeat"), None)
                 for one in (source, target)}  # fmt: skip
    is_outermost = all(part.kind != "repeat" for part in shared.above())
    if innermost[target] is shared and (is_outermost or innermost[source] is not shared):
        return shared.parent
    return None


def _names(target: Part, below: Part) -> Iterator[str]:
    chain = [target, *target.above()]
    yield from (part.name for part in reversed(chain[: chain.index(below)]))
