"""Calibrate a scale: marginal maximum likelihood by EM, weighted, over several groups.

Bock & Aitkin (1981); weights as pseudo-likelihood (Zheng & Yang 2016); a regression of the trait on
covariates (Mislevy 1984); masses on the nodes in place of a normal density (Laird 1978).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from analysis.columns import Floats
from analysis.errors import refuse
from analysis.irt.acceleration import Secant
from analysis.irt.calibration import Calibration, State, Stopping
from analysis.irt.checks import (
    item_flags,
    item_problems,
    model_problems,
    reaches_edge,
    share_problems,
    weight_problems,
)
from analysis.irt.fitted import FittedModel, Flag
from analysis.irt.items import ONE_SLOPE, ItemModel, Model
from analysis.irt.kernels import choose
from analysis.irt.layout import lay_out
from analysis.irt.newton import polish
from analysis.irt.options import FitOptions
from analysis.irt.packing import pack
from analysis.irt.population import Population, PopulationModel, with_density, with_mass
from analysis.irt.responses import ItemResponses
from analysis.irt.smoothing import coefficients
from analysis.irt.standardise import standardised
from analysis.irt.start import first_values

_NEAR, _BEFORE = 1e-2, 40
"""How near EM goes, and in how many passes at most, before Newton's method finds a smooth density."""
_REPLICATED = 0.02
"""Standard errors of slopes and intercepts are one to ten over the root of n, or more."""


def fit(
    responses: ItemResponses, models: Model | Mapping[str, ItemModel | Model], *,
    options: FitOptions | None = None,
) -> FittedModel:  # fmt: skip
    """Calibrate the items, all by one model or each by its own.

    Raises:
        AnalysisError: an item that everybody answers alike, a category that nobody chose, a model
            that does not suit an item, an unknown reference group.
    """
    how = options or FitOptions()
    chosen = (
        dict.fromkeys(responses.items, ItemModel(model=models))
        if isinstance(models, str)
        else {
            item: ItemModel(model=one) if isinstance(one, str) else one
            for item, one in models.items()
        }
    )
    refuse(
        [
            *item_problems(responses, chosen, how.fixed),
            *model_problems(responses, how),
        ]
    )
    calibration, population = _bind(responses, chosen, how)
    weights = np.ones(len(responses)) if responses.weights is None else responses.weights
    shares = _shares(calibration, weights)
    refuse(share_problems(responses, shares, how.fixed))
    start = State(free=first_values(calibration.layout, how.priors, shares), population=population)
    return _maximise(calibration, start, weights, how)


def refit(fitted: FittedModel, weights: Floats, *, tolerance: float | None = None) -> FittedModel:
    """The same model with other weights, from where it stands; a weight may be 0.

    Unless told otherwise it stops at steps of a hundredth of a standard error.

    Raises:
        AnalysisError: a weight below zero or of nobody, or without the persons of weight 0 an item's
            category is not chosen.
    """
    how = fitted.options
    refuse(weight_problems(weights, len(fitted.responses)))
    if not weights.all():
        refuse(share_problems(fitted.responses, _shares(fitted.calibration, weights), how.fixed))
    enough = (
        max(how.tolerance, _REPLICATED / float(np.sqrt(fitted.n)))
        if tolerance is None
        else tolerance
    )
    again = replace(how, tolerance=enough)
    known = () if fitted.calibration.people.free_mass else fitted.secants
    return _maximise(fitted.calibration, fitted.state, weights, again, known)


def _shares(calibration: Calibration, weights: Floats) -> list[Floats]:
    """The weighted share of each category among those who answered, by item."""
    packed = calibration.packed
    sums = np.zeros(packed.rows)
    by_pattern = packed.summed(weights)
    for column in packed.codes.T:
        sums += np.bincount(column, weights=by_pattern, minlength=packed.rows)
    found = packed.by_item(sums)
    counts = [found[item][:size] for item, size in enumerate(calibration.responses.categories)]
    return [count / max(count.sum(), np.finfo(float).tiny) for count in counts]


