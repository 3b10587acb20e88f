"""Plausible values: draws of each person's trait, each analysed as if it were known, and combined.

Mislevy (1991); Rubin (1987) for the combination, Barnard & Rubin (1999) for degrees of freedom with
few PSUs. Draws are made under the population given the conditioning variables: a group that is not
among them has its difference shrunk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite

import numpy as np

from analysis.awareness.domains import Domain
from analysis.awareness.result import AwarenessRow, Budget, Statistic
from analysis.columns import Floats
from analysis.design import Sample
from analysis.irt.fitted import FittedModel
from analysis.linearize import covariance_of, degrees_of_freedom


@dataclass(frozen=True, slots=True, kw_only=True)
class Combined:
    """One estimate from several draws (Rubin 1987)."""

    estimate: float
    within: float
    between: float
    df: float
    df_rubin: float
    fmi: float


def draw(population: FittedModel, draws: int, rng: np.random.Generator) -> Floats:
    """Draws of every person's trait from the posterior, persons by draws.

    A draw falls on a node and is spread evenly over the node's cell, so that a cut between nodes
    is met as often as it should be.
    """
    nodes = population.population.nodes
    step = float(nodes[1] - nodes[0])
    found = np.empty((len(population.responses), draws))
    for rows, mass in population.posterior():
        edges = np.cumsum(mass, axis=1)
        for number in range(draws):
            chance = rng.random(len(mass))
            place = (edges < chance[:, None] * edges[:, -1:]).sum(axis=1)
            found[rows, number] = nodes[place] + step * (rng.random(len(mass)) - 0.5)
    return found


def from_draws(
    values: Floats, sample: Sample, domains: Sequence[Domain], *, theta: float,
    statistic: Statistic = "share", complete_df: float | None = None,
) -> list[AwarenessRow]:  # fmt: skip
    """Combine the share above `theta` (or the mean) of every draw, by domain."""
    marks = (values > theta).astype(np.float64) if statistic == "share" else values
    known = np.isfinite(values).all(axis=1)
    rows = []
    for domain in domains:
        inside = domain.inside & known
        each, variances = weighted_means(marks, sample, inside)
        own = degrees_of_freedom(sample, inside) if complete_df is None else complete_df
        found = combine(each, variances, complete_df=own)
        inflated = (1 + 1 / len(each)) * found.between
        rows.append(AwarenessRow(
            by=domain.by, cut=theta if statistic == "share" else None, estimate=found.estimate,
            budget=Budget(sampling=found.within, measurement=inflated), df=found.df,
            n=int(inside.sum()), statistic=statistic,
            further={"per_draw": each.tolist(), "fmi": found.fmi, "df_rubin": found.df_rubin},
        ))  # fmt: skip
    return rows


def weighted_means(values: Floats, sample: Sample, inside: np.ndarray) -> tuple[Floats, Floats]:
    """Weighted mean of every column in a domain, and its variance by the design."""
    filled = np.where(inside[:, None], np.nan_to_num(values), 0.0)
    means = _means(filled, np.where(inside, sample.weights, 0.0))
    if sample.replicates is not None:
        again = np.array([_means(filled, np.where(inside, weights, 0.0))
                          for weights in sample.replicates.weights()])  # fmt: skip
        return means, sample.replicates.variances(again, means)[0]
    total = sample.weights[inside].sum()
    if total <= 0:
        return means, np.full(len(means), np.nan)
    influence = np.where(inside[:, None], filled - means, 0.0) / total
    return means, np.diag(covariance_of(sample, influence, inside)).copy()


def combine(each: Floats, variances: Floats, *, complete_df: float = inf) -> Combined:
    """Rubin's rules; a single draw has no variance between draws."""
    m = len(each)
    estimate, within = float(each.mean()), float(variances.mean())
    between = float(each.var(ddof=1)) if m > 1 else 0.0
    extra = (1 + 1 / m) * between
    if extra <= 0 or within <= 0:
        return Combined(estimate=estimate, within=within, between=between, df=complete_df,
                        df_rubin=inf, fmi=0.0)  # fmt: skip
    r = extra / within
    rubin = (m - 1) * (1 + 1 / r) ** 2
    fmi = (r + 2 / (rubin + 3)) / (r + 1)
    df = rubin
    if isfinite(complete_df):
        observed = (complete_df + 1) / (complete_df + 3) * complete_df * within / (within + extra)
        df = 1 / (1 / rubin + 1 / observed) if observed > 0 else 0.0
    return Combined(estimate=estimate, within=within, between=between, df=df, df_rubin=rubin,
                    fmi=fmi)  # fmt: skip


def _means(values: Floats, weights: Floats) -> Floats:
    total = weights.sum()
    return np.asarray(weights @ values / total) if total > 0 else np.full(values.shape[1], np.nan)
