"""Differential item functioning by item response models: one item freed at a time.

Thissen, Steinberg & Wainer (1993). The baseline holds all items equal with the focal group's mean
and variance free; each item in turn gets parameters of its own in either group. R: `mirt::DIF`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from analysis.columns import Floats
from analysis.irt.fit import fit
from analysis.irt.items import Model
from analysis.irt.options import FitOptions
from analysis.irt.responses import ItemResponses
from analysis.items.dif import ALPHA

_GROUP, _WEIGHT = "@group", "@weight"


def likelihood_dif(
    values: Floats, names: Sequence[str], focal: np.ndarray, weights: Floats | None, *,
    model: Model, tested: Sequence[str],
) -> dict[str, Any]:  # fmt: skip
    """Twice the gain in log-likelihood of each item of `tested`, in the form of the contract."""
    frame = pd.DataFrame(values, columns=list(names))
    frame[_GROUP] = np.where(focal, "1 focal", "0 reference")
    if weights is not None:
        frame[_WEIGHT] = weights
    baseline = _fitted(frame, names, model, weights is not None)
    rows = [_row(frame, names, item, model, baseline) if baseline.converged else _unknown(item)
            for item in tested]  # fmt: skip
    flagged = [row["item"] for row in rows if row["p"] is not None and row["p"] < ALPHA]
    return {"log_likelihood": baseline.log_likelihood, "items": rows, "flagged": flagged,
            "iterations": 0, "flags": [] if baseline.converged else ["not_converged"]}  # fmt: skip


def _row(
    frame: pd.DataFrame,
    names: Sequence[str],
    item: str,
    model: Model,
    baseline: Any,  # noqa: ANN401
) -> dict[str, Any]:
    """The item as two virtual ones, each administered in one group only."""
    inside = frame[_GROUP] == "1 focal"
    split = frame.assign(**{f"{item}@0": frame[item].where(~inside),
                            f"{item}@1": frame[item].where(inside)})  # fmt: skip
    others = [name for name in names if name != item]
    freed = _fitted(split, [*others, f"{item}@0", f"{item}@1"], model, _WEIGHT in frame)
    if not freed.converged:
        return _unknown(item)
    df = freed.n_parameters - baseline.n_parameters
    chi2 = max(2 * (freed.log_likelihood - baseline.log_likelihood), 0.0)
    return {"item": item, "chi2": chi2, "df": df, "p": float(stats.chi2.sf(chi2, df)),
            "flags": []}  # fmt: skip


def _unknown(item: str) -> dict[str, Any]:
    """What is told of an item where a likelihood has not settled: no test."""
    return {"item": item, "chi2": None, "df": None, "p": None, "flags": ["not_converged"]}


def _fitted(frame: pd.DataFrame, names: Sequence[str], model: Model, weighted: bool) -> Any:  # noqa: ANN401, FBT001
    responses = ItemResponses.of(frame, list(names), groups=_GROUP,
                                 weights=_WEIGHT if weighted else None)  # fmt: skip
    return fit(responses, model, options=FitOptions(reference="0 reference"))
