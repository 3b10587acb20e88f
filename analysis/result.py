"""The results that travel: an estimate with its uncertainty, a verdict, and a whole analysis.

All are plain frozen values. Nothing here is rounded and nothing is worded: that is the work of
`reports`, which prints what stands here and computes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from analysis.administrative_result import Count, ForceCount, Rate, RateChange, RateSeries
from analysis.area_result import AreaProfile, Areas, AreaVerdict
from analysis.estimate_result import LEANING, Estimate, Verdict, Word
from analysis.fieldwork_result import Fieldwork
from analysis.law_result import TransitionReport
from analysis.provenance_result import OfficialClaim, Provenance, Scoring
from analysis.trait_result import CandourReport, LatentReport, StandardReport
from analysis.trend_result import Trend, WaveChange, WavePoint
from analysis.weighting_result import WeightingReport
from instruments.language import Message, Text

__all__ = [
    "LEANING",
    "AdjustedContrast",
    "Analysis",
    "AnswerShares",
    "AreaProfile",
    "AreaVerdict",
    "Areas",
    "Count",
    "CurvePoint",
    "DomainLabel",
    "Estimate",
    "Floor",
    "ForceCount",
    "Gap",
    "JointVerdict",
    "Rate",
    "RateChange",
    "RateSeries",
    "ReadingResult",
    "TargetResult",
    "Trend",
    "Verdict",
    "WaveChange",
    "WavePoint",
    "Word",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingResult:
    """A target under one alternative reading, everything else as by default.

    With `cut` the alternative is another cut on the dimension that `reading` names.
    """

    reading: str
    option: str
    threshold: float | None
    estimates: tuple[Estimate, ...] = ()
    verdict: Verdict | None = None
    advice_only: bool = False
    note: Message | None = None
    count: Count | None = None
    cut: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What T1a forces on T1b (plan.md A2): the least rate inside a domain that holds `share`.

    `needed` is at 100% elsewhere, `needed_at_estimate` at the rate estimated elsewhere;
    `reachable` is the most the whole can reach with the domain exactly at its own threshold.
    """

    share: float
    needed: float
    elsewhere: float | None
    needed_at_estimate: float | None
    reachable: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetResult:
    """One target in one phase."""

    target: str
    phase: str
    deadline: date
    due: bool
    threshold: float | None
    verdict: Verdict
    estimate: Estimate | None = None
    parts: tuple[Estimate, ...] = ()
    count: Count | None = None
    by_force: tuple[ForceCount, ...] = ()
    rates: tuple[Rate, ...] = ()
    series: tuple[RateSeries, ...] = ()
    readings: tuple[ReadingResult, ...] = ()
    floor: Floor | None = None
    to_decide: int | None = None
    """Of an inconclusive share: the interviews of the next wave that would decide it."""
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JointVerdict:
    """Targets of one phase that are reached only together: met if each is, not met if any is not."""

    targets: tuple[str, ...]
    phase: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustedContrast:
    """People whom an activity reached less the others, as they are and among people alike.

    `path` is the item that asks of activities; `note` says why there is no number.
    """

    activity: str
    path: str
    of: str
    crude: Estimate | None
    adjusted: Estimate | None
    covariates: tuple[str, ...]
    note: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """How far a group (`by`), or a topic of what everybody knows, lies from what it is held against.

    `share` is its own estimate. `to_target` is that less `threshold`; `to_others` is that less the
    share of everybody else, or less the other topics of the same people. Its interval holds together
    with those of all other groups or topics (Bonferroni).
    """

    share: Estimate
    threshold: float | None = None
    target: str = ""
    to_target: Estimate | None = None
    to_others: Estimate | None = None

    @property
    def word(self) -> Literal["higher", "lower", "open"] | None:
        """What the interval of the difference from the others allows to say; None without one."""
        low, high = (None, None) if self.to_others is None else self.to_others.ci
        if low is None or high is None:
            return None
        return "higher" if low > 0 else "lower" if high < 0 else "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerShares:
    """The answers to a question of opinion or conduct, as shares of those who gave one.

    `shares` stand in the order of the form, each with its code as `level`; `credit` says what a code
    is worth, 0 to 1. `favourable` is the share of answers worth more than half, `unanswered` that of
    the people asked who gave none of these answers.
    """

    item: str
    shares: tuple[Estimate, ...]
    credit: Mapping[str, float]
    favourable: Estimate
    unanswered: Estimate

    @property
    def is_scale(self) -> bool:
        """Whether the answers have an order: what they are worth never falls, or never rises."""
        worth = [self.credit[one.level or ""] for one in self.shares]
        is_ordered = sorted(worth) in (worth, worth[::-1])
        return len(worth) > 2 and is_ordered and worth[0] != worth[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainLabel:
    """What a domain variable and its levels are called; `order` are the levels that it may have."""

    variable: str
    label: Text
    levels: Mapping[str, Text]
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """The share that passes if one dimension's cut were elsewhere."""

    dimension: str
    cut: float
    estimate: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """Everything that a report may print."""

    provenance: Provenance
    responses: Mapping[str, int]
    weighting: WeightingReport
    domains: tuple[DomainLabel, ...]
    estimates: tuple[Estimate, ...]
    items: tuple[Estimate, ...]
    exposure: tuple[Estimate, ...]
    """Whom each activity reached (`level`), and the headline among them (`by`)."""
    curve: tuple[CurvePoint, ...]
    targets: tuple[TargetResult, ...]
    warnings: tuple[Message, ...] = ()
    scoring: Scoring | None = None
    latent: LatentReport | None = None
    """What the latent shares rest on; None where shares count observed scores."""
    candour: tuple[CandourReport, ...] = ()
    """The latent shares under each rule for don't-knows."""
    joint: tuple[JointVerdict, ...] = ()
    """Survey targets with those that are parts of them, as a whole."""
    claims: tuple[OfficialClaim, ...] = ()
    """What was officially said of targets: printed beside the verdicts, and not tested."""
    standards: tuple[StandardReport, ...] = ()
    """The frozen standards by which dimensions are cut."""
    old_law: tuple[Estimate, ...] = ()
    """By item whose law was amended (`of`): the share that still gives an answer of the old law."""
    transitions: tuple[TransitionReport, ...] = ()
    """Answers given while the law behind a question was changing."""
    areas: tuple[Areas, ...] = ()
    """Areas that the settings name to be judged at once."""
    profiles: tuple[AreaProfile, ...] = ()
    """What stands beside the verdict on each of these areas."""
    contrasts: tuple[AdjustedContrast, ...] = ()
    """Activities compared among people alike, where the settings name covariates."""
    trends: tuple[Trend, ...] = ()
    """Targets and areas over the waves, where the settings name earlier ones."""
    cuts: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """By indicator and dimension, the score that is asked for."""
    topics: tuple[Estimate, ...] = ()
    """Average credit on the items of each topic of what is to be known."""
    answers: tuple[AnswerShares, ...] = ()
    """How the answers to questions of opinion and conduct are distributed."""
    gaps: tuple[Gap, ...] = ()
    """Groups and topics against the target and against the others."""
    fieldwork: Fieldwork | None = None
    """How the sample was drawn and what became of it."""
    labels: Mapping[str, Text] = field(default_factory=dict)
    """What the things measured are called: by indicator, dimension or item, and for an answer by
    ``item=code``."""
