"""The kinds `classification` and `linking`."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from analysis.awareness.population import whole_population
from analysis.columns import Floats, check_columns, numeric
from analysis.errors import AnalysisError, refuse
from analysis.irt.curves import expected_score, information, probabilities
from analysis.irt.items import Grid, ItemParameters
from analysis.irt.population import Population
from analysis.irt.score_distribution import score_distribution
from analysis.items.answers.models import Calibration
from analysis.items.answers.shapes import KnownItem, KnownItems
from analysis.items.checks import TOO_FEW, too_few_items
from analysis.items.classification import (
    Classification,
    TrueModel,
    hanson_brennan,
    livingston_lewis,
)
from analysis.items.classification_irt import Decision, lee, rudner
from analysis.items.context import Context, missing
from analysis.items.flags import few_persons
from analysis.items.linking import Method, link
from analysis.items.linking_error import link_errors
from analysis.items.moments import moments
from analysis.items.reliability import alpha_of
from analysis.items.spec_model import AnalysisSpec, Finite
from instruments.errors import Problem
from instruments.language import say

Json = dict[str, Any]
_SURE = 1e-6
"""Where all are decided alike but for this share, the cut decides nothing."""


Cuts = Annotated[tuple[float, ...], Field(min_length=1)]


class ScoreColumns(Finite):
    """Columns with each person's trait and its error."""

    theta: str
    se: str


class Quadrature(Finite):
    """A distribution of the trait."""

    points: Cuts
    weights: Annotated[tuple[Annotated[float, Field(ge=0)], ...], Field(min_length=1)]


class ClassificationSpec(AnalysisSpec):
    """Accuracy and consistency of decisions at a cut."""

    method: Literal["rudner", "lee", "livingston_lewis", "hanson_brennan"]
    cut: float | Cuts | None = None
    raw_cut: float | Cuts | None = None
    model: str | None = None
    parameters: KnownItems = ()
    scores: ScoreColumns | None = None
    quadrature: Quadrature | None = None
    reliability: float | None = None
    true_score_model: TrueModel = 4


class LinkingSpec(AnalysisSpec):
    """Two calibrations to be put on one scale."""

    method: Method = "stocking_lord"
    origin: KnownItems | str = Field(alias="from")
    target: KnownItems | str = Field(alias="to")
    model: str | None = None


def answer_classification(context: Context, one: ClassificationSpec) -> Json:
    """Shares of persons decided rightly, and alike on a parallel form."""
    if one.method in ("livingston_lewis", "hanson_brennan"):
        return _without_model(context, one)
    cuts = _cuts(one.cut if one.method == "rudner" else one.raw_cut,
                 "cut" if one.method == "rudner" else "raw_cut")  # fmt: skip
    theta, error, weights = _persons(context, one)
    if one.method == "rudner":
        if error is None:
            total = np.sum([information(item, theta) for item in _items(context, one)], axis=0)
            error = np.asarray(1 / np.sqrt(total))
        rows = rudner(theta, error, cuts, weights)
        return {"rows": [_shown(row) for row in rows], "flags": _of_the_model(context, one)}
    items = _items(context, one)
    distribution = score_distribution(probabilities(item, theta) for item in items)
    expected = np.sum([expected_score(item, theta) for item in items], axis=0)
    rows = lee(distribution, expected, cuts, weights)
    return {"rows": [_shown(row) for row in rows], "flags": _of_the_model(context, one)}


def answer_linking(context: Context, one: LinkingSpec) -> Json:
    """A and B of θ_to = A·θ_from + B, with their errors where covariances are known."""
    origin, target = (_side(context, side) for side in (one.origin, one.target))
    found = link(origin, target, method=one.method)
    errors = link_errors(
        [_calibration(context, side) for side in (one.origin, one.target)], method=one.method
    )
    return {"A": found.slope, "B": found.shift, "se": errors, "anchors": found.anchors,
            "linking_error": found.linking_error, "dropped": found.dropped,
            "flags": [*_told(context, one), *found.flags]}  # fmt: skip


def _side(context: Context, side: tuple[KnownItem, ...] | str) -> list[ItemParameters]:
    if isinstance(side, str):
        found: Calibration = context.result(side, Calibration, role="from")
        return list(found.fitted.items)
    return [item.parameters() for item in side]


def _calibration(context: Context, side: tuple[KnownItem, ...] | str) -> Calibration | None:
    if not isinstance(side, str):
        return None
    found: Calibration = context.result(side, Calibration, role="from")
    return found


def _of_the_model(context: Context, one: ClassificationSpec) -> list[str]:
    """The flags of the model, where one is used."""
    found = None if one.parameters else context.results.get(one.model or "")
    return list(found.flags) if isinstance(found, Calibration) else []


def _told(context: Context, one: LinkingSpec) -> list[str]:
    """The flags of the models that are linked, behind their names."""
    return [f"{side}: {flag}" for side in (one.origin, one.target) if isinstance(side, str)
            for flag in context.results[side].flags]  # fmt: skip


