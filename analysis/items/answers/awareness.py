"""The kind `awareness`: the share above a cut, by whatever method, with its error budget."""

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field

from analysis.awareness.completed import completed
from analysis.awareness.counted import Validity, counted, posterior_shares, rogan_gladen
from analysis.awareness.cut import Cut
from analysis.awareness.domains import Domain, domains_of
from analysis.awareness.latent import latent
from analysis.awareness.plausible import draw, from_draws
from analysis.awareness.population import conditioned
from analysis.awareness.question import Question
from analysis.awareness.result import AwarenessRow, Statistic
from analysis.columns import check_columns, numeric
from analysis.design import Sample
from analysis.errors import AnalysisError, refuse
from analysis.irt.fitted import FittedModel
from analysis.irt.responses import ItemResponses
from analysis.irt.traits import modes, posterior_means
from analysis.items.answers.awareness_cut import reachable_step, with_cut_lines
from analysis.items.answers.awareness_joint import JointQuestion, joint_rows, refuse_of_one_trait
from analysis.items.answers.models import Calibration, calibration_of
from analysis.items.answers.shapes import WEIGHT, IrtSpec, KnownItems, responses_of
from analysis.items.context import Context, missing
from analysis.items.flags import few_persons
from analysis.items.spec_model import AnalysisSpec, Finite, Named, OnceEach
from analysis.spec_model import DesignSpec, ReplicateSpec
from instruments.errors import Problem
from instruments.language import say

Json = dict[str, Any]
Method = Literal["latent", "pv", "posterior", "npml", "observed", "rogan_gladen"]
_CROSSED = "@by"
_LEAST = 5
"""Persons below whom a group has no distribution of its own."""


class ExpectedCut(Finite):
    """A cut as an expected score on named items."""

    items: Named
    expected: float


class AwarenessSpec(AnalysisSpec):
    """What share of whom, above what, by what method."""

    model: str | None = None
    parameters: KnownItems = ()
    cut: float | ExpectedCut | None = None
    cut_se: float | None = Field(default=None, ge=0)
    """In the units of the cut: points of expected score, or of the trait where the cut is a bare value.

    0 of a cut that is adopted, a constant; without it nothing is known of its error.
    """
    statistic: Statistic = "share"
    by: OnceEach = ()
    method: Method = "latent"
    condition_on: OnceEach | None = None
    draws: int = Field(default=20, ge=2, le=10_000)
    seed: int = Field(default=1, ge=0)
    link_error: float | None = Field(default=None, ge=0)
    replicates: ReplicateSpec | None = None
    """As in a design, which they take the place of or complete."""
    plausible_values: tuple[str, ...] = ()
    score: Literal["eap", "wle", "raw"] = "eap"
    raw_cut: float | None = None
    sensitivity: float | None = Field(default=None, ge=0, le=1)
    specificity: float | None = Field(default=None, ge=0, le=1)
    n_sensitivity: int | None = Field(default=None, ge=1)
    n_specificity: int | None = Field(default=None, ge=1)
    models: tuple[str, ...] = ()
    """Two models for a joint share, with `cuts` in place of `cut`."""
    cuts: tuple[ExpectedCut, ...] = ()
    cut_covariance: tuple[tuple[float, float], tuple[float, float]] | None = None


def answer_awareness(context: Context, one: AwarenessSpec) -> Json:
    """Rows by domain, each with estimate, interval and budget."""
    setting = _Setting.of(context, one)
    flags = _of_the_cut(one)
    return {"rows": [
        _shown(row, (*flags, *few_persons(row.n, setting.sample.weights[domain.inside])))
        for row, domain in zip(_rows(setting), setting.domains, strict=True)
    ]}  # fmt: skip


def _rows(setting: "_Setting") -> list[AwarenessRow]:
    one = setting.one
    if one.models:
        asked = _joint(setting)
        told = tuple(flag for each in asked.calibrations for flag in (*each.flags, *each.shape))
        return [_flagged(row, told) for row in joint_rows(asked)]
    if one.plausible_values:
        return with_cut_lines(partial(_given_draws, setting), setting.cut, one.link_error)
    if _counts_scores(one):
        return _by_raw_score(setting)
    return _by_model(setting)


