"""Conditional maximum likelihood: items of the Rasch family without any population.

Andersen (1970, 1973): given the raw score, the answers no longer depend on the trait. The chance of
a score is an elementary symmetric function of the items' category weights, summed item by item
(Verhelst, Glas & van der Sluis 1984). The mean of all thresholds is 0. R: `eRm::RM`, `eRm::PCM`,
`psychotools::raschmodel`, `pcmodel`, `rsmodel`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.linalg import block_diag

from analysis.columns import Codes, Floats
from analysis.errors import AnalysisError, refuse
from analysis.irt.items import ItemParameters
from analysis.irt.responses import ItemResponses
from instruments.errors import Problem
from instruments.language import say

ConditionalModel = Literal["rasch", "pcm", "rsm"]
_STEPS, _EXACT, _SINGULAR = 100, 1e-9, 1e13


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ConditionalFit:
    """Thresholds of all items with their covariance; `thresholds` are in the order of items.

    `log_likelihood` is conditional, (n/Σw) Σ w ℓ; extreme persons say nothing and are not in `n`.
    """

    responses: ItemResponses
    items: tuple[ItemParameters, ...]
    thresholds: Floats
    covariance: Floats
    log_likelihood: float
    n_parameters: int
    n: int
    weights_sum: float
    iterations: int
    converged: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Group:
    """Persons who were given the same items: how often each category and each score occurred."""

    items: Codes
    counts: tuple[Floats, ...]
    scores: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Problem:
    """Groups of persons, and how thresholds follow from the free parameters."""

    groups: tuple[_Group, ...]
    categories: tuple[int, ...]
    design: Floats

    def spans(self) -> list[slice]:
        """Where each item's thresholds stand among all."""
        ends = np.cumsum([count - 1 for count in self.categories])
        return [slice(int(end) - count + 1, int(end))
                for end, count in zip(ends, self.categories, strict=True)]  # fmt: skip


def fit_conditional(responses: ItemResponses, model: ConditionalModel = "rasch") -> ConditionalFit:
    """Fit by Newton's method.

    Raises:
        AnalysisError: An item has one answer from everybody who can tell anything, or items fall
            into parts that nobody connects.
    """
    refuse(_constant(responses))
    weight = np.ones(len(responses)) if responses.weights is None else responses.weights
    known = _telling(responses)
    total = float(weight[known].sum())
    scaled = np.where(known, weight, 0.0) * (known.sum() / total if total else 0.0)
    problem = _Problem(groups=_groups(responses, scaled), categories=responses.categories,
                       design=_design(responses.categories, model))  # fmt: skip
    _check(problem, responses)
    values, steps, converged = _newton(problem)
    likelihood, _, information = _derivatives(problem, values)
    inverse = _inverted(problem.design.T @ information @ problem.design)
    spread = problem.design @ inverse @ problem.design.T
    thresholds = problem.design @ values
    items = tuple(
        ItemParameters.of_thresholds(name, model, slope=1.0, thresholds=thresholds[span].tolist())
        for name, span in zip(responses.items, problem.spans(), strict=True)
    )
    return ConditionalFit(
        responses=responses, items=items, thresholds=thresholds, covariance=spread,
        log_likelihood=likelihood, n_parameters=problem.design.shape[1], n=int(known.sum()),
        weights_sum=total, iterations=steps, converged=converged,
    )  # fmt: skip


def symmetric_functions(weights: Sequence[Floats]) -> Floats:
    """The coefficients of the product of Σ_k ε_k t^k over items: γ_r for every score r."""
    found = np.ones(1)
    for item in weights:
        found = np.convolve(found, item)
    return found


def _telling(responses: ItemResponses) -> np.ndarray:
    """Persons whose score is neither the least nor the greatest of what they were given."""
    known = responses.codes >= 0
    highest = np.array(responses.categories) - 1
    score = np.where(known, responses.codes, 0).sum(axis=1)
    return np.asarray((score > 0) & (score < (known * highest).sum(axis=1)))


