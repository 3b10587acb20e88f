"""The traits behind a study's scores: which items, which model, given what is known of persons.

Where no trait can be estimated the shares count observed scores, and a message says why.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.awareness.joint import JointModel
from analysis.columns import Floats
from analysis.describe import headline_indicators, reach
from analysis.errors import AnalysisError
from analysis.irt.fit import fit
from analysis.irt.fitted import FittedModel
from analysis.irt.items import ItemModel
from analysis.irt.responses import ItemResponses
from analysis.latent_shares import PER_COVARIATE, LatentShares, Scale
from analysis.measured import Measured
from analysis.scales import scale_items
from analysis.scoring import highest_credit, scored_items
from analysis.shares import Mask
from analysis.trait_result import LatentReport, TraitReport
from analysis.trait_shape import shape_of
from instruments.language import Message, say
from instruments.plan import Cut

LEAST_ITEMS, LEAST_RESPONDENTS = 3, 200
"""Fewer items tell too little of a trait, fewer respondents too little of the items."""
_WEIGHT = "@weight"


class Traits(NamedTuple):
    """The latent shares, or None; what they rest on; and what a reader must know of it."""

    shares: LatentShares | None
    report: LatentReport | None
    notes: tuple[Message, ...]


def traits_of(made: Measured, *, standing: Mapping[str, Collection[str]] | None = None) -> Traits:
    """Calibrate every dimension that the plan's survey targets cut, and find the population.

    `standing` are, by dimension, the items that the cut of a panel stands on.
    """
    cuts = _cuts(made)
    if not cuts:
        return Traits(None, None, ())
    if len(cuts) > 2:
        return _without(say("a share over more than two dimensions is not estimated"))
    used, items = _used(made, cuts), {name: _items(made, name) for name in cuts}
    if (reason := _too_few(made, items, used)) is not None:
        return _without(reason)
    try:
        return _estimated(made, cuts, items, used, standing or {})
    except AnalysisError as error:
        return _without(error.problems[0].what)


def _without(reason: Message) -> Traits:
    note = say("Shares count observed scores, which few items make too high or too low: {reason}.",
               reason=reason)  # fmt: skip
    return Traits(None, None, (note,))


def _cuts(made: Measured) -> dict[str, Cut]:
    """By dimension: the first cut that the headline indicators declare."""
    found: dict[str, Cut] = {}
    for indicator in headline_indicators(made.study.plan, made.people):
        for cut in indicator.cuts:
            found.setdefault(cut.dimension, cut)
    return found


def _items(made: Measured, dimension: str) -> dict[str, float]:
    """The highest credit of the dimension's items that tell people apart, by form path."""
    credit = made.scores.credit
    return {
        one.path: highest_credit(one.item)
        for one in scored_items(made.instruments[-1])
        if one.item.dimension == dimension and one.path in credit and _varies(credit[one.path])
    }


def _varies(credit: "pd.Series[float]") -> bool:
    known = credit.dropna().to_numpy()
    return bool(len(known) and (known != known[0]).any())


def _used(made: Measured, cuts: Mapping[str, Cut]) -> Mask:
    """Rows with a weight and an answer to any item of the dimensions."""
    paths = [one.path for one in scored_items(made.instruments[-1])
             if one.item.dimension in cuts and one.path in made.scores.credit]  # fmt: skip
    answered = made.scores.credit[paths].notna().any(axis="columns").to_numpy(dtype=bool)
    sample = made.people.sample
    return np.asarray(answered & sample.kept & (sample.weights > 0))


def _too_few(
    made: Measured, items: Mapping[str, Mapping[str, float]], used: Mask
) -> Message | None:
    short = [name for name, own in items.items() if len(own) < LEAST_ITEMS]
    if short:
        return say("{dimensions} has fewer than {least} items that tell people apart",
                   dimensions=made.people.named(short), least=LEAST_ITEMS)  # fmt: skip
    if used.sum() < LEAST_RESPONDENTS:
        return say("{count} respondents are too few to calibrate the items (at least {least})",
                   count=int(used.sum()), least=LEAST_RESPONDENTS)  # fmt: skip
    return None


