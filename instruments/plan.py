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
    title: Text
    confidence: Literal["verified", "memory", "computed", "judgement"]


class Phase(Definition):
    """A stretch of the plan; its last day is the deadline of its targets."""

    id: Id
    label: Text
    begins: date
    ends: date


class PhaseTarget(Definition):
    """What a phase asks: a level, and what the level is a share of."""

    level: Share
    basis: Basis = "population"


class Population(Definition):
    """Whose share is judged."""

    id: Id
    label: Text
    age_from: int | None = None
    instrument: Id | None = None
    """Instrument that measures it, where a survey or test does."""


class Force(Definition):
    """A part of the people whom units report on, such as the reserve."""

    id: Id
    label: Text


class Area(Definition):
    """A kind of place that targets name (such as suburban districts): a dated list of units.

    Lists are data of the study, not of the plan; `lists` names those that a reading may choose.
    """

    id: Id
    label: Text
    lists: tuple[Id, ...]


class Cut(Definition):
    """The score, as a share of the highest, from which a person counts as having a dimension."""

    dimension: Id
    at_least: Share
    alternatives: tuple[Share, ...] = ()
    status: Literal["adopted", "panel", "proposed"] = "proposed"
    source: Text = Field(default_factory=dict)


class Indicator(Definition):
    """A property of a person: cuts on one or more dimensions, and how they join."""

    id: Id
    label: Text
    cuts: tuple[Cut, ...]
    joint: JointRule = "both"


class Terms(Definition):
    """How a target's words are taken; in a reading's option, only what that option changes."""

    basis: dict[Id, Basis] | None = None
    """By phase."""
    domain: DomainRule | None = None
    lists: dict[Id, Id] | None = None
    """By area: which of its lists holds."""
    joint: JointRule | None = None
    cuts: dict[Id, Share] | None = None
    """By dimension."""
    age_from: int | None = None
    rate_rule: RateRule | None = None
    forces: Literal["pooled", "each"] | None = None
    components: Literal["each", "joint"] | None = None
    counts: Id | None = None
    """Which numerator of the administrative file is compared."""


class ReadingOption(Definition):
    """One way to take the words, and what it changes."""

    id: Id
    label: Text
    terms: Terms = Terms()
    advice_only: bool = False
    """Printed as a distance, never as a verdict."""


class Reading(Definition):
    """An ambiguity of the plan: the question, the default and the alternatives."""

    id: Id
    question: Text
    applies_to: tuple[Id, ...]
    default: Id
    options: tuple[ReadingOption, ...]
    source: Text = Field(default_factory=dict)


class Target(Definition):
    """A number that the plan promises for a population."""

    id: Id
    label: Text
    quote: Text
    """The plan's own words, and their translation."""
    population: Id
    measure: Measure
    parent: Id | None = None
    within: tuple[Id, ...] = ()
    """Areas whose residents alone are judged; empty for the whole population."""
    indicator: Id | None = None
    final: Share | None = None
    phases: dict[Id, PhaseTarget] = Field(default_factory=dict)
    rate_rule: RateRule | None = None
    source: Id | None = None


class Plan(Definition):
    """A policy plan with measurable targets."""

    kind: Literal["plan"]
    id: Id
    version: str
    title: Text
    purpose: Text = Field(default_factory=dict)
    languages: tuple[str, ...] = ("vi", "en")
    sources: tuple[Source, ...] = ()
    phases: tuple[Phase, ...]
    populations: tuple[Population, ...]
    forces: tuple[Force, ...] = ()
    """The only names that the file of counts may give as `force`; any, where none is listed."""
    areas: tuple[Area, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    targets: tuple[Target, ...]
    readings: tuple[Reading, ...] = ()
    notes: tuple[Text, ...] = ()
