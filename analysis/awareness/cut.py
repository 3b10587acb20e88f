"""Where aware begins: a value of the trait, or an expected score on named items.

A bare value of the trait has a meaning only on a scale that is not set by the same wave: with the
population fixed at N(0, 1) the share above it would be a constant. An expected score on items is
carried to the trait through their fitted curves, in every replicate again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from analysis.errors import AnalysisError
from analysis.irt.curves import expected_score
from analysis.irt.items import ItemParameters
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import say

_REACH = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A cut with the standard error of the panel that set it (0: adopted, a constant).

    With `items` the `value` is an expected sum of their scores (ranks from 0), without it a value
    of the trait; `se` is in the units of `value`.
    """

    value: float
    se: float = 0.0
    items: tuple[str, ...] = ()

    @property
    def is_anchored(self) -> bool:
        """Whether the cut stands on items, so that it moves with their parameters."""
        return bool(self.items)

    def theta(self, items: Sequence[ItemParameters], *, shift: float = 0.0) -> float:
        """The value of the trait, with the cut moved by `shift` in its own units.

        Raises:
            AnalysisError: An item is not in the model, or nobody can have that expected score.
        """
        if not self.items:
            return self.value + shift
        known = {item.item: item for item in items}
        strange = [name for name in self.items if name not in known]
        if strange:
            raise AnalysisError([_no_item(name, known) for name in strange])
        chosen = [known[name] for name in self.items]

        def apart(theta: float) -> float:
            at = np.array([theta])
            return float(sum(expected_score(item, at)[0] for item in chosen)) - self.value - shift

        if apart(-_REACH) >= 0 or apart(_REACH) <= 0:
            raise AnalysisError(_out_of_reach(self, chosen))
        return float(optimize.brentq(apart, -_REACH, _REACH, xtol=1e-10))


def _no_item(name: str, known: dict[str, ItemParameters]) -> Problem:
    return Problem(where="cut.items", what=say("item '{item}' is not in the model.", item=name),
                   hint=did_you_mean(name, known))  # fmt: skip


def _out_of_reach(cut: Cut, items: Sequence[ItemParameters]) -> Problem:
    least = sum(item.guessing * (item.categories - 1) for item in items)
    most = sum(item.categories - 1 for item in items)
    return Problem(
        where="cut.expected",
        what=say("an expected score of {value} on these items is out of reach.",
                 value=f"{cut.value:g}"),
        hint=say("Give one between {least} and {most}.", least=f"{least:g}", most=f"{most:g}"),
    )  # fmt: skip
