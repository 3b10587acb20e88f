"""How far the weights meet what was declared, how unequal they are, and what each step did."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from analysis.columns import Floats
from analysis.design import Sample
from analysis.weighting.recipe import Applied, Weighting
from analysis.weighting_result import ClassFit, MarginFit, WeightDistribution

Json = dict[str, Any]
PERCENTS = (1, 5, 25, 50, 75, 95, 99)


def kish(sample: Sample) -> tuple[float, float]:
    """Design effect of unequal weights and the effective size, n Σw²/(Σw)² (Kish 1965, 11.2C)."""
    n_eff = float(sample.weights.sum()) ** 2 / float(sample.squared_weights.sum())
    return sample.size / n_eff, n_eff


def distribution(sample: Sample) -> WeightDistribution | None:
    """How unequal the weights are; None where the rows stand for more than one person each."""
    if sample.collapsed is not None:
        return None
    weights = np.sort(sample.weights[sample.kept])
    mean, heaviest = float(weights.mean()), -(-len(weights) // 100)
    quantiles = np.percentile(weights, PERCENTS) / mean
    median = float(np.median(weights))
    return WeightDistribution(
        n=len(weights),
        cv=float(weights.std() / mean),
        quantiles={str(p): float(q) for p, q in zip(PERCENTS, quantiles, strict=True)},
        max_to_median=float(weights[-1] / median) if median > 0 else None,
        top_share=float(weights[-heaviest:].sum() / weights.sum()),
    )


def margin_fits(weighting: Weighting) -> tuple[MarginFit, ...]:
    """Target of every category, its share by the weights before the recipe and by the final ones.

    Where several steps aim at a category, the last one's target counts. Totals that a step takes
    from the sample itself are told by its own findings.
    """
    found: dict[tuple[str, str], MarginFit] = {}
    for one in weighting.applied:
        if one.reweighted.worst_margin:
            fits = one.adjustment.findings(weighting.base, weighting.sample.weights).fits
            found |= {(fit.margin, fit.category): fit for fit in fits}
    return tuple(found.values())


def weights_as_json(weighting: Weighting) -> Json:
    """The weights in the form of the contract, with what every step found."""
    sample, last, shape = weighting.sample, weighting.last, distribution(weighting.sample)
    (deff, n_eff), (least, most) = kish(sample), sample.weight_range
    return {
        "sum": float(sample.weights.sum()), "min": least, "max": most,
        "kish_deff": deff, "n_eff": n_eff, "n": sample.size,
        "iterations": None if last is None else last.reweighted.iterations,
        "worst_margin": None if last is None else _worst(last),
        "distribution": None if shape is None else _distribution(shape),
        "margins": [_fit(fit) for fit in margin_fits(weighting)],
        "steps": [_step(one) for one in weighting.applied],
    }  # fmt: skip


def _worst(one: Applied) -> Json:
    how = one.reweighted
    return {"margin": how.worst_margin, "category": how.worst_category, "deviation": how.worst}


def _distribution(shape: WeightDistribution) -> Json:
    return {"cv": shape.cv, "quantiles": dict(shape.quantiles),
            "max_to_median": shape.max_to_median, "top_share": shape.top_share}  # fmt: skip


def _fit(fit: MarginFit) -> Json:
    return {
        "margin": fit.margin, "category": fit.category, "target": fit.target,
        "before": fit.before, "after": fit.after,
        "difference_before": fit.difference_before, "difference_after": fit.difference_after,
    }  # fmt: skip


def _step(one: Applied) -> Json:
    factors = _factors(one.before, one.reweighted.weights)
    return {
        "method": one.step.method, "iterations": one.reweighted.iterations,
        "converged": one.reweighted.converged, "sum": float(one.reweighted.weights.sum()),
        "factors": factors, "classes": [_class(each) for each in one.findings.classes],
        "balance": [_fit(fit) for fit in one.findings.fits],
    }  # fmt: skip


def _factors(before: Floats, after: Floats) -> Mapping[str, float]:
    """The least and the greatest factor among those who keep a weight."""
    kept = (before != 0) & (after != 0)
    factors = after[kept] / before[kept]
    return {"min": float(factors.min()), "max": float(factors.max())}


def _class(one: ClassFit) -> Json:
    return {"class": one.name, "cases": one.cases, "takers": one.takers, "share": one.share,
            "factor": one.factor}  # fmt: skip
