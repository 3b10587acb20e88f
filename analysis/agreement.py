"""Cohen's kappa and Cronbach's alpha in a population, with the errors of the design.

Both are functions of shares or of covariances that are estimated jointly, so that their error is
that of the delta method (R `svykappa`; `svycralpha`, which gives none).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analysis.columns import Codes, Factor, Floats, factor
from analysis.deferred import known
from analysis.design import Sample
from analysis.domains import find_domains
from analysis.errors import AnalysisError
from analysis.estimate import Mask, variance
from analysis.estimates import Estimates
from analysis.intervals import t_interval
from analysis.linearize import answer
from analysis.ratios import shares
from analysis.result import Estimate
from analysis.rows import Options
from instruments.errors import Problem
from instruments.language import Message, say


def kappa(
    sample: Sample, *, of: tuple[str, str], where: Mask | None = None, level: float = 0.95
) -> Estimates:
    """Agreement of two variables with the same levels beyond chance (Cohen 1960; R `svykappa`)."""
    one, two = (
        factor(sample.data, name, declared=sample.factors, role="estimate.of") for name in of
    )
    levels = tuple(dict.fromkeys((*one.levels, *two.levels)))
    size = len(levels)
    a, b = (_among(found, levels) for found in (one, two))
    codes = np.where((a < 0) | (b < 0), -1, a * size + b)
    cross = Factor(name=":".join(of), codes=codes,
                   levels=tuple(f"{x}.{y}" for x in levels for y in levels))  # fmt: skip
    domains = find_domains(sample, (), where).without(codes < 0)
    found = answer(sample, [shares(cross, domains)])
    if not found.n[0]:
        raise _refused(say("no row has a value of both variables."))
    p = found.estimate.reshape(size, size)
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    apart, chance = 1 - np.trace(p), 1 - rows @ columns
    if chance <= 0:
        raise _refused(say("all rows have the same level, so that agreement has no meaning."))
    slope = np.eye(size) / chance - apart / chance**2 * (columns[:, None] + rows[None, :])
    row = Estimate(of=cross.name, estimate=float(1 - apart / chance), se=None, ci=(None, None),
                   confidence=level, df=float(found.df[0]), n=int(found.n[0]))  # fmt: skip
    return _with_error(row, slope.ravel(), found.covariance)


def _among(found: Factor, levels: Sequence[str]) -> Codes:
    place = np.array([*(levels.index(level) for level in found.levels), -1], dtype=np.int64)
    return place[found.codes]


def alpha(
    sample: Sample, *, of: Sequence[str], where: Mask | None = None, level: float = 0.95
) -> Estimates:
    """Cronbach's alpha of items, over rows that have all of them (Cronbach 1951; R `svycralpha`)."""
    if len(of) < 2:
        raise _refused(say("alpha is of two items or more."))
    found = variance(sample, of=of, where=where, options=Options(level=level))
    values = np.array([np.nan if row.estimate is None else row.estimate for row in found])
    own = np.array([row.of in of for row in found])
    total = values @ np.where(own, 1.0, 2.0)
    if not total > 0:
        raise _refused(say("the sum of the items does not vary."))
    scale = len(of) / (len(of) - 1)
    part = values[own].sum() / total
    slope = -scale / total * (own - part * np.where(own, 1.0, 2.0))
    row = Estimate(of="+".join(of), estimate=float(scale * (1 - part)), se=None, ci=(None, None),
                   confidence=level, df=found[0].df, n=found[0].n)  # fmt: skip
    return _with_error(row, slope, found.covariance)


def _with_error(row: Estimate, slope: Floats, covariance: Floats) -> Estimates:
    """The row with its error by the delta method, and its interval where there is one."""
    squared = float(slope @ covariance @ slope)
    se = float(np.sqrt(max(squared, 0.0)))
    limits: tuple[float | None, float | None] = (None, None)
    flags: tuple[str, ...] = ("low_df",)
    if row.df is not None and row.df > 0 and se > 0 and row.estimate is not None:
        low, high = t_interval(row.estimate, se, row.df, row.confidence)
        limits, flags = (float(low), float(high)), ()
    made = replace(row, se=se, ci=limits, flags=flags)
    return Estimates(rows=(made,), joint=known(np.array([[squared]])))


def _refused(what: Message) -> AnalysisError:
    return AnalysisError(Problem(where="estimate.of", what=what))
