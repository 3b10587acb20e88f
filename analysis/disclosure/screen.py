"""An analysis as it may be published: what is unreliable or tells too much is withheld everywhere.

Reliability first, then confidentiality; a number withheld for both says that it is confidential.
The flag on a withheld estimate is the code that stands in its place:

``[x]`` nobody was asked, ``[u]`` too unreliable (NCHS), ``[c]`` confidential.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from analysis.disclosure.presentation import presentation
from analysis.disclosure.suppression import MINIMUM, suppress
from analysis.disclosure.tables import Cell, Counts, Sum
from analysis.errors import AnalysisError
from analysis.result import Analysis, CurvePoint, Estimate, ReadingResult, TargetResult
from analysis.shares import AVERAGE
from analysis.verdict import no_data
from instruments.language import say

Code = Literal["c", "u", "x"]
_WHOLE = "everybody"
_WHY = say("Withheld: too few respondents for a number that can be published.")
_Key = tuple[str, str, tuple[tuple[str, str], ...]]
"""What is estimated, its answer, and the group: two estimates that agree in these are one number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Withheld:
    """What the counts of groups allow: groups whose share, and whose size, stay unpublished."""

    shares: frozenset[_Key]
    sizes: frozenset[_Key]
    minimum: int

    def applied(self, one: Estimate) -> Estimate:
        """The estimate as it may be printed; the count of those who have it never is."""
        key = _key(one)
        code = "c" if key in self.shares else self._code(one)
        size = 0 if key in self.sizes or one.n < self.minimum else one.n
        return replace(one, hits=None) if code is None else _blank(one, code=code, n=size)

    def _code(self, one: Estimate) -> Code | None:
        if not one.n:
            return "x"
        if one.by and one.n < self.minimum:
            return "c"
        return None if AVERAGE in one.flags or presentation(one).shown else "u"


def screen(analysis: Analysis, *, minimum: int = MINIMUM) -> Analysis:
    """Withhold what may not be printed, in every place where the analysis has it.

    Counts of persons are held to `minimum` in groups, where they and what they leave of everybody
    are one system of sums (`suppress`); numbers about everybody are held to reliability alone.
    A target whose number is withheld has no verdict.
    """
    held = _withheld(analysis, minimum=minimum)
    return replace(
        analysis,
        estimates=tuple(map(held.applied, analysis.estimates)),
        items=tuple(map(held.applied, analysis.items)),
        topics=tuple(map(held.applied, analysis.topics)),
        exposure=tuple(map(held.applied, analysis.exposure)),
        curve=tuple(_point(one, held) for one in analysis.curve),
        targets=tuple(_target(one, held) for one in analysis.targets),
    )


def code_of(estimate: Estimate) -> Code | None:
    """The code that stands in the place of a withheld estimate; None where it is published."""
    return next((code for code in get_args(Code) if f"withheld_{code}" in estimate.flags), None)


def _all(analysis: Analysis) -> Iterator[Estimate]:
    yield from (*analysis.estimates, *analysis.exposure)
    for target in analysis.targets:
        yield from (*([] if target.estimate is None else [target.estimate]), *target.parts)
        for reading in target.readings:
            yield from reading.estimates


def _withheld(analysis: Analysis, *, minimum: int) -> _Withheld:
    groups = {_key(one): one for one in _all(analysis) if one.by and one.hits is not None}
    everybody = {one.of: one for one in _all(analysis) if not one.by and one.level is None}
    variables = frozenset(name for one in analysis.estimates for name in one.by)
    hidden: set[Cell] = set()
    for of in dict.fromkeys(one.of for one in groups.values()):
        own = {key: one for key, one in groups.items() if one.of == of}
        system = _System.of(own, everybody.get(of), partitions=variables)
        hidden |= system.hidden(minimum=minimum)
    sizes = frozenset(key for key in groups if (key, "n") in hidden)
    shares = frozenset(key for key in groups if not hidden.isdisjoint(_cells(key)))
    return _Withheld(shares=shares, sizes=sizes, minimum=minimum)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _System:
    """Counts of groups of one measure, the sums between them, and cells that nobody is in."""

    cells: dict[Cell, int]
    sums: list[Sum]

    @classmethod
    def of(
        cls,
        groups: Mapping[_Key, Estimate],
        whole: Estimate | None,
        *,
        partitions: frozenset[str],
    ) -> "_System":
        system = cls(cells={}, sums=[])
        for key, one in groups.items():
            system.put(key, n=one.n, hits=one.hits or 0)
        if whole is not None and whole.hits is not None:
            system.put(_WHOLE, n=whole.n, hits=whole.hits)
            for number, keys in enumerate(_together(groups, partitions)):
                system.put_rest(keys, rest=f"rest {number}")
        return system

    def put(self, key: Hashable, *, n: int, hits: int) -> None:
        """Add a group: its size is those who have it and those who have not."""
        size, *parts = _cells(key)
        self.cells.update(zip((size, *parts), (n, hits, n - hits), strict=True))
        self.sums.append(Sum(total=size, parts=tuple(parts)))

    def put_rest(self, keys: Sequence[_Key], *, rest: str) -> None:
        """Add everybody less the groups: nobody prints it, and every reader can work it out."""
        columns = list(zip(*map(_cells, keys), strict=True))
        left = [
            self.cells[all_] - sum(self.cells[cell] for cell in column)
            for all_, column in zip(_cells(_WHOLE), columns, strict=True)
        ]
        self.put(rest, n=left[0], hits=left[1])
        for all_, column, cell in zip(_cells(_WHOLE), columns, _cells(rest), strict=True):
            self.sums.append(Sum(total=all_, parts=(*column, cell)))

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


def _together(
    groups: Mapping[_Key, Estimate], partitions: frozenset[str]
) -> Iterator[tuple[_Key, ...]]:
    """Groups of a variable that parts people, together; any other group, which may overlap, alone."""
    variables: dict[tuple[str, ...], list[_Key]] = {}
    for key, one in groups.items():
        if partitions.issuperset(one.by):
            variables.setdefault(tuple(one.by), []).append(key)
        else:
            yield (key,)
    yield from map(tuple, variables.values())


def _key(one: Estimate) -> _Key:
    return one.of, one.level or "", tuple(sorted(one.by.items()))


def _blank(one: Estimate, *, code: Code, n: int) -> Estimate:
    """The estimate without any number that could tell what it was."""
    return Estimate(
        of=one.of, by=one.by, level=one.level, estimate=None, se=None, ci=(None, None),
        confidence=one.confidence, df=None, n=n, flags=(f"withheld_{code}",),
    )  # fmt: skip


def _point(one: CurvePoint, held: _Withheld) -> CurvePoint:
    return replace(one, estimate=held.applied(one.estimate))


def _target(one: TargetResult, held: _Withheld) -> TargetResult:
    """A target's result; without its number, without a verdict that would tell where it lies."""
    estimate = None if one.estimate is None else held.applied(one.estimate)
    gone = estimate is not None and code_of(estimate) is not None
    return replace(
        one,
        estimate=estimate,
        parts=tuple(map(held.applied, one.parts)),
        readings=tuple(_reading(each, held) for each in one.readings),
        verdict=no_data() if gone else one.verdict,
        floor=None if gone else one.floor,
        notes=(*one.notes, _WHY) if gone else one.notes,
    )


def _reading(one: ReadingResult, held: _Withheld) -> ReadingResult:
    estimates = tuple(map(held.applied, one.estimates))
    gone = any(code_of(each) is not None for each in estimates)
    return replace(one, estimates=estimates, verdict=no_data() if gone else one.verdict)
