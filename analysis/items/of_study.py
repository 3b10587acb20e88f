"""A study's own items laid out for item analysis: its credits and answers, and a SPEC by dimension.

The SPEC has the study's weights and design, and asks for reliability, a model, its fit, distractors,
and whether items work otherwise in the groups that the study reports or by the mode of the interview.
It is a file like any other, to be read and changed. Errors know strata and PSUs, not the steps of
weighting.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError
from analysis.measured import Measured
from analysis.scoring import scored_items
from instruments.errors import Problem
from instruments.language import say
from instruments.model import Placed
from survey.durable import write_whole
from survey.yaml_text import to_yaml

CREDITS, ANSWERS, WEIGHT, MODE = "credits.csv", "answers.csv", "weight", "mode"
LEAST_ITEMS, LEAST_PERSONS = 3, 100
"""Fewer items are no scale; groups of fewer persons are not compared item by item."""
Json = dict[str, Any]


def write_study_specs(made: Measured, folder: Path) -> dict[str, Path]:
    """Write the tables, and ``DIMENSION.yaml`` for each dimension, by its id.

    Raises:
        AnalysisError: No dimension has three items that tell people apart.
    """
    scales = {name: own for name, own in _dimensions(made).items() if len(own) >= LEAST_ITEMS}
    if not scales:
        raise AnalysisError(Problem(
            where=str(made.study.folder),
            what=say("no dimension has {least} items that tell people apart.", least=LEAST_ITEMS),
            hint=say("Give items a dimension and a key."),
        ))  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    kept = made.people.sample.kept
    placed = [one for own in scales.values() for one in own]
    table = _table(made)[kept]
    credit = pd.DataFrame({one.item.id: made.scores.credit[one.path] for one in placed})[kept]
    said = pd.DataFrame({one.item.id: made.people.frame[one.path] for one in placed})[kept]
    _write(folder / CREDITS, pd.concat([table, credit], axis=1).to_csv(index=False))
    _write(folder / ANSWERS, pd.concat([table, said], axis=1).to_csv(index=False))
    found = {}
    for name, own in scales.items():
        found[name] = folder / f"{name}.yaml"
        _write(found[name], to_yaml(_spec(made, name, own, table)))
    return found


def _write(path: Path, text: str) -> None:
    write_whole(path, lambda place: place.write_text(text, encoding="utf-8"))


def _dimensions(made: Measured) -> dict[str, list[Placed]]:
    """By dimension, its items that more than one credit was earned on."""
    found: dict[str, list[Placed]] = {}
    for one in scored_items(made.instruments[-1]):
        if one.item.dimension and one.path in made.scores.credit:
            credit = made.scores.credit[one.path].dropna().to_numpy()
            if len(credit) and (credit != credit[0]).any():
                found.setdefault(one.item.dimension, []).append(one)
    return found


def _table(made: Measured) -> pd.DataFrame:
    """Weight, design, groups that are reported, and the mode of every interview."""
    people, sample = made.people, made.people.sample
    index, design = people.frame.index, sample.design
    columns: dict[str, Any] = {WEIGHT: np.where(sample.kept, sample.weights, 0.0)}
    columns |= {f"{kind}{place}": sample.data[column].to_numpy()
                for kind, names in (("stratum", design.strata), ("psu", design.psu))
                for place, column in enumerate(names, start=1)}  # fmt: skip
    columns |= {name: people.groups[name].to_numpy()
                for name, one in made.study.settings.variables.items() if one.report}  # fmt: skip
    mode = made.instruments[-1].mode
    if mode is not None and mode in people.frame:
        columns[MODE] = people.frame[mode].to_numpy()
    return pd.DataFrame(columns, index=index)


def _spec(made: Measured, name: str, own: list[Placed], table: pd.DataFrame) -> Json:
    design = {kind: [one for one in map(str, table) if re.fullmatch(rf"{kind}\d+", one)]
              for kind in ("stratum", "psu")}  # fmt: skip
    return {
        "data": CREDITS, "items": [one.item.id for one in own],
        "design": {"weights": WEIGHT, **{{"stratum": "strata", "psu": "psu"}[kind]: names
                                         for kind, names in design.items() if names}},
        "simulated": made.study.settings.simulated,
        "title": dict(made.people.names.get(name, {"": name})),
        "labels": {one.item.id: dict(one.item.label) for one in own},
        "analyses": [*_scale(made, own), *_distractors(made, own), *_groups(made, own, table)],
    }  # fmt: skip


def _scale(made: Measured, own: list[Placed]) -> Iterator[Json]:
    is_right_or_wrong = _is_right_or_wrong(made, own)
    yield {"id": "classical", "kind": "classical", "cases": "pairwise"}
    yield {"id": "model", "kind": "irt", "model": "2pl" if is_right_or_wrong else "grm"}
    yield {"id": "fit", "kind": "fit", "model": "model"}


def _is_right_or_wrong(made: Measured, own: list[Placed]) -> bool:
    return all(made.scores.credit[one.path].dropna().isin([0, 1]).all() for one in own)


def _distractors(made: Measured, own: list[Placed]) -> Iterator[Json]:
    """Every option of the items with one right answer among several wrong ones."""
    last = (made.responses.fieldwork or (made.today, made.today))[1]
    instrument, keys, unknown = made.instruments[-1], {}, set()
    for one in own:
        credit: dict[str, float] = next(
            (key.credit for key in one.item.key if key.holds_on(last)), {}
        )
        if one.item.type == "single" and sum(worth > 0 for worth in credit.values()) == 1:
            keys[one.item.id] = max(credit, key=credit.__getitem__)
            unknown |= {each.code for each in instrument.options_of(one.item)
                        if each.missing == "dont_know"}  # fmt: skip
    if keys:
        codes = {"missing_codes": {"dont_know": sorted(unknown)}} if unknown else {}
        yield {"id": "distractors", "kind": "distractors", "data": ANSWERS, "items": list(keys),
               "key": keys, **codes}  # fmt: skip


def _groups(made: Measured, own: list[Placed], table: pd.DataFrame) -> Iterator[Json]:
    """The largest group of each variable against every other that is large enough."""
    method = "mh" if _is_right_or_wrong(made, own) else "logistic"
    answered = made.scores.credit.loc[table.index, [one.path for one in own]].notna().any(axis=1)
    variables = [name for name in (*made.study.settings.variables, MODE) if name in table]
    for name in variables:
        counts = table.loc[answered, name].replace("", None).value_counts()
        reference, *others = [str(one) for one in counts[counts >= LEAST_PERSONS].index] or [""]
        for focal in sorted(others):
            yield {"id": f"{name}: {focal}", "kind": "dif", "group": name, "method": method,
                   "reference": reference, "focal": focal, "purify": True}  # fmt: skip
