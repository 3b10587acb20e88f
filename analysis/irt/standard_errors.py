"""Covariances of the estimated parameters: naive, and by the design of the sample.

The cross product is that of the persons' scores; the sandwich puts one between the other's inverses (White 1982). By the design, the persons' influence
is summed by PSU (Binder 1983), or the model is calibrated again in every replicate.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.columns import Codes, Floats
from analysis.design import Sample
from analysis.errors import AnalysisError
from analysis.irt.fit import refit
from analysis.irt.fitted import FittedModel
from analysis.irt.information import information_of, inverted
from analysis.irt.items import ItemErrors, ItemParameters, curve_of
from analysis.irt.persons import ROWS, Block
from analysis.linearize import covariance_of, degrees_of_freedom
from analysis.lonely import Presence
from analysis.matrices import as_sparse
from analysis.variance import covariance as covariance_of_sums

Kind = Literal["observed", "cross_product", "sandwich"]


def covariance(fitted: FittedModel, kind: Kind = "observed") -> Floats:
    """Of the free parameters in their order, as if the persons were drawn at random.

    Masses that are free each on its own are held fixed; the coefficients of a smooth density are
    parameters, and the scale stands.

    Raises:
        AnalysisError: the information is singular; a parameter is not identified.
    """
    if kind == "cross_product":
        return _inverse(fitted, cross_product(fitted))
    bread = _inverse(fitted, observed_information(fitted))
    return bread if kind == "observed" else bread @ cross_product(fitted, squared=True) @ bread


def is_determined(fitted: FittedModel) -> bool:
    """Whether the answers determine every parameter."""
    try:
        covariance(fitted)
    except AnalysisError:
        return False
    return True


def observed_information(fitted: FittedModel) -> Floats:
    """Minus the second derivatives of the log-likelihood and priors at the estimates."""
    weights = fitted.calibration.pattern_weights(fitted.weights)
    return information_of(fitted.calibration, fitted.state, weights)


def cross_product(fitted: FittedModel, *, squared: bool = False) -> Floats:
    """Sums of products of the persons' scores with their scaled weights, or those squared."""
    weights = _scaled(fitted) ** (2 if squared else 1)
    size = len(fitted.values)
    found = np.zeros((size, size))
    for rows, scores in fitted.scores():
        found += (scores * weights[rows, None]).T @ scores
    return found


def influence(fitted: FittedModel, bread: Floats, *, rows: int = ROWS) -> Iterator[Block]:
    """What a unit of each person's raw weight does to the parameters, a block at a time.

    `bread` is the inverse of the observed information.
    """
    scale = fitted.n / fitted.weights_sum
    for block, scores in fitted.scores(rows=rows):
        yield block, scale * scores @ bread


class DesignCovariance(NamedTuple):
    """A covariance by the design, its degrees of freedom, and how many replicates were undefined."""

    matrix: Floats
    df: float
    lost: int


def design_covariance(
    fitted: FittedModel, sample: Sample, *, rows: Codes | None = None
) -> DesignCovariance:
    """Covariance of the parameters by the design of the sample.

    `rows` are the sample's rows that are the persons of the model (all of them unless given), which
    was fitted with its weights; the others are outside the domain. Linearized scores are summed by
    unit as they arise, so that nothing of persons by parameters is held unless calibration steps
    need it.
    """
    at = np.arange(len(sample.weights)) if rows is None else rows
    inside = np.zeros(len(sample.weights), dtype=bool)
    inside[at] = fitted.responses.answered
    inside &= sample.kept
    df = degrees_of_freedom(sample, inside)
    if sample.replicates is not None:
        return _replicated(fitted, sample, at, df)
    bread = covariance(fitted)
    if sample.steps or sample.form is not None:
        whole = np.zeros((len(inside), len(bread)))
        whole[at] = np.concatenate([found for _, found in influence(fitted, bread)])
        return DesignCovariance(covariance_of(sample, whole, inside), df, 0)
    units = sample.stages[-1].units
    sums, present = np.zeros((units, len(bread))), np.zeros((units, 1))
    for block, found in influence(fitted, bread):
        own = at[block]
        kept = inside[own]
        unit = sample.unit[own][kept]
        np.add.at(sums, unit, found[kept] * sample.weights[own][kept, None])
        present[unit] = 1.0
    presence = Presence(units=as_sparse(present), domain=np.zeros(len(bread), dtype=np.int64))
    return DesignCovariance(covariance_of_sums(sample, sums, presence=presence), df, 0)


