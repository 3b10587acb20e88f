"""Putting two calibrations on one scale through the items that they share: θ_to = A θ_from + B.

Marco (1977) mean-sigma, Loyd & Hoover (1980) mean-mean, Mislevy & Bock (1990) with geometric means,
Haebara (1980), Stocking & Lord (1983); Haberman (2009) by regression, made robust by Tukey's
weights so that a drifting anchor counts little. R: `equateIRT::direc`, `sirt::linking.haberman`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy import optimize

from analysis.columns import Floats
from analysis.errors import AnalysisError, refuse
from analysis.irt.curves import expected_score, probabilities
from analysis.irt.items import ItemParameters, curve_of
from instruments.errors import Problem
from instruments.language import say

Method = Literal["mean_mean", "mean_sigma", "mean_gmean", "haebara", "stocking_lord", "haberman"]
LEAST_ANCHORS = 3
"""Shared items below which no link is trusted: one that drifts could not be told."""
_NODES = 30
_TUNING = 4.685
"""Tukey's constant for 95% efficiency at the normal distribution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A scale transformation and how well the anchors agree on it.

    `linking_error` is the standard error of B over anchors, sd of their own shifts / √anchors
    (OECD 2014); `dropped` are items that the robust method leaves without weight.
    """

    slope: float
    shift: float
    anchors: tuple[str, ...]
    linking_error: float
    dropped: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


def link(
    origin: Sequence[ItemParameters], target: Sequence[ItemParameters], *,
    method: Method = "stocking_lord",
) -> Link:  # fmt: skip
    """Find A and B from the items with the same name, which must have the same categories.

    Raises:
        AnalysisError: Fewer than three items are shared, or shared ones are of different kinds.
    """
    pairs = shared(origin, target)
    first, second = zip(*pairs, strict=True)
    fixed = all(one.slope == 1 for one in (*first, *second))
    dropped: tuple[str, ...] = ()
    if method in ("haebara", "stocking_lord"):
        slope, shift = _by_curves(first, second, method=method, fixed=fixed)
    elif method == "haberman":
        slope, shift, dropped = _robust(first, second, fixed=fixed)
    else:
        slope = 1.0 if fixed else _slope(first, second, method)
        shift = _mean(second) - slope * _mean(first)
    return Link(slope=slope, shift=shift, anchors=tuple(one.item for one in first),
                linking_error=_linking_error(first, second, slope, shift), dropped=dropped,
                flags=("few_anchors",) if len(pairs) < 2 * LEAST_ANCHORS else ())  # fmt: skip


def transformed(item: ItemParameters, *, slope: float, shift: float) -> ItemParameters:
    """The item on the scale θ' = slope·θ + shift: a/slope, and every b·slope + shift."""
    a = item.slope / slope
    intercepts = np.asarray(item.intercepts)
    counts = np.arange(1, len(intercepts) + 1) if curve_of(item.model) == "partial" else 1
    return replace(item, slope=a, intercepts=tuple((intercepts - counts * a * shift).tolist()))


def shared(
    origin: Sequence[ItemParameters], target: Sequence[ItemParameters]
) -> list[tuple[ItemParameters, ItemParameters]]:
    """Items of the same name in both, in the order of the first."""
    known = {one.item: one for one in target}
    pairs = [(one, known[one.item]) for one in origin if one.item in known]
    if len(pairs) < LEAST_ANCHORS:
        raise AnalysisError(_too_few(len(pairs)))
    unlike = [one.item for one, other in pairs
              if one.categories != other.categories
              or curve_of(one.model) != curve_of(other.model)]  # fmt: skip
    falling = [one.item for one, other in pairs if min(one.slope, other.slope) <= 0]
    refuse([*map(_unlike, unlike), *map(_falling, falling)])
    return pairs


def _falling(item: str) -> Problem:
    return Problem(
        where="linking",
        what=say("item '{item}' has no slope above 0 on one side, so it cannot be an anchor.", item=item),
        hint=say("Leave the item out of the model."),
    )  # fmt: skip


def _thresholds(items: Sequence[ItemParameters]) -> Floats:
    return np.concatenate([one.thresholds for one in items])


def _mean(items: Sequence[ItemParameters]) -> float:
    return float(_thresholds(items).mean())


