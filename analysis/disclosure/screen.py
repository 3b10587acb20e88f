"""An analysis as it may be published: what is unreliable or tells too much is withheld everywhere.

Reliability first, then confidentiality; a number withheld for both says that it is confidential.
The flag on a withheld estimate is the code that stands in its place:

``[x]`` nobody was asked, ``[u]`` too unreliable (NCHS), ``[c]`` confidential.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from analysis.disclosure.presentation import presentation
from analysis.disclosure.profiles import screened_profiles
from analysis.disclosure.suppression import MINIMUM, suppress
from analysis.disclosure.tables import Cell, Counts, Sum
from analysis.errors import AnalysisError
from analysis.joint_targets import joined
from analysis.result import (
    AdjustedContrast,
    Analysis,
    AnswerShares,
    Areas,
    AreaVerdict,
    Estimate,
    Gap,
    ReadingResult,
    TargetResult,
    Trend,
)
from analysis.shares import AVERAGE
from analysis.simultaneous import at_confidence
from analysis.verdict import no_data
from instruments.language import say

Code = Literal["c", "u", "x"]
_WHOLE = "everybody"
_WHY = say("Withheld: too few respondents for a number that can be published.")
_Key = tuple[str, str, tuple[tuple[str, str], ...]]
"""What is estimated, its answer, and the group: two estimates that agree in these are one number."""


def screen(analysis: Analysis, *, minimum: int = MINIMUM) -> Analysis:
    """Withhold what may not be printed, in every place where the analysis has it.

    Counts of persons are held to `minimum` in groups. The groups of a variable, and what they
    leave of everybody, are one system of sums (`suppress`); any other group is set against
    everybody alone. Numbers about everybody are held to reliability alone. A target whose number
    is withheld has no verdict.
    """
    held = _Screen.of(analysis, minimum=minimum)
    targets = tuple(_target(one, held) for one in analysis.targets)
    areas = tuple(_areas(one, held) for one in analysis.areas)
    return replace(
        analysis,
        estimates=tuple(map(held.group, analysis.estimates)),
        items=tuple(map(held.alone, analysis.items)),
        topics=tuple(map(held.alone, analysis.topics)),
        old_law=tuple(map(held.alone, analysis.old_law)),
        transitions=tuple(
            replace(one, share=held.alone(one.share)) for one in analysis.transitions
        ),
        exposure=tuple(map(held.alone, analysis.exposure)),
        curve=tuple(replace(one, estimate=held.alone(one.estimate)) for one in analysis.curve),
        targets=targets,
        candour=tuple(
            one for one in analysis.candour if (one.target, one.phase) not in _gone(targets)
        ),
        joint=tuple(joined(one, targets) for one in analysis.joint),
        areas=areas,
        profiles=screened_profiles(analysis.profiles, shown=_shown(areas)),
        answers=tuple(_answers(one, held) for one in analysis.answers),
        gaps=tuple(_gap(one, held) for one in analysis.gaps),
        contrasts=tuple(_contrast(one, analysis, held) for one in analysis.contrasts),
        trends=tuple(_trend(one, held) for one in analysis.trends),
    )


def code_of(estimate: Estimate) -> Code | None:
    """The code that stands in the place of a withheld estimate; None where it is published."""
    return next((code for code in get_args(Code) if f"withheld_{code}" in estimate.flags), None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Screen:
    """What the counts allow: cells of groups that stay unpublished, and everybody by measure."""

    hidden: frozenset[Cell]
    everybody: Mapping[str, Estimate]
    minimum: int

    @classmethod
    def of(cls, analysis: Analysis, *, minimum: int) -> "_Screen":
        everybody = {one.of: one for one in analysis.estimates if not one.by}
        found = [*analysis.estimates, *(row.estimate for a in analysis.areas for row in a.rows)]
        hidden: set[Cell] = set()
        for of, whole in everybody.items():
            own = {_key(one): one for one in found if one.of == of and one.by}
            hidden |= _System.of(own, whole).hidden(minimum=minimum)
        return cls(hidden=frozenset(hidden), everybody=everybody, minimum=minimum)

    def group(self, one: Estimate) -> Estimate:
        """A group of a variable that parts people, as the whole system of sums allows."""
        size, *parts = _cells(_key(one))
        if self.hidden.isdisjoint((size, *parts)):
            return _reliable(one)
        return blank(one, code="c", n=0 if size in self.hidden else one.n)

    def alone(self, one: Estimate) -> Estimate:
        """A number that is set against everybody alone, who are published."""
        whole = self.everybody.get(one.of)
        inside = whole is not None and one.n < whole.n
        if not (one.by or inside) or not one.n:
            return _reliable(one)
        counts = [one.n, *_having(one)]
        if whole is not None and inside:
            counts += [
                all_ - own for all_, own in zip([whole.n, *_having(whole)], counts, strict=False)
            ]
        if min(counts) >= self.minimum:
            return _reliable(one)
        return blank(one, code="c", n=0 if one.n < self.minimum else one.n)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _System:
    """Counts of groups of one measure, the sums between them, and cells that nobody is in."""

    cells: dict[Cell, int]
    sums: list[Sum]

    @classmethod
    def of(cls, groups: Mapping[_Key, Estimate], whole: Estimate) -> "_System":
        system = cls(cells={}, sums=[])
        system.put(_WHOLE, whole)
        variables: dict[tuple[str, ...], list[_Key]] = {}
        for key, one in groups.items():
            system.put(key, one)
            variables.setdefault(tuple(one.by), []).append(key)
        for variable, keys in variables.items():
            system.put_rest(keys, rest=("rest", *variable))
        return system

    def put(self, key: Hashable, one: Estimate) -> None:
        """Add a group: its size is those who have it and those who have not."""
        self._put(key, (one.n, *_having(one)))

    def _put(self, key: Hashable, counts: Sequence[int]) -> None:
        self.cells.update(zip(_cells(key), counts, strict=False))
        if len(counts) > 1:
            size, *parts = _cells(key)
            self.sums.append(Sum(total=size, parts=tuple(parts)))

    def put_rest(self, keys: Sequence[_Key], *, rest: Hashable) -> None:
        """Add everybody less the groups: nobody prints it, and every reader can work it out."""
        columns = [
            (total, [each[at] for each in map(_cells, keys) if each[at] in self.cells])
            for at, total in enumerate(_cells(_WHOLE))
            if total in self.cells
        ]
        left = [self.cells[total] - sum(map(self.cells.__getitem__, column))
                for total, column in columns]  # fmt: skip
        self._put(rest, left)
        for (total, column), cell in zip(columns, _cells(rest), strict=False):
            self.sums.append(Sum(total=total, parts=(*column, cell)))

    def hidden(self, *, minimum: int) -> frozenset[Cell]:
        """Cells to withhold; all of them where nothing less protects the small ones."""
        empty = {cell for total in self.sums if not self.cells[total.total]
                 for cell in (total.total, *total.parts)}  # fmt: skip
        counts = Counts(cells=self.cells, sums=tuple(self.sums))
        try:
            return suppress(counts, minimum=minimum, exempt=empty).withheld
        except AnalysisError:
            return frozenset(self.cells)


def _cells(key: Hashable) -> tuple[Cell, Cell, Cell]:
    """The group's size, those in it who have what is measured, and those who have not."""
    return (key, "n"), (key, "hits"), (key, "misses")


