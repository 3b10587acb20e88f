"""Means, totals, ratios and proportions of a sample, with the errors of its design.

    sample = Sample.of(data, Design(weights="w", strata=("h",), psu=("commune",)))
    mean(sample, of="score", by="district").to_frame()

Every function gives `Estimates`: rows with standard error, interval, degrees of freedom, design
effect and flags, and their joint covariance.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial, reduce

import numpy as np
from numpy.typing import NDArray

from analysis.columns import (
    Factor,
    Floats,
    factor,
    first_row,
    is_numeric,
    label,
    numeric,
    unknown_column,
)
from analysis.deferred import Deferred
from analysis.design import Sample
from analysis.domains import Domains, find_domains
from analysis.errors import AnalysisError
from analysis.estimates import Estimates
from analysis.linearize import Answer, answer, with_logits
from analysis.ratios import (
    Ratios,
    Within,
    chosen,
    level_totals,
    marked,
    means,
    ratios,
    shares,
    totals,
    variances,
)
from analysis.result import Estimate
from analysis.rows import DEFAULT, Kind, Options, make_rows
from instruments.errors import Problem
from instruments.language import say

Mask = NDArray[np.bool_]
Names = str | Sequence[str]


def mean(
    sample: Sample, *, of: Names, by: Names = (), where: Mask | None = None,
    options: Options = DEFAULT,
) -> Estimates:  # fmt: skip
    """Estimate means of numeric variables and shares of the levels of categorical ones.

    Ratio (Hájek) means with Taylor linearization (Särndal et al. 1992, 5.7; R `svymean`, `svyby`).
    """
    variables, domains = _variables(sample, of, by, where, options)
    questions = _questions(sample, variables, domains, means, shares)
    return _combine(sample, questions, domains, "mean", options)


def total(
    sample: Sample, *, of: Names, by: Names = (), where: Mask | None = None,
    options: Options = DEFAULT,
) -> Estimates:  # fmt: skip
    """Estimate population totals, or counts of the levels of categorical variables (R `svytotal`)."""
    variables, domains = _variables(sample, of, by, where, options)
    questions = _questions(sample, variables, domains, totals, level_totals)
    return _combine(sample, questions, domains, "total", options)


def ratio(
    sample: Sample, *, numerator: Names, denominator: str, by: Names = (),
    where: Mask | None = None, options: Options = DEFAULT,
) -> Estimates:  # fmt: skip
    """Estimate ratios of two totals (R `svyratio`)."""
    tops = _names(numerator)
    values = [numeric(sample.data, n, role="estimate.numerator") for n in tops]
    under = numeric(sample.data, denominator, role="estimate.denominator")
    missing = _any([np.isnan(v) for v in (*values, under)])
    domains = _domains(sample, by, where, missing, options)
    names = [f"{top}/{denominator}" for top in tops]
    question = ratios(names, values, under, domains, sample.within((denominator, *tops)))
    return _combine(sample, [question], domains, "mean", options)


def variance(
    sample: Sample, *, of: Names, by: Names = (), where: Mask | None = None,
    options: Options = DEFAULT,
) -> Estimates:  # fmt: skip
    """Estimate population variances of numeric variables, and covariances of several (R `svyvar`)."""
    names = _names(of)
    values = [numeric(sample.data, name, role="estimate.of") for name in names]
    missing = _any([np.isnan(v) for v in values])
    domains = _domains(sample, by, where, missing, options)
    question = variances(names, values, domains, sample.weights)
    return _combine(sample, [question], domains, "variance", options)


def proportion(
    sample: Sample, *, of: str, equals: object = None, by: Names = (), where: Mask | None = None,
    options: Options = DEFAULT,
) -> Estimates:  # fmt: skip
    """Estimate the share of each level of a variable, or of the one level that `equals` names.

    The interval is asymmetric and stays within 0 and 1; at 0 and 1 it is that of Korn & Graubard
    (1998) and the row says so. R `svyciprop`.
    """
    if equals is not None:
        hits, missing = _hits(sample, of, equals)
        domains = _domains(sample, by, where, missing, options)
        return _combine(sample, [chosen(of, hits, domains)], domains, "proportion", options)
    column = factor(sample.data, of, declared=sample.factors, role="estimate.of")
    domains = _domains(sample, by, where, column.codes < 0, options)
    return _combine(sample, [shares(column, domains)], domains, "proportion", options)


def share(
    sample: Sample, *, of: str, column: str, by: Names = (), where: Mask | None = None,
    options: Options = DEFAULT,
) -> Estimates:  # fmt: skip
    """Estimate the share of people, as a variable `of`, whom `column` counts.

    It holds 0 and 1, or the share of the people whom a row stands for.
    """
    marks = numeric(sample.data, column, role="estimate.of")
    domains = _domains(sample, by, where, np.isnan(marks), options)
    return _combine(sample, [marked(of, marks, domains)], domains, "proportion", options)


def _names(names: Names) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _variables(
    sample: Sample, of: Names, by: Names, where: Mask | None, options: Options
) -> tuple[dict[str, Floats | Factor], Domains]:
    variables = {name: _variable(sample, name) for name in _names(of)}
    missing = [v.codes < 0 if isinstance(v, Factor) else np.isnan(v) for v in variables.values()]
    return variables, _domains(sample, by, where, _any(missing), options)


def _any(masks: Sequence[Mask]) -> Mask:
    """The rows that any of the masks holds for."""
    return reduce(np.logical_or, masks)


def _variable(sample: Sample, name: str) -> Floats | Factor:
    if name not in sample.data.columns:
        raise AnalysisError(unknown_column(sample.data, name, role="estimate.of"))
    if name in sample.factors or not is_numeric(sample.data[name]):
        return factor(sample.data, name, declared=sample.factors, role="estimate.of")
    return numeric(sample.data, name, role="estimate.of")


def _domains(
    sample: Sample, by: Names, where: Mask | None, missing: Mask, options: Options
) -> Domains:
    domains = find_domains(sample, _names(by), where)
    if options.missing == "error" and (absent := missing & (domains.codes >= 0)).any():
        what = say("row {row} has no answer ({count} such rows).",
                   row=first_row(absent), count=int(absent.sum()))  # fmt: skip
        hint = say("Set `missing: casewise` to leave such rows out of the domain.")
        raise AnalysisError(Problem(where="estimate.of", what=what, hint=hint))
    return domains.without(missing)


def _questions(
    sample: Sample,
    variables: dict[str, Floats | Factor],
    domains: Domains,
    numbers: Callable[[Sequence[str], Sequence[Floats], Domains, Within], Ratios],
    levels: Callable[[Factor, Domains], Ratios],
) -> list[Ratios]:
    plain = {name: v for name, v in variables.items() if not isinstance(v, Factor)}
    within = sample.within(tuple(plain))
    found = [numbers(list(plain), list(plain.values()), domains, within)] if plain else []
    return found + [levels(v, domains) for v in variables.values() if isinstance(v, Factor)]


def _hits(sample: Sample, of: str, equals: object) -> tuple[Mask, Mask]:
    """The rows that have the value, and the rows that have none at all."""
    if of in sample.data.columns and of not in sample.factors:
        values = sample.data[of].to_numpy()
        if values.dtype.kind in "iuf" and (number := _as_number(equals)) is not None:
            hits = values == number
            if hits.any():
                return hits, sample.data[of].isna().to_numpy()
    column = factor(sample.data, of, declared=sample.factors, role="estimate.of")
    return column.codes == level_code(column, equals), column.codes < 0


def _as_number(value: object) -> float | None:
    """The number that a value is the label of."""
    try:
        number = float(label(value))
    except ValueError:
        return None
    return number if label(number) == label(value) else None


def level_code(column: Factor, equals: object) -> int:
    """The code of the level that a value names; an unknown one is refused with those there are."""
    wanted = label(equals)
    if wanted in column.levels:
        return column.levels.index(wanted)
    what = say("'{value}' is not a value of column '{column}'.", value=wanted, column=column.name)
    hint = say("Its values: {levels}. A level that nobody chose must be declared under `factors`.",
               levels=", ".join(column.levels[:20]))  # fmt: skip
    raise AnalysisError(Problem(where="estimate.equals", what=what, hint=hint))


def _combine(
    sample: Sample, questions: Sequence[Ratios], domains: Domains, kind: Kind, options: Options
) -> Estimates:
    """Answer the questions together and lay the rows out domain by domain."""
    found = answer(sample, questions)
    if kind == "proportion":
        found = with_logits(sample, found)
    order = sorted(range(len(found.keys)), key=lambda i: found.keys[i].domain)
    rows = partial(_ordered_rows, found, domains.labels, kind, options, order)
    joint = Deferred(lambda: found.covariance[np.ix_(order, order)])
    return Estimates(rows=rows(options.level), joint=joint, at_level=rows)


def _ordered_rows(
    found: Answer, labels: Sequence[Mapping[str, str]], kind: Kind, options: Options,
    order: Sequence[int], level: float,
) -> tuple[Estimate, ...]:  # fmt: skip
    rows = make_rows(found, labels, kind, replace(options, level=level))
    return tuple(rows[i] for i in order)