def _slope(
    first: Sequence[ItemParameters], second: Sequence[ItemParameters], method: Method
) -> float:
    if method == "mean_sigma":
        return float(_thresholds(second).std() / _thresholds(first).std())
    a, b = (np.array([one.slope for one in items]) for items in (first, second))
    if method == "mean_mean":
        return float(a.mean() / b.mean())
    return float(np.exp(np.log(a).mean() - np.log(b).mean()))


def _by_curves(
    first: Sequence[ItemParameters], second: Sequence[ItemParameters], *, method: Method,
    fixed: bool,
) -> tuple[float, float]:  # fmt: skip
    """Least squares between curves on the target scale, over a standard normal (Gauss-Hermite)."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    root = np.sqrt(weights / weights.sum())
    wanted = _curves(second, nodes, method)

    def residuals(values: Floats) -> Floats:
        slope = 1.0 if fixed else float(values[1])
        moved = [transformed(one, slope=slope, shift=float(values[0])) for one in first]
        return np.asarray(((_curves(moved, nodes, method) - wanted) * root).ravel())

    slope = 1.0 if fixed else _slope(first, second, "mean_gmean")
    start = [_mean(second) - slope * _mean(first), *([] if fixed else [slope])]
    found = optimize.least_squares(residuals, start, xtol=1e-14, ftol=1e-14, gtol=1e-14)
    return (1.0 if fixed else float(found.x[1])), float(found.x[0])


def _curves(items: Sequence[ItemParameters], nodes: Floats, method: Method) -> Floats:
    """Every category's curve but the first, or the curve of the expected total score."""
    if method == "stocking_lord":
        total = np.sum([expected_score(one, nodes) for one in items], axis=0)
        return np.asarray(total)[None, :]
    return np.vstack([probabilities(one, nodes)[1:] for one in items])


def _robust(
    first: Sequence[ItemParameters], second: Sequence[ItemParameters], *, fixed: bool
) -> tuple[float, float, tuple[str, ...]]:
    """Means of log slopes and of shifts under Tukey's bisquare weights."""
    logs = np.log([one.slope / other.slope for one, other in zip(first, second, strict=True)])
    centre, keep_slope = (0.0, np.ones(len(logs))) if fixed else _bisquare(logs)
    slope = float(np.exp(centre))
    shifts = _shifts(first, second, slope)
    shift, keep_shift = _bisquare(shifts)
    dropped = tuple(one.item for one, a, b in zip(first, keep_slope, keep_shift, strict=True)
                    if a == 0 or b == 0)  # fmt: skip
    return slope, float(shift), dropped


def _bisquare(values: Floats) -> tuple[float, Floats]:
    """A robust mean and the weights it gives, from the median outwards."""
    centre = float(np.median(values))
    scale = float(np.median(np.abs(values - centre))) / 0.6745
    weights = np.ones(len(values))
    if scale < 1e-12:
        return centre, np.where(np.abs(values - centre) < 1e-9, 1.0, 0.0)
    for _ in range(200):
        weights = np.clip(1 - ((values - centre) / (_TUNING * scale)) ** 2, 0, None) ** 2
        moved = float(weights @ values / weights.sum())
        if abs(moved - centre) < 1e-12:
            break
        centre = moved
    return centre, weights


def _shifts(
    first: Sequence[ItemParameters], second: Sequence[ItemParameters], slope: float
) -> Floats:
    """What each anchor alone says of B: the mean over its thresholds."""
    return np.array([np.mean(other.thresholds) - slope * np.mean(one.thresholds)
                     for one, other in zip(first, second, strict=True)])  # fmt: skip


def _linking_error(
    first: Sequence[ItemParameters], second: Sequence[ItemParameters], slope: float, shift: float
) -> float:
    apart = _shifts(first, second, slope) - shift
    count = len(apart)
    return float(np.sqrt((apart**2).sum() / (count * (count - 1))))


def _too_few(count: int) -> Problem:
    return Problem(
        where="linking", what=say("the two calibrations share {count} items.", count=count),
        hint=say("A link needs {least} anchors or more, with the same names on both sides.",
                 least=LEAST_ANCHORS),
    )  # fmt: skip


def _unlike(item: str) -> Problem:
    return Problem(
        where=f"linking, item '{item}'",
        what=say("the item has other categories or another kind of model on the other side."),
        hint=say("Leave it out of the anchors: a changed item is a new item."),
    )
