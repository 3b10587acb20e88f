"""What is followed from wave to wave: targets and judged areas, and their shares at another cut."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from analysis.measured import Measured
from analysis.people import People
from analysis.readings import default_way
from analysis.result import Areas, Estimate, TargetResult
from analysis.rules import Rule
from analysis.simultaneous import at_confidence
from analysis.survey_targets import survey_outcome
from instruments.plan import Indicator, Target

Cuts = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """One series' share in this wave; `phase` is that in which its target was measured."""

    target: str
    phase: str
    by: Mapping[str, str]
    own: Estimate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ThisWave:
    """This wave's series, and how to ask for them at other cuts; `areas` are people by variable."""

    made: Measured
    areas: Mapping[str, People]
    _found: dict[tuple[object, ...], dict[str, Estimate]] = field(default_factory=dict)

    def at(self, series: Series, cuts: Cuts) -> Estimate | None:
        """The share with the cuts elsewhere, as shares of the points; each set is asked once."""
        (variable, *_), (level, *_) = (list(part) or [""] for part in
                                       (series.by.keys(), series.by.values()))  # fmt: skip
        key = (series.target, series.phase, variable, tuple(sorted(cuts.items())))
        if key not in self._found:
            whole = self._areas if variable else self._target
            self._found[key] = dict(whole(series, variable, cuts))
        return self._found[key].get(level)

    def _target(self, series: Series, _: str, cuts: Cuts) -> Iterator[tuple[str, Estimate]]:
        plan = self.made.study.plan
        target = self.target(series)
        way = default_way(plan, target, phase=series.phase)
        way = replace(way, cuts=tuple(sorted({**dict(way.cuts), **cuts}.items())))
        for found in survey_outcome(self.made.people, target, way, due=False).estimates[:1]:
            yield "", found

    def _areas(self, series: Series, variable: str, cuts: Cuts) -> Iterator[tuple[str, Estimate]]:
        indicator = self.indicator(series)
        rule = Rule(cuts=dict(cuts), joint=indicator.joint)
        for found in rule.shares_by(self.areas[variable], of=indicator.id, variable=variable):
            yield found.by[variable], found

    def target(self, series: Series) -> Target:
        """The target that a series follows."""
        return next(one for one in self.made.study.plan.targets if one.id == series.target)

    def indicator(self, series: Series) -> Indicator:
        """What a series measures of a person."""
        wanted = self.target(series).indicator
        return next(one for one in self.made.study.plan.indicators if one.id == wanted)


def series_of(targets: Sequence[TargetResult], areas: Sequence[Areas]) -> Iterator[Series]:
    """Every target that this wave measured, then every area, with its own interval."""
    for one in targets:
        if one.estimate is not None:
            yield Series(target=one.target, phase=one.phase, by={}, own=one.estimate)
    for found in areas:
        for row in found.rows:
            yield Series(target=found.target, phase=found.phase, by=row.estimate.by,
                         own=at_confidence(row.estimate, found.confidence))  # fmt: skip
