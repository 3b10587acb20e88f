"""The table that an auditor reads: one row per respondent, every column with a plain name."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from analysis.answers import answered
from analysis.audit.recipe import calibration_of
from analysis.describe import reach, topics
from analysis.measured import Measured
from analysis.weighting.margins import name_of

Key = tuple[str, ...]
"""What a column is: its kind, and what it is of."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AuditTable:
    """The respondents' data, and the name of the column that holds each thing.

    `texts` are the columns that hold text, also where it looks like numbers.
    """

    data: pd.DataFrame
    names: dict[Key, str]

    @property
    def texts(self) -> list[str]:
        """The columns that must be read as text."""
        return [str(name) for name in self.data if not is_numeric_dtype(self.data[name])]

    def of(self, kind: str) -> list[str]:
        """The names of all columns of a kind, in order."""
        return [name for key, name in self.names.items() if key[0] == kind]


def audit_table(made: Measured) -> AuditTable:
    """Lay out design, margins, groups, areas, scores, credits, reach and answers of every respondent."""
    columns = {
        **_design(made),
        **_weighting(made),
        **_groups(made),
        **_scores(made),
        **_topics(made),
        **_reach(made),
        **_answers(made),
    }
    names = _names(columns)
    values = {names[key]: column.to_numpy() for key, column in columns.items()}
    return AuditTable(data=pd.DataFrame(values), names=names)


Columns = dict[Key, pd.Series]


def _design(made: Measured) -> Columns:
    columns, design = made.people.sample.data, made.people.sample.design
    found: Columns = {
        ("record", ""): pd.Series(made.people.frame.index.astype(str), dtype=object),
        ("weight", ""): columns[design.weights],
    }
    for kind, stages in (("stratum", design.strata), ("psu", design.psu), ("fpc", design.fpc)):
        for stage, column in enumerate(stages, start=1):
            found[kind, str(stage)] = columns[column]
    return found


def _weighting(made: Measured) -> Columns:
    """The category of every respondent in each margin, unknown levels included; or final weights."""
    sample, settings = made.weighted.sample, made.study.settings
    step = calibration_of(settings.weighting)
    if step is None:
        weights = np.where(sample.kept, sample.weights, 0.0)
        return {("final_weight", ""): pd.Series(weights)}
    found: Columns = {}
    for margin in settings.population.margins:
        if margin.id in step.margins:
            levels = sample.data[list(margin.variables)].astype(str)
            rows = levels.itertuples(index=False, name=None)
            found["margin", margin.id] = pd.Series([name_of(row) for row in rows], dtype=object)
    return found


def _groups(made: Measured) -> Columns:
    people = made.people
    found: Columns = {("group", str(n)): people.groups[n].astype(object) for n in people.groups}
    if people.age is not None:
        found["age", ""] = people.age
    found["settled", ""] = pd.Series(people.settled().astype(int))
    for one in people.settings.population.areas:
        found["area", one.area, one.id] = pd.Series(people.living_in(one).astype(int))
    return found


def _scores(made: Measured) -> Columns:
    scores = made.scores
    return {
        **{("score", str(name)): scores.dimensions[name] for name in scores.dimensions},
        **{("credit", str(path)): scores.credit[path] for path in scores.credit},
    }


def _topics(made: Measured) -> Columns:
    known = topics(made.scores.credit, made.instruments[-1])
    return {("topic", topic): values for topic, values in known.items()}


def _reach(made: Measured) -> Columns:
    return {("reached", c): one for c, one in reach(made.people, made.instruments).items()}


def _answers(made: Measured) -> Columns:
    found: Columns = {}
    for one in answered(made.people, made.instruments):
        found["answer", one.item] = one.answers.astype(object)
        found["favourable", one.item] = one.favourable
        found["unanswered", one.item] = one.unanswered
    return found


def _names(columns: Columns) -> dict[Key, str]:
    """Names of letters, digits and underscores, no two alike."""
    names: dict[Key, str] = {}
    for key in columns:
        plain = re.sub(r"[^A-Za-z0-9]+", "_", "_".join(filter(None, key)))
        name, number = plain, 1
        while name in names.values():
            number += 1
            name = f"{plain}_{number}"
        names[key] = name
    return names
