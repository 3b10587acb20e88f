"""What an expression reads, known from its text alone."""

from instruments.errors import DefinitionError
from instruments.expression.parse import parse
from instruments.expression.tree import references


def names_in(text: str) -> frozenset[str]:
    """Ids that an expression reads; none where it cannot be read, which its own check tells."""
    try:
        return references(parse(text))
    except DefinitionError:
        return frozenset()
