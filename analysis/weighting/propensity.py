"""Response propensity: the chance of an interview, modelled from what is known of every case.

A logistic regression weighted by the weights so far (Little 1986; Valliant, Dever & Kreuter 2018,
section 13.5). Weights are divided by the fitted chance, or handed over within classes of it. The
error of dividing knows that the coefficients are estimated (Kim & Kim 2007): score less
w (r - p) x B. Classes are taken as given by the linearized error; replicates form them anew.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import qr
from scipy.optimize import linprog
from scipy.special import expit

from analysis.columns import Codes, Floats
from analysis.design import Sample
from analysis.errors import AnalysisError
from analysis.formula import INTERCEPT, ModelMatrix, build_matrix, parse_formula
from analysis.matrices import as_sparse
from analysis.projection import Step, solve_symmetric
from analysis.weighting.adjustment import Findings, Reweighted
from analysis.weighting.dispositions import Mask
from analysis.weighting.response import Classes, Handover, eligible_cases
from analysis.weighting_result import MarginFit
from instruments.errors import Problem
from instruments.language import Message, say
from survey.recipe import RecipeStep

_WHERE = "calibrate, formula"
_ITERATIONS = 50
_EXTREME = 15.0
"""On the logit scale: a fitted chance so near 0 or 1 that separation is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Propensity:
    """A model of response bound to the cases of a sample; ineligible ones are in no part of it."""

    model: ModelMatrix
    response: Mask
    eligible: Mask

    def chances(self, weights: Floats) -> Floats:
        """The fitted chance of response of every case, by maximum pseudo-likelihood."""
        rows = self.eligible & (weights > 0)
        x, r = self.model.values[rows], self.response[rows].astype(np.float64)
        beta = self._fit(x, r, weights[rows])
        return np.asarray(expit(np.where(self.eligible[:, None], self.model.values, 0.0) @ beta))

    def _fit(self, x: Floats, r: Floats, w: Floats) -> Floats:
        """Newton's method on the weighted log-likelihood, in columns of comparable size."""
        self._refuse_collinear(x)
        size = np.abs(x).max(axis=0)
        scaled, w = x / size, w / w.sum()
        beta = np.zeros(x.shape[1])
        for _ in range(_ITERATIONS):
            p = expit(scaled @ beta)
            information = (scaled * (w * p * (1 - p))[:, None]).T @ scaled
            step = solve_symmetric(information, (scaled.T @ (w * (r - p)))[:, None]).ravel()
            beta = beta + step
            if np.abs(scaled @ beta).max() > _EXTREME:
                self._refuse_separated(scaled, r)
            if np.abs(step).max() <= 1e-10 * (1 + np.abs(beta).max()):
                return np.asarray(beta / size)
        self._refuse_separated(scaled, r)
        what = say("the model of response did not converge in {iterations} steps.",
                   iterations=_ITERATIONS)  # fmt: skip
        raise AnalysisError(Problem(where=_WHERE, what=what, hint=_simpler(self.model.names)))

    def _refuse_collinear(self, x: Floats) -> None:
        """Refuse a column that the others tell already."""
        size = np.abs(x).max(axis=0)
        if (size > 0).all():
            _, triangle, order = qr(x / size, mode="economic", pivoting=True)
            left = np.abs(np.diag(triangle))
            if len(left) == x.shape[1] and left[-1] > 1e-9 * left[0]:
                return
            name = self.model.names[order[min(len(left), x.shape[1]) - 1]]
        else:
            name = self.model.names[int(np.argmin(size))]
        what = say("column '{column}' follows from the others, so response cannot be modelled with "
                   "both.", column=name)  # fmt: skip
        raise AnalysisError(Problem(where=_WHERE, what=what, hint=_without(name)))

    def _refuse_separated(self, x: Floats, r: Floats) -> None:
        """Refuse columns that tell response from nonresponse without error (Konis 2007)."""
        signed = x * np.where(r > 0, 1.0, -1.0)[:, None]
        cases = np.unique(signed, axis=0)
        found = linprog(-cases.sum(axis=0), A_ub=-cases, b_ub=np.zeros(len(cases)), bounds=(-1, 1))
        if found.x is None or np.abs(cases @ found.x).max() < 1e-7:
            return
        names = [name for name, part in zip(self.model.names, found.x, strict=True)
                 if abs(part) > 1e-7 and name != INTERCEPT]  # fmt: skip
        what = say("response is told without error by {columns}: the chance is 0 or 1 there and no "
                   "model converges.", columns=", ".join(names or self.model.names))  # fmt: skip
        raise AnalysisError(Problem(where=_WHERE, what=what, hint=_simpler(names)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InversePropensity:
    """Respondents' weights divided by their chance of response."""

    propensity: Propensity
    most: float

    def reweight(self, weights: Floats, _times: Floats | None = None, /) -> Reweighted:
        """Divide the weights of respondents; all other cases give theirs up."""
        respondent = self.propensity.response
        made = weights / self.propensity.chances(weights)
        return Reweighted(weights=np.where(respondent, made, 0.0), left_out=~respondent)

    def steps(self, before: Floats, after: Floats) -> tuple[Step, ...]:
        """The projection on the predictors, with the information of the model as curvature."""
        found = self.propensity
        p = found.chances(before)
        weight = np.where(found.eligible, before, 0.0)
        x = np.where(found.eligible[:, None], found.model.values, 0.0)
        step = Step(
            auxiliaries=as_sparse(x), metric=weight * found.response * (1 - p) / p, after=after,
            taken=weight * (found.response - p), curvature=weight * p * (1 - p),
        )  # fmt: skip
        return (step,)

    def findings(self, before: Floats, after: Floats) -> Findings:
        """Means of the predictors among all eligible cases and among respondents."""
        fits = predictor_fits(self.propensity, before, after)
        least = float(self.propensity.chances(before)[self.propensity.response].min())
        if least * self.most >= 1:
            return Findings(fits=fits)
        advice = say(
            "the lowest chance of response is {chance}, so that a weight grows {factor} times "
            "(advised: at most {most} times). Use propensity classes, or trim.",
            chance=f"{least:.3g}", factor=f"{1 / least:.3g}", most=f"{self.most:g}",
        )  # fmt: skip
        return Findings(fits=fits, advice=(advice,))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PropensityClasses:
    """Weight handed over within classes of cases with like chances of response."""

    propensity: Propensity
    handover: Handover
    groups: int

    def reweight(self, weights: Floats, _times: Floats | None = None, /) -> Reweighted:
        """Model response, form the classes, hand the weight over in them."""
        return self._within(weights).reweight(weights)

    def steps(self, before: Floats, after: Floats) -> tuple[Step, ...]:
        """The projection on the classes."""
        return self._within(before).steps(before, after)

    def findings(self, before: Floats, after: Floats) -> Findings:
        """The classes, and the predictors among all eligible cases and among respondents."""
        found = self._within(before).findings(before, after)
        return replace(found, fits=predictor_fits(self.propensity, before, after))

    def _within(self, weights: Floats) -> Handover:
        p = self.propensity.chances(weights)
        inside = self.propensity.eligible & (weights > 0)
        limits = np.quantile(p[inside], np.arange(1, self.groups) / self.groups)
        codes: Codes = np.searchsorted(limits, p, side="left").astype(np.int64)
        name = f"p({', '.join(dict.fromkeys(v for t in self.propensity.model.terms for v in t))})"
        categories = tuple((str(group),) for group in range(1, self.groups + 1))
        classes = Classes(name=name, categories=categories, codes=codes)
        return replace(self.handover, classes=classes)


def plan_propensity(sample: Sample, step: RecipeStep) -> InversePropensity | PropensityClasses:
    """Bind a model of response to the cases of a sample.

    Raises:
        AnalysisError: no formula is given, or a case lacks one of its variables.
    """
    found = eligible_cases(sample, step)
    response, eligible = found["respondent"], found["respondent"] | found["nonrespondent"]
    model = _model(sample, step, eligible)
    propensity = Propensity(model=model, response=response, eligible=eligible)
    if step.use == "inverse":
        return InversePropensity(propensity=propensity, most=step.most)
    everybody = Classes(name="", categories=((),), codes=np.zeros(len(response), dtype=np.int64))
    handover = Handover(
        classes=everybody, takers=response, carried=eligible.astype(np.float64),
        left_out=~response, minimum=step.minimum, most=step.most, people=sample.people,
    )  # fmt: skip
    return PropensityClasses(propensity=propensity, handover=handover, groups=step.groups)


def predictor_fits(propensity: Propensity, before: Floats, after: Floats) -> tuple[MarginFit, ...]:
    """Means of the predictors among all eligible cases, and among respondents before and after."""
    x, everybody = propensity.model.values, before * propensity.eligible
    target = _mean(x, everybody)
    old, new = (_mean(x, weights * propensity.response) for weights in (before, after))
    spread = np.sqrt(np.maximum(_mean(np.square(x), everybody) - np.square(target), 0))
    return tuple(
        MarginFit(margin=":".join(term), category=name, target=float(target[i]),
                  before=float(old[i]), after=float(new[i]), spread=float(spread[i]))
        for i, (name, term) in enumerate(
            zip(propensity.model.names, propensity.model.terms, strict=True)
        )
        if term
    )  # fmt: skip


def _mean(x: Floats, weights: Floats) -> Floats:
    rows = weights != 0
    return np.asarray(x[rows].T @ weights[rows] / weights.sum())


def _model(sample: Sample, step: RecipeStep, eligible: Mask) -> ModelMatrix:
    if step.formula is None:
        what = say("{method} needs `formula`, such as '~ age + region'.", method=step.method)
        raise AnalysisError(Problem(where="calibrate", what=what))
    model = build_matrix(
        sample.data, parse_formula(step.formula), declared=sample.factors, role=_WHERE
    )
    blank: NDArray[np.bool_] = np.isnan(model.values).any(axis=1) & eligible
    if blank.any():
        row = sample.row_number(blank)
        name = model.names[int(np.argmax(np.isnan(model.values[blank][0])))]
        what = say("row {row} has no value of '{variable}'.", row=row, variable=name)
        hint = say("Predictors of response must be known of every eligible case.")
        raise AnalysisError(Problem(where=_WHERE, what=what, hint=hint))
    return model


def _simpler(names: tuple[str, ...] | list[str]) -> Message:
    return say("Leave out {columns} or merge its levels, or use nonresponse classes.",
               columns=", ".join(names))  # fmt: skip


def _without(name: str) -> Message:
    return say("Leave '{column}' out of the formula.", column=name)
