"""Each person's trait: posterior mean or mode, maximum likelihood, Warm's weighted likelihood.

Bock & Mislevy (1982) EAP; Warm (1989) WLE, with J = Σ P'P''/P for any number of categories
(Magis & Raîche 2012). Standard errors: EAP the posterior's sd, MAP and ML from the observed
information at the maximum, WLE from the expected one. R: `mirt::fscores`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.columns import Floats
from analysis.irt.curves import LEAST, derivatives, information, probabilities
from analysis.irt.items import ItemParameters
from analysis.irt.persons import Block
from analysis.irt.responses import Ranks

Method = Literal["eap", "map", "wle", "ml"]
_REACH, _STEPS = 20.0, 401
"""Where a maximum is looked for, and at how many values of the trait at first."""
_HALVINGS = 60
_STEP = 1e-4
_LEVEL = 1e-9
"""What a log-likelihood must change by to rise or fall, above what rounding does to it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Traits:
    """The trait of each person and its standard error; NaN where there is none."""

    theta: Floats
    se: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prior:
    """A normal prior of each person."""

    mean: Floats
    variance: Floats


def posterior_means(blocks: Iterator[Block], nodes: Floats, *, persons: int) -> Traits:
    """EAP and the posterior's standard deviation."""
    theta, se = np.empty(persons), np.empty(persons)
    for rows, mass in blocks:
        theta[rows] = mass @ nodes
        se[rows] = np.sqrt(np.maximum(mass @ nodes**2 - theta[rows] ** 2, 0))
    return Traits(theta=theta, se=se)


def modes(
    codes: Ranks, items: Sequence[ItemParameters], *, method: Method, prior: Prior | None = None
) -> Traits:
    """MAP (with a prior), WLE or ML of every person; persons of one pattern are solved once.

    ML is the greatest maximum at a finite trait: where guessing is possible a likelihood can rise
    again towards -∞ (Samejima 1973). It is NaN where there is none, as for persons who have only
    lowest or only highest answers, and for everyone who answered nothing.
    """
    keys = codes if prior is None else np.column_stack([codes, prior.mean, prior.variance])
    _, first, back = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    patterns = codes[first]
    own = None if prior is None else Prior(mean=prior.mean[first], variance=prior.variance[first])
    solver = _Solver(codes=patterns, items=tuple(items), prior=own, method=method)
    theta, se = solver.solved()
    none = ~(patterns >= 0).any(axis=1)
    if method == "ml":
        none |= extreme(patterns, [item.categories for item in items])
    if method != "map":
        theta, se = (np.where(none, np.nan, one) for one in (theta, se))
    return Traits(theta=theta[back.ravel()], se=se[back.ravel()])


