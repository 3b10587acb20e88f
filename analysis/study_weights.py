"""Weights of a study: design weights raked to the declared margins, and the report on both.

A respondent whose level of a margin's variable is unknown keeps a category of its own, at the
share that the design weights give it; the known categories share the rest as the margin says.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.design import Design, Sample
from analysis.errors import refuse
from analysis.result import MarginSource, WeightingReport
from analysis.weighting.margins import Category, Margin
from analysis.weighting.rake import Stopping, rake
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import Message, Text, joined, say
from survey import settings as study

UNKNOWN = "not known"
"""Category of respondents whose level is not known; codes of options hold no blanks."""
_AGREE = 1e-6


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
    settings: study.StudySettings,
    names: Mapping[str, Text] = MappingProxyType({}),
) -> Weighted:
    """Rake the design weights in `columns` to the margins that the study names, in that order.

    `names` says what margins and variables are called where a reader is warned about them.

    Raises:
        AnalysisError: a margin that does not exist, does not sum to 1, lacks a category that
            respondents have or has one that nobody has; weights that do not converge.
    """
    declared = _declared(settings)
    refuse(_margin_problems(declared, groups))
    used = list(dict.fromkeys(name for one in declared for name in one.variables))
    known = groups[used].astype(object)
    data = pd.concat([columns, known.where(known.notna(), UNKNOWN)], axis="columns")
    sample = Sample.of(data.reset_index(drop=True), design)
    margins = [_margin(one, sample) for one in declared]
    warnings = (*_warnings(declared, names), *_unknown_levels(known, names))
    if not margins:
        return Weighted(sample=sample, report=_unraked(sample, settings), warnings=warnings)
    rule = settings.weighting
    stopping = Stopping(tolerance=rule.tolerance, max_iterations=rule.max_iterations)
    made = rake(sample, margins, stopping=stopping)
    how = made.reweighted
    report = _report(
        made.sample, settings, converged=how.converged, iterations=how.iterations or 0,
        worst=how.worst or 0.0, margins=made.fits,
    )  # fmt: skip
    return Weighted(sample=made.sample, report=report, warnings=warnings)


def kish(weights: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> tuple[float, float]:
    """Design effect of unequal weights and the effective size, n Σw²/(Σw)² (Kish 1965, 11.2C)."""
    n_eff = float(weights.sum() ** 2 / np.square(weights).sum())
    return len(weights) / n_eff, n_eff


def _declared(settings: study.StudySettings) -> list[study.Margin]:
    loaded = {one.id: one for one in settings.population.margins}
    refuse(
        Problem(
            where="study.yaml, weighting.margins",
            what=say("'{margin}' is not among the margins of the population.", margin=name),
            hint=did_you_mean(name, loaded),
        )
        for name in settings.weighting.margins
        if name not in loaded
    )
    return [loaded[name] for name in settings.weighting.margins]


def _margin_problems(margins: list[study.Margin], groups: pd.DataFrame) -> Iterator[Problem]:
    for margin in margins:
        place = f"study.yaml, population.margins, {margin.id}"
        for name in margin.variables:
            if name not in groups:
                yield Problem(
                    where=place,
                    what=say("there is no variable '{variable}'.", variable=name),
                    hint=did_you_mean(name, map(str, groups.columns)),
                )
        for number, row in enumerate(margin.shares, start=1):
            yield from _row_problems(f"{place}, category {number}", margin, row)
        yield from _whole_problems(place, margin)


def _whole_problems(place: str, margin: study.Margin) -> Iterator[Problem]:
    categories = [_category(margin, row) for row in margin.shares]
    for category in sorted({one for one in categories if categories.count(one) > 1}):
        what = say("the category '{category}' stands twice.", category=" × ".join(category))
        yield Problem(where=place, what=what, hint=say("Keep one of them."))
    total = sum(share for row in margin.shares if isinstance(share := row.get("share"), float))
    if abs(total - 1) > _AGREE:
        what = say("the shares sum to {total}, not to 1.", total=f"{total:.10g}")
        hint = say("Give every category its share of the same base.")
        yield Problem(where=place, what=what, hint=hint)


def _row_problems(
    place: str, margin: study.Margin, row: Mapping[str, str | float]
) -> Iterator[Problem]:
    for name in (*margin.variables, "share"):
        if name not in row:
            what = say("'{name}' is missing.", name=name)
            hint = say("Give the level of each variable, and the share of the base.")
            yield Problem(where=place, what=what, hint=hint)
    share = row.get("share")
    if isinstance(share, str):
        what = say("the share '{value}' is not a number.", value=share)
        yield Problem(where=place, what=what, hint=say("Write it as a number, such as 0.534."))


def _margin(declared: study.Margin, sample: Sample) -> Margin:
    """The margin as shares, with a category for unknown levels at its present share."""
    shares = {_category(declared, row): float(row["share"]) for row in declared.shares}
    keys = sample.data[list(declared.variables)].astype(str)
    sums = pd.Series(sample.weights).groupby([keys[name] for name in keys]).sum()
    held = {
        category: float(total / sums.sum())
        for category, total in zip(
            sums.index.to_frame().itertuples(index=False, name=None), sums, strict=True
        )
        if UNKNOWN in category
    }
    rest = 1 - sum(held.values())
    targets = {category: share * rest for category, share in shares.items()} | held
    return Margin(name=declared.id, variables=declared.variables, targets=targets, unit="share")


def _category(margin: study.Margin, row: Mapping[str, str | float]) -> Category:
    return tuple(str(row.get(name, "")) for name in margin.variables)


def _unraked(sample: Sample, settings: study.StudySettings) -> WeightingReport:
    return _report(sample, settings, converged=True, iterations=0, worst=0.0, margins=())


def _report(sample: Sample, settings: study.StudySettings, **fit: object) -> WeightingReport:
    population, weights = settings.population, sample.weights
    deff, n_eff = kish(weights)
    loaded = {one.id: one for one in population.margins}
    return WeightingReport(
        base=population.label,
        sources={name: _source(loaded[name]) for name in settings.weighting.margins},
        missing_margins=tuple(one for one in population.wanted_margins if one not in loaded),
        kish_deff=deff,
        n_eff=n_eff,
        minimum=float(weights.min() / weights.mean()),
        maximum=float(weights.max() / weights.mean()),
        **fit,  # type: ignore[arg-type]  # the named fields of the fit
    )


def _source(margin: study.Margin) -> MarginSource:
    return MarginSource(source=margin.source, as_of=margin.as_of, base=margin.base)


def _warnings(margins: list[study.Margin], names: Mapping[str, Text]) -> Iterator[Message]:
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
