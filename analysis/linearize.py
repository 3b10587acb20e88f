"""From a question in ratios to numbers: estimates, joint covariance, degrees of freedom, spread."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, special

from analysis.columns import Codes, Floats
from analysis.deferred import Deferred
from analysis.design import Sample
from analysis.engine.memory import Grouping, cell_sums, unit_sums
from analysis.lonely import Presence
from analysis.matrices import (
    Matrix,
    Sparse,
    as_sparse,
    column_norms,
    column_sums,
    combine,
    counted,
    dense,
    occupied,
    side_by_side,
    squared,
    sum_by,
    times,
    times_each,
)
from analysis.projection import Step
from analysis.ratios import Key, Ratios, everyone
from analysis.replicates import Replicates
from analysis.residuals import residual_sums
from analysis.variance import covariance, variances

_NOISE = 1e-24
"""Variance below this share of the squared terms it is a difference of is an exact zero."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """The numbers behind the rows of a question, one entry per output.

    `joint` gives the covariance matrix, of which `variance` is the diagonal. `df` and `psus` are
    those of the output's domain, `spread` its element variance (n/(n-1)
    included), `weight` the sum of weights in the domain and `weight2` that of their squares (NaN
    where every output has a variance and degrees of freedom, so that nobody asks),
    `divisor` what the total was divided by (1 for totals). `replicated` are the estimates of the
    replicates (replicates by outputs), `lost` how many of them were undefined and left out.
    `logit_variance` is that of the logits of proportions over replicates.
    """

    keys: tuple[Key, ...]
    estimate: Floats
    variance: Floats
    joint: Deferred[Floats]
    n: Codes
    df: Floats
    psus: Codes
    spread: Floats
    weight: Floats
    weight2: Floats
    divisor: Floats
    replicated: Floats | None = None
    lost: Codes | None = None
    logit_variance: Floats | None = None

    @property
    def covariance(self) -> Floats:
        """The joint covariance, worked out when somebody asks."""
        return self.joint()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Part:
    """One question's numbers; its scores are `combination` of the sums by unit in `linear`.

    `terms` bounds the squares that a variance would add up if nothing in a score cancelled.
    """

    question: Ratios
    sums: Floats
    estimate: Floats
    divisor: Floats
    linear: Matrix
    combination: Sparse
    present: Sparse
    terms: Floats
    psus: Codes
    df: Floats


def answer(sample: Sample, questions: Sequence[Ratios]) -> Answer:
    """Estimate every output of the questions with their joint linearized covariance."""
    parts = [_part(sample, question) for question in questions]
    estimate = np.concatenate([part.estimate for part in parts])
    replicated = _replicated(sample, parts)
    variance, joint, lost = _spread(sample, parts, estimate, replicated)
    noise = variance <= _NOISE * np.concatenate([part.terms for part in parts])
    plain = bool((variance > 0).all())
    details = [_details(sample, part, squares=not plain) for part in parts]
    return Answer(
        keys=tuple(key for part in parts for key in part.question.keys),
        estimate=estimate,
        variance=np.where(noise, 0.0, variance),
        joint=Deferred(lambda: _without(joint(), noise)),
        replicated=replicated,
        lost=lost,
        n=np.concatenate([part.question.n for part in parts]),
        divisor=np.concatenate([part.divisor for part in parts]),
        **{name: np.concatenate([d[name] for d in details]) for name in details[0]},
    )


def _spread(
    sample: Sample, parts: Sequence[_Part], estimate: Floats, replicated: Floats | None
) -> tuple[Floats, Callable[[], Floats], Codes | None]:
    """Variances, what gives their covariance matrix, and how many replicates were undefined."""
    replicates = sample.replicates
    if replicates is not None and replicated is not None:
        variance, lost = replicates.variances(replicated, estimate)
        return variance, lambda: replicates.covariance(replicated, estimate)[0], lost
    scores = side_by_side([_scores(sample, part) for part in parts])
    later, presence = _later(sample, parts), _presence_of(parts)
    variance = variances(sample, scores, later=later, presence=presence)
    return variance, partial(covariance, sample, scores, later=later, presence=presence), None


def _part(sample: Sample, question: Ratios) -> _Part:
    units, weights = sample.stages[-1].units, sample.weights
    summed, rest = question.columns[: question.linear], question.columns[question.linear :]
    linear = unit_sums(sample.unit, units, question.grouping, weights, summed)
    sums = column_sums(linear)
    if rest:
        more = cell_sums(question.grouping, [weights * column for column in rest])
        sums = np.concatenate([sums, more.ravel()])
    estimate = question.estimates(sums)
    divisor = np.ones(len(estimate)) if question.bottom is None else times(question.bottom, sums)
    combination = _linearized(question, linear.shape[1], estimate, divisor)
    terms = times(as_sparse(abs(combination)), column_norms(linear))
    present = _units_in_domains(linear[:, : question.grouping.cells], _domain_of_cell(question))
    inside = _psus_in_domains(sample, present)
    psus, df = counted(inside), _degrees_of_freedom(sample, inside)
    if sample.replicates is not None:
        df = _replicate_df(sample, sample.replicates, question, inside)
    return _Part(
        question=question, sums=sums, estimate=estimate, divisor=divisor, psus=psus, df=df,
        linear=linear, combination=combination, present=present,
        terms=np.square(terms),
    )  # fmt: skip


def _scores(sample: Sample, part: _Part) -> Matrix:
    """The linearized scores of a question by unit."""
    steps = [step for step in sample.steps if not step.later_stages]
    sums = _residual_sums(sample, part.question, part.linear, steps)
    return combine(sums, part.combination)


def _replicated(sample: Sample, parts: Sequence[_Part]) -> Floats | None:
    """The outputs in every replicate."""
    replicates = sample.replicates
    if replicates is None:
        return None
    found = []
    for part in parts:
        question = part.question
        columns = question.columns[: question.linear]
        if replicates.recipe or replicates.index is None:
            sums = np.stack([
                cell_sums(question.grouping, [w * column for column in columns]).ravel()
                for w in replicates.weights()
            ])  # fmt: skip
        else:
            sums = times_each(replicates.factors, _psu_sums(sample, replicates, part, columns))
        found.append(question.estimates(sums))
    return np.concatenate(found, axis=1)


def _psu_sums(
    sample: Sample, replicates: Replicates, part: _Part, columns: Sequence[Floats]
) -> Matrix:
    """Sums by PSU with the base weights, which are those by unit where nothing has changed them."""
    if replicates.base is sample.weights and len(sample.stages) == 1:
        return part.linear
    index = sample.psu_of_row() if replicates.index is None else replicates.index
    units, grouping = len(replicates.factors), part.question.grouping
    return unit_sums(index, units, grouping, replicates.base, columns)


def _details(sample: Sample, part: _Part, *, squares: bool) -> dict[str, Floats]:
    """What rows need beside estimate and variance; `squares` only where a variance is zero."""
    question = part.question
    domain = np.array([key.domain for key in question.keys])
    n = question.n
    spread = np.full(len(n), np.nan)
    if question.spread is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = question.spread(part.sums, part.estimate) * n / (n - 1)
    cells = _domain_of_cell(question)
    weight = np.bincount(cells, weights=part.sums[: len(cells)])
    weight2 = np.full(len(weight), np.nan)
    if squares or not (part.df > 0).all():
        squared_weights = cell_sums(question.grouping, [sample.squared_weights])[0]
        weight2 = np.bincount(cells, weights=squared_weights)
    return {"df": part.df[domain], "psus": part.psus[domain], "spread": spread,
            "weight": weight[domain], "weight2": weight2[domain]}  # fmt: skip


def _linearized(question: Ratios, width: int, estimate: Floats, divisor: Floats) -> Sparse:
    """The combination of sums that is each output's score; zero where the domain is empty."""
    top = question.top[:, :width]
    known = divisor != 0
    scale = 1 / np.where(known, divisor, np.inf)
    if question.bottom is None:
        return as_sparse(top)
    share = np.where(known, estimate, 0.0)
    combination = top - question.bottom[:, :width].multiply(share[:, None])
    return as_sparse(combination.multiply(scale[:, None]))


