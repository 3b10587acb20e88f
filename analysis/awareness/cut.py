"""Where aware begins: a value of the trait, or an expected score on named items.

A bare value of the trait has a meaning only on a scale that is not set by the same wave: with the
population fixed at N(0, 1) the share above it would be a constant. An expected score on items is
carried to the trait through their fitted curves, in every replicate again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import optimize

from analysis.columns import Floats
from analysis.errors import AnalysisError
from analysis.irt.curves import expected_score, probabilities
from analysis.irt.items import ItemParameters
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import say

_REACH = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A cut with the standard error of the panel that set it (0: adopted, a constant).

    With `items` the `value` is an expected sum of their scores, without it a value of the trait;
    `se` is in the units of `value`. `points` says by item what each of its categories is worth;
    without it they are worth their ranks from 0.
    """

    value: float
    se: float = 0.0
    items: tuple[str, ...] = ()
    points: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

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
            return float(sum(self.score(item, at)[0] for item in chosen)) - self.value - shift

        if not (apart(-_REACH) < 0 < apart(_REACH)):
            raise AnalysisError(_out_of_reach(self, chosen))
        return float(optimize.brentq(apart, -_REACH, _REACH, xtol=1e-10))

    def score(self, item: ItemParameters, theta: Floats) -> Floats:
        """What one of the items is expected to earn at each value of the trait."""
        worth = self.points.get(item.item)
        if worth is None:
            return expected_score(item, theta)
        return np.asarray(np.asarray(worth) @ probabilities(item, theta))


def _no_item(name: str, known: dict[str, ItemParameters]) -> Problem:
    return Problem(where="cut.items", what=say("item '{item}' is not in the model.", item=name),
                   hint=did_you_mean(name, known))  # fmt: skip


def _out_of_reach(cut: Cut, items: Sequence[ItemParameters]) -> Problem:
    worths = [cut.points.get(item.item, tuple(range(item.categories))) for item in items]
    least = sum(worth[0] + item.guessing * (worth[-1] - worth[0])
                for item, worth in zip(items, worths, strict=True))  # fmt: skip
    most = sum(worth[-1] for worth in worths)
    return Problem(
        where="cut.expected",
        what=say("an expected score of {value} on these items is out of reach.",
                 value=f"{cut.value:g}"),
        hint=say("Give one between {least} and {most}.", least=f"{least:g}", most=f"{most:g}"),
    )  # fmt: skip
