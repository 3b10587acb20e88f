"""Where to set the cut: panels of judges, and groups known to be aware or not, with its error.

Angoff (1971) as modified, Brennan & Lockwood (1980) for its variance components; bookmark (Mitzel,
Lewis, Patz & Green 2001); contrasting and borderline groups (Livingston & Zieky 1982; Cizek &
Bunch 2007).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.columns import Floats
from analysis.design import Sample
from analysis.errors import AnalysisError, refuse
from analysis.linearize import covariance_of
from instruments.errors import Problem
from instruments.language import say

RESPONSE = 2 / 3
"""Probability of a right answer at which an item is mapped in a bookmark's order."""

_FLAT = 1e-6
"""A slope below this part of its own error tells the groups apart at no score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AngoffCut:
    """The panel's cut on the sum score.

    `se` is over judges, sd/√J. `components` come from the two-way analysis of variance and may be
    negative; `se_generalizability` is that of the mean rating with items fixed.
    """

    cut: float
    se: float
    judge_cuts: tuple[float, ...]
    components: dict[str, float]
    se_generalizability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelCut:
    """A cut with its error over judges or persons."""

    cut: float
    se: float
    judge_cuts: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCut:
    """The score at which a person is as likely of one group as of the other."""

    cut: float
    se: float
    coefficients: tuple[float, float]
    coefficients_se: tuple[float, float]


def angoff(ratings: Floats) -> AngoffCut:
    """`ratings` are judges by items: the share of barely aware persons who answer right.

    Raises:
        AnalysisError: Fewer than two judges or items, or a rating outside [0, 1].
    """
    refuse(_panel_problems(ratings))
    if not ((ratings >= 0) & (ratings <= 1)).all():
        raise AnalysisError(_no_probability(ratings))
    judges, items = ratings.shape
    sums = ratings.sum(axis=1)
    grand = ratings.mean()
    by_judge, by_item = ratings.mean(axis=1) - grand, ratings.mean(axis=0) - grand
    left = ratings - grand - by_judge[:, None] - by_item[None, :]
    ms_judge = items * (by_judge**2).sum() / (judges - 1)
    ms_item = judges * (by_item**2).sum() / (items - 1)
    residual = float((left**2).sum() / ((judges - 1) * (items - 1)))
    components = {"judge": float(ms_judge - residual) / items,
                  "item": float(ms_item - residual) / judges, "residual": residual}  # fmt: skip
    error = components["judge"] / judges + residual / (judges * items)
    return AngoffCut(
        cut=float(sums.mean()), se=float(sums.std(ddof=1) / sqrt(judges)),
        judge_cuts=tuple(sums.tolist()), components=components,
        se_generalizability=sqrt(max(error, 0.0)),
    )  # fmt: skip


def bookmark(
    pages: Sequence[int], difficulties: Sequence[float], *, slopes: Sequence[float] | None = None,
    response: float = RESPONSE,
) -> PanelCut:  # fmt: skip
    """Each judge's page is the first item that a barely aware person would fail.

    Items stand in the order of where they are answered right with probability `response`; the cut
    on the trait is where the last item before the bookmark is.
    """
    a = np.ones(len(difficulties)) if slopes is None else np.asarray(slopes, dtype=np.float64)
    refuse(_order_problems(len(difficulties), a, response))
    places = np.sort(np.asarray(difficulties) + log(response / (1 - response)) / a)
    wrong = [page for page in pages if not 2 <= page <= len(places) + 1]
    if wrong or len(pages) < 2:
        raise AnalysisError(_no_page(wrong, len(places)))
    cuts = places[np.asarray(pages) - 2]
    return PanelCut(cut=float(cuts.mean()), se=float(cuts.std(ddof=1) / sqrt(len(cuts))),
                    judge_cuts=tuple(cuts.tolist()))  # fmt: skip


def borderline(scores: Floats, weights: Floats | None = None) -> PanelCut:
    """The median score of persons whom those who know them call borderline.

    Its error is that of a median from Woodruff's limits on the effective number of persons.
    """
    weight = np.ones(len(scores)) if weights is None else weights
    if len(scores) < 10:
        raise AnalysisError(_few_persons(len(scores)))
    size = weight.sum() ** 2 / (weight**2).sum()
    half = 1.96 * sqrt(0.25 / size)
    low, middle, high = (_quantile(scores, weight, p) for p in (0.5 - half, 0.5, 0.5 + half))
    return PanelCut(cut=middle, se=(high - low) / (2 * 1.96))


def contrasting_groups(
    scores: Floats, focal: Floats, *, weights: Floats | None = None, sample: Sample | None = None,
    inside: NDArray[np.bool_] | None = None,
) -> GroupCut:  # fmt: skip
    """Logistic regression of being in the upper group on the score; the cut is -b0/b1.

    Errors are by the delta method: from the information without a design, else from the sums of
    scores in PSUs; the persons are the sample's rows `inside`, all of them unless given.

    Raises:
        AnalysisError: One group only, or scores that separate the groups or do not tell them apart.
    """
    weight = np.ones(len(scores)) if weights is None else weights
    if not len(focal) or not 0 < focal.mean() < 1:
        raise AnalysisError(_one_group())
    design = np.column_stack([np.ones(len(scores)), scores])
    b, information = _logistic(design, focal, weight)
    bread = np.linalg.inv(information)
    influence = design * (focal - special.expit(design @ b))[:, None] @ bread
    covariance = bread if sample is None else _designed(influence, sample, inside)
    slope = np.array([-1 / b[1], b[0] / b[1] ** 2])
    errors = np.sqrt(np.diag(covariance))
    return GroupCut(
        cut=float(-b[0] / b[1]), se=float(np.sqrt(slope @ covariance @ slope)),
        coefficients=(float(b[0]), float(b[1])),
        coefficients_se=(float(errors[0]), float(errors[1])),
    )  # fmt: skip


def _designed(
    influence: Floats, sample: Sample, inside: NDArray[np.bool_] | None
) -> Floats:  # fmt: skip
    used = np.ones(len(sample.weights), dtype=bool) if inside is None else inside
    whole = np.zeros((len(used), influence.shape[1]))
    whole[used] = influence
    return covariance_of(sample, whole, used & (sample.weights > 0))


def _logistic(design: Floats, outcome: Floats, weight: Floats) -> tuple[Floats, Floats]:
    b = np.zeros(2)
    for _ in range(100):
        p = special.expit(design @ b)
        information = (design * (weight * p * (1 - p))[:, None]).T @ design
        if np.linalg.cond(information) > 1e14:
            break
        step = np.linalg.solve(information, design.T @ (weight * (outcome - p)))
        b = b + step
        if np.abs(step).max() < 1e-12 * (1 + np.abs(b).max()):
            if abs(b[1]) < _FLAT * np.sqrt(np.linalg.inv(information)[1, 1]):
                break
            return b, information
    raise AnalysisError(_separated())


def _quantile(scores: Floats, weight: Floats, p: float) -> float:
    order = np.argsort(scores, kind="stable")
    share = (np.cumsum(weight[order]) - weight[order] / 2) / weight.sum()
    return float(np.interp(p, share, scores[order]))


def _panel_problems(ratings: Floats) -> list[Problem]:
    if ratings.ndim == 2 and min(ratings.shape) >= 2:
        return []
    return [Problem(where="ratings", what=say("a panel needs two judges and two items or more."),
                    hint=say("Give a row of ratings for each judge, all of the same items."))]  # fmt: skip


def _no_probability(ratings: Floats) -> Problem:
    judge, item = np.argwhere(~((ratings >= 0) & (ratings <= 1)))[0]
    value = ratings[judge, item]
    return Problem(
        where=f"ratings, judge {judge + 1}, item {item + 1}",
        what=(
            say("the rating is missing.")
            if np.isnan(value)
            else say("{value} is no share between 0 and 1.", value=f"{value:g}")
        ),
        hint=say("Write 0.65 for 65 of 100."),
    )


def _order_problems(items: int, slopes: Floats, response: float) -> Iterator[Problem]:
    """Slopes that do not belong to the items, or a response that is no chance."""
    if len(slopes) != items or not (slopes > 0).all():
        what = say("there are {items} items and {slopes} slopes above 0.", items=items,
                   slopes=int((slopes > 0).sum()))  # fmt: skip
        yield Problem(where="slopes", what=what, hint=say("Give a slope above 0 for each item."))
    if not 0 < response < 1:
        what = say("{value} is not possible.", value=f"{response:g}")
        yield Problem(where="response", what=what, hint=say("Give a number between 0 and 1."))


def _no_page(wrong: Sequence[int], items: int) -> Problem:
    if items < 1:
        return Problem(where="difficulties", what=say("'{field}' is missing.", field="difficulties"),
                       hint=say("Give the difficulty of every item of the booklet."))  # fmt: skip
    if not wrong:
        return Problem(where="pages", what=say("a panel needs two judges or more."),
                       hint=say("Give the page of each judge."))  # fmt: skip
    return Problem(where="pages",
                   what=say("page {page} is not between 2 and {last}.", page=wrong[0],
                            last=items + 1),
                   hint=say("A page is that of the first item beyond the bookmark; the first page "
                            "has none before it."))  # fmt: skip


def _few_persons(count: int) -> Problem:
    return Problem(where="group", what=say("there are {count} borderline persons.", count=count),
                   hint=say("A median needs ten or more."))  # fmt: skip


def _one_group() -> Problem:
    return Problem(where="group", what=say("everybody is in the same group."),
                   hint=say("Name under `focal` the group that is above the cut."))  # fmt: skip


def _separated() -> Problem:
    return Problem(
        where="group",
        what=say("the score separates the groups, or does not tell them apart."),
        hint=say("Take another grouping: no cut follows from this one."),
    )
