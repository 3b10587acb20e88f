"""Strata with a single unit: the five rules, for the whole sample and for domains.

A stratum is lonely where one unit was drawn of several; in a domain it may also be called lonely
where one of its units has anybody in the domain (`domain_lonely`). R options `survey.lonely.psu`
and `survey.adjust.domain.lonely`, as `survey` 4.5 has them.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analysis.columns import Codes, Floats
from analysis.errors import AnalysisError
from analysis.matrices import Matrix, Sparse, dense, sum_by
from analysis.stages import Stage
from instruments.errors import Problem
from instruments.language import say

Rule = Literal["fail", "remove", "certainty", "adjust", "average"]
Mask = NDArray[np.bool_]
SELF_REPRESENTING = 1e-7
"""A stratum whose units leave less than this unsampled is a census and has no variance."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Presence:
    """Which units have anybody in which domain, and the domain of every output."""

    units: Sparse
    domain: Codes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Treatment:
    """What the rule makes of a stage, by stratum and output.

    `means` are the centres, `dropped` the strata that do not count, `factor` by which the squares of
    each parent's other strata grow.
    """

    means: Floats
    dropped: Mask
    factor: Floats


def lonely_units(stage: Stage) -> Mask:
    """Units alone in their stratum although the population there holds more."""
    return np.asarray((stage.sampled == 1) & (1 - stage.fraction >= SELF_REPRESENTING))


def treat(
    stage: Stage, sums: Matrix, means: Floats, present: Matrix, *, rule: Rule, in_domains: bool
) -> Treatment:
    """Apply a rule; `present` is units by outputs, `means` strata by outputs.

    Raises:
        AnalysisError: the rule is to fail, or to average where nothing is left to average.
    """
    here = dense(sum_by(stage.stratum, stage.strata, present))
    alone = np.zeros(stage.strata, dtype=bool)
    alone[stage.stratum[lonely_units(stage)]] = True
    lonely = alone[:, None] & (here > 0)
    if rule == "fail" and lonely.any():
        raise AnalysisError(_problem(stage, np.flatnonzero(lonely.any(axis=1))))
    if in_domains:
        several = np.bincount(stage.stratum, minlength=stage.strata) > 1
        lonely |= several[:, None] & (here == 1)
    nothing = np.zeros_like(lonely)
    one = np.ones((1 + int(stage.parent.max()), means.shape[1]))
    if rule == "adjust":
        centre = _centres(stage, sums)
        return Treatment(means=np.where(lonely, centre, means), dropped=nothing, factor=one)
    if rule == "average":
        return Treatment(means=means, dropped=lonely, factor=_factor(stage, here > 0, lonely, one))
    return Treatment(means=means, dropped=nothing, factor=one)


def parent_of_stratum(stage: Stage) -> Codes:
    """The unit of the stage before that each stratum lies in."""
    parent = np.zeros(stage.strata, dtype=np.int64)
    parent[stage.stratum] = stage.parent
    return parent


def _centres(stage: Stage, sums: Matrix) -> Floats:
    """The mean over all units of the same parent, by stratum and output."""
    parents = 1 + int(stage.parent.max())
    size = np.bincount(stage.parent, minlength=parents)
    means = dense(sum_by(stage.parent, parents, sums)) / size[:, None]
    return np.asarray(means[parent_of_stratum(stage)])


def _factor(stage: Stage, here: Mask, lonely: Mask, one: Floats) -> Floats:
    """Strata over strata that are not lonely, by parent and output."""
    parent = parent_of_stratum(stage)
    strata, alone = (
        dense(sum_by(parent, len(one), mask.astype(np.float64))) for mask in (here, lonely)
    )
    if (alone[alone > 0] == strata[alone > 0]).any():
        what = say("`average` finds no stratum whose variance could stand for a lonely one.")
        hint = say("Set `lonely_psu` to certainty, remove or adjust, or join strata.")
        raise AnalysisError(Problem(where="design.lonely_psu", what=what, hint=hint))
    return np.divide(strata, strata - alone, out=one, where=strata > alone)


def _problem(stage: Stage, strata: Codes) -> Problem:
    names = list(dict.fromkeys(stage.stratum_names[stratum] for stratum in strata))
    what = say("stratum '{stratum}' has only one PSU, so its variance cannot be estimated.",
               stratum="', '".join(names[:10]))  # fmt: skip
    hint = say(
        "Either join it with a similar stratum, or set `lonely_psu` to certainty (it was taken "
        "with certainty), remove (it adds nothing), adjust (centre it at the mean of all PSUs) or "
        "average (give it the mean variance of the other strata)."
    )
    return Problem(where="design.strata", what=what, hint=hint)
