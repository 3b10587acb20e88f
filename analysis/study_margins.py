"""Margins of a study: declared shares, checked, and bound to the respondents who have weights.

A respondent whose level of a margin's variable is unknown keeps a category of its own, at the
share that the weights so far give it; the known categories share the rest as the margin says.
"""

from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.design import Sample
from analysis.errors import refuse
from analysis.weighting.margins import Category, Margin
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import say
from survey import settings as settings_of
from survey.settings import StudySettings

UNKNOWN = "not known"
"""Category of respondents whose level is not known; codes of options hold no blanks."""
_AGREE = 1e-6


def declared_margins(
    settings: StudySettings, groups: pd.DataFrame
) -> Mapping[str, settings_of.Margin]:
    """The margins that the recipe names, by id.

    Raises:
        AnalysisError: a margin that does not exist, does not sum to 1, or lacks a share.
    """
    loaded = {one.id: one for one in settings.population.margins}
    used = settings.weighting.used_margins()
    refuse(
        Problem(
            where="study.yaml, weighting.margins",
            what=say("'{margin}' is not among the margins of the population.", margin=name),
            hint=did_you_mean(name, loaded),
        )
        for name in used
        if name not in loaded
    )
    found = {name: loaded[name] for name in used}
    refuse(_margin_problems(list(found.values()), groups))
    return found


def _margin_problems(margins: list[settings_of.Margin], groups: pd.DataFrame) -> Iterator[Problem]:
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


def _whole_problems(place: str, margin: settings_of.Margin) -> Iterator[Problem]:
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
    place: str, margin: settings_of.Margin, row: Mapping[str, str | float]
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


def margin_of(declared: settings_of.Margin, sample: Sample) -> Margin:
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


def _category(margin: settings_of.Margin, row: Mapping[str, str | float]) -> Category:
    return tuple(str(row.get(name, "")) for name in margin.variables)
