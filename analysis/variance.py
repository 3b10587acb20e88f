"""Variance of linearized scores over the stages of a sample.

The variance of a total under stratified multi-stage sampling, applied to the sums of the linearized
scores by unit: within each stratum the sums are centred and their squares scaled by
(1 - f) n/(n - 1); a later stage counts with the product of the fractions before it
(Särndal, Swensson & Wretman 1992, result 4.3.1 and section 5.5; R `survey::svyrecvar`).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from analysis.columns import Codes, Floats
from analysis.design import Design, Sample
from analysis.errors import AnalysisError
from analysis.matrices import Matrix, column_sums, dense, magnitude, row_sums, sum_by
from analysis.stages import Stage
from instruments.errors import Problem
from instruments.language import say

SELF_REPRESENTING = 1e-7
"""A stratum whose units leave less than this unsampled is a census and has no variance."""
_BLOCK = 4_000_000


def covariance(sample: Sample, scores: Matrix, *, later: Matrix | None = None) -> Floats:
    """Covariance matrix of the columns of `scores`, a row per unit of the last stage.

    `later` stands for `scores` in every stage after the first, where they differ.
    """
    if sample.form is not None:
        units = dense(scores)
        return units.T @ sample.form @ units
    size = scores.shape[1]
    result = np.zeros((size, size))
    first = dict(_by_stage(sample.stages, scores))
    rest = first if later is None else dict(_by_stage(sample.stages, later))
    for level in range(len(sample.stages)):
        sums = rest[level] if level else first[0]
        stage, reach = sample.stages[level], _reach(sample.stages, level)
        for block, scale in _centred(stage, sums, reach, sample.design):
            result += (block * scale[:, None]).T @ block
    return result


def _by_stage(stages: tuple[Stage, ...], scores: Matrix) -> Iterator[tuple[int, Matrix]]:
    """Each stage with the sums by its units, last stage first."""
    sums = scores
    for level in range(len(stages) - 1, -1, -1):
        yield level, sums
        if level:
            sums = sum_by(stages[level].parent, stages[level - 1].units, sums)


def _reach(stages: tuple[Stage, ...], level: int) -> Floats:
    """The product of the sampling fractions before a stage, per unit of it."""
    reach = np.ones(stages[level].units)
    parent = stages[level].parent
    for stage in reversed(stages[:level]):
        reach = reach * stage.fraction[parent]
        parent = stage.parent[parent]
    return reach


def _centred(
    stage: Stage, sums: Matrix, reach: Floats, design: Design
) -> Iterator[tuple[Floats, Floats]]:
    """Blocks of sums centred in their stratum, each with the factor of every row's square."""
    means = _stratum_means(stage, sums)
    scale = _scales(stage) * reach
    lonely = _lonely(stage)
    if lonely.any():
        means, scale = _apply_rule(stage, sums, means, scale, lonely, design)
    step = max(1, _BLOCK // max(1, sums.shape[1]))
    for start in range(0, stage.units, step):
        rows = slice(start, start + step)
        block = dense(sums[rows]) - means[stage.stratum[rows]]
        yield block, scale[rows]


def _stratum_means(stage: Stage, sums: Matrix) -> Floats:
    size = np.bincount(stage.stratum, minlength=stage.strata)
    return dense(sum_by(stage.stratum, stage.strata, sums)) / size[:, None]


def _scales(stage: Stage) -> Floats:
    """(1 - f) n/(n - 1) per unit; a lone unit keeps 1 - f (R `survey:::onestrat`)."""
    n = stage.sampled
    return (1 - stage.fraction) * np.where(n > 1, n / np.maximum(n - 1, 1), 1.0)


def _lonely(stage: Stage) -> NDArray[np.bool_]:
    """Units alone in their stratum although the population there holds more."""
    return np.asarray((stage.sampled == 1) & (1 - stage.fraction >= SELF_REPRESENTING))


def _apply_rule(
    stage: Stage,
    sums: Matrix,
    means: Floats,
    scale: Floats,
    lonely: NDArray[np.bool_],
    design: Design,
) -> tuple[Floats, Floats]:
    """Treat strata with one unit as the design says (R option `survey.lonely.psu`)."""
    if design.lonely_psu == "fail":
        touched = row_sums(magnitude(sums[np.flatnonzero(lonely)])) > 0
        if touched.any():
            raise AnalysisError(_lonely_problem(stage, np.flatnonzero(lonely)[touched]))
    if design.lonely_psu == "adjust":
        centre = column_sums(sums) / stage.units
        means = means.copy()
        means[stage.stratum[lonely]] = centre
    if design.lonely_psu == "average":
        strata = stage.strata
        alone = len(np.unique(stage.stratum[lonely]))
        scale = scale * strata / (strata - alone)
    return means, scale


def _lonely_problem(stage: Stage, units: Codes) -> list[Problem]:
    names = list(dict.fromkeys(stage.stratum_names[stage.stratum[unit]] for unit in units))
    what = say("stratum '{stratum}' has only one PSU, so its variance cannot be estimated.",
               stratum="', '".join(names[:10]))  # fmt: skip
    hint = say(
        "Either join it with a similar stratum, or set `lonely_psu` to certainty (it was taken "
        "with certainty), remove (it adds nothing), adjust (centre it at the mean of all PSUs) or "
        "average (give it the mean variance of the other strata)."
    )
    return [Problem(where="design.strata", what=what, hint=hint)]