def _having(one: Estimate) -> tuple[int, ...]:
    """Those who have what is measured and those who have not; nothing where it is no share."""
    return () if one.hits is None else (one.hits, one.n - one.hits)


def _key(one: Estimate) -> _Key:
    return one.of, one.level or "", tuple(sorted(one.by.items()))


def _reliable(one: Estimate) -> Estimate:
    """The estimate if it is reliable; the count of those who have it is never printed."""
    if not one.n:
        return blank(one, code="x", n=0)
    if AVERAGE in one.flags or presentation(one).shown:
        return _uncounted(one)
    return blank(one, code="u", n=one.n)


def _uncounted(one: Estimate) -> Estimate:
    """The estimate without counts; the observed share beside it only where it is reliable itself."""
    beside = one.observed
    if beside is not None:
        shown = AVERAGE in beside.flags or presentation(beside).shown
        beside = replace(beside, hits=None) if shown else None
    return replace(one, hits=None, observed=beside)


def blank(one: Estimate, *, code: Code, n: int) -> Estimate:
    """The estimate without any number that could tell what it was."""
    return Estimate(
        of=one.of, by=one.by, level=one.level, estimate=None, se=None, ci=(None, None),
        confidence=one.confidence, df=None, n=n, flags=(f"withheld_{code}",),
    )  # fmt: skip


