"""The samples of a SPEC from an engine's sums: what each estimate needs, and where it is refused."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.collapse import MARKED, Need, Source, collapsed_sample, scans
from analysis.collapsible import needs_memory
from analysis.columns import check_columns, factor, is_numeric, unknown_column
from analysis.condition import Column, Comparison, Condition, read_condition
from analysis.design import Design, Sample
from analysis.engine.protocol import Engine, Sum
from analysis.errors import AnalysisError
from analysis.estimate import level_code
from analysis.spec_model import CalibrationSpec, EstimateSpec
from analysis.spec_question import only_variable, ratio_parts, variables
from instruments.errors import Problem
from instruments.language import say

_BY_CATEGORY = ("poststratify", "rake", "raking", "linear", "logit", "truncated")
"""Calibrations whose factors are the same for all people of a category, given margins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The parts of a SPEC that an engine must know."""

    design: Design
    recipe: Sequence[CalibrationSpec]
    factors: Mapping[str, tuple[str, ...]]
    refuse_missing: bool = False


Found = Sample | AnalysisError


def engine_samples(
    engine: Engine, asked: Asked, estimates: Mapping[int, EstimateSpec]
) -> Iterator[tuple[int, Found]]:
    """A sample for each estimate by its place, before weighting, or why there is none.

    Samples come one after the other, those of one scan together.
    """
    margins = _margins(engine, asked.recipe)
    source = Source.of(engine, asked.design, factors=asked.factors, margins=margins)
    needs: dict[int, Need] = {}
    for place, one in estimates.items():
        try:
            needs[place] = _need(engine, asked, one)
        except AnalysisError as error:
            yield place, error
    places = list(needs)
    for totals, served in scans(source, list(needs.values())):
        for number in served:
            place = places[number]
            try:
                sample = collapsed_sample(source, totals, needs[place])
                if needs[place].marked is not None:
                    _check_level(engine, asked, estimates[place], sample)
                yield place, sample
            except AnalysisError as error:
                yield place, error


def _margins(engine: Engine, recipe: Sequence[CalibrationSpec]) -> tuple[str, ...]:
    """The variables of a recipe that can be followed from sums by category."""
    names = [name for step in recipe for margin in step.margins for name in margin.variables]
    problems = [
        needs_memory(engine.name, say("step {number} of the recipe works on single rows.",
                                      number=number), where="calibrate")
        for number, step in enumerate(recipe, start=1)
        if not _by_category(step)
    ]  # fmt: skip
    problems += check_columns(engine.head(), dict.fromkeys(names), role="calibrate")
    if problems:
        raise AnalysisError(problems)
    return tuple(dict.fromkeys(names))


def _by_category(step: CalibrationSpec) -> bool:
    single = step.formula is not None or step.variance is not None or step.trim is not None
    staged = step.stage != 0 or step.aggregate_stage is not None or step.compatibility == "r"
    return step.method in _BY_CATEGORY and bool(step.margins) and not single and not staged


def _need(engine: Engine, asked: Asked, one: EstimateSpec) -> Need:
    head = engine.head()
    need = _variables(engine, asked, one)
    names = [*need.by, *need.categories, *need.numbers, *((need.marked,) if need.marked else ())]
    problems = check_columns(head, dict.fromkeys(names), role="estimate")
    problems += [
        Problem(where="estimate.of", what=say("column '{column}' is text, not a number.",
                                              column=name),
                hint=say("Use a numeric column, or ask for the proportion of each level."))
        for name in need.numbers
        if name in head and not is_numeric(head[name])
    ]  # fmt: skip
    if problems:
        raise AnalysisError(problems)
    return need


def _variables(engine: Engine, asked: Asked, one: EstimateSpec) -> Need:
    head = engine.head()
    where = None if one.where is None else read_condition(head, one.where)
    strict = (one.missing == "error") if one.missing else asked.refuse_missing
    match one.statistic:
        case "mean" | "total":
            names = variables(one)
            text = [
                n for n in names if n in asked.factors or (n in head and not is_numeric(head[n]))
            ]
            numbers = tuple(name for name in names if name not in text)
            return Need(by=one.by, categories=tuple(text), numbers=numbers, where=where,
                        products=tuple((n, n) for n in numbers), refuse_missing=strict)  # fmt: skip
        case "ratio":
            tops, under = ratio_parts(one)
            pairs = ((under, under), *((t, t) for t in tops), *((under, t) for t in tops))
            return Need(by=one.by, numbers=tuple(dict.fromkeys((under, *tops))), where=where,
                        products=tuple(dict.fromkeys(pairs)), refuse_missing=strict)  # fmt: skip
        case "proportion":
            of = only_variable(one)
            if one.equals is None or of in one.by:
                return Need(by=one.by, categories=(of,), where=where, refuse_missing=strict)
            mark = _mark(head, of, one.equals)
            return Need(by=one.by, marked=of, mark=mark, where=where, refuse_missing=strict)
    what = say("the statistic '{statistic}' needs single rows.", statistic=one.statistic)
    raise AnalysisError(needs_memory(engine.name, what, where="estimate.statistic"))


def _mark(head: pd.DataFrame, of: str, level: str) -> Condition:
    """That a column has the value which `level` names."""
    if of not in head:
        raise AnalysisError(unknown_column(head, of, role="estimate.of"))
    if not is_numeric(head[of]):
        return Comparison(Column(of), "=", level)
    try:
        return Comparison(Column(of), "=", float({"True": 1, "False": 0}.get(level, level)))
    except ValueError:
        return Comparison(Column(of), "<>", Column(of))


def _check_level(engine: Engine, asked: Asked, one: EstimateSpec, sample: Sample) -> None:
    """Refuse a value that no row has, or rows whose value is not among the declared levels."""
    of = only_variable(one)
    if of not in asked.factors and (sample.data[MARKED] > 0).any():
        return
    levels = engine.totals((of,), (Sum(),)).keys
    level_code(factor(levels, of, declared=asked.factors, role="estimate.of"), one.equals)
