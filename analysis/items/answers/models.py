"""The kind `irt`, and where other kinds find a model: by id, or with parameters that are given."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from analysis.awareness.population import recalibrated
from analysis.columns import Floats, label
from analysis.design import Sample
from analysis.errors import AnalysisError
from analysis.irt.fit import fit
from analysis.irt.fitted import FittedModel
from analysis.irt.items import (
    ONE_SLOPE,
    Grid,
    ItemModel,
    Model,
    NormalPrior,
    Priors,
)
from analysis.irt.normality import normality
from analysis.irt.options import FitOptions
from analysis.irt.population import Population
from analysis.irt.responses import ItemResponses
from analysis.irt.standard_errors import covariance, design_covariance, item_errors
from analysis.items.answers.conditional import answer_cml
from analysis.items.answers.shapes import IrtSpec, KnownItem, item_shown, responses_of
from analysis.items.context import Context
from analysis.items.flags import few_persons
from analysis.items.spec_model import AnalysisSpec, Shared
from analysis.spec_model import DesignSpec
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import say

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class Calibration:
    """A fitted model that later analyses start from, with its SPEC and its table's rows."""

    spec: IrtSpec
    fitted: FittedModel
    covariance: Floats
    df: float | None
    rows: np.ndarray
    sample: Sample | None = None

    @property
    def flags(self) -> tuple[str, ...]:
        """What whoever starts from the model must know of it."""
        told = [
            f"{flag.name}: {flag.item}" if flag.item else flag.name for flag in self.fitted.flags
        ]
        lost = [] if self.fitted.converged or "not_converged" in told else ["not_converged"]
        return (*told, *lost)

    @cached_property
    def shape(self) -> tuple[str, ...]:
        """A flag where the trait is not normal although the model takes it for that."""
        if self.sample is None or self.fitted.population.mass is not None:
            return ()
        found = normality(self.fitted, self.sample, self.rows)
        if found is None or not found.fails:
            return ()
        return (f"trait_not_normal: {found.skewness:.1f}, {found.kurtosis:.1f}",)

    @cached_property
    def smooth(self) -> FittedModel:
        """The items found again under a smooth density, once for all shares that ask for it."""
        return recalibrated(self.fitted)


def answer_irt(context: Context, one: IrtSpec) -> Json:
    """The items' parameters and the population's, with their errors."""
    if one.estimator == "cml":
        return answer_cml(context, one)
    responses, rows = responses_of(context, one)
    fitted = fit(responses, _models(one, responses), options=_options(one))
    matrix, df, flags = _covariance(context, one, fitted, rows)
    sample = context.sample(one) or context.sample_of(one, DesignSpec())
    found = Calibration(spec=one, fitted=fitted, covariance=matrix, df=df, rows=rows, sample=sample)
    context.results[one.id] = found
    flags += [*found.flags, *few_persons(fitted.n, responses.weights), *_further_flags(one, matrix)]
    return {
        "converged": fitted.converged, "iterations": fitted.iterations, "n": fitted.n,
        "weights_sum": fitted.weights_sum, "log_likelihood": fitted.log_likelihood,
        "log_prior": fitted.log_prior, "n_parameters": fitted.n_parameters,
        "aic": fitted.aic, "bic": fitted.bic, "items": items_shown(fitted, matrix),
        "population": _population(fitted, matrix), "regression": _regression(fitted, matrix),
        "marginal_reliability": fitted.marginal_reliability(), "flags": flags,
    }  # fmt: skip


def _further_flags(one: IrtSpec, matrix: Floats) -> Iterator[str]:
    """What to know besides of a fit: no errors, or a prior that no item of the model has."""
    if not (np.diag(matrix) > 0).all():
        yield "no_variance"
    if one.model == "3pl" and one.guessing is None and one.priors.logit_guessing is None:
        yield "guessing_without_prior"
    unused = {"logit_guessing": one.model != "3pl" or one.guessing is not None,
              "log_slope": one.model in ONE_SLOPE}  # fmt: skip
    for name, without in unused.items():
        if without and getattr(one.priors, name) is not None:
            yield f"prior_not_used: {name}"


def calibration_of(
    context: Context, one: AnalysisSpec, model: str | None, known: Sequence[KnownItem]
) -> Calibration:
    """An earlier model, or the items whose parameters are given, for a population N(0, 1)."""
    if not known:
        found: Calibration = context.result(model, Calibration)
        return found
    items = {item.item: item.parameters() for item in known}
    own = IrtSpec(id=one.id, kind="irt", model="gpcm", items=tuple(items),
                  **{name: getattr(one, name) for name in one.model_fields_set
                     if name in Shared.model_fields and name != "items"})  # fmt: skip
    responses, rows = responses_of(context, own, known=items)
    if not responses.answered.any():
        raise AnalysisError(_nobody_answered())
    models = {name: ItemModel(model=item.model, guessing=item.guessing or None)
              for name, item in items.items()}  # fmt: skip
    people = Population.normal(Grid.of(own.nodes, own.range).nodes)
    fitted = fit(responses, models, options=FitOptions(fixed=items, population=people))
    return Calibration(spec=own, fitted=fitted, covariance=np.zeros((0, 0)), df=None, rows=rows)


