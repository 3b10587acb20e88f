"""Andersen's test: are the thresholds the same in parts of the persons?

Andersen (1973, Psychometrika 38, 123-140); R `eRm::LRtest`.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from analysis.columns import Codes
from analysis.errors import AnalysisError
from analysis.irt.conditional import ConditionalModel, fit_conditional
from analysis.irt.responses import ItemResponses
from instruments.errors import Problem
from instruments.language import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Andersen:
    """The likelihood-ratio statistic over parts; `left_out` cannot be estimated in every part."""

    statistic: float
    df: int
    p: float
    left_out: tuple[str, ...] = ()


def andersen(responses: ItemResponses, part: Codes, *, model: ConditionalModel) -> Andersen:
    """Twice the sum of the parts' conditional log-likelihoods less that of all together.

    Raises:
        AnalysisError: There is one part only, or too few items can be estimated in each.
    """
    numbers = np.unique(part[part >= 0])
    if len(numbers) < 2:
        raise AnalysisError(_one_part())
    kept = [place for place in range(len(responses.items))
            if all(_estimable(responses, part == number, place) for number in numbers)]  # fmt: skip
    if len(kept) < 2:
        raise AnalysisError(_no_items())
    reduced = responses.subset([responses.items[place] for place in kept])
    whole = fit_conditional(_rows(reduced, part >= 0), model)
    parts = [fit_conditional(_rows(reduced, part == number), model) for number in numbers]
    statistic = 2 * (sum(one.log_likelihood for one in parts) - whole.log_likelihood)
    df = sum(one.n_parameters for one in parts) - whole.n_parameters
    gone = set(range(len(responses.items))) - set(kept)
    return Andersen(statistic=float(statistic), df=df, p=float(stats.chi2.sf(statistic, df)),
                    left_out=tuple(responses.items[place] for place in sorted(gone)))  # fmt: skip


def by_score(responses: ItemResponses, *, at: str) -> Codes:
    """0 for persons whose raw score is at most the median (or mean), 1 for those above."""
    score = np.where(responses.codes >= 0, responses.codes, 0).sum(axis=1)
    middle = np.median(score) if at == "median" else score.mean()
    return np.asarray(score > middle, dtype=np.int64)


def _estimable(responses: ItemResponses, rows: np.ndarray, place: int) -> bool:
    answers = responses.codes[rows, place]
    return len(np.unique(answers[answers >= 0])) == responses.categories[place]


def _rows(responses: ItemResponses, rows: np.ndarray) -> ItemResponses:
    weights = None if responses.weights is None else responses.weights[rows]
    return replace(responses, codes=responses.codes[rows], weights=weights, group=None, groups=(),
                   covariates=None, covariate_names=())  # fmt: skip


def _one_part() -> Problem:
    return Problem(where="split", what=say("everybody is in the same part."),
                   hint=say("Split by median, mean, or a column with two values or more."))  # fmt: skip


def _no_items() -> Problem:
    return Problem(
        where="split",
        what=say("no two items have every answer in every part."),
        hint=say("Split otherwise, into parts of more persons."),
    )
