"""What a response model's SPEC may say, the answers that it is about, and its items as JSON."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import AfterValidator, Field

from analysis.columns import check_columns
from analysis.errors import refuse
from analysis.irt.items import ItemErrors, ItemParameters, Model
from analysis.irt.responses import ItemResponses
from analysis.items.context import Context
from analysis.items.spec_model import AnalysisSpec, Finite, OnceEach
from instruments.language import say

Json = dict[str, Any]
WEIGHT = "@weight"
Chance = Annotated[float, Field(ge=0, lt=1)]


class PriorSpec(Finite):
    """A normal distribution."""

    mean: float
    sd: float


class PriorsSpec(Finite):
    """Priors of the items' parameters."""

    logit_guessing: PriorSpec | None = None
    log_slope: PriorSpec | None = None


class KnownItem(Finite):
    """An item whose parameters are known beforehand."""

    item: str
    slope: float
    thresholds: tuple[float, ...]
    guessing: float = 0.0
    model: Model | None = None

    def parameters(self) -> ItemParameters:
        """As an item of a model; graded, or dichotomous, unless it says otherwise."""
        two: Model = "3pl" if self.guessing else "2pl"
        return ItemParameters.of_thresholds(
            self.item, self.model or ("grm" if len(self.thresholds) > 1 else two),
            slope=self.slope, thresholds=self.thresholds, guessing=self.guessing,
        )  # fmt: skip


def _each_once(known: tuple[KnownItem, ...]) -> tuple[KnownItem, ...]:
    """The items, each of which has one set of parameters and tells something."""
    names = [item.item for item in known]
    twice = [name for place, name in enumerate(names) if name in names[:place]]
    if twice:
        raise ValueError(say("'{name}' stands twice here.", name=twice[0]), say("Write it once."))
    flat = next((item.item for item in known if item.slope == 0), None)
    if flat is not None:
        raise ValueError(say("item '{item}' has the slope 0, so that it tells nothing.", item=flat),
                         say("Leave the item out."))  # fmt: skip
    guessed = next(
        (item.item for item in known if item.guessing and len(item.thresholds) > 1), None
    )
    if guessed is not None:
        raise ValueError(say("guessing is for right and wrong, and item '{item}' has more categories.",
                             item=guessed), say("Leave out its guessing."))  # fmt: skip
    return known


KnownItems = Annotated[tuple[KnownItem, ...], AfterValidator(_each_once)]
"""Items with known parameters, none of them twice."""


class IrtSpec(AnalysisSpec):
    """A response model to be fitted."""

    model: Model
    estimator: Literal["mml", "cml"] = "mml"
    groups: str | None = None
    reference: str | float | None = None
    condition_on: OnceEach = ()
    nodes: int = 61
    range: float = 6.0
    priors: PriorsSpec = PriorsSpec()
    guessing: Chance | dict[str, Chance] | None = None
    """Of 3pl held fixed, one for all items or by item; free where not given."""
    density: Literal["normal", "npml"] = "normal"


def responses_of(
    context: Context, one: IrtSpec, *, known: Mapping[str, ItemParameters] | None = None
) -> tuple[ItemResponses, np.ndarray]:
    """The answers of the rows that the model is about, and which rows of the table those are.

    Items whose parameters are `known` keep their categories, also those that nobody chose.
    """
    names, inside, table = context.items(one), context.inside(one), context.table(one)
    further = [*([one.groups] if one.groups else []), *one.condition_on]
    refuse(check_columns(table, further, role="condition_on"))
    frame = pd.DataFrame(context.values(one), columns=list(names))
    weights = context.weights(one)
    if weights is not None:
        frame[WEIGHT] = weights
    frame = pd.concat([frame, table[[name for name in dict.fromkeys(further)
                                     if name not in frame]]], axis=1)  # fmt: skip
    rows = np.flatnonzero(inside)
    responses = ItemResponses.of(
        frame.iloc[rows].reset_index(drop=True), names,
        weights=None if weights is None else WEIGHT, groups=one.groups,
        condition_on=one.condition_on,
        values={name: declared_values(frame[name].iloc[rows], item.categories)
                for name, item in (known or {}).items()},
    )  # fmt: skip
    return responses, rows


def declared_values(answers: "pd.Series[float]", categories: int) -> tuple[float, ...]:
    """The codes of an item with that many categories: those found if all were, else from 0 or 1."""
    found = set(answers.dropna().unique().tolist())
    if len(found) == categories:
        return tuple(sorted(found))
    first = 1 if categories in found and 0 not in found else 0
    return tuple(float(code) for code in range(first, first + categories))


def item_shown(item: ItemParameters, errors: ItemErrors) -> Json:
    """One item with the errors of its parameters."""
    return {
        "item": item.item, "model": item.model, "categories": item.categories,
        "slope": item.slope, "intercepts": item.intercepts, "thresholds": item.thresholds,
        "guessing": item.guessing, "se": asdict(errors), "flags": [],
    }  # fmt: skip
