"""Designs without replacement whose units have unequal probabilities: variance by joint probabilities.

The variance of a total is a quadratic form in the weighted values, with (π_ij - π_i π_j)/π_ij for
pairs i, j: Horvitz & Thompson (1952) or Yates & Grundy (1953). Where joint probabilities are not
known they are approximated (Overton 1985; Hartley & Rao 1962) or are products (Poisson sampling).
R `survey::svydesign(pps = )`.
"""

from typing import Literal

import numpy as np

from analysis.columns import Codes, Floats
from analysis.errors import AnalysisError
from instruments.errors import Problem
from instruments.language import say

Method = Literal["brewer", "overton", "hartley_rao", "joint", "poisson"]
Form = Literal["ht", "yg"]
_TINY = 1e-4
"""Off-diagonal terms below this are taken for zero (R `survey::ppsmat(tolerance = )`)."""


def overton(probability: Floats, stratum: Codes) -> Floats:
    """Overton's approximation from the probabilities of the sample."""
    pairs = (probability[:, None] + probability[None, :]) / 2
    return _within(pairs, probability, stratum, 0.0, pairs)


def hartley_rao(probability: Floats, stratum: Codes, mean_square: float | None) -> Floats:
    """Hartley and Rao's approximation; `mean_square` is Σp²/n over the population.

    Without it the mean probability of the stratum's sample stands for it.
    """
    pairs = probability[:, None] + probability[None, :]
    means = np.bincount(stratum, weights=probability) / np.maximum(np.bincount(stratum), 1)
    extra = means[stratum] if mean_square is None else np.full(len(probability), mean_square)
    return _within(pairs, probability, stratum, extra[:, None], pairs)


def _within(
    pairs: Floats, probability: Floats, stratum: Codes, extra: Floats | float, mark: Floats
) -> Floats:
    n = np.bincount(stratum)[stratum].astype(np.float64)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        form = 1 - (n - pairs + extra) / (n - 1)
    form[(stratum[:, None] != stratum[None, :]) | (mark == 1)] = 0.0
    np.fill_diagonal(form, 1 - probability)
    return np.asarray(form)


def joint(probabilities: Floats) -> Floats:
    """The form of known joint probabilities."""
    single = np.diag(probabilities)
    form = (probabilities - np.outer(single, single)) / probabilities
    form[np.abs(form) < _TINY] = 0.0
    return np.asarray(form)


def poisson(probability: Floats) -> Floats:
    """Independent selection: squares only."""
    return np.diag(1 - probability)


def as_form(terms: Floats, kind: Form) -> Floats:
    """The matrix Q of the quadratic form x'Qx, by Horvitz-Thompson or by Yates-Grundy."""
    return terms if kind == "ht" else terms - np.diag(terms.sum(axis=1))


def check_joint(probabilities: Floats, rows: int) -> None:
    """Refuse a matrix of joint probabilities of another size, or with impossible entries."""
    where, hint = (
        "design.joint",
        say("Give a header and one row and column per data row, in order."),
    )
    if probabilities.shape != (rows, rows):
        what = say("the joint probabilities are {rows} by {columns}; the data have {count} rows.",
                   rows=probabilities.shape[0], columns=probabilities.shape[1], count=rows)  # fmt: skip
        raise AnalysisError(Problem(where=where, what=what, hint=hint))
    bad = ~((probabilities > 0) & (probabilities <= 1 + 1e-12))
    if bad.any():
        row, column = (int(place[0]) + 1 for place in np.nonzero(bad))
        what = say("row {row}, column {column}: {value} is not a probability above zero.",
                   row=row, column=column, value=f"{probabilities[row - 1, column - 1]:g}")  # fmt: skip
        raise AnalysisError(Problem(where=where, what=what, hint=hint))
