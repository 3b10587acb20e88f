"""The rules that a part of a form carries, in the words of XLSForm, wherever they were written."""

from collections.abc import Iterator
from typing import NamedTuple

from instruments.check.expressions import written
from instruments.check.findings import Place
from instruments.check.view import Spot

_FOREIGN = ("relevant", "calculation", "required", "read_only", "constraint", "choice_filter")
"""Cells of a form from elsewhere that are kept as they came."""


class Rule(NamedTuple):
    """An expression, what it is for (its column in XLSForm), and where it stands."""

    name: str
    text: str
    at: Place


def rules(spot: Spot) -> Iterator[Rule]:
    """Every rule of a part: those of our language first, then the cells that were kept."""
    for one in written(spot):
        name = "relevant" if one.at[-1] == "show_if" else str(one.at[-1])
        yield Rule("constraint" if name == "rule" else name, one.text, one.at)
    for name in _FOREIGN:
        if text := spot.part.settings.get(name):
            yield Rule(name, text, (*spot.at, "settings", name))
