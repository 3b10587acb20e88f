"""A SPEC on multiply imputed data: every question is put to each data set, the answers combined."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.columns import factor, first_row
from analysis.errors import AnalysisError
from analysis.estimates import Estimates
from analysis.imputation import Compatibility, combine_imputed
from analysis.spec_answers import ESTIMATED, Answers, contrast_from, shown
from analysis.spec_model import EstimateSpec, ImputationSpec
from analysis.table_file import read_table
from instruments.errors import Problem
from instruments.language import Message, say

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImputedAnswers:
    """The answers of every imputed data set; later questions may refer to earlier ones."""

    each: Sequence[Answers]
    compatibility: Compatibility
    _joint: dict[str, Estimates] = field(default_factory=dict)

    def ask(self, one: EstimateSpec) -> Json:
        """Answer one question by combining the answers of the data sets.

        Raises:
            AnalysisError: it cannot be answered, or its answers cannot be combined.
        """
        if one.statistic == "contrast":
            return shown(one, contrast_from(self._joint, one))
        if one.statistic not in ESTIMATED:
            what = say("the tests of imputed data sets cannot be combined.")
            hint = say("Ask for the estimates that are tested, or for a contrast of them.")
            raise AnalysisError(Problem(where="estimate.statistic", what=what, hint=hint))
        found = combine_imputed(
            [answers.estimates(one) for answers in self.each], df=one.df,
            on_logits=one.statistic == "proportion" and one.interval != "mean",
            compatibility=self.compatibility,
        )  # fmt: skip
        if one.statistic != "quantile":
            self._joint[one.id] = found
        return shown(one, found)


def imputed_tables(
    given: ImputationSpec, file: Path, folder: Path, columns: Iterable[str]
) -> list[pd.DataFrame]:
    """The imputed data sets, in order.

    Raises:
        AnalysisError: a row has no number of its imputation, or there is only one imputation.
    """
    wanted = tuple(columns)
    if given.column is None:
        return [read_table(folder / name, wanted) for name in given.files]
    whole = read_table(file, (*wanted, given.column))
    number = factor(whole, given.column, declared={}, role="imputations")
    if (blank := number.codes < 0).any():
        raise _refused(say("row {row} has no value of '{variable}', so it is in no imputation.",
                           row=first_row(blank), variable=given.column))  # fmt: skip
    if len(number.levels) < 2:
        raise _refused(say("there is only one imputation; the rules need two or more."))
    places = [np.flatnonzero(number.codes == code) for code in range(len(number.levels))]
    return [whole.iloc[place].reset_index(drop=True) for place in places]


def _refused(what: Message) -> AnalysisError:
    return AnalysisError(Problem(where="imputations", what=what))
