"""The kind `fit`: does the model describe the answers, item by item and as a whole?"""

from dataclasses import asdict
from typing import Any, Literal

import numpy as np

from analysis.columns import Floats
from analysis.errors import AnalysisError
from analysis.irt.curves import LEAST
from analysis.irt.item_fit import CERTAIN, mean_squares, q3
from analysis.irt.limited_information import limited_information
from analysis.irt.s_x2 import SX2, s_x2
from analysis.irt.traits import modes, posterior_means
from analysis.items.answers.conditional import Conditional
from analysis.items.answers.models import Calibration, calibration_of
from analysis.items.answers.shapes import KnownItems
from analysis.items.checks import too_few_items
from analysis.items.context import Context
from analysis.items.spec_model import AnalysisSpec

Json = dict[str, Any]
LEAST_COMPLETE = 30
"""Persons who answered all items, below which no margin is compared."""
_WHOLE = ("type", "statistic", "df", "p", "rmsea", "rmsea_ci", "srmsr", "cfi", "tli")


class FitSpec(AnalysisSpec):
    """Which model, and at which estimates of the trait residuals are taken."""

    model: str | None = None
    parameters: KnownItems = ()
    theta: Literal["eap", "ml"] = "eap"


def answer_fit(context: Context, one: FitSpec) -> Json:
    """Mean squares, S-X² and Q3 of the items; M2 or C2 of the model."""
    found: Calibration | Conditional = (
        calibration_of(context, one, one.model, one.parameters)
        if one.parameters
        else context.result(one.model, (Calibration, Conditional))
    )
    codes, items = found.fitted.responses.codes, found.fitted.items
    if len(items) < 2:
        raise AnalysisError(too_few_items(2))
    theta = _traits(found, one)
    squares = mean_squares(codes, items, theta, found.fitted.responses.weights,
                           least=LEAST if isinstance(found, Conditional) else CERTAIN)  # fmt: skip
    tests, whole, flags = _whole(found)
    rows = [
        {**asdict(square), "s_x2": test.statistic, "s_x2_df": test.df, "s_x2_p": test.p,
         "flags": [*_of_item(found, square.item), *([] if flags or test.p is not None else ["no_s_x2"])]}
        for square, test in zip(squares, tests, strict=True)
    ]  # fmt: skip
    return {"items": rows, "q3": q3(codes, items, theta), "m2": whole,
            "flags": [*found.flags, *flags]}  # fmt: skip


def _traits(found: Calibration | Conditional, one: FitSpec) -> Floats:
    """Posterior means, or maximum likelihood where asked for or where there is no population."""
    codes = found.fitted.responses.codes
    if one.theta == "ml" or isinstance(found, Conditional):
        return modes(codes, found.fitted.items, method="ml").theta
    fitted = found.fitted
    nodes = fitted.population.nodes
    return posterior_means(fitted.posterior(), nodes, persons=len(codes)).theta


def _of_item(found: Calibration | Conditional, item: str) -> list[str]:
    """What was flagged of the item when the model was fitted: its fit says nothing then."""
    if isinstance(found, Conditional):
        return []
    return [flag.name for flag in found.fitted.flags if flag.item == item]


def _whole(found: Calibration | Conditional) -> tuple[list[SX2], Json, list[str]]:
    """S-X² of each item and the test of the model, where one population and whole answers allow."""
    none = [SX2(statistic=None, df=0, p=None)] * len(found.fitted.items)
    empty: Json = dict.fromkeys(_WHOLE)
    if isinstance(found, Conditional):
        return none, empty, ["no_population"]
    population = found.fitted.population
    complete = int((found.fitted.responses.codes >= 0).all(axis=1).sum())
    if len(population.groups) > 1 or population.covariate_names:
        return none, empty, ["needs_one_population"]
    if complete < LEAST_COMPLETE:
        return none, empty, [f"complete_cases: {complete}"]
    return _s_x2(found), asdict(limited_information(found.fitted)), []


def _s_x2(found: Calibration) -> list[SX2]:
    fitted = found.fitted
    counts = [sum(parameter.of == item.item for parameter in fitted.parameters)
              for item in fitted.items]  # fmt: skip
    population = fitted.population
    prior = population.prior(np.zeros(1, dtype=np.int64), np.empty((1, 0)))[0]
    return s_x2(fitted.responses.codes, fitted.items, population.nodes, prior, free=counts,
                weights=fitted.responses.weights)  # fmt: skip
