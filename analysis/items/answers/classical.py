"""The kinds `classical` and `polychoric`."""

from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any, Literal

import numpy as np

from analysis import estimate
from analysis.errors import AnalysisError
from analysis.items.checks import TOO_FEW, check_scale
from analysis.items.classical import Classical, classical
from analysis.items.context import Context
from analysis.items.flags import few_persons
from analysis.items.moments import Cases
from analysis.items.omega import FactorModel, OrdinalOmega, omega_ordinal, omega_total
from analysis.items.polychoric import Method, polychoric
from analysis.items.spec_model import AnalysisSpec

Json = dict[str, Any]
_WIDTH = 1e-9
"""An interval of alpha that is narrower comes of rounding: the items never disagree."""


class ClassicalSpec(AnalysisSpec):
    """Classical statistics of a scale."""

    cases: Cases = "complete"
    omega: tuple[Literal["total", "ordinal"], ...] = ()


class PolychoricSpec(AnalysisSpec):
    """Polychoric correlations of all pairs of items."""

    method: Method = "two_step"
    cases: Cases = "pairwise"


def answer_classical(context: Context, one: ClassicalSpec) -> Json:
    """Difficulty, discrimination, reliability, and what each item adds."""
    names, inside = context.items(one), context.inside(one)
    values = context.values(one)[inside]
    weights = context.weights(one)
    own = None if weights is None else weights[inside] / weights[inside].max(initial=0)
    check_scale(values, names, one.cases)
    found = classical(values, names, weights=own, cases=one.cases)
    return {
        "n": found.n, "items": _items(context, one, found), "total": asdict(found.total),
        "alpha": _alpha(found), "kr20": found.kr20, "kr21": found.kr21,
        "guttman": found.guttman, **_omegas(values, own, one),
        "flags": [*few_persons(found.n, own), *found.flags],
    }  # fmt: skip


def answer_polychoric(context: Context, one: PolychoricSpec) -> Json:
    """Correlations, their errors, and the thresholds of each item."""
    names, weights = context.items(one), context.weights(one)
    ranks = context.ranks(one)
    own = None if weights is None else weights[context.inside(one)]
    if one.cases == "complete":
        keep = ~np.isnan(np.column_stack(ranks)).any(axis=1)
        ranks = [column[keep] for column in ranks]
        own = None if own is None else own[keep]
    check_scale(np.column_stack(ranks), names, "pairwise")
    found = polychoric(ranks, own, method=one.method)
    return {
        "items": list(names), "correlations": found.correlations, "se": found.se,
        "thresholds": list(found.thresholds),
        "flags": [f"{flag}: {names[i]}, {names[j]}"
                  for flag, pairs in (("at_bound", found.bounds), ("no_pairs", found.unknown))
                  for i, j in pairs],
    }  # fmt: skip


def _alpha(found: Classical) -> Json:
    """Alpha; of items that never disagree it has neither error nor interval."""
    alpha, (low, high) = asdict(found.alpha), found.alpha.ci
    if high - low > _WIDTH:
        return alpha | {"flags": []}
    return alpha | {"se": None, "ci": (None, None), "flags": ["no_variance"]}


def _items(context: Context, one: ClassicalSpec, found: Classical) -> list[Json]:
    """The items' statistics, with the design's error of each mean where there is a design."""
    rows = []
    sample = context.sample(one)
    for item in found.items:
        outside = item.p is not None and not 0 <= item.p <= 1
        alone = item.if_deleted.alpha is None and len(found.items) == 2
        row = asdict(item) | {"flags": [*item.flags, *(["outside_0_1"] if outside else []),
                                        *(["nothing_left_if_deleted"] if alone else [])]}  # fmt: skip
        if sample is not None:
            mean = estimate.mean(sample, of=item.item, where=context.inside(one))[0]
            row["mean_se"] = mean.se or None
            row["flags"] += [] if mean.se else ["no_variance"]
        rows.append(row)
    return rows


def _omegas(values: Any, weights: Any, one: ClassicalSpec) -> Json:  # noqa: ANN401 - arrays
    complete = ~np.isnan(values).any(axis=1)
    rows = values[complete]
    if len(rows) < TOO_FEW:
        kinds = {"total": ("omega", FactorModel), "ordinal": ("omega_ordinal", OrdinalOmega)}
        return {name: _nothing(wanted, f"complete_cases: {len(rows)}")
                for name, wanted in (kinds[one_] for one_ in one.omega)}  # fmt: skip
    found: Json = {}
    if "total" in one.omega:
        own = None if weights is None else weights[complete]
        found["omega"] = _or_nothing(FactorModel, lambda: omega_total(
            np.cov(rows.T, aweights=own, bias=True), n=len(rows)))  # fmt: skip
    if "ordinal" in one.omega:
        ranks = [np.searchsorted(np.unique(column), column).astype(float) for column in rows.T]
        found["omega_ordinal"] = _or_nothing(OrdinalOmega, lambda: omega_ordinal(ranks))
    return found


def _or_nothing(wanted: Any, made: Callable[[], Any]) -> Json:  # noqa: ANN401 - a dataclass
    """An omega, or nulls with the reason as a flag, so that alpha is printed all the same."""
    try:
        return asdict(made())
    except AnalysisError as error:
        return _nothing(wanted, f"not_estimable: {error.problems[0].what}")


def _nothing(wanted: Any, flag: str) -> Json:  # noqa: ANN401 - a dataclass
    found: Json = dict.fromkeys(part.name for part in fields(wanted))
    return found | {"flags": [flag]}
