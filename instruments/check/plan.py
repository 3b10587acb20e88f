"""Rules of a plan: what its targets, readings and indicators name exists, and fits together."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from instruments.check.findings import (
    Finding,
    Place,
    Where,
    as_problems,
    path,
    repeated,
    undeclared_languages,
    unknown,
    untranslated,
)
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import say
from instruments.plan import Plan, Reading, Target, Terms


class _Named(Protocol):
    @property
    def id(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    plan: Plan
    where: Where


Rule = Callable[[_Seen], Iterable[Finding]]


def check_plan(plan: Plan, *, where: Where = path, authored: bool = False) -> list[Problem]:
    """Every breach of the rules; `where` names the place in the file.

    An `authored` plan must also be complete in every language and say what each level is a share
    of; the frozen copy leaves out what is the default.
    """
    seen = _Seen(plan=plan, where=where)
    rules = (*_RULES, *_AUTHORING) if authored else _RULES
    return as_problems((found for rule in rules for found in rule(seen)), where=where)


def _ids(seen: _Seen) -> Iterator[Finding]:
    for field in (
        "sources",
        "phases",
        "populations",
        "forces",
        "areas",
        "indicators",
        "targets",
        "readings",
    ):
        yield from repeated(_names(getattr(seen.plan, field)), at=(field,), field="id",
                            where=seen.where)  # fmt: skip
    for position, reading in enumerate(seen.plan.readings):
        yield from repeated(_names(reading.options), at=("readings", position, "options"),
                            field="id", where=seen.where)  # fmt: skip


def _phases(seen: _Seen) -> Iterator[Finding]:
    for position, phase in enumerate(seen.plan.phases):
        if phase.ends < phase.begins:
            yield Finding(("phases", position, "ends"), say("{end} lies before {begin}.",
                                                            end=phase.ends, begin=phase.begins),
                          say("Exchange the dates."))  # fmt: skip
        for other in seen.plan.phases[:position]:
            if phase.begins <= other.ends and other.begins <= phase.ends:
                yield Finding(("phases", position, "begins"),
                              say("The phase overlaps with '{other}'.", other=other.id),
                              say("Begin it the day after the other one ends."))  # fmt: skip


def _targets(seen: _Seen) -> Iterator[Finding]:
    plan = seen.plan
    known = {
        "population": _names(plan.populations),
        "parent": _names(plan.targets),
        "indicator": _names(plan.indicators),
        "source": _names(plan.sources),
    }
    for position, target in enumerate(plan.targets):
        at: Place = ("targets", position)
        for field, names in known.items():
            yield from _named(getattr(target, field), names, (*at, field))
        yield from unknown(target.within, _names(plan.areas), at=(*at, "within"))
        yield from unknown(target.phases, _names(plan.phases), at=(*at, "phases"), keyed=True)
        yield from _measured(target, at)


def _measured(target: Target, at: Place) -> Iterator[Finding]:
    """What a target's kind of measure needs."""
    if target.measure == "survey" and target.indicator is None:
        yield Finding(at, say("The target '{id}' is measured by survey but names no indicator.",
                              id=target.id), say("Add 'indicator'."))  # fmt: skip
    if target.measure == "administrative_rate" and target.rate_rule is None:
        yield Finding(at, say("The target '{id}' is a rate but names no rule.", id=target.id),
                      say("Add 'rate_rule'."))  # fmt: skip
    if target.measure != "administrative_rate" and not target.phases:
        yield Finding(at, say("The target '{id}' has no level in any phase.", id=target.id),
                      say("Add 'phases'."))  # fmt: skip
    for phase, asked in target.phases.items():
        if asked.basis == "share_of_target" and target.final is None:
            yield Finding((*at, "phases", phase, "basis"),
                          say("The level is a share of the target, whose final level is missing."),
                          say("Add 'final' to the target."))  # fmt: skip


