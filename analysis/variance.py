"""Variance of linearized scores over the stages of a sample.

The variance of a total under stratified multi-stage sampling, applied to the sums of the linearized
scores by unit: within each stratum the sums are centred and their squares scaled by
(1 - f) n/(n - 1); a later stage counts with the product of the fractions before it
(Särndal, Swensson & Wretman 1992, result 4.3.1 and section 5.5; R `survey::svyrecvar`).
"""

from collections.abc import Iterator

import numpy as np

from analysis.columns import Floats
from analysis.design import Sample
from analysis.lonely import Presence, Treatment, lonely_units, treat
from analysis.matrices import Matrix, dense, occupied, sum_by
from analysis.stages import Stage

_BLOCK = 4_000_000


def covariance(
    sample: Sample,
    scores: Matrix,
    *,
    later: Matrix | None = None,
    presence: Presence | None = None,
) -> Floats:
    """Covariance matrix of the columns of `scores`, a row per unit of the last stage.

    `later` stands for `scores` in every stage after the first, where they differ. `presence` tells
    which units have anybody in each output's domain; without it, those whose score is not zero.
    """
    if sample.form is not None:
        units = dense(scores)
        return units.T @ sample.form @ units
    size = scores.shape[1]
    result = np.zeros((size, size))
    for block in _blocks(sample, scores, later, presence):
        result += block.T @ block
    return result


def variances(
    sample: Sample,
    scores: Matrix,
    *,
    later: Matrix | None = None,
    presence: Presence | None = None,
) -> Floats:
    """The diagonal of `covariance`, at a fraction of its cost."""
    if sample.form is not None:
        units = dense(scores)
        return np.asarray(np.einsum("ij,ij->j", units, sample.form @ units), dtype=np.float64)
    result = np.zeros(scores.shape[1])
    for block in _blocks(sample, scores, later, presence):
        result += np.einsum("ij,ij->j", block, block)
    return result


def _blocks(
    sample: Sample, scores: Matrix, later: Matrix | None, presence: Presence | None
) -> Iterator[Floats]:
    """Blocks of sums of every stage, whose products add up to the variance."""
    first = _by_stage(sample.stages, scores)
    rest = first if later is None else _by_stage(sample.stages, later)
    inside = None if presence is None else _by_stage(sample.stages, presence.units)
    for level, stage in enumerate(sample.stages):
        sums = rest[level] if level else first[level]
        treatment = None
        if lonely_units(stage).any() or sample.design.domain_lonely:
            present = occupied(sums if inside is None else inside[level])
            treatment = treat(
                stage, sums, _means(stage, sums),
                present if presence is None else present[:, presence.domain],
                rule=sample.design.lonely_psu, in_domains=sample.design.domain_lonely,
            )  # fmt: skip
        yield from _centred(stage, sums, _reach(sample.stages, level), treatment)


def _by_stage(stages: tuple[Stage, ...], sums: Matrix) -> list[Matrix]:
    """The sums by unit of every stage, from those of the last."""
    found = [sums]
    for level in range(len(stages) - 1, 0, -1):
        found.insert(0, sum_by(stages[level].parent, stages[level - 1].units, found[0]))
    return found


def _reach(stages: tuple[Stage, ...], level: int) -> Floats:
    """The product of the sampling fractions before a stage, per unit of it."""
    reach = np.ones(stages[level].units)
    parent = stages[level].parent
    for stage in reversed(stages[:level]):
        reach = reach * stage.fraction[parent]
        parent = stage.parent[parent]
    return reach


def _centred(
    stage: Stage, sums: Matrix, reach: Floats, treatment: Treatment | None
) -> Iterator[Floats]:
    """Blocks of sums centred in their stratum, scaled so that their squares add up to a variance."""
    means = _means(stage, sums) if treatment is None else treatment.means
    scale = np.sqrt(_scales(stage) * reach)
    step = max(1, _BLOCK // max(1, sums.shape[1]))
    for start in range(0, stage.units, step):
        rows = slice(start, start + step)
        stratum = stage.stratum[rows]
        block = dense(sums[rows]) - means[stratum]
        if treatment is not None:
            block *= np.sqrt(treatment.factor[stage.parent[rows]]) * ~treatment.dropped[stratum]
        block *= scale[rows, None]
        yield block


def _means(stage: Stage, sums: Matrix) -> Floats:
    size = np.bincount(stage.stratum, minlength=stage.strata)
    return dense(sum_by(stage.stratum, stage.strata, sums)) / size[:, None]


def _scales(stage: Stage) -> Floats:
    """(1 - f) n/(n - 1) per unit; a lone unit keeps 1 - f (R `survey:::onestrat`)."""
    n = stage.sampled
    return (1 - stage.fraction) * np.where(n > 1, n / np.maximum(n - 1, 1), 1.0)
