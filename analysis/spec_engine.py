"""The samples of a SPEC from an engine's sums: what each estimate needs, and where it is refused."""

import os
from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from analysis.collapse import Need, Source, collapsed_sample, scans
from analysis.collapsible import needs_memory
from analysis.columns import check_columns, factor, is_numeric, label, unknown_column
from analysis.condition import Column, Comparison, Condition, read_condition
from analysis.design import Design, Sample
from analysis.engine.protocol import Engine, Sum
from analysis.errors import AnalysisError
from analysis.estimate import level_code
from analysis.spec_model import CalibrationSpec, EstimateSpec, Spec, read_estimate
from analysis.spec_question import only_variable, ratio_parts, variables
from analysis.spec_recipe import recipe_columns
from instruments.errors import Problem
from instruments.language import Message, say
from instruments.source import Node

EngineName = Literal["memory", "duckdb", "spark"]

_FROM_OTHERS = ("contrast", "termtest")
"""Statistics made from earlier estimates, not from the data."""
_BY_CATEGORY = ("poststratify", "rake", "raking", "linear", "logit", "truncated")
"""Calibrations whose factors are the same for all people of a category, given margins."""

Found = Sample | AnalysisError


def open_engine(name: EngineName, source: Path | str, columns: Iterable[str]) -> Engine:
    """The engine of that name, looking at `source`; its libraries are loaded only here."""
    if name == "duckdb":
        from analysis.engine.duckdb import DuckDB  # noqa: PLC0415 - loaded only when asked for

        return DuckDB.open(Path(source), columns)
    if find_spec("pyspark") is None:
        raise _no_cluster(say("PySpark is not installed."),
                          say("Install it: pip install 'hieuluat[spark]'."))  # fmt: skip
    remote = os.environ.get("SPARK_REMOTE", "")
    if not remote:
        raise _no_cluster(say("no Spark Connect server is named."),
                          say("Give its address in SPARK_REMOTE, such as sc://host:15002."))  # fmt: skip
    from analysis.engine.spark import Spark  # noqa: PLC0415 - an extra, loaded only when asked for

    return Spark.open(str(source), columns, remote=remote)


def _no_cluster(what: Message, hint: Message) -> AnalysisError:
    return AnalysisError(Problem(where="--engine spark", what=what, hint=hint))


def engine_samples(
    engine: Engine, design: Design, spec: Spec, root: Node
) -> Iterator[tuple[int | None, Found]]:
    """A sample for each estimate by its place, before weighting, or why there is none.

    Those of one scan come together, one at a time, and those made from other estimates last.
    """
    source = Source.of(engine, design, factors=spec.factors, margins=_margins(engine, spec))
    needs: dict[int | None, Need] = {}
    later = []
    for place in range(len(spec.estimates)):
        try:
            one = read_estimate(spec, place, root)
            if one.statistic in _FROM_OTHERS:
                later.append(place)
            else:
                needs[place] = _need(engine, spec, one)
        except AnalysisError as error:
            yield place, error
    last: Found | None = None
    for found in _scanned(source, needs or {None: Need()}):
        last = found[1] if isinstance(found[1], Sample) else last
        yield found
    yield from ((place, last) for place in later if last is not None)


def _scanned(
    source: Source, needs: Mapping[int | None, Need]
) -> Iterator[tuple[int | None, Found]]:
    places = list(needs)
    for totals, served in scans(source, list(needs.values())):
        for number in served:
            place = places[number]
            try:
                yield place, collapsed_sample(source, totals, needs[place])
            except AnalysisError as error:
                yield place, error


def _margins(engine: Engine, spec: Spec) -> tuple[str, ...]:
    """The variables of a recipe that can be followed from sums by category."""
    names = [name for step in spec.calibrate for name in recipe_columns(step)]
    problems = [
        needs_memory(engine.name, say("step {number} of the recipe works on single rows.",
                                      number=number), where="calibrate")
        for number, step in enumerate(spec.calibrate, start=1)
        if not _by_category(step)
    ]  # fmt: skip
    problems += check_columns(engine.head(), dict.fromkeys(names), role="calibrate")
    if problems:
        raise AnalysisError(problems)
    return tuple(dict.fromkeys(names))


def _by_category(step: CalibrationSpec) -> bool:
    if step.method in ("unknown_eligibility", "nonresponse"):
        return True
    single = step.formula is not None or step.variance is not None or step.trim is not None
    staged = step.stage != 0 or step.aggregate_stage is not None or step.compatibility == "r"
    return step.method in _BY_CATEGORY and bool(step.margins) and not single and not staged


def _need(engine: Engine, spec: Spec, one: EstimateSpec) -> Need:
    head = engine.head()
    need = _variables(engine, spec, one)
    problems = check_columns(head, dict.fromkeys([*need.by, *need.categories]), role="estimate.by")
    problems += check_columns(head, need.numbers, role="estimate.of")
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


def _variables(engine: Engine, spec: Spec, one: EstimateSpec) -> Need:
    head = engine.head()
    where = None if one.where is None else read_condition(head, one.where)
    strict = (one.missing or spec.missing) == "error"
    match one.statistic:
        case "mean" | "total":
            names = variables(one)
            text = [
                n for n in names if n in spec.factors or (n in head and not is_numeric(head[n]))
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
            mark = _mark(engine, spec, of, one.equals)
            return Need(by=one.by, marked=of, mark=mark, where=where, refuse_missing=strict)
    what = say("the statistic '{statistic}' needs single rows.", statistic=one.statistic)
    raise AnalysisError(needs_memory(engine.name, what, where="estimate.statistic"))


def _mark(engine: Engine, spec: Spec, of: str, equals: str) -> Condition:
    """That a column has the value which `equals` names; a value that no row has is refused."""
    head = engine.head()
    if of not in head:
        raise AnalysisError(unknown_column(head, of, role="estimate.of"))
    if of in spec.factors or equals not in {label(one) for one in head[of].dropna().unique()}:
        levels = engine.totals((of,), (Sum(),)).keys
        level_code(factor(levels, of, declared=spec.factors, role="estimate.of"), equals)
    if not is_numeric(head[of]):
        return Comparison(Column(of), "=", equals)
    return Comparison(Column(of), "=", float({"True": "1", "False": "0"}.get(equals, equals)))
