"""One step of weighting, applied to the sample and again to every replicate."""

from dataclasses import dataclass
from typing import Protocol

from analysis.columns import Floats
from analysis.design import Sample
from analysis.projection import Step
from analysis.result import MarginFit


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reweighted:
    """New weights and how they were reached.

    `worst` is the largest |achieved - target| / (1 + |target|), found in `worst_margin` and
    `worst_category`.
    """

    weights: Floats
    converged: bool = True
    iterations: int = 1
    worst: float = 0.0
    worst_margin: str = ""
    worst_category: str = ""


class Adjustment(Protocol):
    """A step of the recipe, bound to the rows of one sample."""

    def reweight(self, weights: Floats) -> Reweighted:
        """Adjust any weights of these rows, the sample's own or a replicate's."""
        ...

    def steps(self, before: Floats, after: Floats) -> tuple[Step, ...]:
        """What the linearized variance must take out of the scores, if anything."""
        ...

    def fits(self, before: Floats, after: Floats) -> tuple[MarginFit, ...]:
        """Target and achieved share of every category that the step is about."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibration:
    """A sample with adjusted weights, and how well they meet what was declared.

    `fits` are shares of the population.
    """

    sample: Sample
    reweighted: Reweighted
    fits: tuple[MarginFit, ...]


def adjust(sample: Sample, adjustment: Adjustment) -> Calibration:
    """Apply one step to the sample; its variance knows of it from then on."""
    before = sample.weights
    reweighted = adjustment.reweight(before)
    after = reweighted.weights
    adjusted = sample.with_weights(
        after, steps=adjustment.steps(before, after),
        reweight=lambda weights: adjustment.reweight(weights).weights,
    )  # fmt: skip
    return Calibration(sample=adjusted, reweighted=reweighted, fits=adjustment.fits(before, after))
