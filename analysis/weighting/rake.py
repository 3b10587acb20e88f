"""Raking: multiply weights, margin by margin, until every margin is met.

Iterative proportional fitting (Deming & Stephan 1940) on the table of cells, which has one entry
per combination of categories and not one per row. The weights equal those of calibration with the
multiplicative distance (Deville & Särndal 1992). Post-stratification is raking to one margin.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.columns import Floats
from analysis.design import Sample
from analysis.errors import AnalysisError
from analysis.projection import Step
from analysis.weighting.adjustment import Calibration, Findings, Reweighted, adjust
from analysis.weighting.crossing import Crossing
from analysis.weighting.margins import (
    CodedMargin,
    Margin,
    code_margins,
    indicators,
    merging,
    name_of,
)
from analysis.weighting_result import MarginFit
from instruments.errors import Problem
from instruments.language import say

Compatibility = Literal["textbook", "r"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    """When raking ends: the worst |achieved - target| / (1 + |target|), and the most sweeps.

    Under compatibility with R's `rake` the tolerance is on the change of a cell's weight over a
    sweep, as a share of the total weight when below 1, and not converging is only a warning.
    """

    tolerance: float = 1e-11
    max_iterations: int = 500
    compatibility: Compatibility = "textbook"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Raking:
    """Margins bound to a sample, ready to rake any weights of its rows."""

    margins: tuple[CodedMargin, ...]
    stopping: Stopping

    @property
    def crossing(self) -> Crossing:
        """The cells that all margins share."""
        return self.margins[0].crossing

    def reweight(self, weights: Floats, _times: Floats | None = None, /) -> Reweighted:
        """Rake `weights`; not converging is an error that names margin, category and deviation."""
        start = self.crossing.sums(weights)
        fitted, iterations, settled = _fit(self, start)
        worst, margin, category = _worst(fitted, self)
        if not settled and self.stopping.compatibility == "textbook":
            raise AnalysisError(_no_convergence(fitted, self, margin, category))
        factor = np.divide(fitted, start, out=np.ones_like(start), where=start != 0)
        return Reweighted(
            weights=weights * factor[self.crossing.cell], converged=settled, iterations=iterations,
            worst=worst, worst_margin=margin.name,
            worst_category=name_of(margin.categories[category]),
        )  # fmt: skip

    def steps(self, before: Floats, after: Floats) -> tuple[Step, ...]:
        """The projection on the categories; R's `rake` sweeps over unweighted margin means."""
        if self.stopping.compatibility == "textbook" or len(self.margins) == 1:
            margins = indicators(self.margins)
            return (Step(auxiliaries=margins, metric=before, after=after, taken=after),)
        return tuple(
            Step(
                auxiliaries=indicators([margin]),
                metric=np.ones_like(before),
                after=made,
                taken=made,
                round=id(self),
            )
            for margin, made in zip(self.margins, self._last_sweep(before), strict=True)
        )

    def findings(self, before: Floats, after: Floats) -> Findings:
        """Target, share before and share after of every category."""
        return Findings(fits=margin_fits(before, after, self.margins))

    def _last_sweep(self, weights: Floats) -> list[Floats]:
        """The weights after each margin of the last sweep."""
        start = self.crossing.sums(weights)
        *_, made = _sweeps(self, start)
        return [weights * (cells / start)[self.crossing.cell] for cells in made]


DEFAULT = Stopping()


def rake(sample: Sample, margins: Sequence[Margin], *, stopping: Stopping = DEFAULT) -> Calibration:
    """Rake the present weights to the margins; not converging is an error that names the place."""
    return adjust(sample, plan_raking(sample, margins, stopping))


def plan_raking(sample: Sample, margins: Sequence[Margin], stopping: Stopping) -> Raking:
    """Bind margins to a sample."""
    return Raking(margins=code_margins(sample, margins), stopping=stopping)


def _fit(raking: Raking, start: Floats) -> tuple[Floats, int, bool]:
    """Sweep over the margins until they hold; gives cell weights, sweeps, and whether it settled."""
    last, before, count = start, start, 0
    for made in _sweeps(raking, start):
        last, before, count = made[-1], last, count + 1
    return last, count, _settled(raking, before, last, float(start.sum()))


def _sweeps(raking: Raking, start: Floats) -> Iterator[list[Floats]]:
    """Cell weights after each margin, sweep by sweep, until they settle or sweeps run out."""
    weight, total = start, float(start.sum())
    for _ in range(raking.stopping.max_iterations):
        before, made = weight, []
        for margin in raking.margins:
            ratio = _ratio(margin.targets, _achieved(weight, margin))
            weight = weight * ratio[margin.of_cell]
            made.append(weight)
        yield made
        if _settled(raking, before, weight, total):
            return


def _settled(raking: Raking, before: Floats, after: Floats, total: float) -> bool:
    stopping = raking.stopping
    if stopping.compatibility == "textbook":
        return _worst(after, raking)[0] <= stopping.tolerance
    least = stopping.tolerance * (total if stopping.tolerance < 1 else 1.0)
    return float(np.abs(after - before).max()) < least


def _achieved(weight: Floats, margin: CodedMargin) -> Floats:
    """Sum of the cells' weights in each category."""
    sums = np.bincount(margin.of_cell, weights=weight, minlength=len(margin.categories))
    return np.asarray(sums, dtype=np.float64)


def _ratio(target: Floats, achieved: Floats) -> Floats:
    return np.divide(target, achieved, out=np.ones_like(target), where=achieved > 0)


def _worst(weight: Floats, raking: Raking) -> tuple[float, CodedMargin, int]:
    """The largest relative misfit, with its margin and category."""
    misfits = [
        np.abs(_achieved(weight, margin) - margin.targets) / (1 + margin.targets)
        for margin in raking.margins
    ]
    place = int(np.argmax([misfit.max() for misfit in misfits]))
    category = int(np.argmax(misfits[place]))
    return float(misfits[place][category]), raking.margins[place], category


def _no_convergence(weight: Floats, raking: Raking, margin: CodedMargin, category: int) -> Problem:
    achieved = _achieved(weight, margin)[category]
    counts, target = margin.counts, margin.targets[category]
    what = say(
        "raking did not converge in {iterations} sweeps: category '{category}' ({count} "
        "respondents) reaches {achieved} where {target} is wanted, the worst deviation ({share}%).",
        iterations=raking.stopping.max_iterations, category=name_of(margin.categories[category]),
        count=int(counts[category]), achieved=f"{achieved:.6g}", target=f"{target:.6g}",
        share=f"{100 * (achieved - target) / target:+.2g}",
    )  # fmt: skip
    hint = say("Some combination of the margins has no respondents. {merging}",
               merging=merging(margin.categories, counts, category))  # fmt: skip
    return Problem(where=f"calibrate, margin '{margin.name}'", what=what, hint=hint)


def margin_fits(
    before: Floats, after: Floats, margins: Sequence[CodedMargin]
) -> tuple[MarginFit, ...]:
    """Target and achieved shares of every category of every margin."""
    fits = []
    cells = [margins[0].crossing.sums(weights) for weights in (before, after)] if margins else []
    for margin in margins:
        base, met = (_achieved(weights, margin) / weights.sum() for weights in cells)
        target = margin.targets / margin.targets.sum()
        fits += [
            MarginFit(margin=margin.name, category=name_of(c), target=float(target[i]),
                      before=float(base[i]), after=float(met[i]))
            for i, c in enumerate(margin.categories)
        ]  # fmt: skip
    return tuple(fits)
