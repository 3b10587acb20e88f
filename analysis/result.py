"""The results that travel: an estimate with its uncertainty, a verdict, and a whole analysis.

All are plain frozen values. Nothing here is rounded and nothing is worded: that is the work of
`reports`, which prints what stands here and computes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from math import sqrt
from typing import Literal

from analysis.awareness.result import Budget
from analysis.fieldwork_result import Fieldwork
from analysis.provenance_result import OfficialClaim, Provenance, Scoring
from analysis.trait_result import LatentReport, StandardReport
from analysis.weighting_result import WeightingReport
from instruments.language import Message, Text

Word = Literal[
    "met", "not_met", "inconclusive",   # after the deadline
    "at_target", "below_target",        # before it (plan.md A11); inconclusive is shared
    "no_data",                          # its instrument or file does not exist yet
]  # fmt: skip

LEANING = 0.8
"""Probability from which an inconclusive verdict is said to lean towards its target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One number about the population and how sure it is.

    `se` is the design-based standard error, `ci` the two-sided interval at `confidence` on `df`
    degrees of freedom, `deff` the design effect against simple random sampling with replacement
    of the same size, `n` the respondents in the domain, `n_eff` the effective sample size.
    A value that is not defined is None and a flag says why; it is never NaN.
    """

    of: str
    by: Mapping[str, str] = field(default_factory=dict)
    level: str | None = None
    estimate: float | None
    se: float | None
    ci: tuple[float | None, float | None]
    confidence: float = 0.95
    df: float | None
    cv: float | None = None
    deff: float | None = None
    n: int
    n_eff: float | None = None
    hits: int | None = None
    """Of a share of people: how many respondents have it, unweighted. It is never printed."""
    flags: tuple[str, ...] = ()
    prob: float | None = None
    """Of a quantile: the share of the population below it."""
    statistic: float | None = None
    p: float | None = None
    """Of a coefficient: its t statistic and two-sided p-value."""
    missing_information: float | None = None
    """Of multiply imputed data: the share of information that is missing."""
    observed: "Estimate | None" = None
    """Of a latent share: the share whose observed scores reach the cuts."""
    budget: Budget | None = None
    """Of a latent share: where its variance comes from."""
    margins: tuple[float, ...] = ()
    """Of a latent share over two traits: the share above each cut alone."""

    @property
    def deft(self) -> float | None:
        """The square root of the design effect (Kish): by how much it lengthens the interval."""
        return None if self.deff is None else sqrt(self.deff)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The judgement on one threshold.

    `probability` is that of the target being met, from the t distribution of the same interval
    (None for counts); `by_point` is the word that the point alone would give, printed beside it
    because readers will compute it.
    """

    word: Word
    by_point: Word
    probability: float | None = None

    @property
    def leaning(self) -> Literal["met", "not_met"] | None:
        """Which way an inconclusive verdict leans: the probability is at least 80% or at most 20%."""
        if self.word != "inconclusive" or self.probability is None:
            return None
        if self.probability >= LEANING:
            return "met"
        return "not_met" if self.probability <= 1 - LEANING else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """An administrative share: persons who have what the target asks, of persons in post.

    Units that have not reported bound the share: `low` if none of theirs has it, `high` if all.
    `outstanding` is how many persons they have, None where that is not known either.
    """

    numerator: int
    denominator: int
    units_reporting: int
    units_total: int
    low: float
    high: float
    as_of: date
    source: str
    late: int = 0
    outstanding: int | None = 0

    @property
    def share(self) -> float:
        """Numerator over denominator of the units that reported."""
        return self.numerator / self.denominator


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Violations in a year per 1,000 of average strength."""

    year: int
    per_thousand: float
    events: int | None = None
    strength: float | None = None

    @property
    def exact(self) -> Fraction:
        """The rate per 1,000 as a fraction, so that two years compare without rounding."""
        if self.events is None or self.strength is None:
            return Fraction(f"{self.per_thousand:.12g}")
        return Fraction(self.events) * 1000 / Fraction(self.strength)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateChange:
    """A year's rate against an earlier one; `ci` is exact and advice, never the verdict."""

    year: int
    since: int
    ratio: float | None
    ci: tuple[float | None, float | None]
    fell: bool
    stays_at_zero: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RateSeries:
    """The yearly rates of one kind of violation in one force, judged on their own.

    `kind` is law, discipline or pooled; `force` is pooled or a force's name; `numerator` says
    whether events or persons are counted.
    """

    kind: str
    force: str
    numerator: Literal["events", "persons"]
    rates: tuple[Rate, ...]
    changes: tuple[RateChange, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceCount:
    """The count of one force alone, judged by itself: a pool can hide the smallest."""

    force: str
    count: Count
    verdict: Verdict


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
    by_scores: bool = False
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A target's share, or that of an area judged against it (`by`), wave after wave."""

    target: str
    by: Mapping[str, str] = field(default_factory=dict)
    points: tuple[WavePoint, ...]
    changes: tuple[WaveChange, ...] = ()


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
    joint: tuple[JointVerdict, ...] = ()
    """Survey targets with those that are parts of them, as a whole."""
    claims: tuple[OfficialClaim, ...] = ()
    """What was officially said of targets: printed beside the verdicts, and not tested."""
    standards: tuple[StandardReport, ...] = ()
    """The frozen standards by which dimensions are cut."""
    old_law: tuple[Estimate, ...] = ()
    """By item whose law was amended (`of`): the share that still gives an answer of the old law."""
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
