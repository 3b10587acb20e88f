"""Areas that are judged together, and what is told of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis.estimate_result import Estimate, Verdict
from instruments.language import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaVerdict:
    """One area: its estimate with the joint interval, its verdict, and that of its own interval."""

    estimate: Estimate
    verdict: Verdict
    alone: Verdict

    @property
    def flips(self) -> bool:
        """Whether the area would be judged otherwise by itself."""
        return self.verdict.word != self.alone.word


@dataclass(frozen=True, slots=True, kw_only=True)
class Areas:
    """Areas judged together against one threshold, that of `target` in `phase`.

    `planned` is the number of areas that were to be judged, fixed before the data came;
    `confidence` is that of all intervals at once. `expected_false` is the greatest expected number
    of areas called met (or not met) though they lie exactly at the target, by the joint intervals,
    and `expected_false_alone` by their own. `is_planned` says whether
    `planned` stands in an analysis plan that was hashed before the first answers; `is_latent`
    whether shares are those of the trait, each area being a condition of it; `unmodelled` are
    areas with too few respondents for that.
    """

    variable: str
    target: str = ""
    phase: str = ""
    threshold: float
    planned: int
    confidence: float
    rows: tuple[AreaVerdict, ...]
    is_planned: bool = False
    is_latent: bool = False
    unmodelled: tuple[str, ...] = ()
    notes: tuple[Message, ...] = ()

    @property
    def expected_false(self) -> float:
        """At most half of what the confidence leaves: only one tail can be wrong."""
        return (1 - self.confidence) / 2

    @property
    def expected_false_alone(self) -> float:
        """As many times more as there are areas."""
        return self.planned * self.expected_false

    @property
    def each(self) -> float:
        """Bonferroni's confidence of each interval, 1 - α/m."""
        return 1 - (1 - self.confidence) / self.planned

    @property
    def flips(self) -> tuple[AreaVerdict, ...]:
        """Areas that would be judged otherwise one by one."""
        return tuple(row for row in self.rows if row.flips)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaProfile:
    """What is told of one judged area beside its verdict.

    `inside` names, by grouping variable, the level in which the whole area lies; `topics` is the
    average credit there, `to_decide` the interviews there that would decide it if its share is
    where it is estimated, and `to_decide_as_all` if it is that of everybody.
    """

    variable: str
    area: str
    inside: Mapping[str, str] = field(default_factory=dict)
    topics: tuple[Estimate, ...] = ()
    to_decide: int | None = None
    to_decide_as_all: int | None = None