def _bind(
    responses: ItemResponses, models: Mapping[str, ItemModel], how: FitOptions
) -> tuple[Calibration, Population]:
    """The calibration, and the population to begin with."""
    packed = pack(responses)
    listed = [models[item] for item in responses.items]
    layout = lay_out(responses.items, listed, responses.categories, how.fixed)
    population = _population(responses, how)
    anchored = bool(how.fixed)
    one_slope = any(model.model in ONE_SLOPE for model in listed)
    reference = np.arange(len(population.groups)) == _reference(responses, how)
    free = how.population is None
    people = PopulationModel(
        group=packed.group, covariates=packed.covariates,
        free_mean=free & (how.density == "normal") & (~reference | anchored),
        free_variance=free & (how.density == "normal") & (~reference | anchored | one_slope),
        free_coefficients=free and responses.covariates is not None,
        free_mass=free and how.density == "npml", moments=how.moments,
    )  # fmt: skip
    work = packed.codes.size * float(len(population.nodes))
    calibration = Calibration(
        responses=responses, packed=packed, layout=layout, priors=how.priors, people=people,
        kernel=choose(how.kernel, work), set_by_scale=_set_by_scale(how, one_slope=one_slope),
        reference=int(np.argmax(reference)),
    )  # fmt: skip
    return calibration, population


def _set_by_scale(how: FitOptions, *, one_slope: bool) -> int:
    if how.fixed or how.population is not None:
        return 0
    return 1 if one_slope else 2


def _reference(responses: ItemResponses, how: FitOptions) -> int:
    """The number of the reference group."""
    return 0 if how.reference is None else responses.groups.index(how.reference)


def _population(responses: ItemResponses, how: FitOptions) -> Population:
    if how.population is not None:
        return how.population
    groups: tuple[str | None, ...] = responses.groups or (None,)
    names = responses.covariate_names
    start = Population(nodes=how.grid.nodes, groups=groups, mean=np.zeros(len(groups)),
                       variance=np.ones(len(groups)), coefficients=np.zeros(len(names)),
                       covariate_names=names)  # fmt: skip
    if how.density == "normal":
        return start
    mass = start.prior(np.arange(len(groups)), np.empty((len(groups), 0)))
    if how.moments is None:
        return with_mass(start, mass)
    return with_density(start, np.stack([coefficients(one, how.moments) for one in mass]))


def _maximise(
    calibration: Calibration, start: State, weights: Floats, how: FitOptions,
    secants: Sequence[Secant] = (),
) -> FittedModel:  # fmt: skip
    """Iterate to the maximum and put it on the scale of the report."""
    by_pattern, smooth = calibration.pattern_weights(weights), calibration.people.smooth
    stopping = Stopping(tolerance=how.tolerance, most=how.most, secants=secants)
    if smooth:
        stopping = Stopping(tolerance=max(how.tolerance, _NEAR), most=min(how.most, _BEFORE))
    state, found, reached = calibration.reach(start, by_pattern, stopping)
    passes, settled = reached.passes, reached.settled
    if smooth:
        state, found, more, settled = polish(
            calibration, state, by_pattern, tolerance=how.tolerance
        )
        passes += more
    state = standardised(calibration, state, reference=calibration.reference)
    return FittedModel(
        calibration=calibration, options=how, state=state, weights=weights,
        log_likelihood=found.log_likelihood, log_prior=calibration.log_prior(state),
        iterations=passes, converged=settled, flags=_flags(calibration, state, settled=settled),
        secants=() if smooth else reached.secants,
    )  # fmt: skip


def _flags(calibration: Calibration, state: State, *, settled: bool) -> tuple[Flag, ...]:
    layout, people = calibration.layout, calibration.people
    items = layout.item_parameters(layout.expand(state.free))
    found = [Flag(item=item, name=name) for item, name in item_flags(items)]
    if not settled:
        found.append(Flag(item=None, name="not_converged"))
    cells = slice(0, 2048)
    if reaches_edge(state.population,
                    state.population.prior(people.group[cells], people.covariates[cells])):  # fmt: skip
        found.append(Flag(item=None, name="range_too_narrow"))
    return tuple(found)
