"""Every published share with what it is of and about whom, in words that R can evaluate.

Of a latent share the auditor works out the observed one that stands beside it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.audit.table import AuditTable
from analysis.describe import headline_indicators, moved, rules
from analysis.measured import Measured
from analysis.readings import Way, alternatives, default_way, other_cuts
from analysis.result import Analysis, Estimate, TargetResult
from analysis.rules import Rule
from analysis.survey_targets import AREAS

EVERYBODY = "TRUE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One published estimate, and the R expressions of its variable and its domain."""

    place: str
    value: str
    inside: str
    published: Estimate

    def record(self) -> dict[str, Any]:
        """A row of the auditor's table of estimates; doubles in full."""
        row = self.published
        return {
            "place": self.place, "of": row.of,
            "by": ", ".join(f"{name}: {level}" for name, level in row.by.items()),
            "level": row.level, "value": self.value, "inside": self.inside,
            "estimate": row.estimate, "se": row.se, "lower": row.ci[0], "upper": row.ci[1],
            "df": row.df, "deff": row.deff, "n": row.n, "n_eff": row.n_eff,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Checks:
    """The published estimates of an analysis, section by section."""

    made: Measured
    result: Analysis
    table: AuditTable

    def all(self) -> list[Check]:
        """Every share that the analysis holds; differences between two of them are left out."""
        return [*self._groups(), *self._items(), *self._topics(), *self._exposure(),
                *self._answers(), *self._curve(), *self._targets()]  # fmt: skip

    def _groups(self) -> Iterator[Check]:
        known = rules(headline_indicators(self.made.study.plan, self.made.people))
        for one in self.result.estimates:
            inside = [self._equals("group", name, level) for name, level in one.by.items()]
            yield self._check("estimates", self._rule(known[one.of]), inside, one)

    def _items(self) -> Iterator[Check]:
        for one in self.result.items:
            yield self._check("items", self._name("credit", one.of), [], one)

    def _topics(self) -> Iterator[Check]:
        for one in self.result.topics:
            yield self._check("topics", self._name("topic", one.of), [], one)

    def _exposure(self) -> Iterator[Check]:
        known = rules(headline_indicators(self.made.study.plan, self.made.people))
        for one in self.result.exposure:
            if one.level is not None:
                yield self._check("exposure", self._name("reached", one.level), [], one)
                continue
            inside = [f"{self._name('reached', code)} == 1" for code in one.by.values()]
            yield self._check("exposure", self._rule(known[one.of]), inside, one)

    def _answers(self) -> Iterator[Check]:
        for one in self.result.answers:
            given = self._name("answer", one.item)
            for own in one.shares:
                value = f"{given} == {json.dumps(own.level, ensure_ascii=False)}"
                yield self._check("answers", value, [f"!is.na({given})"], own)
            for kind, own in (("favourable", one.favourable), ("unanswered", one.unanswered)):
                yield self._check("answers", self._name(kind, one.item), [], own)

    def _curve(self) -> Iterator[Check]:
        indicators = headline_indicators(self.made.study.plan, self.made.people)
        for point in self.result.curve:
            rule = moved(indicators[0], dimension=point.dimension, cut=point.cut)
            place = f"curve {point.dimension} {point.cut:g}"
            yield self._check(place, self._rule(rule), [], point.estimate)

    def _targets(self) -> Iterator[Check]:
        for found in self.result.targets:
            yield from self._target(found)

    def _target(self, found: TargetResult) -> Iterator[Check]:
        plan = self.made.study.plan
        target = next(one for one in plan.targets if one.id == found.target)
        place = f"{found.target} {found.phase}"
        way = default_way(plan, target, phase=found.phase)
        own = () if found.estimate is None else (found.estimate,)
        for one in (*own, *found.parts):
            yield self._along(place, way, target.within, one)
        ways = {
            **{(other.reading.id, other.option.id): other.way
               for other in alternatives(plan, target, phase=found.phase)},
            **{(dimension, f"{at:g}"): way
               for dimension, at, way in other_cuts(plan, target, phase=found.phase)},
        }  # fmt: skip
        for reading in found.readings:
            other = ways[reading.reading, reading.option]
            for one in reading.estimates:
                shown = f"{place} {reading.reading} {reading.option}"
                yield self._along(shown, other, target.within, one)

    def _along(self, place: str, way: Way, within: Sequence[str], one: Estimate) -> Check:
        rule = Rule(cuts=dict(way.cuts), joint=way.joint)
        inside = [*self._aged(way), *(self._living(way, one) if within else ())]
        return self._check(place, self._rule(rule), inside, one)

    def _aged(self, way: Way) -> Iterator[str]:
        people = self.made.people
        asked_from = people.settings.population.age_from or 0
        if people.age is not None and way.age_from is not None and way.age_from > asked_from:
            yield f"{self._name('age', '')} >= {way.age_from}"

    def _living(self, way: Way, one: Estimate) -> Iterator[str]:
        """Residence known, and in the areas that the estimate names."""
        people, lists = self.made.people, dict(way.lists)
        yield f"{self._name('settled', '')} == 1"
        names = []
        for area in one.by.get(AREAS, "").split("+"):
            chosen = people.list_of(area, lists)
            if chosen is not None:
                names.append(f"{self._name('area', area, chosen.id)} == 1")
        join = " & " if way.domain == "intersection" else " | "
        yield f"({join.join(names)})"

    def _kept(self) -> Iterator[str]:
        """Who is left with a weight, where the recipe takes it from some."""
        if self.made.weighted.sample.left_out is not None:
            yield f"{self._name('final_weight', '')} > 0"

    def _rule(self, rule: Rule) -> str:
        reached = [f"reaches({self._name('score', d)}, {cut!r})" for d, cut in rule.cuts.items()]
        return reached[0] if len(reached) == 1 else f"{rule.joint}({', '.join(reached)})"

    def _equals(self, kind: str, name: str, level: str) -> str:
        return f"{self._name(kind, name)} == {json.dumps(level, ensure_ascii=False)}"

    def _name(self, *key: str) -> str:
        names: Mapping[tuple[str, ...], str] = self.table.names
        return names[key]

    def _check(self, place: str, value: str, inside: Sequence[str], one: Estimate) -> Check:
        return Check(
            place=place,
            value=value,
            published=one.observed or one,
            inside=" & ".join([*self._kept(), *inside]) or EVERYBODY,
        )
