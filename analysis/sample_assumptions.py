"""What is assumed of a sample that is not drawn yet, and which assumptions do not hold together."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, isinf

from instruments.errors import Problem
from instruments.language import Message, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """How the interviews will be collected, as far as it moves their number.

    `take` is the number of interviews per PSU; without it no PSUs are planned and the degrees of
    freedom are infinite. `icc` is the intraclass correlation within PSUs, `weighting` the design
    effect of unequal weights (Kish's 1 + cv²); `deff` stands in place of what follows from both.
    `response` is the share of approached persons who are interviewed.
    """

    take: int | None = None
    icc: float = 0.0
    strata: int = 1
    weighting: float = 1.0
    deff: float | None = None
    population: float = inf
    response: float = 1.0

    @property
    def design_effect(self) -> float:
        """Weighting times 1 + (take - 1) icc (Kish 1965, 8.2; Gabler, Häder & Lahiri 1999)."""
        if self.deff is not None:
            return self.deff
        return self.weighting * (1 + ((self.take or 1) - 1) * self.icc)

    def degrees_of_freedom(self, interviews: int) -> float:
        """PSUs minus strata; infinite where no PSUs are planned."""
        return inf if self.take is None else interviews / self.take - self.strata

    def dispersion(self, interviews: int) -> float:
        """Variance over p(1 - p)/n: the design effect, less what a finite population takes off."""
        if isinf(self.population):
            return self.design_effect
        left = (self.population - interviews) / max(self.population - 1, 1)
        return self.design_effect * max(left, 0.0)

    def problems(self) -> Iterator[Problem]:
        """Every figure that cannot be."""
        if not 0 < self.response <= 1:
            yield _wrong("response", self.response, say("Give a number between 0 and 1."))
        if not 0 <= self.icc <= 1:
            yield _wrong("icc", self.icc, say("Give a number between 0 and 1."))
        if self.deff is not None and not 0 < self.deff < inf:
            yield _wrong("deff", self.deff, say("Give a number above 0."))
        yield from _too_low(take=(self.take, 1), strata=(self.strata, 1),
                            weighting=(self.weighting, 1), population=(self.population, 2))  # fmt: skip
        if self.take is None and (self.icc > 0 or self.strata > 1):
            what = say("interviews per PSU are not given, but an intraclass correlation or strata.")
            yield Problem(where="take", what=what, hint=say("Say how many interviews a PSU takes."))
        if self.deff is not None and (self.icc > 0 or self.weighting > 1):
            what = say("the design effect is given, and also what it would follow from.")
            hint = say("Leave the intraclass correlation and the effect of weighting out.")
            yield Problem(where="deff", what=what, hint=hint)


def fraction_problems(**values: float) -> Iterator[Problem]:
    """Each named figure that is not strictly between 0 and 1."""
    for name, value in values.items():
        if not 0 < value < 1:
            yield _wrong(name, value, say("Give a number between 0 and 1."))


def _too_low(**values: tuple[float | None, int]) -> Iterator[Problem]:
    for name, (value, least) in values.items():
        if value is not None and not value >= least:
            yield _wrong(name, value, say("Give {least} or more.", least=least))


def too_many(most: int) -> Problem:
    """The problem that no sample is large enough."""
    what = say("no sample of up to {count} interviews is enough.", count=most)
    hint = say("Ask for less, or plan fewer interviews per PSU.")
    return Problem(where="sample size", what=what, hint=hint)


def same_as_target(target: float) -> Problem:
    """The problem that nothing can be decided where the truth is the target itself."""
    what = say("the truth is taken to be the target {target} itself, which no sample decides.",
               target=f"{target:g}")  # fmt: skip
    return Problem(where="truth", what=what, hint=say("Take a truth above or below the target."))


def _wrong(name: str, value: float, hint: Message) -> Problem:
    return Problem(where=name, what=say("{value} is not possible.", value=f"{value:g}"), hint=hint)
