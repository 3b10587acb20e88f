"""What cannot be calibrated, with the item named, and what to know of what was."""

from collections.abc import Iterator, Mapping, Sequence
from typing import get_args

import numpy as np

from analysis.columns import Floats
from analysis.irt.items import ItemModel, ItemParameters, Model
from analysis.irt.options import FitOptions
from analysis.irt.persons import other_categories
from analysis.irt.population import Population
from analysis.irt.responses import ItemResponses
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import Message, say

_DICHOTOMOUS = frozenset({"rasch", "2pl", "3pl"})
_STEEP, _FAR = 12.0, 25.0
"""Slopes and intercepts beyond these are those of an item that separates persons without error."""
_EDGE = 5e-5


def item_problems(
    responses: ItemResponses, models: Mapping[str, ItemModel], fixed: Mapping[str, ItemParameters]
) -> Iterator[Problem]:
    """Items without a model, with one that does not suit them, or with other fixed categories."""
    for item, size in zip(responses.items, responses.categories, strict=True):
        if not size and item not in fixed:
            yield Problem(where="items", what=say("nobody answered item '{item}'.", item=item),
                          hint=say("Leave the item out of the model, or join its categories."))  # fmt: skip
        elif item not in models:
            yield Problem(where="model", what=say("item '{item}' has no model.", item=item),
                          hint=say("Name a model for every item."))  # fmt: skip
        elif models[item].model not in get_args(Model):
            what = say("there is no model '{model}'.", model=models[item].model)
            hint = did_you_mean(models[item].model, get_args(Model))
            yield Problem(where="model", what=what, hint=hint)
        elif not 0 <= (models[item].guessing or 0.0) < 1:
            what = say("item '{item}' has the guessing {value}, which is no probability below 1.",
                       item=item, value=f"{models[item].guessing:g}")  # fmt: skip
            hint = say("Give a number between 0 and 1.")
            yield Problem(where="guessing", what=what, hint=hint)
        elif size > 2 and models[item].model in _DICHOTOMOUS:
            what = say("item '{item}' has {count} categories and {model} is for two.",
                       item=item, count=size, model=models[item].model)  # fmt: skip
            yield Problem(where="model", what=what, hint=say("Use grm, gpcm or pcm."))
        elif models[item].guessing is not None and models[item].model != "3pl":
            what = say("item '{item}' has a guessing parameter, which {model} has not.",
                       item=item, model=models[item].model)  # fmt: skip
            yield Problem(where="model", what=what, hint=say("Use 3pl."))
    yield from _rating_scale(responses, models)
    known = [fixed[item] for item in responses.items if item in fixed]
    yield from other_categories(responses, known)


def _rating_scale(responses: ItemResponses, models: Mapping[str, ItemModel]) -> Iterator[Problem]:
    sizes = {
        size: item for item, size in zip(responses.items, responses.categories, strict=True)
        if item in models and models[item].model == "rsm"
    }  # fmt: skip
    if len(sizes) > 1:
        (first, one), (second, other), *_ = sizes.items()
        what = say("rsm needs the same categories in every item: '{one}' has {first}, '{other}' "
                   "{second}.", one=one, first=first, other=other, second=second)  # fmt: skip
        yield Problem(where="model", what=what, hint=say("Use pcm."))


