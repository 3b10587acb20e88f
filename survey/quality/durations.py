"""How long the interviews of a file took, and which of them were too fast to be read out."""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Self

from instruments.language import say
from survey.findings import Note
from survey.quality.flags import Timing

SPEED = 0.3
"""Share of the median duration below which an interview was too fast to be read out."""
ENOUGH_DURATIONS = 5


@dataclass(slots=True)
class _Group:
    """Interviews of one version: 16 bytes for each, so that a million of them take 16 MB."""

    path: str
    rows: "array[int]" = field(default_factory=lambda: array("q"))
    seconds: "array[float]" = field(default_factory=lambda: array("d"))

    def too_fast(self) -> Iterator[tuple[int, Note]]:
        if len(self.rows) < ENOUGH_DURATIONS:
            return
        middle = median(self.seconds)
        for row, seconds in zip(self.rows, self.seconds, strict=True):
            if seconds < SPEED * middle:
                yield row, _too_fast(self.path, seconds, middle)


@dataclass(frozen=True, slots=True)
class Durations:
    """How long the interviews of a file took, by the version of their form."""

    groups: dict[str, _Group] = field(default_factory=dict)

    def add(self, timings: Iterable[Timing]) -> Self:
        """Take in more interviews."""
        for one in timings:
            group = self.groups.setdefault(one.version, _Group(one.path))
            group.rows.append(one.row)
            group.seconds.append(one.seconds)
        return self

    def speeders(self) -> list[tuple[int, Note]]:
        """Rows that took less than 0.3 of the median time of their version, each with its note."""
        return [found for group in self.groups.values() for found in group.too_fast()]


def _too_fast(path: str, seconds: float, middle: float) -> Note:
    return Note(rule="qc_speeder", path=path, value=f"{seconds:.0f}",
                message=say("The interview took {seconds} s; half of them took {median} s or more.",
                            seconds=round(seconds), median=round(middle)))  # fmt: skip
