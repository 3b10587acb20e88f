"""What the items' own error does to the population and to a cut that stands on them.

The population is found with the items held, so that moving an item moves it by the implicit function:
H⁻¹ times the cross derivative of the population's score (Gong & Samaniego 1981).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from analysis.awareness.cut import Cut
from analysis.awareness.joint_population import JointPopulation, Settled
from analysis.awareness.likelihoods import Likelihoods
from analysis.columns import Floats
from analysis.design import Sample
from analysis.irt.curves import LEAST, probabilities
from analysis.irt.fitted import FittedModel
from analysis.irt.items import ItemParameters
from analysis.irt.standard_errors import covariance, influence
from analysis.linearize import covariance_of

Mask = NDArray[np.bool_]
ITEM_STEP = 1e-3
"""How far an item parameter is moved to either side."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ItemEffects:
    """One trait's calibration: each person's influence on its items, and the items at moved values.

    `carried` is what a unit of each item parameter does to the population, items by population;
    `moved` are the items that each parameter moves, a step up and a step down.
    """

    calibration: FittedModel
    persons: Floats
    carried: Floats
    moved: tuple[list[tuple[ItemParameters, ItemParameters]], ...] = field(repr=False)

    @classmethod
    def of(
        cls, calibration: FittedModel, trait: int, *, likelihoods: Likelihoods, settled: Settled,
        weights: Floats,
    ) -> "ItemEffects":  # fmt: skip
        """Work both out; a singular calibration is refused."""
        size, matrix = len(calibration.calibration.layout.parameters), covariance(calibration)
        rows = [one[:, :size] for _, one in influence(calibration, matrix)]
        found = cls(calibration=calibration, persons=np.concatenate(rows),
                    carried=np.empty((0, 0)), moved=tuple(moved_items(calibration)))  # fmt: skip
        return found.on(settled, trait, likelihoods=likelihoods, weights=weights)

    def on(
        self, settled: Settled, trait: int, *, likelihoods: Likelihoods, weights: Floats
    ) -> "ItemEffects":
        """The effects of the same items on another population."""
        population = settled.population
        local = _pulls(likelihoods, population, trait)
        cross = [population.expanded(_through(pairs, self.calibration, local, likelihoods.nodes)).T
                 @ weights for pairs in self.moved]  # fmt: skip
        carried: Floats = np.asarray(np.linalg.solve(settled.information, np.array(cross).T).T,
                                     dtype=np.float64)  # fmt: skip
        return replace(self, carried=carried)

    def covariance(self, sample: Sample, used: Mask) -> Floats:
        """Of the item parameters by the design of the sample, of which persons are the `used` rows."""
        rows = np.zeros((len(sample.weights), self.persons.shape[1]))
        rows[used] = self.persons
        if sample.replicates is None:
            return covariance_of(sample, rows, sample.kept)
        each = np.array([(weights - sample.weights) @ rows
                         for weights in sample.replicates.weights()])  # fmt: skip
        return sample.replicates.covariance(each, np.zeros(rows.shape[1]))[0]

    def on_cut(self, cut: Cut, theta: float) -> Floats:
        """What a unit of each item parameter does to the cut's value of the trait."""
        return cut_slopes(cut, self.calibration.items, self.moved, theta=theta)


def cut_slopes(
    cut: Cut, items: tuple[ItemParameters, ...],
    moved: Sequence[list[tuple[ItemParameters, ItemParameters]]], *, theta: float | None = None,
) -> Floats:  # fmt: skip
    """What a unit of each item parameter, which moves items up and down, does to the cut's θ."""
    if not cut.items:
        return np.zeros(len(moved))
    at = cut.theta(items) if theta is None else theta
    moves = [sum(_score(cut, up, at) - _score(cut, down, at) for up, down in pairs)
             for pairs in moved]  # fmt: skip
    return np.asarray(-np.array(moves) / (2 * ITEM_STEP) / slope_of(cut, items, at))


def slope_of(cut: Cut, items: tuple[ItemParameters, ...], theta: float) -> float:
    """The slope of the expected score of the cut's items at θ; 1 for a bare value."""
    if not cut.items:
        return 1.0
    ends = np.array([theta - ITEM_STEP, theta + ITEM_STEP])
    scores = sum(cut.score(item, ends) for item in items if item.item in cut.items)
    return float(np.diff(np.asarray(scores))[0] / (2 * ITEM_STEP))


def moved_items(
    calibration: FittedModel,
) -> Iterator[list[tuple[ItemParameters, ItemParameters]]]:
    """By free parameter of the items: those that it moves, a step up and a step down."""
    size = len(calibration.calibration.layout.parameters)
    for place in range(size):
        ends = []
        for sign in (1, -1):
            values = calibration.values.copy()
            values[place] += sign * ITEM_STEP
            ends.append(calibration.items_at(values))
        yield [(up, down) for up, down in zip(*ends, strict=True) if up != down]


def _pulls(likelihoods: Likelihoods, population: JointPopulation, trait: int) -> Floats:
    """Posterior mass times the population's gradient about its mean: persons by nodes by parameters.

    With an item's log-likelihood slope on the nodes its sum is the covariance of both gradients in
    the posterior, which is the cross derivative (Louis 1982).
    """
    means = population.means
    given = likelihoods.given_node(means, population.covariance, trait)
    own = likelihoods.nodes - means[:, [trait]]
    if population.traits == 1:
        first, second = own[..., None], (own**2)[..., None, None]
    else:
        at = means[:, [1 - trait]]
        other = given.first[..., 0] - at
        square = given.second[..., 0] - 2 * at * given.first[..., 0] + at**2
        order = [1, 0] if trait else [0, 1]
        first = np.stack([own, other], axis=-1)[..., order]
        second = np.stack([own**2, own * other, own * other, square], axis=-1)
        second = second.reshape(*own.shape, 2, 2)[..., order, :][..., order]
    gradients = population.gradients(first, second)
    centre = np.einsum("nq,nqp->np", given.mass, gradients)
    return np.asarray(given.mass[..., None] * (gradients - centre[:, None]))


def _through(
    pairs: list[tuple[ItemParameters, ItemParameters]], calibration: FittedModel, pulls: Floats,
    nodes: Floats,
) -> Floats:  # fmt: skip
    """What a unit of one item parameter does to each person's gradient in mean and covariance."""
    responses = calibration.responses
    found = np.zeros((len(pulls), pulls.shape[2]))
    for up, down in pairs:
        codes = responses.codes[:, responses.items.index(up.item)]
        logs = [np.log(np.maximum(probabilities(one, nodes), LEAST)) for one in (up, down)]
        for code, slope in enumerate((logs[0] - logs[1]) / (2 * ITEM_STEP)):
            rows = codes == code
            found[rows] += np.einsum("nqp,q->np", pulls[rows], slope, optimize=True)
    return found


def _score(cut: Cut, item: ItemParameters, theta: float) -> float:
    return float(cut.score(item, np.array([theta]))[0]) if item.item in cut.items else 0.0