def _of_the_cut(one: AwarenessSpec) -> tuple[str, ...]:
    """What the budget does not know: the error of the cut, or that of the test it is corrected by.

    Whole scores jump, so that a cut that moves a little moves no share of theirs.
    """
    known = one.cut_covariance if one.models else one.cut_se
    unknown = one.statistic == "share" and known is None and one.raw_cut is None
    half = one.method == "rogan_gladen" and None in (one.n_sensitivity, one.n_specificity)
    left_out = bool(one.cut_se) and _counts_scores(one)
    return (*(["cut_without_se"] if unknown else []), *(["validity_without_se"] if half else []),
            *(["cut_error_left_out"] if left_out else []))  # fmt: skip


def _counts_scores(one: AwarenessSpec) -> bool:
    return one.method == "rogan_gladen" or (one.method == "observed" and one.score == "raw")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Setting:
    """The question with its sample and domains, all rows of the table in both."""

    context: Context
    one: AwarenessSpec
    sample: Sample
    domains: list[Domain]

    @classmethod
    def of(cls, context: Context, one: AwarenessSpec) -> "_Setting":
        table = context.table(one)
        refuse(check_columns(table, one.by, role="by"))
        if one.replicates is not None:
            design = one.design or context.spec.design or DesignSpec()
            own = design.model_copy(update={"replicates": one.replicates})
            one = one.model_copy(update={"design": own})
        sample = context.sample(one)
        if sample is None:
            sample = context.sample_of(one, DesignSpec())
        domains = domains_of(table, one.by, context.inside(one))
        if not domains:
            raise AnalysisError(_no_domains(one.by))
        return cls(context=context, one=one, sample=sample, domains=domains)

    @property
    def cut(self) -> Cut:
        """The cut in its own units."""
        given, se = self.one.cut, self.one.cut_se or 0.0
        if isinstance(given, ExpectedCut):
            return Cut(value=given.expected, se=se, items=given.items)
        if given is None and self.one.statistic == "share":
            raise AnalysisError(missing("cut"))
        return Cut(value=0.0 if given is None else given, se=se)


def _given_draws(setting: _Setting, shift: float = 0.0) -> list[AwarenessRow]:
    one, table = setting.one, setting.context.table(setting.one)
    names = [str(name) for pattern in one.plausible_values for name in table.columns
             if fnmatchcase(str(name), pattern)]  # fmt: skip
    if len(names) < 2:
        refuse(check_columns(table, one.plausible_values, role="plausible_values"))
        what = say("plausible values are two columns or more.")
        hint = say("Name them all, or a pattern such as pv*.")
        raise AnalysisError(Problem(where="plausible_values", what=what, hint=hint))
    if setting.cut.is_anchored:
        raise AnalysisError(_no_curves())
    values = np.column_stack([numeric(table, name, role="plausible_values") for name in names])
    theta = setting.cut.value + shift
    return from_draws(values, setting.sample, setting.domains, theta=theta,
                      statistic=one.statistic)  # fmt: skip


def _by_raw_score(setting: _Setting) -> list[AwarenessRow]:
    one = setting.one
    if one.raw_cut is None and setting.cut.is_anchored:
        one = one.model_copy(update={"items": setting.cut.items})
    cut = one.raw_cut if one.raw_cut is not None else setting.cut.value
    scores = setting.context.values(one).sum(axis=1)
    passed = np.where(np.isnan(scores), np.nan, (scores >= cut).astype(float))
    if one.method == "observed":
        values = passed if one.statistic == "share" else scores
        return counted(values, setting.sample, setting.domains, cut=cut, statistic=one.statistic)
    if one.sensitivity is None or one.specificity is None:
        raise AnalysisError(missing("sensitivity" if one.sensitivity is None else "specificity"))
    validity = Validity(sensitivity=one.sensitivity, specificity=one.specificity,
                        n_sensitivity=one.n_sensitivity, n_specificity=one.n_specificity)  # fmt: skip
    return rogan_gladen(passed, setting.sample, setting.domains, cut=cut, validity=validity)


