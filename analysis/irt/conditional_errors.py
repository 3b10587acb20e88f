"""Errors of conditional estimates by the design of the sample.

The scores of persons, answers less their chances given the raw score, are summed by PSU between two
inverses of the information (Binder 1983, International Statistical Review 51, 279-292).
"""

import numpy as np

from analysis.columns import Floats
from analysis.design import Sample
from analysis.irt.conditional import ConditionalFit, chances, symmetric_functions
from analysis.irt.items import ItemParameters
from analysis.linearize import covariance_of


def conditional_design_covariance(
    fitted: ConditionalFit, sample: Sample, *, rows: np.ndarray
) -> Floats:
    """Covariance of all thresholds; `rows` are the sample's rows that are the model's persons."""
    influence = np.zeros((len(sample.weights), len(fitted.thresholds)))
    unit = fitted.n / fitted.weights_sum
    influence[rows] = unit * conditional_scores(fitted) @ fitted.covariance
    return covariance_of(sample, influence, sample.weights > 0)


def conditional_scores(fitted: ConditionalFit) -> Floats:
    """Each person's slope of the conditional log-likelihood, persons by thresholds of all items."""
    codes = fitted.responses.codes
    ends = np.cumsum([item.categories - 1 for item in fitted.items])
    found = np.zeros((len(codes), int(ends[-1])))
    patterns, back = np.unique(codes >= 0, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        rows, given = np.flatnonzero(back.ravel() == number), np.flatnonzero(pattern)
        if len(given) < 2:
            continue
        own = codes[np.ix_(rows, given)].astype(np.int64)
        expected = _expected([fitted.items[item] for item in given])
        score = own.sum(axis=1)
        for at, item in enumerate(given):
            steps = np.arange(1, fitted.items[item].categories)
            reached = own[:, at, None] >= steps
            span = slice(int(ends[item]) - len(steps), int(ends[item]))
            found[rows, span] = expected[at][score] - reached
    return found


def _expected(items: list[ItemParameters]) -> list[Floats]:
    """P(answer >= k | score) of each item, scores by steps."""
    weights = [np.exp(np.concatenate(([0.0], -np.cumsum(item.thresholds)))) for item in items]
    found = chances(weights, symmetric_functions(weights))
    return [one[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:] for one in found]
