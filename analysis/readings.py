"""The plan's words, taken one way: its default reading of a target, and each alternative to it.

An alternative is the default with one reading's option replaced and everything else left, so that
its effect on the conclusion is its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from instruments.plan import (
    Basis,
    DomainRule,
    Indicator,
    JointRule,
    Plan,
    RateRule,
    Reading,
    ReadingOption,
    Target,
    Terms,
)

DEFAULT_COUNTS = "phase_all"
_Value = TypeVar("_Value", str, float)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Every term of one target in one phase, settled.

    `cuts` and `lists` are sorted pairs, so that two ways compare; `lists` holds only the areas
    for which the words choose a list. Two bases that ask for the same share are one way.
    """

    basis: Basis = field(compare=False)
    threshold: float | None
    domain: DomainRule = "union"
    joint: JointRule = "both"
    cuts: tuple[tuple[str, float], ...] = ()
    lists: tuple[tuple[str, str], ...] = ()
    age_from: int | None = None
    rate_rule: RateRule = "strict_each_year"
    forces: str = "pooled"
    components: str = "each"
    counts: str = DEFAULT_COUNTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One reading taken otherwise, and the way that results."""

    reading: Reading
    option: ReadingOption
    way: Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the plan says of one target."""

    plan: Plan
    target: Target
    chosen: Mapping[str, str] = field(default_factory=dict)
    """By reading: the option taken in place of the default."""

    def terms(self) -> Terms:
        """The options' terms laid over each other, in the order of the plan's readings."""
        merged = Terms()
        for reading in self.readings():
            merged = _over(merged, _option(reading, self.chosen).terms)
        return merged

    def readings(self) -> Iterator[Reading]:
        """The readings that apply to the target."""
        return (one for one in self.plan.readings if self.target.id in one.applies_to)

    def indicator(self) -> Indicator | None:
        """The property of a person that the target is about."""
        return next((one for one in self.plan.indicators if one.id == self.target.indicator), None)


def default_way(plan: Plan, target: Target, *, phase: str) -> Way:
    """The target's words in one phase with every reading at its default."""
    return _way(Words(plan=plan, target=target), phase)


def alternatives(plan: Plan, target: Target, *, phase: str) -> Iterator[Alternative]:
    """Each option that is not the default and changes something in this phase."""
    words = Words(plan=plan, target=target)
    default = _way(words, phase)
    for reading in words.readings():
        for option in reading.options:
            if option.id == reading.default:
                continue
            chosen = {reading.id: option.id}
            way = _way(Words(plan=plan, target=target, chosen=chosen), phase)
            if way != default:
                yield Alternative(reading=reading, option=option, way=way)


def other_cuts(plan: Plan, target: Target, *, phase: str) -> Iterator[tuple[str, float, Way]]:
    """By dimension, each alternative cut of the target's indicator with the way that results."""
    words = Words(plan=plan, target=target)
    indicator, default = words.indicator(), _way(words, phase)
    for cut in indicator.cuts if indicator else ():
        for at in cut.alternatives:
            cuts = _pairs({**dict(default.cuts), cut.dimension: at})
            if cuts != default.cuts:
                yield cut.dimension, at, replace(default, cuts=cuts)


def threshold(target: Target, *, phase: str, basis: Basis) -> float | None:
    """The share that a phase asks for; as a share of the final target, their product."""
    asked = target.phases.get(phase)
    if asked is None:
        return None
    if basis == "population" or target.final is None:
        return asked.level
    return round(asked.level * target.final, 12)


def _way(words: Words, phase: str) -> Way:
    target, terms = words.target, words.terms()
    asked = target.phases.get(phase)
    basis = (terms.basis or {}).get(phase) or (asked.basis if asked else "population")
    indicator = words.indicator()
    cuts = {cut.dimension: cut.at_least for cut in (indicator.cuts if indicator else ())}
    return Way(
        basis=basis,
        threshold=threshold(target, phase=phase, basis=basis),
        domain=terms.domain or "union",
        joint=terms.joint or (indicator.joint if indicator else "both"),
        cuts=_pairs({name: (terms.cuts or {}).get(name, cut) for name, cut in cuts.items()}),
        lists=_pairs({a: one for a, one in (terms.lists or {}).items() if a in target.within}),
        age_from=_age_from(words, terms),
        rate_rule=terms.rate_rule or target.rate_rule or "strict_each_year",
        forces=terms.forces or "pooled",
        components=terms.components or "each",
        counts=terms.counts or DEFAULT_COUNTS,
    )


def _age_from(words: Words, terms: Terms) -> int | None:
    if terms.age_from is not None:
        return terms.age_from
    own = (one for one in words.plan.populations if one.id == words.target.population)
    return next((one.age_from for one in own), None)


def _option(reading: Reading, chosen: Mapping[str, str]) -> ReadingOption:
    wanted = chosen.get(reading.id, reading.default)
    return next(one for one in reading.options if one.id == wanted)


def _over(below: Terms, above: Terms) -> Terms:
    """`above` laid over `below`; mappings are joined, so that two readings may each set a part."""
    changes = {
        name: {**(getattr(below, name) or {}), **value} if isinstance(value, dict) else value
        for name in above.model_fields_set
        if (value := getattr(above, name)) is not None
    }
    return below.model_copy(update=changes)


def _pairs(values: Mapping[str, _Value]) -> tuple[tuple[str, _Value], ...]:
    return tuple(sorted(values.items()))
