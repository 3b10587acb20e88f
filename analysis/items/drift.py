"""Anchors between two waves: which of them moved, by how much, and what the link is with and without.

A robust link (Haberman 2009, by Tukey's bisquare weights) is not pulled by an anchor that drifts, so
each anchor's own shift stands out against it. An anchor is left out only with a documented cause:
learning after a campaign looks like drift, and leaving out the items that were learned would hide it
(Miller, Gesn & Rotou 2005). Both links are therefore given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

import numpy as np

from analysis.errors import refuse
from analysis.irt.items import ItemParameters
from analysis.items.linking import LEAST_ANCHORS, Link, link, shared
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import say

_Z = 1.96
LARGE = 0.3
"""A shift of location, in units of the trait, that matters whatever its error (half a logit's rule
for Rasch items, O'Neill, Peabody, Tan & Du 2013, is 0.5; scales here have a variance near 1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorShift:
    """How far an anchor stands from where the link would put it, on the scale of the later wave.

    `se` is of both calibrations (delta method on the locations, the link held), None where their
    errors are not known. A shift is positive where the item has become harder.
    """

    item: str
    shift: float
    se: float | None
    drifts: bool
    excluded: str | None
    """The documented cause why it is no anchor, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Every anchor's shift, and the link with all anchors and without the excluded ones.

    `change` is how far the exclusion moves B: what a change between the waves owes to it.
    """

    anchors: tuple[AnchorShift, ...]
    with_all: Link
    without: Link
    change: float
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wave:
    """One calibration: its items, and the errors of their mean thresholds where they are known.

    Errors that ignore the sample's design would make drift of what a few units have in common.
    """

    items: Sequence[ItemParameters]
    errors: Mapping[str, float] = field(default_factory=dict)


def drift(
    before: Wave, after: Wave, *, excluded: Mapping[str, str] | None = None
) -> Drift:  # fmt: skip
    """Link `before` to `after` robustly and test each anchor against the link.

    `excluded` names anchors that are left out, each with its cause.

    Raises:
        AnalysisError: Fewer than three anchors are shared or left, or an exclusion has no cause.
    """
    causes = dict(excluded or {})
    pairs = shared(before.items, after.items)
    refuse(_problems(causes, [one.item for one, _ in pairs]))
    whole = link(before.items, after.items, method="haberman")
    kept = [one for one in before.items if one.item not in causes]
    without = link(kept, after.items, method="haberman") if causes else whole
    errors = before.errors, after.errors
    anchors = tuple(_anchor(one, other, without, errors, causes) for one, other in pairs)
    drifting = [one.item for one in anchors if one.drifts and one.excluded is None]
    flags = [f"drifts: {name}" for name in drifting]
    flags += ["few_anchors"] if "few_anchors" in without.flags else []
    return Drift(anchors=anchors, with_all=whole, without=without,
                 change=without.shift - whole.shift, flags=tuple(flags))  # fmt: skip


def change_error(before_se: float, after_se: float, *, linking_error: float, slope: float) -> float:
    """The standard error of a change of shares: √(se₁² + se₂² + (f·link)²) (OECD 2014, annex A5).

    `slope` is the density of the trait at the cut: what a unit of the scale moves of the share.
    """
    return sqrt(before_se**2 + after_se**2 + (slope * linking_error) ** 2)


def _anchor(
    one: ItemParameters, other: ItemParameters, found: Link,
    errors: tuple[Mapping[str, float], Mapping[str, float]], causes: Mapping[str, str],
) -> AnchorShift:  # fmt: skip
    shift = _location(other) - (found.slope * _location(one) + found.shift)
    first, second = (side.get(one.item) for side in errors)
    se = None if first is None or second is None else sqrt(found.slope**2 * first**2 + second**2)
    moved = abs(shift) > _Z * se and abs(shift) > LARGE / 2 if se else abs(shift) > LARGE
    return AnchorShift(item=one.item, shift=shift, se=se, drifts=bool(moved),
                       excluded=causes.get(one.item))  # fmt: skip


def _location(item: ItemParameters) -> float:
    return float(np.mean(item.thresholds))


def _problems(causes: Mapping[str, str], anchors: Sequence[str]) -> list[Problem]:
    found = [
        Problem(where=f"excluded.{name}", what=say("'{item}' is no anchor.", item=name),
                hint=did_you_mean(name, anchors))
        for name in causes if name not in anchors
    ]  # fmt: skip
    found += [_no_cause(name) for name, cause in causes.items() if not cause.strip()]
    left = len(set(anchors) - set(causes))
    if left < LEAST_ANCHORS:
        found.append(Problem(
            where="excluded", what=say("{count} anchors are left.", count=left),
            hint=say("A link needs {least} anchors or more, with the same names on both sides.",
                     least=LEAST_ANCHORS),
        ))  # fmt: skip
    return found


def _no_cause(name: str) -> Problem:
    return Problem(
        where=f"excluded.{name}", what=say("no cause is given for leaving '{item}' out.", item=name),
        hint=say("Write why it changed, such as a reprinted option. That it moved is no cause: people "
                 "may have learned."),
    )  # fmt: skip
