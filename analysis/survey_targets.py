"""Targets that a survey measures: the share of people who have it, in the domain that is meant."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
import pandas as pd

from analysis.outcome import Outcome, nothing
from analysis.people import People
from analysis.readings import Way
from analysis.result import Estimate, Floor
from analysis.rules import Rule
from analysis.shares import Mask, share
from analysis.verdict import judge, judge_together, no_data
from instruments.language import Message, say
from instruments.plan import Target

AREAS = "areas"
"""The grouping of an estimate in the domain of a target, which is no variable of the study."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Domain:
    """Whom a target is about: its areas with the respondents who live there, None if unknown."""

    areas: Mapping[str, Mask | None]
    base: Mask

    def known(self) -> dict[str, Mask]:
        return {area: inside for area, inside in self.areas.items() if inside is not None}

    def joined(self, rule: str) -> Mask | None:
        """Union or intersection; None where an area that decides is unknown."""
        masks = self.known()
        if not masks or (rule == "intersection" and len(masks) < len(self.areas)):
            return None
        join = np.logical_and if rule == "intersection" else np.logical_or
        inside: Mask = reduce(join, masks.values()) & self.base
        return inside


def survey_outcome(people: People, target: Target, way: Way, *, due: bool) -> Outcome:
    """Estimate and judge a survey target with its words taken `way`.

    A test counts observed passes: a latent share never reaches the 100% that it asks (plan.md A8).
    """
    if (reason := _unmeasured(people, way)) is not None:
        return nothing(reason)
    if target.measure == "test":
        people = replace(people, latent=None)
    rule = Rule(cuts=dict(way.cuts), joint=way.joint)
    base = _old_enough(people, way)
    if not target.within:
        return _judged(_share(people, target, rule, base), way, due=due)
    domain = _domain(people, target, way, base)
    if any(domain.areas[area] is None for area, _ in way.lists):
        return nothing(_unlisted(people, domain))
    parts = _parts(people, target, rule, domain)
    if way.domain == "each":
        return _each(people, parts, domain, way, due=due)
    inside = domain.joined(way.domain)
    if inside is None:
        return nothing(_unlisted(people, domain))
    found = _share(people, target, rule, inside, area="+".join(domain.known()))
    return _judged(found, way, due=due, parts=parts if len(parts) > 1 else ())


def whom(people: People, target: Target, way: Way) -> Mask | None:
    """The respondents whom a target is about with its words taken `way`; None where that is unknown."""
    base = _old_enough(people, way)
    return _domain(people, target, way, base).joined(way.domain) if target.within else base


def floor_on(people: People, target: Target, way: Way, *, whole: Way) -> Floor | None:
    """What the target for everybody (`whole`) forces on the one for a domain (plan.md A2).

    With s the weighted share of the base that lives in the domain, and e the rate elsewhere, the
    domain's rate d must satisfy s d + (1 - s) e >= T.
    """
    domain = _domain(people, target, way, _old_enough(people, way))
    inside = domain.joined(way.domain)
    if inside is None or way.threshold is None or whole.threshold is None:
        return None
    size = share(people.sample, pd.Series(inside.astype(float)), of="domain", where=domain.base)
    rule = Rule(cuts=dict(whole.cuts), joint=whole.joint)
    beyond = rule.share(people, of="elsewhere", where=domain.base & ~inside).estimate
    s = size.estimate
    if s is None or s <= 0:
        return None
    return Floor(
        share=s,
        needed=_needed(whole.threshold, s, 1.0),
        elsewhere=beyond,
        needed_at_estimate=None if beyond is None else _needed(whole.threshold, s, beyond),
        reachable=1 - (1 - way.threshold) * s,
    )


def _needed(threshold: float, size: float, elsewhere: float) -> float:
    return max(0.0, (threshold - (1 - size) * elsewhere) / size)


def _unmeasured(people: People, way: Way) -> Message | None:
    lacking = [name for name, _ in way.cuts if name not in people.scores]
    if lacking or not way.cuts:
        return say("The instrument has no scored items on {dimensions}.",
                   dimensions=people.named(lacking or ["–"]))  # fmt: skip
    asked_from = people.settings.population.age_from
    if way.age_from is not None and asked_from is not None and way.age_from < asked_from:
        return say("The survey is of people aged {asked} and over; it has no answer for those from "
                   "{wanted}.", asked=asked_from, wanted=way.age_from)  # fmt: skip
    return None


def _old_enough(people: People, way: Way) -> Mask:
    """The base, or those in it old enough where the words ask for more."""
    asked_from = people.settings.population.age_from or 0
    if people.age is None or way.age_from is None or way.age_from <= asked_from:
        return people.everyone()
    return (people.age >= way.age_from).to_numpy(dtype=bool)


def _domain(people: People, target: Target, way: Way, base: Mask) -> _Domain:
    lists, base = dict(way.lists), base & people.settled()
    found = {area: people.list_of(area, lists) for area in target.within}
    areas = {
        area: None if one is None else people.living_in(one) & base for area, one in found.items()
    }
    return _Domain(areas=areas, base=base)


def _share(people: People, target: Target, rule: Rule, inside: Mask, area: str = "") -> Estimate:
    by = {AREAS: area} if area else {}
    return rule.share(people, of=target.indicator or target.id, by=by, where=inside)


def _parts(people: People, target: Target, rule: Rule, domain: _Domain) -> tuple[Estimate, ...]:
    return tuple(
        _share(people, target, rule, inside, area=area) for area, inside in domain.known().items()
    )


def _judged(found: Estimate, way: Way, *, due: bool, parts: tuple[Estimate, ...] = ()) -> Outcome:
    verdict = no_data() if way.threshold is None else judge(found, threshold=way.threshold, due=due)
    return Outcome(verdict=verdict, estimates=(found,), parts=parts)


def _each(
    people: People, parts: tuple[Estimate, ...], domain: _Domain, way: Way, *, due: bool
) -> Outcome:
    """Every area must pass by itself; one without a list leaves the target open."""
    if not parts or way.threshold is None:
        return nothing(_unlisted(people, domain))
    verdicts = [judge(part, threshold=way.threshold, due=due) for part in parts]
    if len(parts) == len(domain.areas):
        return Outcome(verdict=judge_together(verdicts), estimates=parts, parts=parts)
    verdict = judge_together([*verdicts, no_data()])
    return Outcome(
        verdict=verdict, estimates=parts, parts=parts, notes=(_unlisted(people, domain),)
    )


def _unlisted(people: People, domain: _Domain) -> Message:
    unknown = [area for area, inside in domain.areas.items() if inside is None]
    return say(
        "The list of units asked for is not loaded for: {areas}.", areas=people.named(unknown)
    )