def _by_model(setting: _Setting) -> list[AwarenessRow]:
    one = setting.one
    found = calibration_of(setting.context, one, one.model, one.parameters)
    _refuse_other_rows(setting, found)
    responses, flags = _conditioning(setting, found)
    flags = (*found.flags, *flags)
    if one.method in ("latent", "pv", "posterior") and one.statistic == "share":
        flags = (*flags, *found.shape)
    if not one.parameters:
        _refuse_circular(setting, found.fitted)
    if setting.cut.se and one.statistic == "share":
        reachable_step(setting.cut, found.fitted.items)
    held = bool(one.parameters) or not setting.cut.is_anchored
    asked = Question(
        calibration=found.fitted, responses=responses, sample=setting.sample,
        domains=setting.domains, cut=setting.cut, statistic=one.statistic,
        density="npml" if one.method == "npml" else "normal", link_error=one.link_error,
        known_items=held, rows=found.rows,
        smooth=found.smooth if one.method == "npml" and not held else None,
    )  # fmt: skip
    if held and one.method != "observed":
        flags = (*flags, "items_held_at_their_values")
    if one.method in ("latent", "npml"):
        return [_flagged(row, flags) for row in latent(asked)]
    population = conditioned(found.fitted.items, responses)
    flags = flags if population.converged else (*flags, "not_converged")
    rows = with_cut_lines(partial(_persons, setting, population, found.rows),
                          setting.cut, one.link_error, population.items)  # fmt: skip
    if one.method != "observed":
        rows = completed(rows, latent(replace(asked, link_error=None)))
    return [_flagged(row, flags) for row in rows]


def _flagged(row: AwarenessRow, flags: tuple[str, ...]) -> AwarenessRow:
    """The row with further flags, each of them once."""
    return replace(row, flags=tuple(dict.fromkeys((*row.flags, *flags))))


def _joint(setting: _Setting) -> JointQuestion:
    """Both models with what the traits are conditioned on."""
    one, context = setting.one, setting.context
    refuse_of_one_trait(one.model_fields_set, method=one.method, statistic=one.statistic)
    found: list[Calibration] = [context.result(name, Calibration) for name in one.models]
    for each in found:
        _refuse_other_rows(setting, each)
    used = found[0].rows
    if any(not np.array_equal(each.rows, used) for each in found):
        raise AnalysisError(_other_rows())
    people = found[0].fitted.responses.with_persons(context.table(one).iloc[used],
                                                    condition_on=one.condition_on or ())  # fmt: skip
    return JointQuestion(
        calibrations=found, covariance=one.cut_covariance, sample=setting.sample,
        cuts=[Cut(value=cut.expected, items=cut.items) for cut in one.cuts],
        domains=setting.domains, rows=used,
        covariates=np.empty((len(used), 0)) if people.covariates is None else people.covariates,
    )  # fmt: skip


def _persons(
    setting: _Setting, population: FittedModel, persons: np.ndarray, shift: float = 0.0
) -> list[AwarenessRow]:
    """Draws, posterior masses or scores of persons, the cut on the trait moved by `shift`."""
    one, size = setting.one, len(setting.sample.weights)
    if one.method == "pv":
        values = draw(population, one.draws, np.random.default_rng(one.seed))
        values = _placed(values, persons, size)
        theta = setting.cut.theta(population.items) if one.statistic == "share" else 0.0
        return from_draws(values, setting.sample, setting.domains, theta=theta + shift,
                          statistic=one.statistic)  # fmt: skip
    cut = setting.cut.theta(population.items) + shift
    if one.method == "posterior" and one.statistic == "share":
        shares = _placed(posterior_shares(population, Cut(value=cut)), persons, size)
        return counted(shares, setting.sample, setting.domains, cut=cut)
    if one.score == "wle":
        scores = modes(population.responses.codes, population.items, method="wle").theta
    else:
        scores = posterior_means(population.posterior(), population.population.nodes,
                                 persons=len(population.responses)).theta  # fmt: skip
    marks = np.where(np.isnan(scores), np.nan, (scores > cut).astype(float))
    values = _placed(marks if one.statistic == "share" else scores, persons, size)
    return counted(values, setting.sample, setting.domains, cut=cut, statistic=one.statistic)


def _placed(values: np.ndarray, persons: np.ndarray, size: int) -> np.ndarray:
    """The persons' values at their rows of the sample; NaN in the others."""
    whole = np.full((size, *values.shape[1:]), np.nan)
    whole[persons] = values
    return whole


def _conditioning(setting: _Setting, found: Calibration) -> tuple[ItemResponses, tuple[str, ...]]:
    """The same answers with what the trait is conditioned on, and what to warn of."""
    one, context = setting.one, setting.context
    asked: IrtSpec = found.spec.model_copy(update={"weights": context.weight_column(one)})
    known = {item.item: item.parameters() for item in one.parameters}
    if one.condition_on is not None and one.method != "npml":
        given = asked.model_copy(update={"groups": None, "condition_on": one.condition_on})
    elif one.by:
        return _crossed(setting, found), ()
    else:
        given = asked
    responses, _ = responses_of(context, given, known=known)
    has = {*(one.condition_on or asked.condition_on), asked.groups if given is asked else None}
    lacking = [name for name in one.by if name not in has]
    return responses, tuple(f"not_conditioned_on: {name}" for name in lacking)


