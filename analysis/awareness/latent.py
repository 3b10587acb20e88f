"""The share above the cut from the population itself: no person's score is ever counted.

Counting scores misses the share, because estimates spread less (EAP) or more (WLE) than the trait;
the latent regression does not (Mislevy 1991; Mislevy, Beaton, Kaplan & Sheehan 1992). Its variance
is that of the persons' influence, summed by PSU (Binder 1983), or of replicates in which the
items, the population and the cut are found again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.awareness.cut import Cut
from analysis.awareness.domains import Domain
from analysis.awareness.population import conditioned, mass_above, means_of
from analysis.awareness.result import AwarenessRow, Budget, Statistic
from analysis.columns import Codes, Floats
from analysis.design import Sample
from analysis.errors import AnalysisError
from analysis.irt.fit import refit
from analysis.irt.fitted import FittedModel
from analysis.irt.items import ItemParameters
from analysis.irt.population import Density, Population
from analysis.irt.responses import ItemResponses
from analysis.irt.standard_errors import covariance, influence
from analysis.linearize import covariance_of, degrees_of_freedom
from instruments.errors import Problem
from instruments.language import say

_STEP = 1e-4
_LEAST = 1e-6
"""A replicate weight of 0, as a part of the mean weight: the fit asks for weights above it."""
Shares = Floats
"""One number for each domain."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Question:
    """What is asked: a cut or the mean, for which groups, of which sample.

    `calibration` is the model that the items come from; `responses` are the same persons with the
    groups or covariates on which the trait is conditioned. `known_items` are constants, so that
    their error is no line of the budget. `rows` are the sample's rows that are these persons, all of
    them unless given; domains are masks over the sample.
    """

    calibration: FittedModel
    responses: ItemResponses
    sample: Sample
    domains: Sequence[Domain]
    cut: Cut
    statistic: Statistic = "share"
    density: Density = "normal"
    link_error: float | None = None
    known_items: bool = False
    rows: Codes | None = None

    @property
    def persons(self) -> Codes:
        """The sample's rows that are the persons of the model."""
        return np.arange(len(self.sample.weights)) if self.rows is None else self.rows

    @property
    def weights(self) -> Floats:
        """The persons' weights in the sample."""
        return self.sample.weights[self.persons]

    @property
    def masks(self) -> list[np.ndarray]:
        """Which persons each domain has."""
        return [one.inside[self.persons] for one in self.domains]

    def variances(self, influence: Floats) -> Shares:
        """Variances by the design of statistics of these persons, who are a domain of the sample."""
        whole = np.zeros((len(self.sample.weights), influence.shape[1]))
        whole[self.persons] = influence
        return np.diag(covariance_of(self.sample, whole, self.sample.weights > 0)).copy()


def latent(asked: Question) -> list[AwarenessRow]:
    """A row for each domain, with sampling, calibration, cut and linking in the budget."""
    items = asked.calibration.items
    population = conditioned(items, asked.responses, density=asked.density)
    shares = _shares(asked, population.population, items)
    if asked.sample.replicates is not None or asked.density == "npml":
        sampling, calibration, df, lost = _replicated(asked, shares, population)
    else:
        sampling, calibration = _linearized(asked, population, shares)
        df, lost = None, 0
    flags = [f"replicates_lost: {lost}"] if lost else []
    flags += ["not_converged"] if not population.converged else []
    return _rows(asked, population, shares, sampling, calibration, df=df, flags=tuple(flags))


def _shares(
    asked: Question, population: Population, items: Sequence[ItemParameters], *,
    weights: Floats | None = None, shift: float = 0.0, move: float = 0.0,
) -> Shares:  # fmt: skip
    """The share (or mean) of each domain; the cut moved by `shift`, its trait value by `move`."""
    own = asked.weights if weights is None else weights
    if asked.statistic == "mean":
        values = means_of(population, asked.responses)
    else:
        theta = asked.cut.theta(items, shift=shift) + move
        values = mass_above(population, asked.responses, theta)
    return np.array([_mean(values, np.where(inside, own, 0.0)) for inside in asked.masks])


def _mean(values: Floats, weights: Floats) -> float:
    total = weights.sum()
    return float(weights @ values / total) if total > 0 else float("nan")


def _linearized(
    asked: Question, population: FittedModel, shares: Shares
) -> tuple[Shares, Shares | None]:
    """Variance with the items held, and what their estimation adds."""
    own = _influence(asked, population, shares)
    held = asked.variances(own)
    if asked.known_items:
        return held, None
    model = asked.calibration
    moved = np.concatenate([rows for _, rows in influence(model, covariance(model))])
    items = len(model.calibration.layout.parameters)
    whole = own + moved[:, :items] @ _slopes_in_items(asked, population).T
    total = asked.variances(whole)
    return np.minimum(held, total), np.maximum(total - held, 0.0)


def _influence(asked: Question, population: FittedModel, shares: Shares) -> Floats:
    """What each person's weight does to the shares, the items held: persons by domains."""
    values = population.values
    if len(values):
        rows = np.concatenate([one for _, one in influence(population, covariance(population))])
        direct = rows @ _slopes_in_population(asked, population).T
    else:
        direct = np.zeros((len(asked.responses), len(asked.domains)))
    each = _each(asked, population)
    for place, inside in enumerate(asked.masks):
        total = asked.weights[inside].sum()
        direct[:, place] += np.where(inside, each - shares[place], 0.0) / total
    return direct


