"""Weights of a study: its recipe carried out on the responses, and the report on it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.design import Design, Sample
from analysis.errors import AnalysisError, refuse
from analysis.study_margins import UNKNOWN, declared_margins, margin_of
from analysis.weighting.binding import columns_of
from analysis.weighting.diagnostics import distribution, kish, margin_fits
from analysis.weighting.recipe import Applied, Weighting, apply_steps
from analysis.weighting_result import MarginSource, StepReport, WeightingReport
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import Message, Text, joined, say
from survey.settings import Margin, StudySettings, WeightingStep

OF_CASES = ("unknown_eligibility", "nonresponse", "propensity")
"""Steps by which some cases answer for others."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weighted:
    """The sample with its final weights, how they came about, and what a reader must know."""

    sample: Sample
    report: WeightingReport
    warnings: tuple[Message, ...]


def weigh(
    columns: pd.DataFrame,
    design: Design,
    *,
    groups: pd.DataFrame,
    settings: StudySettings,
    names: Mapping[str, Text] = MappingProxyType({}),
) -> Weighted:
    """Carry out the study's recipe on the design weights in `columns`.

    `columns` also holds what the recipe names and is no variable of the study (`groups`). `names`
    says what margins and variables are called where a reader is warned about them.

    Raises:
        AnalysisError: a margin that does not exist, does not sum to 1, lacks a category that
            respondents have or has one that nobody has; a step that cannot be done or met.
    """
    recipe = [_as_textbook(step) for step in settings.weighting.recipe()]
    declared = declared_margins(settings, groups)
    sample = Sample.of(_data(columns, groups, recipe, declared), design)
    try:
        made = apply_steps(
            sample, recipe, lambda part, step: [margin_of(declared[m], part) for m in step.margins]
        )
    except AnalysisError as error:
        raise AnalysisError([_in_settings(problem) for problem in error.problems]) from None
    kept = made.sample.kept
    known = groups[list(dict.fromkeys(v for one in declared.values() for v in one.variables))]
    warnings = (*_warnings(list(declared.values()), names), *made.warnings,
                *_unknown_levels(known[kept], names))  # fmt: skip
    return Weighted(sample=made.sample, report=_report(made, settings), warnings=warnings)


def recipe_columns(settings: StudySettings) -> tuple[str, ...]:
    """What the recipe names beside margins: variables, form paths, columns of the sample table."""
    found = (name for step in settings.weighting.recipe() for name in columns_of(step))
    return tuple(dict.fromkeys(found))


def _as_textbook(step: WeightingStep) -> WeightingStep:
    """A study's errors know every step, also a cap, unless it asks for those of R."""
    return step.model_copy(update={"compatibility": step.compatibility or "textbook"})


def _data(
    columns: pd.DataFrame,
    groups: pd.DataFrame,
    recipe: Sequence[WeightingStep],
    declared: Mapping[str, Margin],
) -> pd.DataFrame:
    """The design's columns with the variables that the recipe needs, unknown levels by name."""
    named = [name for step in recipe for name in columns_of(step)]
    refuse(_missing_column(name, columns, groups) for name in dict.fromkeys(named)
           if name not in groups and name not in columns)  # fmt: skip
    used = [v for one in declared.values() for v in one.variables]
    used += [name for name in named if name in groups]
    known = groups[list(dict.fromkeys(used))].astype(object)
    own = columns[[name for name in columns if name not in known]]
    data = pd.concat([own, known.where(known.notna(), UNKNOWN)], axis="columns")
    return data.reset_index(drop=True)


def _missing_column(name: str, columns: pd.DataFrame, groups: pd.DataFrame) -> Problem:
    known = [one for one in map(str, (*groups, *columns)) if not one.startswith("@")]
    return Problem(
        where="study.yaml, weighting.steps",
        what=say("'{name}' is neither a variable of the study, nor a question, nor a column of the "
                 "sample table.", name=name),
        hint=did_you_mean(name, known),
    )  # fmt: skip


def _in_settings(problem: Problem) -> Problem:
    where = problem.where.replace("calibrate", "study.yaml, weighting", 1)
    return replace(problem, where=where)


def _report(made: Weighting, settings: StudySettings) -> WeightingReport:
    population, sample = settings.population, made.sample
    (deff, n_eff), (least, most) = kish(sample), sample.weight_range
    loaded = {one.id: one for one in population.margins}
    last, mean = made.last, float(sample.weights[sample.kept].mean())
    return WeightingReport(
        base=population.label,
        converged=all(one.reweighted.converged for one in made.applied),
        iterations=0 if last is None else last.reweighted.iterations,
        worst=0.0 if last is None else last.reweighted.worst,
        margins=margin_fits(made),
        sources={name: _source(loaded[name]) for name in settings.weighting.used_margins()},
        missing_margins=tuple(one for one in population.wanted_margins if one not in loaded),
        kish_deff=deff,
        n_eff=n_eff,
        minimum=least / mean,
        maximum=most / mean,
        steps=tuple(map(_step, made.applied)),
        distribution=distribution(sample),
    )


def _step(one: Applied) -> StepReport:
    step, before, after = one.step, one.before, one.reweighted.weights
    kept = (before != 0) & (after != 0)
    factors = after[kept] / before[kept]
    margins: tuple[str, ...] = getattr(step, "margins", ())
    variables = margins or tuple(name for name in columns_of(step)
                                 if name not in (step.status, step.variance, *step.by))  # fmt: skip
    trims = step.method == "trim"
    return StepReport(
        method=step.method, variables=variables, by=step.by,
        people=int(kept.sum()), left_out=int(np.count_nonzero((before != 0) & (after == 0))),
        kept_share=float(before[kept].sum() / after.sum()),
        factors=(float(factors.min()), float(factors.max())),
        limits=(step.lower, step.upper) if trims else step.bounds,
        relative=step.relative_to is not None or not trims, classes=one.findings.classes,
    )  # fmt: skip


def _source(margin: Margin) -> MarginSource:
    return MarginSource(source=margin.source, as_of=margin.as_of, base=margin.base)


def _warnings(margins: list[Margin], names: Mapping[str, Text]) -> Iterator[Message]:
    for margin in margins:
        if margin.fictitious:
            yield say("The population figures '{margin}' are fictitious, for demonstration only.",
                      margin=names.get(margin.id, margin.id))  # fmt: skip
    bases = [margin.base for margin in margins]
    different = [base for at, base in enumerate(bases) if base not in bases[:at]]
    if len(different) > 1:
        yield say("The population figures describe different bases: {bases}.",
                  bases=joined(different, "; "))  # fmt: skip


def _unknown_levels(known: pd.DataFrame, names: Mapping[str, Text]) -> Iterator[Message]:
    for name, missing in known.isna().sum().items():
        if missing:
            yield say("{count} respondents have no known '{variable}'; in weighting they are a "
                      "category of their own.", count=int(missing),
                      variable=names.get(str(name), name))  # fmt: skip
