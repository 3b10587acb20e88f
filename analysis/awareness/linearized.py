"""What each person's weight does to latent shares: through the population, the items and the cut.

The items move the population by the implicit function, H⁻¹ times the cross derivative of its score
(Gong & Samaniego 1981), and the cut through their curves.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.awareness.item_effects import ITEM_STEP, cut_slopes, moved_items
from analysis.awareness.population import mass_above, means_of
from analysis.awareness.question import Question, Shares, shares_of
from analysis.columns import Floats
from analysis.irt.fitted import FittedModel
from analysis.irt.items import ItemParameters
from analysis.irt.layout import lay_out
from analysis.irt.standard_errors import covariance, influence

_STEP = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Influence:
    """What a unit of each person's weight does to the shares, persons by domains.

    `held` is with the items held, `by_items` what moves through them (None where they are known).
    """

    held: Floats
    by_items: Floats | None

    @property
    def whole(self) -> Floats:
        """Both together."""
        return self.held if self.by_items is None else self.held + self.by_items


def influence_on(asked: Question, population: FittedModel, shares: Shares) -> Influence:
    """Linearize the shares about a population found with the items of the calibration."""
    bread = covariance(population)
    slopes = _slopes_in_population(asked, population)
    held = _direct(asked, population, shares)
    if len(bread):
        held += np.concatenate([one for _, one in influence(population, bread)]) @ slopes.T
    if asked.known_items:
        return Influence(held=held, by_items=None)
    model = asked.calibration
    moved = np.concatenate([rows for _, rows in influence(model, covariance(model))])
    moved *= (model.weights / asked.weights)[:, None]
    by_items = _slopes_in_items(asked, population, slopes @ bread)
    return Influence(held=held, by_items=moved[:, : by_items.shape[1]] @ by_items.T)


def _direct(asked: Question, population: FittedModel, shares: Shares) -> Floats:
    """Through the mean over persons."""
    if asked.statistic == "mean":
        each = means_of(population.population, asked.responses)
    else:
        theta = asked.cut.theta(asked.calibration.items)
        each = mass_above(population.population, asked.responses, theta)
    return np.column_stack([
        np.where(inside, each - share, 0.0) / max(asked.weights[inside].sum(), np.finfo(float).tiny)
        for inside, share in zip(asked.masks, shares, strict=True)
    ])  # fmt: skip


def _slopes_in_population(asked: Question, population: FittedModel) -> Floats:
    """Slopes of the shares in the population's parameters, domains by parameters."""
    values, items = population.values, asked.calibration.items
    columns = [np.empty((len(asked.domains), 0))]
    for place in range(len(values)):
        ends = []
        for sign in (1, -1):
            moved = values.copy()
            moved[place] += sign * _STEP
            ends.append(shares_of(asked, population.population_at(moved), items))
        columns.append((ends[0] - ends[1]) / (2 * _STEP))
    return np.column_stack(columns)


def _slopes_in_items(asked: Question, population: FittedModel, by_score: Floats) -> Floats:
    """Slopes of the shares in the free parameters of the items, population and cut moving along.

    `by_score` is what a unit of the population's score does to the shares.
    """
    items, moved = asked.calibration.items, list(moved_items(asked.calibration))
    scores = [_score(population, items, [up for up, _ in pairs])
              - _score(population, items, [down for _, down in pairs]) for pairs in moved]  # fmt: skip
    found = by_score @ np.array(scores).T / (2 * ITEM_STEP)
    if asked.statistic == "mean" or not asked.cut.items:
        return np.asarray(found)
    by_cut = [shares_of(asked, population.population, items, move=sign * _STEP) for sign in (1, -1)]
    slope = (by_cut[0] - by_cut[1]) / (2 * _STEP)
    return np.asarray(found + np.outer(slope, cut_slopes(asked.cut, items, moved)))


def _score(
    population: FittedModel, items: Sequence[ItemParameters], others: Sequence[ItemParameters]
) -> Floats:
    """The gradient of the log-likelihood in the population's parameters, with some items others."""
    known = population.calibration
    layout = lay_out(known.layout.items, known.layout.models, known.responses.categories,
                     {item.item: item for item in (*items, *others)})  # fmt: skip
    moved = replace(known, layout=layout)
    weights = moved.pattern_weights(population.weights)
    return moved.gradient(population.state, moved.expect(population.state, weights))
