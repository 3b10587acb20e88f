"""Standard errors of a scale transformation, from those of both calibrations (delta method).

Ogasawara (2000, 2001); R `equateIRT::direc`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from analysis.columns import Floats
from analysis.irt.items import ItemParameters
from analysis.items.linking import Method, link

_STEP = 1e-5


def link_errors(sides: Sequence[Any], *, method: Method) -> dict[str, float | None]:
    """The errors of A and B; None where the covariances of a side are not known.

    Each of `sides` has `fitted` and `covariance`, or is None.
    """
    if any(side is None for side in sides):
        return {"A": None, "B": None}
    models = [side.fitted for side in sides]
    variance = np.zeros((2, 2))
    for place, side in enumerate(sides):
        slopes = _slopes(models, place, method)
        variance += slopes @ side.covariance @ slopes.T
    errors = np.sqrt(np.clip(np.diag(variance), 0, None))
    return {"A": float(errors[0]), "B": float(errors[1])}


def _slopes(models: Sequence[Any], place: int, method: Method) -> Floats:
    """Slopes of (A, B) in the free parameters of one side, by central differences."""
    values = np.asarray(models[place].values, dtype=np.float64)
    found = np.zeros((2, len(values)))
    for at in range(len(values)):
        ends = []
        for sign in (1, -1):
            moved = values.copy()
            moved[at] += sign * _STEP
            items: list[Sequence[ItemParameters]] = [model.items for model in models]
            items[place] = models[place].items_at(moved)
            result = link(items[0], items[1], method=method)
            ends.append((result.slope, result.shift))
        found[:, at] = (np.array(ends[0]) - np.array(ends[1])) / (2 * _STEP)
    return found
