"""The estimator `cml` of the kind `irt`, and the kind `andersen`."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from analysis.columns import Codes, Floats, check_columns, coded
from analysis.errors import AnalysisError, refuse
from analysis.irt.andersen import andersen, by_score
from analysis.irt.conditional import ConditionalFit, ConditionalModel, fit_conditional
from analysis.irt.conditional_errors import conditional_design_covariance
from analysis.irt.items import ItemErrors, Model
from analysis.items.answers.shapes import IrtSpec, PriorsSpec, item_shown, responses_of
from analysis.items.context import Context
from analysis.items.flags import few_persons
from analysis.items.spec_model import AnalysisSpec
from instruments.errors import Problem
from instruments.language import say

Json = dict[str, Any]
_MODELS: dict[Model, ConditionalModel] = {"rasch": "rasch", "pcm": "pcm", "rsm": "rsm"}


class AndersenSpec(AnalysisSpec):
    """A model fitted by cml, and how persons are split."""

    model: str
    split: str = "median"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Conditional:
    """A conditional fit that later analyses start from, with its rows of the table."""

    spec: IrtSpec
    fitted: ConditionalFit
    model: ConditionalModel
    rows: np.ndarray

    @property
    def flags(self) -> tuple[str, ...]:
        """What whoever starts from the model must know of it."""
        return () if self.fitted.converged else ("not_converged",)


def answer_cml(context: Context, one: IrtSpec) -> Json:
    """Thresholds without a population, their mean 0."""
    if one.model not in _MODELS or one.groups or one.condition_on:
        raise AnalysisError(_not_conditional(one.model))
    responses, rows = responses_of(context, one)
    model = _MODELS[one.model]
    if model == "rasch" and any(count > 2 for count in responses.categories):
        model = "pcm"
    fitted = fit_conditional(responses, model)
    sample = context.sample(one)
    known = sample is None or sample.replicates is None
    matrix = fitted.covariance
    if sample is not None and known:
        matrix = conditional_design_covariance(fitted, sample, rows=rows)
    context.results[one.id] = Conditional(spec=one, fitted=fitted, model=model, rows=rows)
    return {
        "converged": fitted.converged, "iterations": fitted.iterations, "n": fitted.n,
        "weights_sum": fitted.weights_sum, "log_likelihood": fitted.log_likelihood,
        "log_prior": 0.0, "n_parameters": fitted.n_parameters,
        "aic": 2 * fitted.n_parameters - 2 * fitted.log_likelihood,
        "bic": float(np.log(fitted.n)) * fitted.n_parameters - 2 * fitted.log_likelihood,
        "items": _items(fitted, matrix), "population": [], "regression": None,
        "marginal_reliability": None,
        "flags": _flags(one, fitted, by_design=known),
    }  # fmt: skip


def answer_andersen(context: Context, one: AndersenSpec) -> Json:
    """The test over parts of the persons; items that a part cannot tell are left out."""
    found: Conditional = context.result(one.model, Conditional)
    responses = found.fitted.responses
    if one.split in ("median", "mean"):
        part = by_score(responses, at=one.split)
    else:
        part = _column(context, found, one.split)
    tested = andersen(responses, part, model=found.model)
    return asdict(tested) | {"flags": ["items_left_out"] if tested.left_out else []}


def _flags(one: IrtSpec, fitted: ConditionalFit, *, by_design: bool) -> list[str]:
    """No population is estimated, and errors are not those of replicates."""
    said = {"not_converged": not fitted.converged, "no_population": True,
            "errors_without_design": not by_design,
            "prior_not_used": one.priors != PriorsSpec()}  # fmt: skip
    return [*few_persons(fitted.n), *(flag for flag, holds in said.items() if holds)]


def _items(fitted: ConditionalFit, covariance: Floats) -> list[Json]:
    """Items with the errors of thresholds, and of intercepts, their sums."""
    shown, at = [], 0
    for item in fitted.items:
        span = slice(at, at + item.categories - 1)
        own = covariance[span, span]
        sums = np.tri(len(own)) @ own @ np.tri(len(own)).T
        errors = ItemErrors(
            slope=None, intercepts=tuple(np.sqrt(np.diag(sums)).tolist()),
            thresholds=tuple(np.sqrt(np.diag(own)).tolist()), guessing=None,
        )  # fmt: skip
        shown.append(item_shown(item, errors))
        at = span.stop
    return shown


def _column(context: Context, found: Conditional, name: str) -> Codes:
    table = context.table(found.spec)
    refuse(check_columns(table, [name], role="split"))
    codes, _ = coded(table[name].iloc[found.rows])
    return codes


def _not_conditional(model: str) -> Problem:
    return Problem(
        where="estimator",
        what=say("conditional likelihood is for rasch, pcm and rsm in one population, not for "
                 "{model}.", model=model),
        hint=say("Use the estimator mml."),
    )  # fmt: skip
