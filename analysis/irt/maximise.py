"""The M-step of the items: Fisher scoring on expected counts, all items of a shape at once.

With r_k(q) the expected number of persons at node q who answer k, Σ r_k(q) log P_k(q) + log prior is
maximised (Bock & Aitkin 1981; Muraki 1992). A step that does not climb is halved, item by item.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analysis.columns import Codes, Floats
from analysis.irt.curves import LEAST, family_probabilities, log_derivatives
from analysis.irt.items import Priors
from analysis.irt.layout import Family, Layout
from analysis.irt.priors import log_prior, prior_derivatives

Counts = Sequence[Floats]
"""Expected counts of every family: items by categories by nodes."""
_STEPS, _HALVINGS, _LONGEST = 4, 12, 3.0
_SETTLED = 0.05
"""A step this much shorter than the first ends the M-step: the next pass moves more."""
_SMALL = 1e-3
"""After a step this short the next would be its square."""
_RIDGE = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ItemTask:
    """What the M-step of the items needs beside their counts."""

    layout: Layout
    priors: Priors
    nodes: Floats
    unit: float = 1.0
    """Of the trait, for a gradient where a free density leaves it open."""

    def maximised(self, counts: Counts, free: Floats) -> Floats:
        """Free parameters that increase the expected log-likelihood of the counts."""
        first = 0.0
        for number in range(_STEPS):
            new = self._climbed(counts, free)
            moved = float(np.abs(new - free).max(initial=0.0))
            free, first = new, first if number else moved
            if moved <= max(_SETTLED * first, _SMALL):
                break
        return free

    def gradient(self, counts: Counts, free: Floats) -> Floats:
        """By the free parameters; at the counts' own parameters that of the marginal likelihood.

        Fisher's identity (Louis 1982, equation 3.1).
        """
        values = self.layout.expand(free)
        found = prior_derivatives(self.layout, self.priors, values, unit=self.unit)[0]
        for family, expected in zip(self.layout.families, counts, strict=True):
            found[family.places] += self._family_gradient(family, expected, values)
        return self.layout.reduce(found)

    def _family_gradient(self, family: Family, counts: Floats, values: Floats) -> Floats:
        _, slopes = log_derivatives(family.shape, values[family.places], self.nodes)
        return np.asarray(np.einsum("jpkq,jkq->jp", slopes, counts))

    def _climbed(self, counts: Counts, free: Floats) -> Floats:
        """One step; an item that cannot climb stays where it is."""
        step = self._step(counts, free)
        step *= min(1.0, _LONGEST / max(float(np.abs(step).max(initial=0.0)), _LONGEST))
        before = self._objective(counts, free)
        slack = 1e-12 * (1 + np.abs(before))
        scale, worse = np.ones(len(before)), np.ones(len(before), dtype=bool)
        for _ in range(_HALVINGS):
            new = free + scale[self.layout.owner] * step
            worse = ~(self._objective(counts, new) >= before - slack)
            if not worse.any():
                return new
            scale[worse] /= 2
        scale[worse] = 0.0
        return np.asarray(free + scale[self.layout.owner] * step)

    def _objective(self, counts: Counts, free: Floats) -> Floats:
        """Expected log-likelihood and log prior by item, or all together where they share steps."""
        values = self.layout.expand(free)
        found = log_prior(self.layout, self.priors, values)
        for family, expected in zip(self.layout.families, counts, strict=True):
            p = family_probabilities(family.shape, values[family.places], self.nodes)
            logs = np.log(np.maximum(p, LEAST))
            found[list(family.items)] += np.einsum("jkq,jkq->j", logs, expected)
        return found if self.layout.separable else found.sum(keepdims=True)

    def _step(self, counts: Counts, free: Floats) -> Floats:
        """The Fisher scoring step of the free parameters."""
        values = self.layout.expand(free)
        gradient, curvature = prior_derivatives(self.layout, self.priors, values)
        step, blocks = np.zeros(len(values)), []
        for family, expected in zip(self.layout.families, counts, strict=True):
            slope, information = self._scores(family, expected, values)
            slope += gradient[family.places]
            places = np.arange(information.shape[1])
            information[:, places, places] += curvature[family.places]
            free_places = self.layout.free[family.places]
            if self.layout.separable:
                step[family.places] = _solved(slope, information, free_places)
            gradient[family.places] = slope
            blocks.append((family.places, information))
        if self.layout.separable:
            return self.layout.reduce(step)
        return self._joint_step(gradient, blocks)

    def _scores(self, family: Family, counts: Floats, values: Floats) -> tuple[Floats, Floats]:
        """Gradient and expected information of a family: items by parameters (by parameters)."""
        p, slopes = log_derivatives(family.shape, values[family.places], self.nodes)
        gradient = np.einsum("jpkq,jkq->jp", slopes, counts)
        weight = np.sqrt(counts.sum(axis=1, keepdims=True) * p)
        scaled = (slopes * weight[:, None]).reshape(*slopes.shape[:2], -1)
        return gradient, scaled @ scaled.transpose(0, 2, 1)

    def _joint_step(self, gradient: Floats, blocks: Sequence[tuple[Codes, Floats]]) -> Floats:
        size = len(gradient)
        rows = np.concatenate([np.repeat(p, p.shape[1], axis=1).ravel() for p, _ in blocks])
        columns = np.concatenate([np.tile(p, p.shape[1]).ravel() for p, _ in blocks])
        entries = np.concatenate([information.ravel() for _, information in blocks])
        information = sparse.csr_array((entries, (rows, columns)), shape=(size, size))
        design = self.layout.design
        matrix = (design.T @ information @ design).toarray()
        matrix[np.diag_indices(len(matrix))] *= 1 + _RIDGE
        return np.asarray(np.linalg.solve(matrix, self.layout.reduce(gradient)))


def _solved(gradient: Floats, information: Floats, free: NDArray[np.bool_]) -> Floats:
    """The steps of a family's items, zero for parameters that are not free."""
    both = free[:, :, None] & free[:, None, :]
    matrix = np.where(both, information, 0.0)
    places = np.arange(matrix.shape[1])
    own = matrix[:, places, places]
    least = _RIDGE * np.maximum(own.max(axis=1, keepdims=True), 1.0)
    matrix[:, places, places] = np.where(free, own + least, 1.0)
    return np.asarray(np.linalg.solve(matrix, np.where(free, gradient, 0.0)[:, :, None])[:, :, 0])