def _estimated(
    made: Measured, cuts: Mapping[str, Cut], items: Mapping[str, Mapping[str, float]], used: Mask,
    standing: Mapping[str, Collection[str]],
) -> Traits:  # fmt: skip
    calibrated = [_calibrated(made, items[name], used) for name in cuts]
    unsettled = [name for name, one in zip(cuts, calibrated, strict=True)
                 if not one.fitted.converged]  # fmt: skip
    if unsettled:
        return _without(say("the model of {dimensions} does not converge",
                            dimensions=made.people.named(unsettled)))  # fmt: skip
    design, names, left_out = _design(made, used)
    model = JointModel.of([one.fitted for one in calibrated], design, sample=made.people.sample,
                          used=used)  # fmt: skip
    if model.settled.flags:
        return _without(say("the distribution of the traits is not determined ({flags})",
                            flags=", ".join(model.settled.flags)))  # fmt: skip
    scales = tuple(
        Scale(dimension=name, calibration=one.fitted, points=one.points,
              cut_se=(cut.se or 0.0) if cut.status == "panel" else 0.0,
              standing=tuple(standing.get(name, ())))
        for (name, cut), one in zip(cuts.items(), calibrated, strict=True)
    )  # fmt: skip
    shares = LatentShares(scales=scales, model=model, conditioned_on=names)
    report = _report(made, shares, cuts)
    notes = (*_item_notes(made, cuts, scales), *_cut_notes(made, cuts),
             *_covariate_notes(made, left_out), *_shape_notes(made, report))  # fmt: skip
    return Traits(shares, report, notes)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Calibrated:
    fitted: FittedModel
    points: dict[str, tuple[float, ...]]


def _calibrated(made: Measured, items: Mapping[str, float], used: Mask) -> _Calibrated:
    """The model of a dimension's items; one that falls with the trait is left out and all fitted again."""
    table = made.scores.credit.loc[used, list(items)].round(9).reset_index(drop=True)
    table = table.assign(**{_WEIGHT: made.people.sample.weights[used]})
    responses = ItemResponses.of(table, list(items), weights=_WEIGHT)
    models = {name: ItemModel(model="2pl" if size == 2 else "grm")
              for name, size in zip(responses.items, responses.categories, strict=True)}  # fmt: skip
    fitted = fit(responses, models)
    falling = {item.item for item in fitted.items if item.slope <= 0}
    if falling and len(items) - len(falling) >= LEAST_ITEMS:
        rest = {name: most for name, most in items.items() if name not in falling}
        return _calibrated(made, rest, used)
    points = {name: tuple(share * items[name] for share in values)
              for name, values in zip(responses.items, responses.values, strict=True)}  # fmt: skip
    return _Calibrated(fitted=fitted, points=points)


def _design(made: Measured, used: Mask) -> tuple[np.ndarray, tuple[str, ...], tuple[str, ...]]:
    """Columns of everything that shares are reported by, and the names left out for want of people."""
    columns, names, left_out = [np.ones(int(used.sum()))], [], []
    room = int(used.sum()) // PER_COVARIATE
    for name, own in _conditions(made):
        kept = [one for one in (column[used] for column in own) if 0 < one.mean() < 1]
        if len(columns) + len(kept) > room:
            left_out.append(name)
            continue
        columns += kept
        names.append(name)
    return np.column_stack(columns), tuple(names), tuple(left_out)


def _conditions(made: Measured) -> Iterator[tuple[str, list[np.ndarray]]]:
    """Target areas, reporting variables, then activities: each an indicator of every level."""
    people = made.people
    for area in dict.fromkeys(area for one in made.study.plan.targets for area in one.within):
        own = [one for one in people.settings.population.areas if one.area == area and one.members]
        if own and people.units is not None:
            yield area, [people.living_in(one).astype(float) for one in own]
    for name, variable in made.study.settings.variables.items():
        if variable.report:
            yield name, _indicators(people.groups[name])
    activities = reach(people, made.instruments).values()
    if activities and people.settings.exposure:
        yield people.settings.exposure, [one.fillna(0).to_numpy() for one in activities]