def _groups(responses: ItemResponses, weight: Floats) -> tuple[_Group, ...]:
    given = responses.codes >= 0
    patterns, back = np.unique(given, axis=0, return_inverse=True)
    found = []
    for number, pattern in enumerate(patterns):
        rows = (back.ravel() == number) & (weight > 0)
        items = np.flatnonzero(pattern)
        if len(items) < 2 or not rows.any():
            continue
        codes, mass = responses.codes[rows][:, items].astype(np.int64), weight[rows]
        sizes = [responses.categories[item] for item in items]
        counts = tuple(_counted(codes[:, at], mass, size)
                       for at, size in enumerate(sizes))  # fmt: skip
        top = sum(sizes) - len(sizes)
        scores = _counted(codes.sum(axis=1), mass, top + 1)
        found.append(_Group(items=items, counts=counts, scores=scores))
    return tuple(found)


def _counted(codes: Codes, mass: Floats, size: int) -> Floats:
    return np.bincount(codes, weights=mass, minlength=size).astype(np.float64)


def _design(categories: Sequence[int], model: ConditionalModel) -> Floats:
    """Thresholds from free parameters, their mean 0."""
    sizes = [count - 1 for count in categories]
    total = sum(sizes)
    if model != "rsm":
        return np.asarray(np.vstack([np.eye(total - 1), -np.ones(total - 1)]), dtype=np.float64)
    if len(set(sizes)) > 1:
        raise AnalysisError(_unlike())
    items, steps = len(sizes), sizes[0]
    places = np.kron(np.vstack([np.eye(items - 1), -np.ones(items - 1)]), np.ones((steps, 1)))
    if steps == 1:
        return np.asarray(places, dtype=np.float64)
    shared = np.vstack([np.eye(steps - 1), -np.ones(steps - 1)])
    return np.asarray(np.hstack([places, np.tile(shared, (items, 1))]), dtype=np.float64)


def _newton(problem: _Problem) -> tuple[Floats, int, bool]:
    values = np.zeros(problem.design.shape[1])
    likelihood, gradient, information = _derivatives(problem, values)
    for step in range(1, _STEPS + 1):
        slope = problem.design.T @ gradient
        if np.abs(slope).max() < _EXACT * max(1.0, sum(g.scores.sum() for g in problem.groups)):
            return values, step, True
        move = _inverted(problem.design.T @ information @ problem.design) @ slope
        values, (likelihood, gradient, information) = _moved(problem, values, move, likelihood)
    return values, _STEPS, False


def _moved(
    problem: _Problem, values: Floats, move: Floats, likelihood: float
) -> tuple[Floats, tuple[float, Floats, Floats]]:
    """The values after a step that is halved until the likelihood does not fall."""
    for halvings in range(20):
        tried = values + move / 2**halvings
        found = _derivatives(problem, tried)
        if np.isfinite(found[0]) and found[0] >= likelihood - 1e-10 * abs(likelihood):
            return tried, found
    return values, _derivatives(problem, values)


def _inverted(matrix: Floats) -> Floats:
    if not len(matrix) or np.linalg.cond(matrix) > _SINGULAR:
        raise AnalysisError(_unconnected())
    return np.asarray(np.linalg.inv(matrix))


def _derivatives(problem: _Problem, values: Floats) -> tuple[float, Floats, Floats]:
    """Conditional log-likelihood, its slope and its information by all thresholds."""
    thresholds = problem.design @ values
    spans = problem.spans()
    likelihood = 0.0
    gradient, information = np.zeros(len(thresholds)), np.zeros((len(thresholds),) * 2)
    for group in problem.groups:
        own = [spans[item] for item in group.items]
        logs = [np.concatenate(([0.0], -np.cumsum(thresholds[span]))) for span in own]
        value, slope, bend = _of_group(group, logs)
        likelihood += value
        steps = block_diag(*[-np.tri(len(one), len(one) - 1, -1) for one in logs])
        places = np.concatenate([np.arange(span.start, span.stop) for span in own])
        gradient[places] += steps.T @ slope
        information[np.ix_(places, places)] += steps.T @ bend @ steps
    return likelihood, gradient, information


