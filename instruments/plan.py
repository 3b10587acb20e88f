"""The policy plan: populations, targets, phases, and every way in which its words can be read.

A plan's wording is ambiguous; the model keeps each ambiguity as a `Reading` with a default and
alternatives. An alternative says what it changes (`Terms`), so that the analysis can judge each
target under the default and again with one reading changed, without knowing any plan by name.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from instruments.language import Text
from instruments.model import Definition, Id

Share = Annotated[float, Field(ge=0, le=1)]
Basis = Literal["population", "share_of_target"]
Measure = Literal["survey", "administrative_share", "administrative_rate", "test"]
DomainRule = Literal["union", "each", "intersection"]
JointRule = Literal["both", "either", "average"]
RateRule = Literal["strict_each_year", "trend", "endpoints", "strict_and_significant"]


class Source(Definition):
    """Where a wording or a number comes from, and how far it can be trusted."""

    id: Id
    """Name by which targets refer to it."""
    title: Text
    """What it is, and where it is found."""
    confidence: Literal["verified", "memory", "computed", "judgement"]
    """Whether it was seen, remembered, computed or judged."""


class Phase(Definition):
    """A stretch of the plan; its last day is the deadline of its targets."""

    id: Id
    """Name by which targets refer to it."""
    label: Text
    """The name in words."""
    begins: date
    """First day."""
    ends: date
    """Last day: the deadline."""


class PhaseTarget(Definition):
    """What a phase asks: a level, and what the level is a share of."""

    level: Share
    """The level to be reached, from 0 to 1."""
    basis: Basis = "population"
    """What the level is a share of: of the population, or of the final target."""


class Population(Definition):
    """Whose share is judged."""

    id: Id
    """Name by which targets refer to it."""
    label: Text
    """The name in words."""
    age_from: int | None = None
    """Youngest age of its members."""
    instrument: Id | None = None
    """Instrument that measures it, where a survey or test does."""


class Force(Definition):
    """A part of the people whom units report on, such as the reserve."""

    id: Id
    """Name by which the administrative file refers to it."""
    label: Text
    """The name in words."""


class Area(Definition):
    """A kind of place that targets name (such as suburban districts): a dated list of units.

    Lists are data of the study, not of the plan; `lists` names those that a reading may choose.
    """

    id: Id
    """Name by which targets refer to it."""
    label: Text
    """The name in words."""
    lists: tuple[Id, ...]
    """Names of the lists of units that a reading may choose."""


class Cut(Definition):
    """The score, as a share of the highest, from which a person counts as having a dimension."""

    dimension: Id
    """The dimension that is cut."""
    at_least: Share
    """Share of the highest score that is enough."""
    alternatives: tuple[Share, ...] = ()
    """Other cuts under which every verdict is printed too."""
    status: Literal["adopted", "panel", "proposed"] = "proposed"
    """Whether it was adopted, set by a panel, or is only proposed."""
    se: Share | None = None
    """Standard error of a panel's cut, as a share of the highest score; it enters every interval."""
    source: Text = Field(default_factory=dict)
    """Where it comes from."""


class Indicator(Definition):
    """A property of a person: cuts on one or more dimensions, and how they join."""

    id: Id
    """Name by which targets refer to it."""
    label: Text
    """The name in words."""
    cuts: tuple[Cut, ...]
    """One for each dimension that a person must have."""
    joint: JointRule = "both"
    """How the dimensions join."""


class Terms(Definition):
    """How a target's words are taken; in a reading's option, only what that option changes."""

    basis: dict[Id, Basis] | None = None
    """By phase."""
    domain: DomainRule | None = None
    """Whether areas are judged together, each, or where they overlap."""
    lists: dict[Id, Id] | None = None
    """By area: which of its lists holds."""
    joint: JointRule | None = None
    """How the dimensions of an indicator join."""
    cuts: dict[Id, Share] | None = None
    """By dimension."""
    age_from: int | None = None
    """Youngest age that counts."""
    rate_rule: RateRule | None = None
    """When a yearly rate is fulfilled."""
    forces: Literal["pooled", "each"] | None = None
    """Whether forces are judged together or each."""
    components: Literal["each", "joint"] | None = None
    """Whether the parts of a target are judged each or jointly."""
    counts: Id | None = None
    """Which numerator of the administrative file is compared."""


class ReadingOption(Definition):
    """One way to take the words, and what it changes."""

    id: Id
    """Name of the option."""
    label: Text
    """The option in words."""
    terms: Terms = Terms()
    """What it changes."""
    advice_only: bool = False
    """Printed as a distance, never as a verdict."""


class Reading(Definition):
    """An ambiguity of the plan: the question, the default and the alternatives."""

    id: Id
    """Name of the ambiguity."""
    question: Text
    """What the words leave open."""
    applies_to: tuple[Id, ...]
    """Targets whose verdict depends on it."""
    default: Id
    """The option that the verdict is printed under."""
    options: tuple[ReadingOption, ...]
    """The ways to take the words."""
    source: Text = Field(default_factory=dict)
    """Why the default is the default."""


class Target(Definition):
    """A number that the plan promises for a population."""

    id: Id
    """Name of the target, such as T1a."""
    label: Text
    """The target in words."""
    quote: Text
    """The plan's own words, and their translation."""
    population: Id
    """Whose share is judged."""
    measure: Measure
    """How it is measured: by survey, from counts, or by a test."""
    parent: Id | None = None
    """The target that this one is a part of."""
    within: tuple[Id, ...] = ()
    """Areas whose residents alone are judged; empty for the whole population."""
    indicator: Id | None = None
    """The property of a person that is counted."""
    final: Share | None = None
    """The level at the end of the plan."""
    phases: dict[Id, PhaseTarget] = Field(default_factory=dict)
    """What each phase asks."""
    rate_rule: RateRule | None = None
    """When a yearly rate is fulfilled."""
    source: Id | None = None
    """Where the target is written."""


class Plan(Definition):
    """A policy plan with measurable targets."""

    kind: Literal["plan"]
    """What the file defines."""
    id: Id
    """Name of the plan."""
    version: str
    """Version of this definition."""
    title: Text
    """The title, by language."""
    purpose: Text = Field(default_factory=dict)
    """What the plan is for, in a sentence."""
    languages: tuple[str, ...] = ("vi", "en")
    """Codes of the languages in which every text stands."""
    sources: tuple[Source, ...] = ()
    """Documents that wordings and numbers come from."""
    phases: tuple[Phase, ...]
    """Stretches of time with deadlines."""
    populations: tuple[Population, ...]
    """Whose shares are judged."""
    forces: tuple[Force, ...] = ()
    """The only names that the file of counts may give as `force`; any, where none is listed."""
    areas: tuple[Area, ...] = ()
    """Kinds of places that targets name."""
    indicators: tuple[Indicator, ...] = ()
    """Properties of a person that are counted."""
    targets: tuple[Target, ...]
    """What the plan promises."""
    readings: tuple[Reading, ...] = ()
    """Where its words can be taken in several ways."""
    notes: tuple[Text, ...] = ()
    """Remarks that are printed with the results."""
