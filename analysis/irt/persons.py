"""What a model says of single persons: posterior on the nodes, likelihood, and score.

Computed a block of persons at a time, so that no matrix of all persons by nodes is ever held.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from analysis.columns import Floats
from analysis.errors import refuse
from analysis.irt.curves import log_derivatives
from analysis.irt.items import ItemModel, ItemParameters
from analysis.irt.kernels import TINY, joint_density
from analysis.irt.layout import Layout, lay_out
from analysis.irt.packing import Packed, pack
from analysis.irt.passes import Tables, make_tables
from analysis.irt.population import Population, PopulationModel
from analysis.irt.responses import ItemResponses, Ranks
from instruments.errors import Problem
from instruments.language import say

Block = tuple[slice, Floats]
"""Persons, and their rows of numbers."""
ROWS = 8192


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Persons:
    """Packed answers with the tables of a model at given parameters."""

    packed: Packed
    tables: Tables
    population: Population

    @classmethod
    def of(cls, packed: Packed, layout: Layout, values: Floats, population: Population) -> Self:
        """The persons under a model; `values` are all item parameters."""
        tables = make_tables(packed, layout, values, population.nodes)
        return cls(packed=packed, tables=tables, population=population)

    def posterior(self, rows: int = ROWS) -> Iterator[Block]:
        """Posterior mass on the nodes; that of a person without answers is the prior."""
        for block, joint, _ in self._joint(rows):
            yield block, joint / np.maximum(joint.sum(axis=1, keepdims=True), TINY)

    def log_likelihoods(self) -> Floats:
        """Each person's log-likelihood, 0 without answers."""
        found = np.empty(len(self.packed.pattern))
        for block, joint, scale in self._joint(ROWS):
            found[block] = np.log(np.maximum(joint.sum(axis=1), TINY)) + scale
        return found

    def _joint(self, rows: int) -> Iterator[tuple[slice, Floats, Floats]]:
        packed = self.packed
        for start in range(0, len(packed.pattern), rows):
            block = slice(start, min(start + rows, len(packed.pattern)))
            pattern = packed.pattern[block]
            codes = packed.codes[pattern]
            used, cell = np.unique(packed.cell[pattern], return_inverse=True)
            prior = self.population.prior(packed.group[used], packed.covariates[used])
            joint = joint_density(codes, cell.astype(np.int32), prior, self.tables.rows)
            yield block, joint, self.tables.scale[codes].sum(axis=1)


def posterior(
    responses: ItemResponses, items: Sequence[ItemParameters], population: Population,
    *, rows: int = ROWS,
) -> Iterator[Block]:  # fmt: skip
    """Posteriors of persons under known items and a known population."""
    return known_persons(responses, items, population).posterior(rows)


def known_persons(
    responses: ItemResponses, items: Sequence[ItemParameters], population: Population
) -> Persons:
    """Persons under known parameters; `items` are in the order of the answers' columns.

    Raises:
        AnalysisError: an item has another number of categories than its parameters.
    """
    refuse(other_categories(responses, items))
    models = [ItemModel(model=item.model, guessing=item.guessing) for item in items]
    layout = lay_out(responses.items, models, [item.categories for item in items],
                     dict(zip(responses.items, items, strict=True)))  # fmt: skip
    return Persons.of(pack(responses), layout, layout.base, population)


def other_categories(
    responses: ItemResponses, items: Sequence[ItemParameters]
) -> Iterator[Problem]:
    """Items whose answers have another number of categories than their parameters."""
    sizes = dict(zip(responses.items, responses.categories, strict=True))
    for item in items:
        if sizes[item.item] != item.categories:
            what = say("item '{item}' has {found} categories in the data and {known} in its "
                       "parameters.", item=item.item, found=sizes[item.item],
                       known=item.categories)  # fmt: skip
            hint = say("Declare the item's values, so that categories nobody chose are counted.")
            yield Problem(where="parameters", what=what, hint=hint)


def person_scores(
    persons: Persons, codes: Ranks, layout: Layout, free: Floats, people: PopulationModel, rows: int
) -> Iterator[Block]:  # fmt: skip
    """Gradients of each person's log-likelihood: posterior means of the complete-data scores.

    Louis (1982, equation 3.1).
    """
    values, nodes = layout.expand(free), persons.population.nodes
    slopes = [log_derivatives(f.shape, values[f.places], nodes)[1] for f in layout.families]
    for block, mass in persons.posterior(rows):
        full = np.zeros((len(mass), len(values)))
        for family, slope in zip(layout.families, slopes, strict=True):
            for item, places, one in zip(family.items, family.places, slope, strict=True):
                full[:, places] = _item_scores(one, codes[block, item], mass)
        cell = persons.packed.cell[persons.packed.pattern[block]]
        own = full @ layout.design
        yield block, np.concatenate([own, people.scores(persons.population, cell, mass)], axis=1)


def _item_scores(slopes: Floats, answers: Ranks, mass: Floats) -> Floats:
    """Posterior means of one item's scores at each person's answer, 0 where there is none."""
    parameters, categories, nodes = slopes.shape
    means = mass @ slopes.reshape(-1, nodes).T
    chosen = np.maximum(answers, 0).astype(np.int64)[:, None, None]
    found = np.take_along_axis(means.reshape(-1, parameters, categories), chosen, axis=2)[:, :, 0]
    return np.where(answers[:, None] < 0, 0.0, found)