def _of_group(group: _Group, logs: Sequence[Floats]) -> tuple[float, Floats, Floats]:
    """The same of one group by the logarithms of category weights."""
    weights = [np.exp(one) for one in logs]
    gamma = symmetric_functions(weights)
    used = group.scores > 0
    likelihood = sum(float(count @ log) for count, log in zip(group.counts, logs, strict=True))
    likelihood -= float(group.scores[used] @ np.log(gamma[used]))
    given_score = chances(weights, gamma)
    expected = np.concatenate([chance.T @ group.scores for chance in given_score])
    slope = np.concatenate(group.counts) - expected
    table = np.hstack(given_score)
    joint = _joint_chances(weights, gamma, group.scores)
    bend = joint - (table * group.scores[:, None]).T @ table
    return likelihood, slope, bend


def chances(weights: Sequence[Floats], gamma: Floats) -> list[Floats]:
    """P(answer k | score) of each item, scores by categories, from their symmetric functions."""
    rests = _leaving_one(weights)
    return [_placed(own, rest, gamma) for own, rest in zip(weights, rests, strict=True)]


def _leaving_one(weights: Sequence[Floats]) -> list[Floats]:
    """Symmetric functions of all items but one, from products before and after it."""
    before, after = [np.ones(1)], [np.ones(1)]
    for item in weights[:-1]:
        before.append(np.convolve(before[-1], item))
    for item in reversed(weights[1:]):
        after.append(np.convolve(after[-1], item))
    return [np.convolve(a, b) for a, b in zip(before, reversed(after), strict=True)]


def _placed(own: Floats, rest: Floats, gamma: Floats) -> Floats:
    found = np.zeros((len(gamma), len(own)))
    for k, weight in enumerate(own):
        found[k : k + len(rest), k] = weight * rest
    return found / gamma[:, None]


def _joint_chances(weights: Sequence[Floats], gamma: Floats, scores: Floats) -> Floats:
    """Σ_r n_r P(answers k and l of two items | r), all categories by all categories."""
    sizes = [len(one) for one in weights]
    starts = np.concatenate(([0], np.cumsum(sizes)))
    found = np.zeros((starts[-1], starts[-1]))
    ratio = scores / gamma
    for i, own in enumerate(weights):
        others = [one for at, one in enumerate(weights) if at != i]
        rests = _leaving_one(others)
        single = np.array([weight * (ratio[k : k + len(gamma) - len(own) + 1]
                                     @ symmetric_functions(others))
                           for k, weight in enumerate(own)])  # fmt: skip
        block = slice(starts[i], starts[i + 1])
        found[block, block] = np.diag(single)
        for j in range(i + 1, len(weights)):
            rest, other = rests[j - 1], weights[j]
            pair = np.array([[a * b * (ratio[k + m : k + m + len(rest)] @ rest)
                              for m, b in enumerate(other)] for k, a in enumerate(own)])  # fmt: skip
            across = slice(starts[j], starts[j + 1])
            found[block, across], found[across, block] = pair, pair.T
    return found


def _constant(responses: ItemResponses) -> Iterator[Problem]:
    """Items with one answer, or none."""
    for item, values in zip(responses.items, responses.values, strict=True):
        if not values:
            what = say("nobody answered item '{item}'.", item=item)
        elif len(values) == 1:
            what = say("everybody who answered item '{item}' answered {value}, so its difficulty has "
                       "no place.", item=item, value=f"{values[0]:g}")  # fmt: skip
        else:
            continue
        yield Problem(where="items", what=what, hint=say("Leave the item out."))


def _check(problem: _Problem, responses: ItemResponses) -> None:
    problems = []
    for place, name in enumerate(responses.items):
        counts = sum((group.counts[int(np.flatnonzero(group.items == place)[0])]
                      for group in problem.groups if place in group.items),
                     start=np.zeros(responses.categories[place]))  # fmt: skip
        if (counts == 0).any():
            problems.append(_empty_category(name))
    if problems:
        raise AnalysisError(problems)


def _empty_category(item: str) -> Problem:
    return Problem(
        where=f"item '{item}'",
        what=say("nobody whose score says anything chose some category of the item."),
        hint=say("Leave the item out, or join its categories."),
    )


def _unlike() -> Problem:
    return Problem(where="model", what=say("the items of a rating scale have different categories."),
                   hint=say("Use the model pcm."))  # fmt: skip


def _unconnected() -> Problem:
    return Problem(
        where="items",
        what=say("the items fall into parts that no answers connect."),
        hint=say("Analyse the parts by themselves, or link the booklets by common items."),
    )
