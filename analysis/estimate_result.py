"""A number about the population with its uncertainty, and the judgement on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt
from typing import Literal

from analysis.awareness.result import Budget

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
