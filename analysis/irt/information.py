"""Observed information of a calibration, and its inverse where the scale must be set.

The information is the derivative of the gradient of the marginal log-likelihood, which equals Oakes's
(1999) identity and Louis's (1982) formula. A smooth free density leaves origin and unit of the trait
open: the inverse is taken where mean and variance of the reference group do not move (Silvey 1959).
A guessing parameter whose estimate is 0, the edge of what it can be, does not move either.
"""

import numpy as np

from analysis.columns import Codes, Floats
from analysis.errors import AnalysisError
from analysis.irt.calibration import Calibration, State
from analysis.irt.items import Kind, Parameter
from instruments.errors import Problem
from instruments.language import Message, say

_STEP = 1e-4
_SINGULAR = 1e-7
_EDGE = -9.0
"""The logit of a guessing parameter that is 0: below it the likelihood is flat."""


def information_of(calibration: Calibration, state: State, weights: Floats) -> Floats:
    """Minus the second derivatives of the log-likelihood and priors, by central differences.

    `weights` are by pattern. On every other node where passes are costly, which changes errors by
    less than a thousandth.
    """
    values = calibration.values(state)
    here = calibration.coarse(state)
    found = np.empty((len(values), len(values)))
    for place, value in enumerate(values):
        step = _STEP * max(1.0, abs(value))
        sides = []
        for sign in (1, -1):
            moved = values.copy()
            moved[place] += sign * step
            there = calibration.at(here, moved)
            sides.append(calibration.gradient(there, calibration.expect(there, weights)))
        found[place] = (sides[1] - sides[0]) / (2 * step)
    return (found + found.T) / 2


def free_directions(calibration: Calibration, state: State) -> Floats:
    """An orthonormal basis of what the parameters may do while the scale stands."""
    size, edge = len(calibration.values(state)), at_edge(calibration, state)
    held = calibration.people.constraints(
        state.population, reference=calibration.reference, count=calibration.set_by_scale
    )
    if not held.size:
        return np.delete(np.eye(size), edge, axis=1)
    whole = np.zeros((len(held) + len(edge), size))
    whole[: len(held), size - held.shape[1] :] = held
    whole[np.arange(len(held), len(whole)), edge] = 1.0
    return np.asarray(np.linalg.svd(whole)[2][len(whole) :].T)


def at_edge(calibration: Calibration, state: State) -> Codes:
    """The places of the guessing parameters that are 0."""
    names = calibration.layout.parameters
    guessing = np.array([one.kind == "logit_guessing" for one in names], dtype=bool)
    return np.flatnonzero(guessing & (state.free < _EDGE))


def inverted(calibration: Calibration, state: State, information: Floats) -> Floats:
    """The inverse among the free directions, refused with a parameter's name where there is none."""
    if not len(information):
        return information
    basis = free_directions(calibration, state)
    inner = basis.T @ information @ basis
    scale = np.sqrt(np.maximum(np.diag(inner), np.finfo(float).tiny))
    sizes, directions = np.linalg.eigh(inner / np.outer(scale, scale))
    if sizes[0] < _SINGULAR:
        worst = basis @ (directions[:, 0] / scale)
        raise AnalysisError(
            _undetermined(_named(calibration, state)[int(np.argmax(np.abs(worst)))])
        )
    inverse = (directions / sizes) @ directions.T / np.outer(scale, scale)
    return np.asarray(basis @ inverse @ basis.T)


def _named(calibration: Calibration, state: State) -> tuple[Parameter, ...]:
    return (*calibration.layout.parameters, *calibration.people.parameters(state.population))


def _words(worst: Parameter) -> Message:
    """A parameter as a phrase."""
    of = worst.of or ""
    phrases: dict[Kind, Message] = {
        "slope": say("the slope of item '{item}'", item=of),
        "logit_guessing": say("the guessing of item '{item}'", item=of),
        "mean": say("the mean of group '{group}'", group=of),
        "coefficient": say("the coefficient of '{name}'", name=of),
        "density": say("the shape of the population"),
        "step": say("the steps of the rating scale"),
    }
    spread = say("the variance of group '{group}'", group=of) if of else say("the variance")
    phrases |= {"variance": spread, "residual_variance": spread}
    return phrases.get(worst.kind, say("the difficulty of item '{item}'", item=of))


def _undetermined(worst: Parameter) -> Problem:
    return Problem(
        where="items",
        what=say("the data do not determine {parameter}.", parameter=_words(worst)),
        hint=say("Leave the item out, use a simpler model, or give a prior."),
    )  # fmt: skip
