"""What the latent shares rest on: the scale of each trait, its cut, and how the judges set it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from instruments.language import Message, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleItem:
    """A calibrated item, so that another wave can be put on the scale that it is on.

    `content` is a hash of its words, its answers and the key that held: an item that differs in
    these is another item, and no anchor. `points` are what its categories earn; `location_se` is
    the standard error of its mean threshold by the design of the sample.
    """

    item: str
    content: str
    model: str
    slope: float
    intercepts: tuple[float, ...]
    guessing: float
    points: tuple[float, ...]
    location_se: float | None
    in_transition: bool = False
    """Whether some of its answers were given while its law changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """The share above a cut that is moved by so many of its standard errors, all else as it is."""

    errors: float
    cut: float
    share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelRound:
    """The panel's cut of one round and its standard error, as shares of the points."""

    round: int
    cut: float
    se: float
    judges: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardReport:
    """The frozen standard by which a dimension is cut; `cut` and `se` are shares of the points.

    `descriptors` say by level what people know or can do; `se` is 0 of an adopted cut.
    """

    dimension: str
    method: str
    status: str
    items: int
    cut: float
    se: float
    rounds: tuple[PanelRound, ...]
    descriptors: Mapping[str, Text]
    hash: str
    frozen_at: str
    decision: str | None = None
    adopted_on: date | None = None
    sensitivity: tuple[Sensitivity, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The share above one cut with a normal distribution of the trait, and with a free one.

    `se` is the standard error of the share; they `disagree` where they lie further apart than that,
    and than a point. If the free one is right the normal distribution puts too many
    (`normal` above `free`) or too few people above the cut.
    """

    normal: float
    free: float
    se: float
    disagree: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitReport:
    """The scale behind one dimension: its model, its items, and its marginal reliability.

    `cut` is the declared cut as a value of the trait, `share` the same as a share of the points;
    `at_cut` is, by item, the chance that a person exactly there earns its full credit.
    """

    dimension: str
    model: str
    items: int
    reliability: float | None
    cut_status: str = "proposed"
    cut: float | None = None
    share: float | None = None
    at_cut: Mapping[str, float] = field(default_factory=dict)
    scale: tuple[ScaleItem, ...] = ()
    shape: Shape | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleShare:
    """A share under one rule for don't-knows (`analysis.items.guessing`), or why there is none."""

    rule: str
    share: float | None
    note: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CandourReport:
    """The share of one indicator, in the domain of a target where one is named, under each rule.

    The first of `rules` is the one adopted, by which the share is printed everywhere else. `asked`
    items can be answered by a don't-know or a guess; `unknown` is the weighted share of their
    answers that are don't-knows.
    """

    of: str
    target: str = ""
    phase: str = ""
    asked: int
    unknown: float
    rules: tuple[RuleShare, ...]

    @property
    def ends(self) -> tuple[float, float] | None:
        """The least and the greatest share; None where no rule gives one."""
        known = [one.share for one in self.rules if one.share is not None]
        return (min(known), max(known)) if known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LatentReport:
    """What the latent shares rest on; `correlation` is that of two traits among everybody."""

    traits: tuple[TraitReport, ...]
    correlation: float | None
    conditioned_on: tuple[str, ...]
