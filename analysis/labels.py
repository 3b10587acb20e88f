"""What variables, levels, items and answers are called, gathered from the definitions."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import pandas as pd

from analysis.result import DomainLabel
from analysis.study_margins import UNKNOWN
from analysis.weighting.margins import name_of
from instruments.language import LANGUAGES, Message, Text, in_language, joined, say
from instruments.model import Instrument, Placed
from instruments.plan import Plan
from survey.population.areas import REST
from survey.population.variables import band_names
from survey.settings import Margin, StudySettings, Variable

_REST = say("Elsewhere")
_UNKNOWN = say("not known")


def level_order(
    name: str, variable: Variable, groups: pd.DataFrame, instruments: Sequence[Instrument]
) -> tuple[str, ...]:
    """The levels of a variable in the order in which they are printed."""
    declared = declared_levels(variable, instruments)
    present = set(groups[name].dropna())
    return (*(one for one in declared if one in present), *sorted(present - set(declared)))


def declared_levels(variable: Variable, instruments: Sequence[Instrument]) -> tuple[str, ...]:
    """The levels that a variable may have, whether anybody is of them or not."""
    if variable.bands:
        return tuple(band_names(variable.bands))
    if variable.levels:
        return tuple(variable.levels)
    if placed := item_at(instruments, variable.item):
        options = instruments[-1].options_of(placed.item)
        return tuple(one.code for one in options if one.missing is None)
    return tuple(_together(kept) for kept in _subsets(variable.areas))


def domain_labels(
    settings: StudySettings, plan: Plan, instruments: Sequence[Instrument]
) -> Iterator[DomainLabel]:
    """Labels of every grouping variable, of crossed margins, and of the activities asked about."""
    by_variable = {
        name: _levels(one, plan, instruments) for name, one in settings.variables.items()
    }
    for name, variable in settings.variables.items():
        yield DomainLabel(variable=name, label=variable.label, levels=by_variable[name],
                          order=declared_levels(variable, instruments))  # fmt: skip
    for margin in settings.population.margins:
        if margin.variables != (margin.id,):
            yield _crossed(margin, settings, by_variable)
    placed = item_at(instruments, settings.exposure)
    if placed is not None:
        yield DomainLabel(variable=placed.path, label=placed.item.label,
                          levels=_option_labels(instruments[-1], placed))  # fmt: skip


def labels(
    settings: StudySettings, plan: Plan, instruments: Sequence[Instrument]
) -> dict[str, Text]:
    """What all is called that plan, instruments and settings define, and answers ``path=code``."""
    found: dict[str, Text] = {one.id: one.label for one in plan.areas}
    found |= {one.id: one.label for one in plan.forces}
    found |= {one.id: one.label for one in plan.indicators}
    found |= {name: one.label for name, one in settings.variables.items()}
    for instrument in instruments:
        found |= {one.id: one.label for one in instrument.topics}
        found |= {one.id: one.label for one in instrument.dimensions}
        for placed in instrument.placed():
            found[placed.path] = placed.item.label
            answers = _option_labels(instrument, placed)
            found |= {f"{placed.path}={code}": label for code, label in answers.items()}
    crossed = (one for one in settings.population.margins if one.variables != (one.id,))
    return found | {one.id: _crossed(one, settings, {}).label for one in crossed}


def spoken(message: Message) -> Text:
    """A message of this program as a text in each language."""
    return {language: message.text(language) for language in LANGUAGES}


def item_at(instruments: Sequence[Instrument], path: str | None) -> Placed | None:
    """The item at a form path of the newest version, or None."""
    return next((one for one in instruments[-1].placed() if one.path == path), None)


def _levels(variable: Variable, plan: Plan, instruments: Sequence[Instrument]) -> dict[str, Text]:
    found = {UNKNOWN: spoken(_UNKNOWN)}
    placed = item_at(instruments, variable.item)
    if variable.bands:
        found |= {name: joined([{"": name}], "") for name in band_names(variable.bands)}
    elif placed is not None:
        found |= _option_labels(instruments[-1], placed)
    if variable.areas:
        found |= _area_levels(variable.areas, plan)
    return found | dict(variable.levels)


def _area_levels(areas: Sequence[str], plan: Plan) -> dict[str, Text]:
    """A partition's levels: one area alone is "only" where there are others to be in as well."""
    names = {one.id: one.label for one in plan.areas}
    found = {REST: spoken(_REST)}
    for kept in _subsets(areas):
        label = joined([names.get(area, {"": area}) for area in kept], " + ")
        alone = len(kept) == 1 and len(areas) > 1
        found[_together(kept)] = _only(label) if alone else label
    return found


def _subsets(areas: Sequence[str]) -> list[list[str]]:
    chosen = product((True, False), repeat=len(areas))
    every = [[a for a, one in zip(areas, row, strict=True) if one] for row in chosen]
    return [one for one in every if one]


def _together(areas: Sequence[str]) -> str:
    return "+".join(areas)


def _only(label: Text) -> Text:
    return {
        language: say("{area} only", area=in_language(label, language)).text(language)
        for language in LANGUAGES
    }


def _crossed(
    margin: Margin, settings: StudySettings, levels: Mapping[str, Mapping[str, Text]]
) -> DomainLabel:
    known = [settings.variables[one] for one in margin.variables if one in settings.variables]
    categories = [
        tuple(str(row.get(name, "")) for name in margin.variables) for row in margin.shares
    ]
    named = {
        name_of(codes): [
            levels.get(variable, {}).get(code, {"": code})
            for variable, code in zip(margin.variables, codes, strict=True)
        ]
        for codes in categories
    }
    return DomainLabel(
        variable=margin.id,
        label=joined([one.label for one in known], " × "),
        levels={name: joined(parts, ", ") for name, parts in named.items()},
    )


def _option_labels(instrument: Instrument, placed: Placed) -> dict[str, Text]:
    return {one.code: one.label for one in instrument.options_of(placed.item)}
