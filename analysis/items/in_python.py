"""Item analysis in a notebook: a table of answers in, tables out.

>>> import numpy as np, pandas as pd
>>> rng = np.random.default_rng(4)  # made-up answers of 500 people to five questions
>>> ability = rng.normal(size=500)
>>> right = rng.random((500, 5)) < 1 / (1 + np.exp([-1.0, -0.5, 0, 0.5, 1] - ability[:, None]))
>>> chosen = np.where(right, "a", rng.choice(["b", "c"], size=right.shape))
>>> people = pd.DataFrame(chosen, columns=["k1", "k2", "k3", "k4", "k5"])
>>> scored = (people == "a").astype(int)
>>> item_statistics(scored, items=list(scored))[["item", "p", "corrected_item_total"]].round(3)
  item      p  corrected_item_total
0   k1  0.714                 0.259
1   k2  0.592                 0.215
2   k3  0.510                 0.234
3   k4  0.376                 0.198
4   k5  0.314                 0.214
>>> options = option_statistics(people, key=dict.fromkeys(people, "a"))
>>> options[["item", "option", "kind", "share", "rest", "group_1", "group_5"]].head(3).round(3)
  item option        kind  share   rest  group_1  group_5
0   k1      a         key  0.714  0.494    0.529    0.858
1   k1      b  distractor  0.140  0.361    0.176    0.085
2   k1      c  distractor  0.146  0.305    0.294    0.057
>>> dimensions(scored, items=list(scored), seed=1).round(2)
   eigenvalue  chance_mean  chance_upper  counts
0        1.89         1.21          1.30    True
1        0.94         1.09          1.16   False
2        0.82         1.00          1.06   False
3        0.71         0.90          0.96   False
4        0.64         0.79          0.87   False
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from analysis.columns import Floats, check_columns, label, numeric
from analysis.design import Sample
from analysis.errors import AnalysisError, refuse
from analysis.items.checks import check_dimensions, check_scale, check_weights, too_few_items
from analysis.items.classical import classical
from analysis.items.dimensionality import Dimensionality, dimensionality
from analysis.items.distractors import Chosen, Kind, distractors
from analysis.items.moments import Cases
from instruments.errors import Problem
from instruments.language import say


def item_statistics(
    data: pd.DataFrame, *, items: Sequence[str], weights: str | None = None,
    cases: Cases = "complete",
) -> pd.DataFrame:  # fmt: skip
    """Difficulty, discrimination and alpha if deleted, a row for each scored item."""
    values, own = _values(data, items, weights)
    check_scale(values, items, cases)
    found = classical(values, items, weights=own, cases=cases)
    rows = [asdict(item) for item in found.items]
    return pd.DataFrame([{**{name: value for name, value in row.items() if name != "if_deleted"},
                          "alpha_if_deleted": row["if_deleted"]["alpha"],
                          "flags": ", ".join(row["flags"])} for row in rows])  # fmt: skip


def option_statistics(
    data: pd.DataFrame | Sample, *, key: Mapping[str, str | Collection[str]],
    missing_codes: Mapping[Kind, Collection[str]] | None = None, weights: str | None = None,
    ignore: Collection[Kind] = (), groups: int = 5,
) -> pd.DataFrame:  # fmt: skip
    """Who chooses which option: a row for each, its shares by groups of the rest score in columns.

    Of a `Sample` the errors are those of its design.
    """
    sample = data if isinstance(data, Sample) else None
    table = data.data if isinstance(data, Sample) else data
    refuse(check_columns(table, [*key], role="items"))
    _refuse_below(2, "groups", groups)
    own = sample.weights if sample is not None else None
    if weights is not None:
        own = _weights(table, weights)
    causes = {code: cause for cause, codes in (missing_codes or {}).items() for code in codes}
    found = distractors(
        Chosen(answers=table[[*key]], causes=causes, ignored=ignore, weights=own, sample=sample,
               key={item: _options(one) for item, one in key.items()}),
        groups=groups,
    )  # fmt: skip
    return pd.DataFrame([
        {"item": item.item, "option": row.option, "kind": row.kind, "share": row.share,
         "se": row.se, "n": row.n, "rest": row.rest,
         **{f"group_{place}": share for place, share in enumerate(row.by_group, start=1)}}
        for item in found for row in item.options
    ])  # fmt: skip


def dimensions(
    data: pd.DataFrame, *, items: Sequence[str], weights: str | None = None, draws: int = 20,
    seed: int,
) -> pd.DataFrame:  # fmt: skip
    """Eigenvalues of the polychoric correlations beside those of permuted answers."""
    values, own = _values(data, items, weights)
    check_dimensions(values, items)
    _refuse_below(20, "draws", draws)
    _refuse_below(0, "seed", seed)
    ranks = [_ranked(column) for column in values.T]
    found: Dimensionality = dimensionality(ranks, own, draws=draws, rng=np.random.default_rng(seed))
    return pd.DataFrame({
        "eigenvalue": found.eigenvalues, "chance_mean": found.chance_mean,
        "chance_upper": found.chance_upper,
        "counts": [place < found.factors for place in range(len(found.eigenvalues))],
    })  # fmt: skip


def _refuse_below(least: int, name: str, count: int) -> None:
    if count < least:
        raise AnalysisError(Problem(where=name, what=say("{field} {value} is too small.", field=name, value=count),
                                    hint=say("Give {limit} or more.", limit=least)))  # fmt: skip


def _values(
    data: pd.DataFrame, items: Sequence[str], weights: str | None
) -> tuple[Floats, Floats | None]:
    refuse(check_columns(data, items, role="items"))
    twice = [name for place, name in enumerate(items) if name in items[:place]]
    if twice or not items:
        raise AnalysisError(too_few_items(2) if not twice else _twice(twice[0]))
    values = np.column_stack([numeric(data, name, role="items") for name in items])
    return values, None if weights is None else _weights(data, weights)


def _weights(data: pd.DataFrame, name: str) -> Floats:
    values = numeric(data, name, role="weights")
    check_weights(values, name)
    return values


def _options(key: object) -> tuple[str, ...]:
    """The right options of an item, written as the data write them."""
    several = not isinstance(key, str) and isinstance(key, Collection)
    return tuple(label(one) for one in key) if several else (label(key),)  # type: ignore[attr-defined]


def _twice(name: str) -> Problem:
    return Problem(where="items", what=say("'{name}' stands twice here.", name=name),
                   hint=say("Write it once."))  # fmt: skip


def _ranked(column: Floats) -> Floats:
    values = np.unique(column[~np.isnan(column)])
    return np.where(np.isnan(column), np.nan, np.searchsorted(values, column))
