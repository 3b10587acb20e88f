"""Names that JavaRosa, and so ODK Collect, cannot read in a path.

Its lexer takes letters that have a small and a capital form, digits and ``_``, ``-``, ``.``; XML and
XPath, and so Enketo, take the letters of every script.
"""

import re
from collections.abc import Iterator

from instruments.errors import Problem
from instruments.forms.xform.tree import Part, Tree
from instruments.language import say

_RULES = ("relevant", "constraint", "calculation", "choice_filter", "required", "read_only",
          "repeat_count", "default")  # fmt: skip
_HIDDEN = re.compile(r"'[^']*'|\"[^\"]*\"|\$\{[^{}]*\}")
"""Texts, and mentions of parts whose own names are looked at."""
_NAME = re.compile(r"[^\W\d][^\s'\"()\[\]{}<>=!+*,/|:@$]*")


def unreadable(form: Tree) -> Iterator[Problem]:
    """Every part with such a name, and every rule that reads a column with one."""
    for part in form.parts():
        where = part.path.removeprefix(f"/{form.root.name}/")
        for name in dict.fromkeys([part.name, *_named(part)]):
            if not is_readable(name):
                yield Problem(where=where,
                              what=say("ODK Collect does not read the name '{name}': its letters have"
                                       " no capitals, or it has marks apart from letters.", name=name),
                              hint=say("Rename it and whatever mentions it, or make the XLSForm, which"
                                       " KoboToolbox plays in the browser."))  # fmt: skip


def is_readable(name: str) -> bool:
    """Whether JavaRosa takes a text for one name."""
    return all(
        char.islower() or char.isupper() or char == "_" or (at > 0 and _continues(char))
        for at, char in enumerate(name)
    )


def _continues(char: str) -> bool:
    return char.isdecimal() or char in "-."


def _named(part: Part) -> Iterator[str]:
    for column in _RULES:
        yield from _NAME.findall(_HIDDEN.sub(" ", part.cells.get(column, "")))