def model_problems(responses: ItemResponses, how: FitOptions) -> Iterator[Problem]:
    """An unknown reference group, a density that knows no covariates, a prior without width."""
    if how.reference is not None and how.reference not in responses.groups:
        what = say("there is no group '{group}'.", group=how.reference)
        hint = (say("Groups: {groups}.", groups=", ".join(responses.groups)) if responses.groups
                else say("Name the column of groups under `groups`."))  # fmt: skip
        yield Problem(where="reference", what=what, hint=hint)
    if how.density == "npml" and responses.covariates is not None:
        what = say("the density npml has no regression on covariates.")
        hint = say("Make groups of them, or use the density normal.")
        yield Problem(where="density", what=what, hint=hint)
    if how.moments is not None and not 2 <= how.moments <= len(how.grid.nodes) // 3:
        what = say("{moments} moments cannot make a density smooth on {nodes} nodes.",
                   moments=how.moments, nodes=len(how.grid.nodes))  # fmt: skip
        yield Problem(where="density", what=what, hint=say("Use 4 to 6."))
    if how.density not in ("normal", "npml"):
        yield Problem(where="density", what=say("there is no density '{density}'.", density=how.density),
                      hint=did_you_mean(how.density, ("normal", "npml")))  # fmt: skip
    if not (0 < how.tolerance < np.inf and how.most >= 1):
        what = say("a tolerance of {tolerance} in {most} passes is never met.",
                   tolerance=f"{how.tolerance:g}", most=how.most)  # fmt: skip
        yield Problem(where="tolerance", what=what, hint=say("Give both above zero."))
    known = {"logit_guessing": how.priors.logit_guessing, "log_slope": how.priors.log_slope}
    for name, prior in known.items():
        if prior is not None and not (np.isfinite(prior.mean) and 0 < prior.sd < np.inf):
            what = say("the prior of {name} has the standard deviation {sd}.",
                       name=name, sd=f"{prior.sd:g}")  # fmt: skip
            yield Problem(where="priors", what=what, hint=say("Give one above zero."))


def weight_problems(weights: Floats, persons: int) -> Iterator[Problem]:
    """Weights of other persons, or that are negative or no numbers."""
    if len(weights) != persons:
        what = say("there are {weights} weights for {persons} persons.", weights=len(weights),
                   persons=persons)  # fmt: skip
        yield Problem(where="weights", what=what, hint=say("Give one weight for each person."))
    elif not (np.isfinite(weights) & (weights >= 0)).all():
        row = int(np.argmin(np.isfinite(weights) & (weights >= 0)))
        what = say("row {row}: the weight {value} is below zero, or no number.", row=row + 1,
                   value=f"{weights[row]:g}")  # fmt: skip
        yield Problem(where="weights", what=what, hint=say("Give weights of 0 or more."))


def share_problems(
    responses: ItemResponses, shares: Sequence[Floats], fixed: Mapping[str, ItemParameters]
) -> Iterator[Problem]:
    """Items that tell nothing: nobody answered, all answered alike, or a category was not chosen."""
    for item, values, share in zip(responses.items, responses.values, shares, strict=True):
        if item in fixed:
            continue
        chosen = share > 0
        if chosen.all() and len(share) > 1:
            continue
        yield Problem(where="items", what=_silent(item, values, share),
                      hint=say("Leave the item out of the model, or join its categories."))  # fmt: skip


def _silent(item: str, values: Sequence[float], share: Floats) -> Message:
    chosen = np.flatnonzero(share > 0)
    if not len(chosen):
        return say("nobody answered item '{item}'.", item=item)
    if len(chosen) > 1:
        value = values[int(np.flatnonzero(share == 0)[0])]
        return say("nobody chose {value} in item '{item}', so its step has no place.",
                   value=f"{value:g}", item=item)  # fmt: skip
    return say("everybody who answered item '{item}' answered {value}, so its difficulty has no "
               "place.", item=item, value=f"{values[int(chosen[0])]:g}")  # fmt: skip


def item_flags(items: Sequence[ItemParameters]) -> Iterator[tuple[str, str]]:
    """Items that separate persons without error, or that run against the others."""
    for item in items:
        if abs(item.slope) > _STEEP or max(map(abs, item.intercepts)) > _FAR:
            yield item.item, "separation"
        if item.slope < 0:
            yield item.item, "negative_slope"


def reaches_edge(population: Population, prior: Floats) -> bool:
    """Does the population have mass at the ends of the nodes?"""
    return population.mass is None and bool(prior[:, [0, -1]].max(initial=0.0) > _EDGE)