def item_errors(fitted: FittedModel, matrix: Floats) -> tuple[ItemErrors, ...]:
    """Standard errors of every item; thresholds and guessing by the delta method."""
    found = {one.item: _errors(one, part, free) for one, part, free in _own(fitted, matrix)}
    return tuple(found[one.item] for one in fitted.items)


def location_errors(fitted: FittedModel, matrix: Floats) -> dict[str, float]:
    """By item, the standard error of its mean threshold, whose thresholds err together (delta method).

    Items without one (no slope, held parameters) are left out.
    """
    found = {}
    for item, part, _ in _own(fitted, matrix):
        slopes = _threshold_slopes(item)
        if len(slopes):
            mean, size = slopes.mean(axis=0), item.categories
            found[item.item] = float(mean @ part[:size, :size] @ mean)
    return {name: float(np.sqrt(variance)) for name, variance in found.items() if variance > 0}


def _own(
    fitted: FittedModel, matrix: Floats
) -> Iterator[tuple[ItemParameters, Floats, NDArray[np.bool_]]]:
    """Every item with the covariance of its own parameters, and which of these are free."""
    layout, items = fitted.calibration.layout, fitted.items
    size = len(layout.parameters)
    full = layout.design @ matrix[:size, :size] @ layout.design.T
    for family in layout.families:
        for item, places in zip(family.items, family.places, strict=True):
            yield items[item], np.asarray(full[np.ix_(places, places)]), layout.free[places]


def _replicated(fitted: FittedModel, sample: Sample, rows: Codes, df: float) -> DesignCovariance:
    """The model calibrated again with the weights of every replicate."""
    if sample.replicates is None:
        return DesignCovariance(np.empty((0, 0)), df, 0)
    full = fitted.values
    found = np.stack([_values(fitted, weights[rows]) for weights in sample.replicates.weights()])
    matrix, lost = sample.replicates.covariance(found, full)
    return DesignCovariance(matrix, df, int(lost.max(initial=0)))


def _values(fitted: FittedModel, weights: Floats) -> Floats:
    """The parameters under other weights; NaN where they do not settle or a category is lost."""
    try:
        again = refit(fitted, weights)
    except AnalysisError:
        return np.full(len(fitted.values), np.nan)
    return again.values if again.converged else np.full(len(again.values), np.nan)


def _scaled(fitted: FittedModel) -> Floats:
    """Weights scaled to add up to n, 0 for persons without answers."""
    counted = np.where(fitted.responses.answered, fitted.weights, 0.0)
    return np.asarray(counted * (fitted.n / counted.sum()))


def _inverse(fitted: FittedModel, information: Floats) -> Floats:
    return inverted(fitted.calibration, fitted.state, information)


def _errors(item: ItemParameters, matrix: Floats, free: NDArray[np.bool_]) -> ItemErrors:
    """Standard errors of one item from the covariance of its own parameters."""
    size = item.categories
    se = [float(np.sqrt(v)) if f and v > 0 else None
          for v, f in zip(np.diag(matrix), free, strict=True)]  # fmt: skip
    slopes = _threshold_slopes(item)
    variances = np.einsum("kp,pm,km->k", slopes, matrix[:size, :size], slopes)
    logit_error = se[size] if len(se) > size else None
    return ItemErrors(
        slope=se[0], intercepts=tuple(se[1:size]),
        thresholds=tuple(float(np.sqrt(v)) if v > 0 else None for v in variances),
        guessing=None if logit_error is None else item.guessing * (1 - item.guessing) * logit_error,
    )  # fmt: skip


def _threshold_slopes(item: ItemParameters) -> Floats:
    """Derivatives of the thresholds by slope and intercepts; none where the slope is 0."""
    if item.slope == 0:
        return np.empty((0, item.categories))
    steps = np.eye(item.categories - 1)
    if curve_of(item.model) == "partial":
        steps -= np.eye(item.categories - 1, k=-1)
    by_slope = steps @ np.asarray(item.intercepts) / item.slope**2
    return np.column_stack([by_slope, -steps / item.slope])
