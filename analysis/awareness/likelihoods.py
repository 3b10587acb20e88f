"""How likely every person's answers are on the nodes of each trait, and what that says of the trait.

Two traits whose items load on one trait each have a likelihood that is a product, so that sums over
the grid of both are products of matrices of persons by nodes: nothing of persons by nodes by nodes is
ever held.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from analysis.columns import Floats
from analysis.irt.curves import LEAST, probabilities
from analysis.irt.items import ItemParameters
from analysis.irt.responses import ItemResponses

NODES = np.linspace(-6.0, 6.0, 49)


class Moments(NamedTuple):
    """Of each person: log marginal likelihood, posterior mean (n x D) and second moments (n x D x D)."""

    log_likelihood: Floats
    first: Floats
    second: Floats


class Given(NamedTuple):
    """Of each person and node of one trait: posterior mass, and moments of the other trait there."""

    mass: Floats
    first: Floats
    second: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Likelihoods:
    """Log-likelihoods of persons by nodes, one table for each trait (one or two)."""

    nodes: Floats
    tables: tuple[Floats, ...]

    @classmethod
    def of(
        cls, responses: Sequence[ItemResponses], items: Sequence[Sequence[ItemParameters]],
        nodes: Floats = NODES,
    ) -> Self:  # fmt: skip
        """The tables of each trait's own answers and items."""
        tables = []
        for one, own in zip(responses, items, strict=True):
            table = np.zeros((len(one), len(nodes)))
            for place, item in enumerate(own):
                table += of_item(one, place, item, nodes)
            tables.append(table)
        return cls(nodes=nodes, tables=tuple(tables))

    def moments(self, means: Floats, covariance: Floats) -> Moments:
        """The posterior under a normal prior with each person's own mean (n x D)."""
        inverse: Floats = np.asarray(np.linalg.inv(covariance), dtype=np.float64)
        tilts = means @ inverse
        sides, scales = zip(*(self._tilted(t, tilts[:, t]) for t in range(len(self.tables))), strict=True)  # fmt: skip
        level = sum(scales) - 0.5 * (means * tilts).sum(axis=1)
        step = self.nodes[1] - self.nodes[0]
        level = level + len(sides) * np.log(step / np.sqrt(2 * np.pi))
        level = level - 0.5 * np.linalg.slogdet(covariance)[1]
        powers = [(side, side * self.nodes, side * self.nodes**2) for side in sides]
        if len(sides) == 1:
            return _of_one(powers[0], np.exp(-0.5 * inverse[0, 0] * self.nodes**2), level)
        return _of_two(powers[0], powers[1], self._kernel(inverse), level)

    def given_node(self, means: Floats, covariance: Floats, trait: int) -> "Given":
        """What the answers say of everybody's own node of one trait, and of the other on each node."""
        inverse: Floats = np.asarray(np.linalg.inv(covariance), dtype=np.float64)
        tilts = means @ inverse
        own, _ = self._tilted(trait, tilts[:, trait])
        if len(self.tables) == 1:
            mass = own * np.exp(-0.5 * inverse[0, 0] * self.nodes**2)
            nothing = np.empty((*mass.shape, 0))
            return Given(mass / mass.sum(axis=1, keepdims=True), nothing, nothing)
        other, _ = self._tilted(1 - trait, tilts[:, 1 - trait])
        kernel = self._kernel(inverse) if trait else self._kernel(inverse).T
        sums = [(other * self.nodes**power) @ kernel for power in range(3)]
        mass = own * sums[0]
        known = np.maximum(sums[0], np.finfo(float).tiny)
        return Given(mass / mass.sum(axis=1, keepdims=True), (sums[1] / known)[..., None],
                     (sums[2] / known)[..., None])  # fmt: skip

    def _tilted(self, trait: int, tilt: Floats) -> tuple[Floats, Floats]:
        """exp(log-likelihood + tilt θ), each row scaled to a greatest value of 1, and the logs of scale."""
        power = self.tables[trait] + tilt[:, None] * self.nodes
        top = power.max(axis=1)
        return np.exp(power - top[:, None]), top

    def _kernel(self, inverse: Floats) -> Floats:
        """The normal density without its mean on the grid of both traits."""
        x, y = self.nodes[:, None], self.nodes[None, :]
        power = inverse[0, 0] * x**2 + 2 * inverse[0, 1] * x * y + inverse[1, 1] * y**2
        return np.asarray(np.exp(-0.5 * power))


def of_item(responses: ItemResponses, place: int, item: ItemParameters, nodes: Floats) -> Floats:
    """Log-likelihood of one item's answers; 0 where it was not administered."""
    logs = np.log(np.maximum(probabilities(item, nodes), LEAST))
    table = np.vstack([logs, np.zeros(len(nodes))])
    return np.asarray(table[responses.codes[:, place]])


def _of_one(power: Sequence[Floats], kernel: Floats, level: Floats) -> Moments:
    mass, first, second = (one @ kernel for one in power)
    return Moments(np.log(mass) + level, (first / mass)[:, None], (second / mass)[:, None, None])


def _of_two(
    first: Sequence[Floats], second: Sequence[Floats], kernel: Floats, level: Floats
) -> Moments:
    """Sums over the grid; index 0, 1, 2 of a side is its power of θ."""
    across = [one @ kernel for one in first]

    def total(i: int, j: int) -> Floats:
        return np.asarray(np.einsum("nq,nq->n", across[i], second[j]))

    mass = total(0, 0)
    means = np.column_stack([total(1, 0), total(0, 1)]) / mass[:, None]
    both = total(1, 1)
    squares = np.stack([total(2, 0), both, both, total(0, 2)], axis=1) / mass[:, None]
    return Moments(np.log(mass) + level, means, squares.reshape(-1, 2, 2))