def with_logits(sample: Sample, found: Answer) -> Answer:
    """The answer with the variances of logit p over the replicates, if there are any.

    R refits a logistic model in each replicate, which is the same. Where a replicate has a share
    of 0 or 1 the logit has no variance over the replicates (NaN).
    """
    if sample.replicates is None or found.replicated is None:
        return found
    with np.errstate(divide="ignore", invalid="ignore"):
        full, each = special.logit(found.estimate), special.logit(found.replicated)
    variance, _ = sample.replicates.variances(each, full)
    bounded = np.isinf(each).any(axis=0)
    return replace(found, logit_variance=np.where(bounded, np.nan, variance))


def covariance_of(sample: Sample, influence: Floats, inside: NDArray[np.bool_]) -> Floats:
    """Covariance of statistics from the influence of every row (rows by outputs, unweighted).

    Rows that are not `inside` have none, and stay in the design.
    """
    grouping = Grouping(codes=np.where(inside, 0, -1), cells=1)
    columns = tuple(np.where(inside, column, 0.0) for column in influence.T)
    units, weights = sample.stages[-1].units, sample.weights
    linear = unit_sums(sample.unit, units, grouping, weights, columns)
    present = occupied(unit_sums(sample.unit, units, grouping, weights, [everyone(len(weights))]))
    first = [step for step in sample.steps if not step.later_stages]
    later = None
    if len(first) < len(sample.steps):
        later = residual_sums(sample, grouping, columns, linear, sample.steps)
    domain = np.zeros(len(columns), dtype=np.int64)
    matrix = covariance(
        sample, residual_sums(sample, grouping, columns, linear, first), later=later,
        presence=Presence(units=present, domain=domain),
    )  # fmt: skip
    return _without(matrix, np.diag(matrix) <= _NOISE * column_sums(squared(linear)))


