"""Whom activities reached and whom not, compared among people alike in what the study names.

The outcome is each person's own passing of the cuts. A logistic regression on the sample, with the
covariates that ``adjust_for`` fixed beforehand, gives the average difference between reached and not
reached, all else as observed; its error is that of the design (`analysis.marginal_effects`). It is an
association: whoever an activity reached may differ in what the study does not ask.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from analysis.describe import reach
from analysis.errors import AnalysisError, refuse
from analysis.formula import parse_formula
from analysis.marginal_effects import average_marginal_effects
from analysis.measured import Measured
from analysis.people import People
from analysis.regression import build_model, fit
from analysis.result import AdjustedContrast, Estimate
from analysis.rules import Rule
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import say

_OUTCOME, _REACHED = "outcome", "reached"


def adjusted_contrasts(
    made: Measured, headline: Mapping[str, Rule]
) -> tuple[AdjustedContrast, ...]:
    """For each activity the difference as it is, and adjusted; none where no covariate is named.

    Raises:
        AnalysisError: A covariate is no variable of the study.
    """
    settings, people = made.study.settings, made.people
    refuse(_problems(settings.adjust_for, tuple(settings.variables)))
    if not settings.adjust_for:
        return ()
    return tuple(
        _contrast(people, of, rule, (code, reached), settings.adjust_for)
        for code, reached in reach(people, made.instruments).items()
        for of, rule in headline.items()
    )


def _contrast(
    people: People, of: str, rule: Rule, activity: tuple[str, "pd.Series[float]"],
    covariates: Sequence[str],
) -> AdjustedContrast:  # fmt: skip
    """Both differences over the same people; where no model can be fitted the reason stands."""
    code, reached = activity
    path = people.settings.exposure or ""
    data = people.groups[list(covariates)].reset_index(drop=True).set_axis(
        [f"c{at}" for at in range(len(covariates))], axis="columns")  # fmt: skip
    data[_OUTCOME] = rule.holds(people).to_numpy()
    data[_REACHED] = reached.map({0.0: "0", 1.0: "1"}).to_numpy()
    empty = AdjustedContrast(activity=code, path=path, of=of, crude=None, adjusted=None,
                             covariates=tuple(covariates))  # fmt: skip
    if data.dropna()[_REACHED].nunique() < 2:
        return replace(empty, note=say("Either everybody or nobody was reached."))
    try:
        crude = _difference(people, data, ())
        adjusted = _difference(people, data, tuple(data.columns[: len(covariates)]))
    except AnalysisError as error:
        return replace(empty, note=error.problems[0].what)
    return replace(empty, crude=_named(crude, of, path, code),
                   adjusted=_named(adjusted, of, path, code))  # fmt: skip


def _difference(people: People, data: pd.DataFrame, covariates: Sequence[str]) -> Estimate:
    """The average difference in the mean outcome between those reached and the others."""
    factors = {
        str(name): tuple(sorted(data[name].dropna().unique())) for name in data if name != _OUTCOME
    }
    sample = replace(people.sample, data=data, factors=factors)
    known = data.notna().all(axis="columns").to_numpy(dtype=bool)
    formula = parse_formula(f"{_OUTCOME} ~ {' + '.join((_REACHED, *covariates))}")
    model = build_model(sample, formula, family="binomial", link=None, where=known)
    found = average_marginal_effects(sample, fit(sample, model), of=(_REACHED,))
    return next(iter(found))


def _named(found: Estimate, of: str, path: str, code: str) -> Estimate:
    return replace(found, of=of, by={path: code}, level=None)


def _problems(covariates: Sequence[str], known: Sequence[str]) -> Iterator[Problem]:
    for name in covariates:
        if name not in known:
            yield Problem(where="study.yaml, adjust_for", hint=did_you_mean(name, known),
                          what=say("'{name}' is no variable of the study.", name=name))  # fmt: skip