def items_shown(fitted: FittedModel, matrix: Floats) -> list[Json]:
    """Items in the form of the contract."""
    return [item_shown(item, errors)
            | {"flags": [flag.name for flag in fitted.flags if flag.item == item.item]}
            for item, errors in zip(fitted.items, item_errors(fitted, matrix), strict=True)]  # fmt: skip


def _models(one: IrtSpec, responses: ItemResponses) -> dict[str, ItemModel]:
    """The model of each item: with two categories every model is its dichotomous form."""
    two: dict[Model, Model] = {"grm": "2pl", "gpcm": "2pl", "pcm": "rasch"}
    more: dict[Model, Model] = {"rasch": "pcm", "2pl": "gpcm"}
    found: dict[str, ItemModel] = {}
    held = _held(one, responses.items)
    for item, categories in zip(responses.items, responses.categories, strict=True):
        if one.model == "3pl" and categories > 2:
            raise AnalysisError(_guessing_only_of_two(item, categories))
        own = two if categories <= 2 else more
        found[item] = ItemModel(model=own.get(one.model, one.model), guessing=held.get(item))
    return found


def _held(one: IrtSpec, items: Sequence[str]) -> dict[str, float]:
    """The guessing that is held fixed, by item."""
    if one.guessing is None:
        return {}
    if one.model != "3pl":
        what = say("guessing is for 3pl, not for {model}.", model=one.model)
        raise AnalysisError(Problem(where="guessing", what=what, hint=say("Use 3pl.")))
    if not isinstance(one.guessing, dict):
        return dict.fromkeys(items, one.guessing)
    strange = [name for name in one.guessing if name not in items]
    if strange:
        what = say("item '{item}' is not in the model.", item=strange[0])
        raise AnalysisError(
            Problem(where="guessing", what=what, hint=did_you_mean(strange[0], items))
        )
    return one.guessing


def _options(one: IrtSpec) -> FitOptions:
    priors = {name: None if prior is None else NormalPrior(mean=prior.mean, sd=prior.sd)
              for name in ("logit_guessing", "log_slope")
              for prior in [getattr(one.priors, name)]}  # fmt: skip
    reference = None if one.reference is None else label(one.reference)
    return FitOptions(grid=Grid.of(one.nodes, one.range), density=one.density,
                      reference=reference, priors=Priors(**priors))  # fmt: skip


def _covariance(
    context: Context, one: IrtSpec, fitted: FittedModel, rows: np.ndarray
) -> tuple[Floats, float | None, list[str]]:
    """By the design where there is one, else from the observed information."""
    sample = context.sample(one)
    if sample is None:
        return covariance(fitted), None, []
    found = design_covariance(fitted, sample, rows=rows)
    return found.matrix, found.df, [f"replicates_lost: {found.lost}"] if found.lost else []


def _population(fitted: FittedModel, matrix: Floats) -> list[Json]:
    free = _errors_by_parameter(fitted, matrix)
    population = fitted.population
    return [
        {"group": group, "mean": float(mean), "variance": float(variance),
         "se": {"mean": free.get(("mean", group)), "variance": free.get(("variance", group))}}
        for group, mean, variance in zip(population.groups, population.mean, population.variance,
                                         strict=True)
    ]  # fmt: skip


def _regression(fitted: FittedModel, matrix: Floats) -> Json | None:
    population = fitted.population
    if not population.covariate_names:
        return None
    found = _errors_by_parameter(fitted, matrix)
    residual = [error for (kind, _), error in found.items() if kind == "residual_variance"]
    names = population.covariate_names
    return {
        "coefficients": dict(zip(names, map(float, population.coefficients), strict=True)),
        "residual_variance": float(population.variance[0]),
        "se": {"coefficients": {name: found.get(("coefficient", name)) for name in names},
               "residual_variance": residual[0] if residual else None},
    }  # fmt: skip


def _errors_by_parameter(
    fitted: FittedModel, matrix: Floats
) -> dict[tuple[str, str | None], float | None]:
    """Standard errors by kind and owner; none where the variance is not above zero."""
    return {(parameter.kind, parameter.of): float(np.sqrt(variance)) if variance > 0 else None
            for parameter, variance in zip(fitted.parameters, np.diag(matrix), strict=True)}  # fmt: skip


def _nobody_answered() -> Problem:
    return Problem(where="items", what=say("{count} persons have answers that count.", count=0),
                   hint=say("Two or more are needed: look at the column, and at `where`."))  # fmt: skip


def _guessing_only_of_two(item: str, categories: int) -> Problem:
    return Problem(
        where="model",
        what=say("item '{item}' has {count} categories; guessing is for right and wrong only.",
                 item=item, count=categories),
        hint=say("Use gpcm or grm, or leave the item out."),
    )  # fmt: skip