def _without_model(context: Context, one: ClassificationSpec) -> Json:
    rows = context.values(one)[context.inside(one)]
    weights = context.weights(one)
    complete = ~np.isnan(rows).any(axis=1)
    own = None if weights is None else weights[context.inside(one)][complete]
    rows = rows[complete]
    if rows.shape[1] < 2:
        raise AnalysisError(too_few_items(2))
    if len(rows) < TOO_FEW or not np.ptp(rows.sum(axis=1)):
        raise AnalysisError(_no_scores(len(rows)))
    highest = float(rows.max(axis=0).sum())
    cuts = _cuts(one.raw_cut, "raw_cut")
    if len(cuts) > 1:
        raise AnalysisError(_one_cut(one.method))
    (cut,) = cuts
    reliability = one.reliability
    if reliability is None:
        reliability = alpha_of(moments(rows, own, cases="complete").covariance)
    if not 0 < reliability < 1:
        raise AnalysisError(_unreliable(reliability))
    scores = rows.sum(axis=1)
    if one.method == "livingston_lewis":
        return _classified(livingston_lewis(
            scores, own, highest=highest, cut=cut, reliability=reliability,
            true_score_model=one.true_score_model,
        ), n=len(rows))  # fmt: skip
    return _classified(hanson_brennan(
        scores, own, highest=round(highest), cut=cut, reliability=reliability,
        true_score_model=one.true_score_model,
    ), n=len(rows))  # fmt: skip


def _classified(found: Classification, *, n: int) -> Json:
    shares = (found.accuracy, found.consistency, found.false_positive, found.false_negative)
    outside = not all(-_SURE <= share <= 1 + _SURE for share in shares)
    return asdict(found) | {
        "flags": [*few_persons(n), *found.flags, *(["outside_0_1"] if outside else [])]
    }


def _persons(
    context: Context, one: ClassificationSpec
) -> tuple[Floats, Floats | None, Floats]:  # fmt: skip
    """Points of the trait, their errors where known, and what each counts."""
    if one.quadrature is not None:
        return _distribution(one.quadrature)
    if one.scores is None:
        if one.parameters:
            people = Population.normal(Grid.of().nodes)
            return (
                people.nodes,
                None,
                people.prior(np.zeros(1, dtype=np.int64), np.empty((1, 0)))[0],
            )
        found: Calibration = context.result(one.model, Calibration)
        return found.fitted.population.nodes, None, whole_population(found.fitted)
    table, inside = context.table(one), context.inside(one)
    refuse(check_columns(table, [one.scores.theta, one.scores.se], role="scores"))
    theta, se = (numeric(table, name, role="scores")
                 for name in (one.scores.theta, one.scores.se))  # fmt: skip
    keep = inside & np.isfinite(theta) & np.isfinite(se)
    if not keep.any():
        raise AnalysisError(_nobody_scored(one.scores.theta))
    if (se[keep] <= 0).any():
        raise AnalysisError(_no_error(one.scores.se, int(np.argmax(keep & (se <= 0))) + 1))
    given = context.weights(one)
    own = np.ones(len(theta)) if given is None else given
    return theta[keep], se[keep], own[keep]


def _distribution(given: Quadrature) -> tuple[Floats, None, Floats]:
    points, weights = np.array(given.points), np.array(given.weights)
    if len(points) != len(weights):
        what = say("there are {points} points and {weights} weights.", points=len(points),
                   weights=len(weights))  # fmt: skip
        hint = say("Give a weight for each point.")
        raise AnalysisError(Problem(where="quadrature", what=what, hint=hint))
    if not weights.sum() > 0:
        what = say("all the weights are 0.")
        hint = say("Give a weight for each point.")
        raise AnalysisError(Problem(where="quadrature", what=what, hint=hint))
    return points, None, weights


def _items(context: Context, one: ClassificationSpec) -> list[ItemParameters]:
    if one.parameters:
        return [item.parameters() for item in one.parameters]
    found: Calibration = context.result(one.model, Calibration)
    return list(found.fitted.items)


def _cuts(given: float | tuple[float, ...] | None, name: str) -> tuple[float, ...]:
    if given is None:
        raise AnalysisError(missing(name))
    return given if isinstance(given, tuple) else (given,)


def _shown(row: Decision) -> Json:
    alone = row.accuracy > 1 - _SURE and row.consistency > 1 - _SURE
    return {"cut": "all" if row.cut is None else row.cut, "accuracy": row.accuracy,
            "consistency": row.consistency, "flags": ["one_decision"] if alone else []}  # fmt: skip


def _one_cut(method: str) -> Problem:
    return Problem(where="raw_cut", what=say("{method} takes one cut.", method=method),
                   hint=say("Ask once for each cut."))  # fmt: skip


def _nobody_scored(column: str) -> Problem:
    return Problem(where="scores", what=say("nobody has a number in '{column}' with its error.",
                                            column=column),
                   hint=say("Name the columns of the trait and of its standard error."))  # fmt: skip


def _no_error(column: str, row: int) -> Problem:
    return Problem(where="scores", what=say("row {row}, column '{column}': the standard error is not "
                                            "above zero.", row=row, column=column),
                   hint=say("Correct it, or leave the row out."))  # fmt: skip


def _unreliable(value: float) -> Problem:
    return Problem(
        where="reliability", what=say("a reliability of {value} says nothing of true scores.",
                                      value=f"{value:.3g}"),
        hint=say("Give one between 0 and 1 under `reliability`."),
    )  # fmt: skip


def _no_scores(count: int) -> Problem:
    return Problem(
        where="items",
        what=say("{count} persons answered every item, or all have the same score.", count=count),
        hint=say("Accuracy needs scores that differ: give the model and the method lee, which "
                 "knows missing answers."),
    )  # fmt: skip
