"""How the fieldwork of a wave went: what its analysis tells, and the quality page prints.

Plain frozen values, neither rounded nor worded, as all of `analysis.result`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from instruments.language import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A final disposition: how many cases of the sample ended so, and their share by design weights."""

    code: str
    cases: int
    share: float
    weighted: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRate:
    """One of AAPOR's rates, by numbers of cases and by their design weights; None where undefined."""

    name: str
    by_cases: float | None
    by_weights: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleReport:
    """What became of every case that was drawn (AAPOR, Standard Definitions, 10th edition).

    `e` is the share of the cases of unknown eligibility that count as eligible, `held` the
    interviews by the list, partial ones included.
    """

    cases: int
    held: int
    e: float | None
    e_weighted: float | None
    outcomes: tuple[Outcome, ...]
    rates: tuple[OutcomeRate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """Accepted interviews that a person took out of the analysis for one reason."""

    why: str
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fieldwork:
    """How the sample was drawn and fielded.

    `frame` tells in words what it was drawn from, where the study says so. `sample` is None where
    no list of cases is kept, so that no response rate can be given.
    """

    frame: Text
    modes: Mapping[str, float] = field(default_factory=dict)
    """By answer to the form's question on the mode, the weighted share of interviews."""
    mode_item: str = ""
    has_weights: bool
    strata: int
    psus: int
    interviews: int
    excluded: tuple[Excluded, ...]
    sample: SampleReport | None
