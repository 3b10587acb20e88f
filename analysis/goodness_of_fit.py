"""Does a variable have given shares? Pearson's X² under a design."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
from scipy import special

from analysis.columns import factor
from analysis.design import Sample
from analysis.domains import find_domains
from analysis.errors import AnalysisError
from analysis.estimate import Mask
from analysis.hypothesis_tests import TestResult
from analysis.linearize import answer
from analysis.ratios import shares
from instruments.errors import Problem
from instruments.language import Message, say

FitTest = Literal["F", "Chisq"]


def goodness_of_fit(
    sample: Sample, *, of: str, expected: Mapping[str, float], test: FitTest = "F",
    where: Mask | None = None,
) -> TestResult:  # fmt: skip
    """Test that a categorical variable has the shares `expected`, given up to a factor.

    X² of the estimated shares over the scale that gives it the mean and variance of a chi-square
    with the degrees of freedom of Satterthwaite (Rao & Scott 1981; R `svygofchisq`, whose statistic
    is not yet divided), or that as an F with those of the design.

    Raises:
        AnalysisError: the shares are not those of the levels, or the design leaves none to chance.
    """
    found = factor(sample.data, of, declared=sample.factors, role="estimate.of")
    if set(expected) != set(found.levels) or not all(share > 0 for share in expected.values()):
        raise _refused(say("the shares are not positive numbers for the levels {levels}.",
                           levels=", ".join(found.levels)))  # fmt: skip
    domains = find_domains(sample, (), where).without(found.codes < 0)
    result = answer(sample, [shares(found, domains)])
    p0 = np.array([expected[level] for level in found.levels])
    p0 = p0 / p0.sum()
    matrix = result.covariance / np.sqrt(np.outer(p0, p0))
    trace, squares = np.trace(matrix), np.square(matrix).sum()
    if not trace > 0:
        raise _refused(say("the design fixes the shares of '{variable}'; none is left to chance.",
                           variable=of))  # fmt: skip
    df = float(trace**2 / squares)
    statistic = float((np.square(result.estimate - p0) / p0).sum() * trace / squares)
    n, whole = int(result.n[0]), float(result.df[0])
    if test == "Chisq":
        return TestResult(statistic=statistic, df=df, n=n, p=float(special.chdtrc(df, statistic)))
    if whole <= 0:
        raise _refused(say("too few degrees of freedom are left."))
    tail = float(special.fdtrc(df, df * whole, statistic / df))
    return TestResult(statistic=statistic / df, df=(df, df * whole), n=n, p=tail)


def _refused(what: Message) -> AnalysisError:
    return AnalysisError(Problem(where="estimate.of", what=what))
