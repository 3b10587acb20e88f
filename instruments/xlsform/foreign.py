"""Expressions of a form that our language holds, and those that are only carried.

Others reach for what no record holds here (paths, files, the device), or say what the language
does not let pass; clients run them as they are.
"""

from collections.abc import Mapping

from instruments.errors import DefinitionError
from instruments.expression.parse import parse
from instruments.expression.syntax import is_xpath
from instruments.expression.tree import Column, walk

SAID: Mapping[str, str] = {
    **dict.fromkeys(("yes", "Yes", "YES", "true", "True", "TRUE"), "true()"),
    **dict.fromkeys(("no", "No", "NO", "false", "False", "FALSE"), "false()"),
}
"""Words that stand for truth and falsehood where an expression is expected."""


def is_ours(expression: str, *, filters: bool = False) -> bool:
    """Whether an expression is of our language, or a mistake to be refused.

    Bare names are columns of a choice list, for expressions that `filters` it; elsewhere paths.
    """
    try:
        parsed = parse(expression)
    except DefinitionError:
        return not is_xpath(expression)
    return filters or not any(isinstance(node, Column) for node in walk(parsed.root))
