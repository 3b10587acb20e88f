"""What an analysis rests on, and how its answers became scores."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from instruments.language import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """How answers became scores: `unscored` and `dont_know` by dimension.

    A person without answers to `least_answered` of a dimension's items has no score on it;
    `dont_know` is wrong or missing.
    """

    least_answered: float
    unscored: Mapping[str, int]
    dont_know: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What the numbers rest on."""

    study: str
    title: Text
    snapshot: str
    plan: str
    instruments: Mapping[str, str]
    settings: str
    version: str
    today: date
    fieldwork: tuple[date, date] | None
    simulated: bool
    journal: str = ""
    """Head of the study's journal: what was done to the data until now."""
    mode: str = ""
    """How people were asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialClaim:
    """What was said of a target in a phase, where, and on what day it was said."""

    target: str
    phase: str
    said: Text
    source: Text
    day: date | None = None