def degrees_of_freedom(sample: Sample, inside: NDArray[np.bool_]) -> float:
    """PSUs minus strata among the rows that are `inside`; for replicates the rank minus one."""
    if sample.replicates is not None:
        own = sample.design.df
        return sample.replicates.degrees_of_freedom(inside) if own is None else own
    psu = sample.psu_of_row()[inside]
    units = np.unique(psu)
    if sample.design.df is not None and len(units) == sample.stages[0].units:
        return sample.design.df
    return float(len(units) - len(np.unique(sample.stages[0].stratum[units])))


def _without(matrix: Floats, noise: NDArray[np.bool_]) -> Floats:
    """Set variances that are rounding noise to zero, with their covariances."""
    matrix = matrix.copy()
    matrix[noise, :] = 0.0
    matrix[:, noise] = 0.0
    return matrix


def _later(sample: Sample, parts: Sequence[_Part]) -> Matrix | None:
    """The scores of later stages, where calibration inside PSUs makes them differ."""
    if not any(step.later_stages for step in sample.steps):
        return None
    return side_by_side([
        combine(_residual_sums(sample, part.question, part.linear, sample.steps), part.combination)
        for part in parts
    ])  # fmt: skip


def _residual_sums(
    sample: Sample, question: Ratios, linear: Matrix, steps: Sequence[Step]
) -> Matrix:
    """Sums by unit of what the calibrations leave of the columns."""
    columns = question.columns[: question.linear]
    return residual_sums(sample, question.grouping, columns, linear, steps)


def _domain_of_cell(question: Ratios) -> Codes:
    domains = question.keys[-1].domain + 1
    return np.repeat(np.arange(domains), question.grouping.cells // domains)


def _presence_of(parts: Sequence[_Part]) -> Presence:
    """Which units have anybody in which domain; all parts share their domains."""
    domains = np.concatenate([[key.domain for key in part.question.keys] for part in parts])
    return Presence(units=parts[0].present, domain=domains.astype(np.int64))


def _units_in_domains(weights: Matrix, domain: Codes) -> Sparse:
    cells = len(domain)
    collect = sparse.csr_array((np.ones(cells), (np.arange(cells), domain)))
    return as_sparse(occupied(weights) @ collect)


def _psus_in_domains(sample: Sample, units: Sparse) -> Sparse:
    for level in range(len(sample.stages) - 1, 0, -1):
        parents = sample.stages[level - 1].units
        units = as_sparse(sum_by(sample.stages[level].parent, parents, units))
    return units


def _degrees_of_freedom(sample: Sample, psus: Sparse) -> Floats:
    """PSUs minus strata in every domain (Korn & Graubard 1999, 5.2)."""
    first, count = sample.stages[0], counted(psus)
    if sample.design.df is not None and len(count) == 1 and count[0] == first.units:
        return np.array([sample.design.df])
    strata = counted(as_sparse(sum_by(first.stratum, first.strata, psus)))
    return (count - strata).astype(np.float64)


def _replicate_df(sample: Sample, replicates: Replicates, question: Ratios, psus: Sparse) -> Floats:
    if sample.design.df is not None and question.keys[-1].domain == 0:
        return np.array([sample.design.df])
    domains = range(question.keys[-1].domain + 1)
    if replicates.index is not None:
        present = dense(psus) > 0
        return np.array([replicates.degrees_of_freedom_of(present[:, d]) for d in domains])
    domain = _domain_of_cell(question)[question.grouping.codes]
    domain = np.where(question.grouping.codes < 0, -1, domain)
    return np.array([replicates.degrees_of_freedom(domain == d) for d in domains])
