"""What an engine does: in one scan of the data, add up products of columns by keys.

Means, totals, ratios, proportions, categorical calibration and every replicate method that acts on
PSUs need nothing else of the rows. `Engine.totals` is therefore the whole of an engine; where the
sums are made (on this machine, on a cluster) is nobody else's concern.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import pandas as pd

from analysis.columns import Floats
from analysis.condition import Condition


@dataclass(frozen=True, slots=True)
class Present:
    """Holds where a column is not missing."""

    column: str


When = tuple[Condition | Present, ...]
"""Conditions that must all hold; none: every row."""


@dataclass(frozen=True, slots=True)
class Term:
    """A numeric column less a constant, which keeps sums of squares accurate."""

    column: str
    less: float = 0.0


@dataclass(frozen=True, slots=True)
class Sum:
    """A product of terms added up over the rows where `when` holds; no terms: their number.

    A product with a missing factor adds nothing.
    """

    terms: tuple[Term, ...] = ()
    when: When = ()


@dataclass(frozen=True, slots=True)
class Extreme:
    """The least or the greatest value of a numeric column."""

    column: str
    which: Literal["MIN", "MAX"]


Total = Sum | Extreme


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Totals:
    """One row per combination of keys that occurs, a missing key being a value of its own."""

    keys: pd.DataFrame
    values: Mapping[Total, Floats]

    def __getitem__(self, total: Total) -> Floats:
        """One value per combination of keys."""
        return self.values[total]

    def __len__(self) -> int:
        return len(self.keys)


class Engine(Protocol):
    """Somewhere that sums can be made."""

    @property
    def name(self) -> str:
        """What the user calls it."""
        ...

    def head(self) -> pd.DataFrame:
        """A few rows, which show the columns, what they hold, and where numbers lie."""
        ...

    def totals(self, keys: Iterable[str], wanted: Iterable[Total]) -> Totals:
        """Add up everything wanted, by combinations of the key columns, in one scan."""
        ...