def _crossed(setting: _Setting, found: Calibration) -> ItemResponses:
    """Groups are the domains themselves; persons in none of them are a group of their own."""
    answered = np.zeros(len(setting.sample.weights), dtype=bool)
    answered[found.rows] = found.fitted.responses.answered
    few = [(domain, count) for domain in setting.domains
           if (count := int((domain.inside & answered).sum())) < _LEAST]  # fmt: skip
    refuse(_too_few(domain, count) for domain, count in few)
    labels = np.full(len(setting.sample.weights), "-", dtype=object)
    for number, domain in enumerate(setting.domains):
        labels[domain.inside] = f"{number:06d}"
    frame = pd.DataFrame({_CROSSED: labels, WEIGHT: setting.sample.weights}).iloc[found.rows]
    return replace(found.fitted.responses, covariates=None, covariate_names=()).with_persons(
        frame, groups=_CROSSED, weights=WEIGHT
    )


def _refuse_circular(setting: _Setting, fitted: FittedModel) -> None:
    """A bare value on a scale that the same persons set says nothing about them."""
    population = fitted.population
    one_group = len(population.groups) == 1 and not population.covariate_names
    fixed = one_group and population.mass is None and not _free_variance(fitted)
    if (
        fixed
        and not setting.cut.is_anchored
        and setting.one.method in ("latent", "npml")
        and (not setting.one.by and not setting.one.condition_on)
    ):
        raise AnalysisError(_circular())


def _free_variance(fitted: FittedModel) -> bool:
    return any(one.kind in ("variance", "residual_variance") for one in fitted.parameters)


def _shown(row: AwarenessRow, further: tuple[str, ...]) -> Json:
    budget = row.budget
    lines = {name: getattr(budget, name)
             for name in ("sampling", "measurement", "calibration", "cut", "linking")}  # fmt: skip
    flags = [*row.flags, *further] if row.n else list(row.flags)
    if row.ci == (None, None):
        flags.append("no_interval" if row.n else "nobody")
    df = "inf" if np.isinf(row.df) else row.df
    shown = {
        "by": dict(row.by), "cut": row.cut, "estimate": row.estimate, "se": row.se, "ci": row.ci,
        "df": df, "n": row.n, "flags": flags, "budget": {**lines, "total": budget.total},
    }  # fmt: skip
    if not row.se > 0:
        shown["se"] = None
    return shown | {key: "inf" if isinstance(value, float) and np.isinf(value) else value
                    for key, value in row.further.items()}  # fmt: skip


def _too_few(domain: Domain, count: int) -> Problem:
    name = ", ".join(f"{column} = {level}" for column, level in domain.by.items())
    return Problem(
        where="by",
        what=say("{group}: {count} persons answered, too few for a distribution of their own.",
                 group=name, count=count),
        hint=say("Join the group with another, or leave it out by `where`."),
    )  # fmt: skip


def _no_domains(by: tuple[str, ...]) -> Problem:
    return Problem(where="by", what=say("nobody has a value of {columns}.", columns=", ".join(by)),
                   hint=say("Fill the column, or leave it out of `by`."))  # fmt: skip


def _no_curves() -> Problem:
    return Problem(
        where="cut",
        what=say("an expected score on items needs the items' curves, and there is no model here."),
        hint=say("Give the cut as a value of the trait."),
    )


def _circular() -> Problem:
    return Problem(
        where="cut",
        what=say("a value of the trait is no cut on a scale that the same wave sets: the share above "
                 "it would be a constant."),
        hint=say("Give the cut as an expected score on named items: cut: {example}.",
                 example="{items: [k1, k2], expected: 1.4}"),
    )  # fmt: skip


def _refuse_other_rows(setting: _Setting, found: Calibration) -> None:
    """Everybody asked about is a person of the model."""
    size = len(setting.sample.weights)
    known = np.zeros(size, dtype=bool)
    if found.rows.max(initial=-1) < size:
        known[found.rows] = True
    if any((domain.inside & ~known).any() for domain in setting.domains):
        raise AnalysisError(_other_rows())


def _other_rows() -> Problem:
    return Problem(
        where="model",
        what=say("the model was fitted to other rows than these."),
        hint=say("Fit it to all rows, and ask for groups under `by`."),
    )