def _indicators(levels: "pd.Series[str]") -> list[np.ndarray]:
    named = levels.astype(object).where(levels.notna(), "")
    return [(named == level).to_numpy(dtype=float) for level in sorted(named.unique())[1:]]


def _item_notes(
    made: Measured, cuts: Mapping[str, Cut], scales: Sequence[Scale]
) -> Iterator[Message]:
    for name, scale in zip(cuts, scales, strict=True):
        lost = [one.path for one in scored_items(made.instruments[-1])
                if one.item.dimension == name and one.path not in scale.points]  # fmt: skip
        if lost:
            yield say("The scale of {dimension} leaves out items that do not tell people with more of "
                      "it from people with less: {items}. Its cut is that share of the points of "
                      "the others.", dimension=made.people.named([name]),
                      items=", ".join(lost))  # fmt: skip


def _cut_notes(made: Measured, cuts: Mapping[str, Cut]) -> Iterator[Message]:
    unknown = [name for name, cut in cuts.items() if cut.status == "panel" and cut.se is None]
    if unknown:
        yield say("The panel's cut on {dimensions} has no standard error: intervals are too narrow by "
                  "what the panel does not know.", dimensions=made.people.named(unknown))  # fmt: skip


def _covariate_notes(made: Measured, left_out: Sequence[str]) -> Iterator[Message]:
    if left_out:
        yield say("Too few respondents to condition the traits on {variables}: differences between "
                  "these groups are estimated too small.",
                  variables=made.people.named(left_out))  # fmt: skip


def _shape_notes(made: Measured, report: LatentReport) -> Iterator[Message]:
    apart = [one.dimension for one in report.traits if one.shape and one.shape.disagree]
    unknown = [one.dimension for one in report.traits if one.shape is None]
    if apart:
        yield say("The distribution of {dimensions} is not normal: shares above its cut are biased, by "
                  "how much and in which direction the annex says.",
                  dimensions=made.people.named(apart))  # fmt: skip
    if unknown:
        yield say("Whether the distribution of {dimensions} is normal could not be told.",
                  dimensions=made.people.named(unknown))  # fmt: skip


def _report(made: Measured, shares: LatentShares, cuts: Mapping[str, Cut]) -> LatentReport:
    return LatentReport(
        traits=tuple(_trait(made, shares, one, cuts[one.dimension], effects.covariance(
                         shares.model.sample, shares.model.used))
                     for one, effects in zip(shares.scales, shares.model.effects, strict=True)),
        correlation=shares.correlation, conditioned_on=shares.conditioned_on,
    )  # fmt: skip


def _trait(
    made: Measured, shares: LatentShares, scale: Scale, cut: Cut, covariance: Floats
) -> TraitReport:
    day = (made.responses.fieldwork or (made.today, made.today))[1]
    return TraitReport(
        dimension=scale.dimension, model=scale.model, items=len(scale.points),
        reliability=scale.calibration.marginal_reliability(), cut_status=cut.status,
        cut=_theta(scale, cut.at_least), shape=shape_of(scale, shares, at_least=cut.at_least), share=cut.at_least, at_cut=scale.at_cut(cut.at_least),
        scale=tuple(scale_items(scale, covariance, made.instruments[-1], day=day)),
    )  # fmt: skip


def _theta(scale: Scale, at_least: float) -> float | None:
    """The declared cut on the trait; None where nobody can have that expected score."""
    try:
        return scale.cut(at_least).theta(scale.calibration.items)
    except AnalysisError:
        return None


def with_traits(made: Measured, traits: Traits) -> Measured:
    """The same study, its people with the traits."""
    return replace(made, people=replace(made.people, latent=traits.shares))
