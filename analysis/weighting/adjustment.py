"""One step of weighting, applied to the sample and again to every replicate."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from analysis.columns import Floats
from analysis.deferred import Deferred
from analysis.design import Sample
from analysis.projection import Step
from analysis.weighting_result import ClassFit, MarginFit
from instruments.language import Message


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reweighted:
    """New weights and how they were reached.

    `worst` is the largest |achieved - target| / (1 + |target|), found in `worst_margin` and
    `worst_category`. Rows `left_out` have given up their weight for good.
    """

    weights: Floats
    converged: bool = True
    iterations: int = 1
    worst: float = 0.0
    worst_margin: str = ""
    worst_category: str = ""
    left_out: NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a step found: target and achieved share of every category, classes, and advice."""

    fits: tuple[MarginFit, ...] = ()
    classes: tuple[ClassFit, ...] = ()
    advice: tuple[Message, ...] = ()


class Adjustment(Protocol):
    """A step of the recipe, bound to the rows of one sample."""

    def reweight(self, weights: Floats, times: Floats | None = None, /) -> Reweighted:
        """Adjust any weights of these rows, the sample's own or a replicate's.

        `times` is how often each row counts in a replicate; absent: once.
        """
        ...

    def steps(self, before: Floats, after: Floats) -> tuple[Step, ...]:
        """What the linearized variance must take out of the scores, if anything."""
        ...

    def findings(self, before: Floats, after: Floats) -> Findings:
        """What weights `after` achieve that weights `before` did not."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calibration:
    """A sample with adjusted weights, and how well they meet what was declared.

    Shares in `findings` are of the population.
    """

    sample: Sample
    reweighted: Reweighted
    find: Deferred[Findings]

    @property
    def findings(self) -> Findings:
        """What the new weights achieve, worked out when somebody asks."""
        return self.find()

    @property
    def fits(self) -> tuple[MarginFit, ...]:
        """Target and achieved share of every category."""
        return self.findings.fits


def adjust(sample: Sample, adjustment: Adjustment) -> Calibration:
    """Apply one step to the sample; its variance knows of it from then on."""
    before = sample.weights
    reweighted = adjustment.reweight(before)
    after = reweighted.weights
    adjusted = sample.with_weights(
        after, steps=Deferred(lambda: adjustment.steps(before, after)),
        reweight=lambda weights, times: adjustment.reweight(weights, times).weights,
        left_out=_joined(sample.left_out, reweighted.left_out),
    )  # fmt: skip
    find = Deferred(lambda: adjustment.findings(before, after))
    return Calibration(sample=adjusted, reweighted=reweighted, find=find)


def _joined(
    one: NDArray[np.bool_] | None, other: NDArray[np.bool_] | None
) -> NDArray[np.bool_] | None:
    return other if one is None else one if other is None else one | other
