"""Whether the normal distribution of a trait fits: the share above the cut with it, and with a free one.

Few items tell little of a distribution's shape, and the tail beyond the cut is what moves when it is
not normal. The free density keeps a few moments, and its items are calibrated again. Both shares rest
on the same answers, so that a difference as large as the share's own error is no chance; the test
that Hausman (1978) gives is in `analysis.awareness.latent`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import sqrt

import numpy as np

from analysis.awareness.joint import Cuts
from analysis.awareness.population import mass_above, recalibrated
from analysis.errors import AnalysisError
from analysis.latent_shares import LatentShares, Scale
from analysis.result import TargetResult
from analysis.trait_result import LatentReport, Shape
from instruments.plan import Indicator

TELLING = 0.01
"""A difference of shares below it is told, but is too small to matter to anybody."""
DIFFERS = "normal_model_differs"
"""Flag of a share on a trait whose normal model differs from a free one, by its error and by a point."""


def shape_of(scale: Scale, traits: LatentShares, *, at_least: float) -> Shape | None:
    """The share of everybody above a cut both ways; None where a free density cannot be found."""
    model = scale.calibration
    try:
        free = recalibrated(model)
        shares = [float(np.average(mass_above(one.population, one.responses, scale.cut(at_least).theta(
            one.items)), weights=one.weights)) for one in (model, free)]  # fmt: skip
    except AnalysisError:
        return None
    if not free.converged:
        return None
    error = _error(scale, traits, at_least)
    return Shape(normal=shares[0], free=shares[1], se=error,
                 disagree=abs(shares[0] - shares[1]) > max(TELLING, error))  # fmt: skip


def _error(scale: Scale, traits: LatentShares, at_least: float) -> float:
    """Of the share of everybody above this cut alone, by sampling and items."""
    place = [one.dimension for one in traits.scales].index(scale.dimension)
    asked = Cuts(of={place: scale.cut(at_least)})
    (found,) = traits.model.shares(asked, traits.thetas(asked), [traits.model.used])
    return sqrt(found.budget.total - (found.budget.cut or 0.0))


def told(
    targets: Sequence[TargetResult],
    report: LatentReport | None,
    indicators: Mapping[str, Indicator],
) -> tuple[TargetResult, ...]:
    """The targets, flagged where the normal model of one of their dimensions differs."""
    traits = () if report is None else report.traits
    apart = {one.dimension for one in traits if one.shape and one.shape.disagree}
    return tuple(_flagged(one, indicators, apart) for one in targets)


def _flagged(
    one: TargetResult, indicators: Mapping[str, Indicator], apart: set[str]
) -> TargetResult:
    if one.estimate is None or one.estimate.budget is None:
        return one
    own = {cut.dimension for cut in indicators[one.estimate.of].cuts}
    if not own & apart:
        return one
    return replace(one, estimate=replace(one.estimate, flags=(*one.estimate.flags, DIFFERS)))