def _parents(seen: _Seen) -> Iterator[Finding]:
    """Targets that are, over others, part of themselves."""
    parents = {target.id: target.parent for target in seen.plan.targets}
    for position, target in enumerate(seen.plan.targets):
        above, passed = target.parent, set[str]()
        while above is not None and above not in passed and above != target.id:
            passed.add(above)
            above = parents.get(above)
        if above == target.id:
            yield Finding(("targets", position, "parent"),
                          say("The target '{id}' is part of itself.", id=target.id))  # fmt: skip


def _indicators(seen: _Seen) -> Iterator[Finding]:
    for position, indicator in enumerate(seen.plan.indicators):
        at: Place = ("indicators", position, "cuts")
        if not indicator.cuts:
            yield Finding(at, say("The indicator has no cut."), say("Add one for each dimension."))
        yield from repeated([cut.dimension for cut in indicator.cuts], at=at, field="dimension",
                            where=seen.where)  # fmt: skip


def _areas(seen: _Seen) -> Iterator[Finding]:
    for position, area in enumerate(seen.plan.areas):
        if not area.lists:
            yield Finding(("areas", position, "lists"), say("The area names no list of units."),
                          say("Name the lists that a reading may choose."))  # fmt: skip


def _readings(seen: _Seen) -> Iterator[Finding]:
    for position, reading in enumerate(seen.plan.readings):
        at: Place = ("readings", position)
        yield from unknown(reading.applies_to, _names(seen.plan.targets), at=(*at, "applies_to"))
        options = _names(reading.options)
        if reading.default not in options:
            yield Finding((*at, "default"), say("The default '{id}' is no option.",
                                                id=reading.default),
                          did_you_mean(reading.default, options))  # fmt: skip
        yield from _terms_of(reading, at, seen.plan)


def _terms_of(reading: Reading, at: Place, plan: Plan) -> Iterator[Finding]:
    for position, option in enumerate(reading.options):
        yield from _terms(option.terms, (*at, "options", position, "terms"), plan)


def _terms(terms: Terms, at: Place, plan: Plan) -> Iterator[Finding]:
    areas = {area.id: area.lists for area in plan.areas}
    dimensions = [cut.dimension for indicator in plan.indicators for cut in indicator.cuts]
    yield from unknown(terms.basis or {}, _names(plan.phases), at=(*at, "basis"), keyed=True)
    yield from unknown(terms.cuts or {}, dimensions, at=(*at, "cuts"), keyed=True)
    yield from unknown(terms.lists or {}, areas, at=(*at, "lists"), keyed=True)
    for area, chosen in (terms.lists or {}).items():
        if area in areas:
            yield from _named(chosen, areas[area], (*at, "lists", area))


def _languages(seen: _Seen) -> Iterator[Finding]:
    yield from undeclared_languages(seen.plan, seen.plan.languages)


def _translations(seen: _Seen) -> Iterator[Finding]:
    yield from untranslated(seen.plan, seen.plan.languages)


def _bases(seen: _Seen) -> Iterator[Finding]:
    """Levels that leave open what they are a share of: the plan's first ambiguity."""
    for position, target in enumerate(seen.plan.targets):
        for phase, asked in target.phases.items():
            if "basis" not in asked.model_fields_set:
                yield Finding(("targets", position, "phases", phase),
                              say("The level does not say what it is a share of."),
                              say("Add 'basis: population' or 'basis: share_of_target'."))  # fmt: skip


def _named(name: str | None, known: Sequence[str], at: Place) -> Iterator[Finding]:
    if name is not None and name not in known:
        yield Finding(at, say("Nothing is called '{name}'.", name=name), did_you_mean(name, known))


def _names(parts: Iterable[_Named]) -> list[str]:
    return [part.id for part in parts]


_RULES: tuple[Rule, ...] = (
    _ids, _phases, _targets, _parents, _indicators, _areas, _readings, _languages,
)  # fmt: skip
_AUTHORING: tuple[Rule, ...] = (_translations, _bases)
