"""A share wave after wave: its points, what may be joined, and the changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from analysis.estimate_result import Estimate
from instruments.language import Message, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class WavePoint:
    """One wave's estimate, and why it is not to be joined with the wave before (none: it is)."""

    label: Text
    day: date
    estimate: Estimate
    breaks: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveChange:
    """This wave less an earlier one, of independent samples.

    The variance is the sum of both sampling variances and of the linking's. Where the waves cannot
    be compared there is no number, and `breaks` say why. Of the trait, `at_cut` is this wave's share
    above the earlier cut, from which the earlier share is taken; `anchors` items link the waves, and
    `with_all` is the difference if no anchor had been left out. `by_scores`: both count scores.
    """

    label: Text
    day: date
    difference: float | None
    se: float | None
    ci: tuple[float | None, float | None]
    linking_se: float | None = None
    breaks: tuple[Message, ...] = ()
    at_cut: float | None = None
    anchors: int | None = None
    with_all: float | None = None
    mode_effect: float | None = None
    """What a bridge sample takes the change of mode for; it is taken off the difference."""
    by_scores: bool = False
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A target's share, or that of an area judged against it (`by`), wave after wave."""

    target: str
    by: Mapping[str, str] = field(default_factory=dict)
    points: tuple[WavePoint, ...]
    changes: tuple[WaveChange, ...] = ()
