"""Cases that were drawn and gave no interview, beside the responses, so that weights can answer for them.

They have a place in the sample, an outcome, and whatever of the study's variables was seen; nothing
of them is ever an answer.
"""

from dataclasses import replace

import pandas as pd

from analysis.errors import refuse
from analysis.responses import Responses
from analysis.sampled import design_of
from analysis.scoring import Scores
from analysis.study_weights import OF_CASES, recipe_columns
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import Message, say
from survey.settings import StudySettings

STATUS = "status"
"""Column of the table of cases with AAPOR's codes; every response counts as an interview."""
_INTERVIEW = "1"


def with_cases(
    responses: Responses, cases: pd.DataFrame | None, *, settings: StudySettings,
    table: pd.DataFrame | None,
) -> Responses:  # fmt: skip
    """The responses with a row, empty but for what is known, for each case without an interview.

    Raises:
        AnalysisError: cases that have no place in the sample or no outcome, or no step for them.
    """
    if cases is None:
        return responses
    refuse(_problems(cases, settings))
    key = settings.sample.key
    named = cases.rename(columns={} if key is None else {key.column: key.item})
    named.index = pd.Index([f"{settings.sample.cases} {row}" for row in range(1, len(cases) + 1)])
    columns, _ = design_of(
        named, sample=settings.sample, table=table, also=(STATUS, *recipe_columns(settings))
    )
    own = responses.columns.assign(**{STATUS: _INTERVIEW})
    index = own.index.append(named.index)
    groups = pd.concat([responses.groups, named.reindex(columns=responses.groups.columns)])
    return replace(
        responses, frame=responses.frame.reindex(index), days=responses.days.reindex(index),
        groups=groups.replace("", None), columns=pd.concat([own, columns]),
        age=None if responses.age is None else responses.age.reindex(index),
    )  # fmt: skip


def with_rows(scores: Scores, responses: Responses) -> Scores:
    """The scores with a row for every case; who gave no interview has none."""
    index = responses.frame.index
    return replace(scores, dimensions=scores.dimensions.reindex(index),
                   credit=scores.credit.reindex(index))  # fmt: skip


def _problems(cases: pd.DataFrame, settings: StudySettings) -> list[Problem]:
    name, key = str(settings.sample.cases), settings.sample.key
    needed = [STATUS] if key is None else [STATUS, key.column]
    found = [
        Problem(where=name, what=say("there is no column '{column}'.", column=column),
                hint=did_you_mean(column, map(str, cases.columns)))
        for column in needed
        if column not in cases
    ]  # fmt: skip
    if key is None or settings.sample.table is None:
        what = say("cases need the table of the sample and its key.")
        found.append(_of_settings("sample.cases", what, None))
    if not any(step.method in OF_CASES for step in settings.weighting.recipe()):
        what = say("no step says who answers for the cases without an interview.")
        hint = say("Add a step nonresponse to weighting.steps, or leave the cases out.")
        found.append(_of_settings("weighting", what, hint))
    return found


def _of_settings(place: str, what: Message, hint: Message | None) -> Problem:
    return Problem(where=f"study.yaml, {place}", what=what, hint=hint)