def _each(asked: Question, population: FittedModel) -> Floats:
    if asked.statistic == "mean":
        return means_of(population.population, asked.responses)
    theta = asked.cut.theta(asked.calibration.items)
    return mass_above(population.population, asked.responses, theta)


def _slopes_in_population(asked: Question, population: FittedModel) -> Floats:
    """Slopes of the shares in the population's parameters, domains by parameters."""
    values, items = population.values, asked.calibration.items
    columns = []
    for place in range(len(values)):
        ends = []
        for sign in (1, -1):
            moved = values.copy()
            moved[place] += sign * _STEP
            ends.append(_shares(asked, population.population_at(moved), items))
        columns.append((ends[0] - ends[1]) / (2 * _STEP))
    return np.column_stack(columns)


def _slopes_in_items(asked: Question, population: FittedModel) -> Floats:
    """Slopes of the shares in the items' parameters, population and cut found again each time."""
    model = asked.calibration
    values, count = model.values, len(model.calibration.layout.parameters)
    columns = []
    for place in range(count):
        ends = []
        for sign in (1, -1):
            moved = values.copy()
            moved[place] += sign * 10 * _STEP
            items = model.items_at(moved)
            again = conditioned(items, asked.responses, density=asked.density,
                                options=population.options)  # fmt: skip
            ends.append(_shares(asked, again.population, items))
        columns.append((ends[0] - ends[1]) / (20 * _STEP))
    return np.column_stack(columns)


def _replicated(
    asked: Question, shares: Shares, population: FittedModel
) -> tuple[Shares, Shares | None, float | None, int]:
    """Variance over replicates in which items, population and cut are found again."""
    replicates = asked.sample.replicates
    if replicates is None:
        raise AnalysisError(Problem(
            where="design", what=say("a density that is not normal has its error from replicates."),
            hint=say("Add replicates to the design, such as {example}.",
                     example="replicates: {kind: rao_wu, count: 100}"),
        ))  # fmt: skip
    held, whole = [], []
    for every in replicates.weights():
        weights = every[asked.persons]
        held.append(_again(asked, population, weights, items=None))
        if not asked.known_items:
            whole.append(_again(asked, population, weights, items=asked.calibration))
    fixed, lost = replicates.variances(np.array(held), shares)
    if asked.known_items:
        return fixed, None, None, int(lost.max(initial=0))
    total, lost = replicates.variances(np.array(whole), shares)
    return (np.minimum(fixed, total), np.maximum(total - fixed, 0.0), None,
            int(lost.max(initial=0)))  # fmt: skip


def _again(
    asked: Question, population: FittedModel, weights: Floats, *, items: FittedModel | None
) -> Shares:
    """The shares under a replicate's weights, with the items calibrated again or held."""
    try:
        if items is None:
            found = refit(population, weights)
            return _shares(asked, found.population, asked.calibration.items, weights=weights)
        again = refit(items, weights)
        own = replace(asked.responses, weights=np.maximum(weights, _LEAST * weights.mean()))
        found = conditioned(again.items, own, density=asked.density)
        return _shares(asked, found.population, again.items, weights=weights)
    except AnalysisError:
        return np.full(len(asked.domains), np.nan)


def _rows(  # noqa: PLR0913 - private; one place calls it
    asked: Question, population: FittedModel, shares: Shares, sampling: Shares,
    calibration: Shares | None, *, df: float | None, flags: tuple[str, ...],
) -> list[AwarenessRow]:  # fmt: skip
    items = asked.calibration.items
    cut = _by_cut(asked, population) if asked.cut.se else None
    linking = _by_link(asked, population) if asked.link_error else None
    theta = None if asked.statistic == "mean" else asked.cut.theta(items)
    rows = []
    for place, domain in enumerate(asked.domains):
        budget = Budget(
            sampling=float(sampling[place]),
            calibration=None if calibration is None else float(calibration[place]),
            cut=None if cut is None else float(cut[place]),
            linking=None if linking is None else float(linking[place]),
        )
        own = degrees_of_freedom(asked.sample, domain.inside) if df is None else df
        rows.append(AwarenessRow(
            by=domain.by, cut=theta, estimate=float(shares[place]), budget=budget, df=own,
            n=int(domain.inside.sum()), statistic=asked.statistic, flags=flags,
        ))  # fmt: skip
    return rows


def _by_cut(asked: Question, population: FittedModel) -> Shares:
    """(dT/dcut)² var(cut), the slope over a tenth of the cut's own error."""
    step = asked.cut.se / 10
    items = asked.calibration.items
    ends = [_shares(asked, population.population, items, shift=sign * step) for sign in (1, -1)]
    return np.asarray(((ends[0] - ends[1]) / (2 * step) * asked.cut.se) ** 2)


def _by_link(asked: Question, population: FittedModel) -> Shares:
    error = asked.link_error or 0.0
    items = asked.calibration.items
    ends = [
        _shares(asked, population.population, items, move=sign * error / 10) for sign in (1, -1)
    ]
    return np.asarray(((ends[0] - ends[1]) / (2 * error / 10) * error) ** 2)