def extreme(codes: Ranks, categories: Sequence[int]) -> np.ndarray:
    """Who has only lowest or only highest answers."""
    highest = np.asarray(categories) - 1
    known = codes >= 0
    lowest = ((codes <= 0) | ~known).all(axis=1)
    return np.asarray(lowest | ((codes == highest) | ~known).all(axis=1))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Solver:
    """Roots of the slope of the log-likelihood, a person each."""

    codes: Ranks
    items: tuple[ItemParameters, ...]
    prior: Prior | None
    method: Method

    @property
    def weighted(self) -> bool:
        """Whether Warm's weight is part of the likelihood."""
        return self.method == "wle"

    def solved(self) -> tuple[Floats, Floats]:
        low, high = self._brackets()
        theta = self._bisected(*(self._widened(low, high) if self.weighted else (low, high)))
        if self.weighted:
            return theta, 1 / np.sqrt(np.maximum(self._expected(theta), LEAST))
        bend = (self._slope(theta - _STEP) - self._slope(theta + _STEP)) / (2 * _STEP)
        with np.errstate(invalid="ignore", divide="ignore"):
            return theta, np.where(bend > 0, 1 / np.sqrt(bend), np.nan)

    def _brackets(self) -> tuple[Floats, Floats]:
        """The grid points beside the greatest likelihood, or where a weighted slope changes sign."""
        grid = np.linspace(-_REACH, _REACH, _STEPS)
        total = np.zeros((len(self.codes), _STEPS))
        for answers, item in zip(self.codes.T, self.items, strict=True):
            logs = np.log(np.maximum(probabilities(item, grid), LEAST))
            total += np.where(answers[:, None] >= 0, logs[np.maximum(answers, 0)], 0.0)
        if self.prior is not None:
            apart = grid - self.prior.mean[:, None]
            total -= apart**2 / (2 * self.prior.variance[:, None])
        if self.weighted:
            total += 0.5 * np.log(np.maximum(self._information_on(grid), LEAST))
        if self.method == "ml":
            total = np.where(_peaks(total), total, -np.inf)
        best = np.clip(total.argmax(axis=1), 1, _STEPS - 2)
        none = np.isneginf(total).all(axis=1)
        return np.where(none, np.nan, grid[best - 1]), np.where(none, np.nan, grid[best + 1])

    def _widened(self, low: Floats, high: Floats) -> tuple[Floats, Floats]:
        """Ends between which the slope falls through 0: √I only comes near Warm's weight."""
        step = _REACH / _STEPS
        for _ in range(12):
            below, above = self._slope(low) <= 0, self._slope(high) >= 0
            if not (below | above).any():
                break
            step *= 2
            low, high = np.where(below, low - step, low), np.where(above, high + step, high)
        return low, high

    def _information_on(self, grid: Floats) -> Floats:
        """Expected information of the items that each person answered, persons by grid."""
        known = (self.codes >= 0).astype(np.float64)
        return np.asarray(known @ np.array([information(item, grid) for item in self.items]))

    def _bisected(self, low: Floats, high: Floats) -> Floats:
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            rising = self._slope(middle) > 0
            low, high = np.where(rising, middle, low), np.where(rising, high, middle)
        return (low + high) / 2

    def _slope(self, theta: Floats) -> Floats:
        """Slope of the log-likelihood, of the prior, and of Warm's weight."""
        total = np.zeros(len(theta))
        if self.prior is not None:
            total -= (theta - self.prior.mean) / self.prior.variance
        bias = np.zeros(len(theta))
        for answers, item in zip(self.codes.T, self.items, strict=True):
            known, chosen = answers >= 0, np.maximum(answers, 0)
            p, slope = probabilities(item, theta), derivatives(item, theta)
            ratio = slope / np.maximum(p, LEAST)
            total += np.where(known, ratio[chosen, np.arange(len(theta))], 0.0)
            if self.weighted:
                bend = _second(item, theta)
                bias += np.where(known, (ratio * bend).sum(axis=0), 0.0)
        if self.weighted:
            total += bias / (2 * np.maximum(self._expected(theta), LEAST))
        return total

    def _expected(self, theta: Floats) -> Floats:
        total = np.zeros(len(theta))
        for answers, item in zip(self.codes.T, self.items, strict=True):
            total += np.where(answers >= 0, information(item, theta), 0.0)
        return total


def _peaks(values: Floats) -> np.ndarray:
    """Where rows of values rise before and fall next, whatever is level in between."""
    steps = np.diff(values, axis=1)
    going = np.where(np.abs(steps) > _LEVEL, np.sign(steps), 0)
    count = going.shape[1]
    moving = np.where(going != 0, np.arange(count), count)
    ahead = np.minimum.accumulate(moving[:, ::-1], axis=1)[:, ::-1]
    padded = np.column_stack([going, np.zeros(len(going))])
    falling = np.take_along_axis(padded, ahead, axis=1) < 0
    found = np.zeros(values.shape, dtype=bool)
    found[:, 1:-1] = (going[:, :-1] > 0) & falling[:, 1:]
    return found


def _second(item: ItemParameters, theta: Floats) -> Floats:
    """Second derivatives of the curves, by central differences of the first."""
    ends = derivatives(item, theta + _STEP), derivatives(item, theta - _STEP)
    return np.asarray((ends[0] - ends[1]) / (2 * _STEP))


def reliability(traits: Traits, weights: Floats | None, *, method: Method) -> float | None:
    """Of posterior scores var/(var + mean se²), of others 1 - mean se²/var (R `empirical_rxx`)."""
    known = np.isfinite(traits.theta) & np.isfinite(traits.se)
    if known.sum() < 2:
        return None
    weight = np.ones(int(known.sum())) if weights is None else weights[known]
    theta, squares = traits.theta[known], traits.se[known] ** 2
    mean = weight @ theta / weight.sum()
    divisor = weight.sum() - 1 if weights is None else weight.sum()
    spread = float(weight @ (theta - mean) ** 2 / divisor)
    error = float(weight @ squares / weight.sum())
    if spread == 0:
        return None
    return spread / (spread + error) if method in ("eap", "map") else 1 - error / spread
