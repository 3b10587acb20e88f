"""Whether the normal distribution of a trait fits: the share above the cut with it, and with a free one.

Few items tell little of a distribution's shape, and the tail beyond the cut is what moves when it is
not normal. The free density keeps five moments, its items are calibrated again, and the two shares
are compared by the error of their difference (Hausman 1978).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from analysis.awareness.domains import Domain
from analysis.awareness.latent import latent
from analysis.awareness.question import Question
from analysis.errors import AnalysisError
from analysis.latent_shares import LatentShares, Scale
from analysis.result import TargetResult
from analysis.trait_result import LatentReport, Shape
from instruments.plan import Indicator

TELLING = 0.01
"""A difference of shares below it is told, but is too small to matter to anybody."""
DIFFERS = "normal_model_differs"
"""Flag of a share on a trait whose normal model differs from a free one, beyond chance and by a point."""


def shape_of(scale: Scale, traits: LatentShares, *, at_least: float) -> Shape | None:
    """The share of everybody above a cut both ways; None where a free density cannot be found."""
    sample, used = traits.model.sample, traits.model.used
    asked = Question(
        calibration=scale.calibration, responses=scale.calibration.responses, sample=sample,
        domains=[Domain(by={}, inside=used)], cut=scale.cut(at_least), density="npml",
        rows=np.flatnonzero(used),
    )  # fmt: skip
    try:
        (row,) = latent(asked)
    except AnalysisError:
        return None
    normal, error = row.further.get("normal"), row.further.get("difference_se")
    if not isinstance(normal, float) or not isinstance(error, float):
        return None
    return Shape(normal=normal, free=row.estimate, difference_se=error,
                 disagree=DIFFERS in row.flags and abs(row.estimate - normal) >= TELLING)  # fmt: skip


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
