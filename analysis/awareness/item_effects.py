"""What the items' own error does to the population and to a cut that stands on them.

The population is found with the items held, so that moving an item moves it by the implicit function:
H⁻¹ times the cross derivative of the population's score (Gong & Samaniego 1981).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.awareness.cut import Cut
from analysis.awareness.joint_population import Settled
from analysis.awareness.likelihoods import Likelihoods, of_item
from analysis.columns import Floats
from analysis.irt.fitted import FittedModel
from analysis.irt.items import ItemParameters
from analysis.irt.standard_errors import covariance, influence

_STEP = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ItemEffects:
    """One trait's calibration: each person's influence on its items, and the items at moved values.

    `carried` is what a unit of each item parameter does to the population, items by population.
    """

    calibration: FittedModel
    persons: Floats
    carried: Floats

    @classmethod
    def of(
        cls, calibration: FittedModel, trait: int, *, likelihoods: Likelihoods, settled: Settled,
        weights: Floats,
    ) -> "ItemEffects":  # fmt: skip
        """Work both out; a singular calibration is refused."""
        size = len(calibration.calibration.layout.parameters)
        rows = [one[:, :size] for _, one in influence(calibration, covariance(calibration))]
        cross = [
            (weights @ settled.population.scores(up) - weights @ settled.population.scores(down))
            / (2 * _STEP)
            for up, down in _moved_tables(calibration, trait, likelihoods)
        ]
        carried: Floats = np.asarray(np.linalg.solve(settled.information, np.array(cross).T).T,
                                     dtype=np.float64)  # fmt: skip
        return cls(calibration=calibration, persons=np.concatenate(rows), carried=carried)

    def on_cut(self, cut: Cut, theta: float) -> Floats:
        """What a unit of each item parameter does to the cut's value of the trait."""
        size = self.persons.shape[1]
        if not cut.items:
            return np.zeros(size)
        slope = slope_of(cut, self.calibration.items, theta)
        moves = [
            sum(_score(cut, up, theta) - _score(cut, down, theta) for up, down in pairs)
            for pairs in moved_items(self.calibration)
        ]
        return -np.array(moves) / (2 * _STEP) / slope


def slope_of(cut: Cut, items: tuple[ItemParameters, ...], theta: float) -> float:
    """The slope of the expected score of the cut's items at θ; 1 for a bare value."""
    if not cut.items:
        return 1.0
    ends = np.array([theta - _STEP, theta + _STEP])
    scores = sum(cut.score(item, ends) for item in items if item.item in cut.items)
    return float(np.diff(np.asarray(scores))[0] / (2 * _STEP))


def moved_items(
    calibration: FittedModel,
) -> Iterator[list[tuple[ItemParameters, ItemParameters]]]:
    """By free parameter of the items: those that it moves, a step up and a step down."""
    size = len(calibration.calibration.layout.parameters)
    for place in range(size):
        ends = []
        for sign in (1, -1):
            values = calibration.values.copy()
            values[place] += sign * _STEP
            ends.append(calibration.items_at(values))
        yield [(up, down) for up, down in zip(*ends, strict=True) if up != down]


def _moved_tables(
    calibration: FittedModel, trait: int, likelihoods: Likelihoods
) -> Iterator[tuple[Likelihoods, Likelihoods]]:
    """The likelihoods with each item parameter moved up and down."""
    responses, nodes = calibration.responses, likelihoods.nodes
    base = {item.item: item for item in calibration.items}
    for pairs in moved_items(calibration):
        tables = []
        for end in (0, 1):
            table = likelihoods.tables[trait].copy()
            for pair in pairs:
                place = responses.items.index(pair[end].item)
                table += of_item(responses, place, pair[end], nodes)
                table -= of_item(responses, place, base[pair[end].item], nodes)
            tables.append(likelihoods.with_table(trait, table))
        yield tables[0], tables[1]


def _score(cut: Cut, item: ItemParameters, theta: float) -> float:
    return float(cut.score(item, np.array([theta]))[0]) if item.item in cut.items else 0.0
