"""The E-step: one pass over the patterns at given parameters.

Expected counts of every item, moments of the trait by cell, and the weighted log-likelihood
(Bock & Aitkin 1981).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.columns import Codes, Floats
from analysis.irt.curves import LEAST, family_probabilities
from analysis.irt.kernels import TINY, Kernel, Pass, Sums
from analysis.irt.layout import Layout
from analysis.irt.packing import Chunk, Packed
from analysis.irt.population import Moments, Population

_LANES = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tables:
    """The likelihood of every code of every chunk at the nodes, each row over its greatest entry.

    `scale` is the logarithm of what the rows were divided by.
    """

    rows: Floats
    scale: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Expected:
    """What a pass finds: counts by family (items by categories by nodes), moments, likelihood."""

    counts: tuple[Floats, ...]
    moments: Moments
    log_likelihood: float


def make_tables(packed: Packed, layout: Layout, values: Floats, nodes: Floats) -> Tables:
    """Multiply the items of every chunk."""
    curves = _curves(layout, values, nodes)
    rows = np.concatenate([_table(chunk, curves, len(nodes)) for chunk in packed.chunks])
    greatest = np.maximum(rows.max(axis=1, keepdims=True), TINY)
    return Tables(rows=rows / greatest, scale=np.log(greatest[:, 0]))


def expect(
    packed: Packed, layout: Layout, kernel: Kernel, *, free: Floats, population: Population,
    weights: Floats,
) -> Expected:  # fmt: skip
    """Pass over the patterns with their weights."""
    tables = make_tables(packed, layout, layout.expand(free), population.nodes)
    nodes = len(population.nodes)
    rows = _padded(tables.rows)
    counts, likelihood = np.zeros_like(rows), np.empty(len(weights))
    parts, several = [], len(packed.group) > 1
    for patterns, cells in packed.spans():
        prior = _padded(population.prior(packed.group[cells], packed.covariates[cells]))
        mass = np.zeros_like(prior if several else prior[:0])
        kernel(
            Pass(codes=packed.codes[patterns], cell=packed.cell[patterns] - np.int32(cells.start),
                 prior=prior, weights=weights[patterns], tables=rows),
            Sums(counts=counts, mass=mass, likelihood=likelihood[patterns]),
        )  # fmt: skip
        if not several:
            mass = counts[: packed.chunks[0].rows].sum(axis=0, keepdims=True)
        parts.append(_moments(packed.group[cells], prior[:, :nodes], mass[:, :nodes], population))
    counts = counts[:, :nodes]
    logs = np.log(likelihood, out=likelihood)
    log_likelihood = weights @ logs + counts.sum(axis=1) @ tables.scale
    return Expected(counts=_by_family(packed, layout, counts), moments=_joined(parts),
                    log_likelihood=float(log_likelihood))  # fmt: skip


def _padded(rows: Floats) -> Floats:
    """Rows with zeros up to a multiple of what a processor multiplies at once."""
    return np.pad(rows, ((0, 0), (0, -rows.shape[1] % _LANES)))


def _curves(layout: Layout, values: Floats, nodes: Floats) -> list[Floats]:
    """P of every item, categories by nodes, in the order of the items."""
    found: dict[int, Floats] = {}
    for family in layout.families:
        p = family_probabilities(family.shape, values[family.places], nodes)
        found.update(zip(family.items, np.maximum(p, LEAST), strict=True))
    return [found[item] for item in range(len(layout.items))]


def _table(chunk: Chunk, curves: Sequence[Floats], nodes: int) -> Floats:
    """The products of the chunk's items for every code."""
    table = np.ones((1, nodes))
    for item, size in zip(chunk.items, chunk.sizes, strict=True):
        factor = curves[item]
        if size > len(factor):
            factor = np.concatenate([factor, np.ones((1, nodes))])
        table = (table[:, None] * factor).reshape(-1, nodes)
    return table


def _by_family(packed: Packed, layout: Layout, counts: Floats) -> tuple[Floats, ...]:
    """Counts of table rows added up by item and category."""
    found = packed.by_item(counts)
    return tuple(
        np.stack([found[item][: family.shape.categories] for item in family.items])
        for family in layout.families
    )


def _moments(group: Codes, prior: Floats, mass: Floats, population: Population) -> Moments:
    powers = np.stack([population.nodes, population.nodes**2], axis=1)
    by_group = np.zeros((len(population.groups), len(population.nodes)))
    np.add.at(by_group, group, mass)
    return Moments(weight=mass.sum(axis=1), posterior=mass @ powers, expected=prior @ powers,
                   mass=by_group)  # fmt: skip


def _joined(parts: Sequence[Moments]) -> Moments:
    if len(parts) == 1:
        return parts[0]
    return Moments(
        weight=np.concatenate([part.weight for part in parts]),
        posterior=np.concatenate([part.posterior for part in parts]),
        expected=np.concatenate([part.expected for part in parts]),
        mass=np.sum([part.mass for part in parts], axis=0),
    )