def _target(one: TargetResult, held: _Screen) -> TargetResult:
    """A target's result; without its number, without a verdict that would tell where it lies."""
    estimate = None if one.estimate is None else held.alone(one.estimate)
    gone = estimate is not None and code_of(estimate) is not None
    return replace(
        one,
        estimate=estimate,
        parts=tuple(map(held.alone, one.parts)),
        readings=tuple(_reading(each, held) for each in one.readings),
        verdict=no_data() if gone else one.verdict,
        floor=None if gone else one.floor,
        notes=(*one.notes, _WHY) if gone else one.notes,
    )


def _gone(targets: Sequence[TargetResult]) -> set[tuple[str, str]]:
    """Targets whose number is withheld, so that no other rule's may be told either."""
    return {(one.target, one.phase) for one in targets
            if one.estimate is not None and code_of(one.estimate) is not None}  # fmt: skip


def _reading(one: ReadingResult, held: _Screen) -> ReadingResult:
    estimates = tuple(map(held.alone, one.estimates))
    gone = any(code_of(each) is not None for each in estimates)
    return replace(one, estimates=estimates, verdict=no_data() if gone else one.verdict)


def _areas(one: Areas, held: _Screen) -> Areas:
    """Areas judged at once; one without its number has no verdict.

    Reliability is that of the area's own interval: how many areas are judged beside it makes its
    estimate no worse.
    """
    rows = []
    for row in one.rows:
        own = held.group(at_confidence(row.estimate, one.confidence))
        kept = AreaVerdict(estimate=own, verdict=no_data(), alone=no_data())
        if code_of(own) is None:
            kept = replace(row, estimate=_uncounted(row.estimate))
        rows.append(kept)
    return replace(one, rows=tuple(rows))


def _shown(areas: Sequence[Areas]) -> set[tuple[str, str]]:
    """Areas whose number may be printed, by variable and level."""
    return {(one.variable, row.estimate.by[one.variable]) for one in areas for row in one.rows
            if code_of(row.estimate) is None}  # fmt: skip


def _trend(one: Trend, held: _Screen) -> Trend:
    """Waves of a target or an area; without this wave's number there is no change to it either."""
    *before, now = one.points
    own = (held.group if one.by else held.alone)(now.estimate)
    points = (*before, replace(now, estimate=own))
    return replace(one, points=points, changes=() if code_of(own) is not None else one.changes)


def _answers(one: AnswerShares, held: _Screen) -> AnswerShares:
    return replace(one, shares=tuple(map(held.alone, one.shares)),
                   favourable=held.alone(one.favourable), unanswered=held.alone(one.unanswered))  # fmt: skip


def _gap(one: Gap, held: _Screen) -> Gap:
    """Differences of a group or topic; none where its own share is withheld."""
    own = (held.group if one.share.by else held.alone)(one.share)
    if code_of(own) is not None:
        return replace(one, share=own, to_target=None, to_others=None)
    return replace(one, share=own)


def _contrast(one: AdjustedContrast, analysis: Analysis, held: _Screen) -> AdjustedContrast:
    """An activity's differences, unless the share among those whom it reached is withheld."""
    among = [each for each in analysis.exposure if dict(each.by) == {one.path: one.activity}]
    if among and all(code_of(held.alone(each)) is None for each in among):
        return one
    return replace(one, crude=None, adjusted=None, note=_WHY)
