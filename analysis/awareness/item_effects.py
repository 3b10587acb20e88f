"""What the items' own error does to the population and to a cut that stands on them.

The population is found with the items held, so that moving an item moves it by the implicit function:
H⁻¹ times the cross derivative of the population's score (Gong & Samaniego 1981).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from analysis.awareness.cut import Cut
from analysis.awareness.joint_population import JointPopulation, Settled
from analysis.awareness.likelihoods import Likelihoods
from analysis.columns import Floats
from analysis.irt.curves import LEAST, probabilities
from analysis.irt.fitted import FittedModel
from analysis.irt.items import ItemParameters
from analysis.irt.standard_errors import covariance, influence

_STEP = 1e-3


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
        size = len(calibration.calibration.layout.parameters)
        rows = [one[:, :size] for _, one in influence(calibration, covariance(calibration))]
        population, moved = settled.population, tuple(moved_items(calibration))
        local = _pulls(likelihoods, population, trait)
        cross = [population.expanded(_through(pairs, calibration, local, likelihoods.nodes)).T @ weights
                 for pairs in moved]  # fmt: skip
        carried: Floats = np.asarray(np.linalg.solve(settled.information, np.array(cross).T).T,
                                     dtype=np.float64)  # fmt: skip
        return cls(calibration=calibration, persons=np.concatenate(rows), carried=carried,
                   moved=moved)  # fmt: skip

    def on_cut(self, cut: Cut, theta: float) -> Floats:
        """What a unit of each item parameter does to the cut's value of the trait."""
        size = self.persons.shape[1]
        if not cut.items:
            return np.zeros(size)
        slope = slope_of(cut, self.calibration.items, theta)
        moves = [
            sum(_score(cut, up, theta) - _score(cut, down, theta) for up, down in pairs)
            for pairs in self.moved
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
        for code, slope in enumerate((logs[0] - logs[1]) / (2 * _STEP)):
            rows = codes == code
            found[rows] += np.einsum("nqp,q->np", pulls[rows], slope, optimize=True)
    return found


def _score(cut: Cut, item: ItemParameters, theta: float) -> float:
    return float(cut.score(item, np.array([theta]))[0]) if item.item in cut.items else 0.0
