"""Estimation in a notebook: pandas in, results that show themselves, pandas out.

Bind data to the design by which they were drawn, and ask. Every estimator takes the sample, and an
estimate never travels without its error.

>>> import pandas as pd
>>> from analysis.api import (
...     Design, Sample, Step, balance, glm, margin, mean, proportion, quantile, rake, weigh,
... )
>>> number = pd.Series(range(96))  # 24 communes with four made-up people each
>>> people = pd.DataFrame({
...     "stratum": (number < 48).map({True: "north", False: "south"}),
...     "commune": number // 4,
...     "w": 120 + number,
...     "sex": number.map(lambda i: "fm"[i % 2]),
...     "score": (7 * number * number + number // 4) % 17,
... })
>>> people["aware"] = (people["score"] >= 6).astype(int)
>>> sample = Sample.of(people, Design(weights="w", strata="stratum", psu="commune"))
>>> sample
<Sample: 96 rows, 24 PSUs in 2 strata, df 22, weights 16080>

A result is a table to look at; `to_frame()` has its numbers in full.

>>> scores = mean(sample, of="score", by="sex")
>>> scores
sex  of     estimate       se   lower   upper  df        cv    deff   n   n_eff
f    score     7.981  0.80469  6.3122  9.6499  22   0.10082  1.3149  48  36.504
m    score    9.1911  0.65184  7.8393  10.543  22  0.070921   0.921  48  52.117
95% confidence intervals
>>> scores.to_frame()[["sex", "estimate", "se"]]
  sex  estimate        se
0   f  7.981038  0.804687
1   m  9.191096  0.651839
>>> scores.contrast("score[sex=f] - score[sex=m]")
of                           estimate      se    lower    upper  df       cv   n
score[sex=f] - score[sex=m]   -1.2101  1.0199  -3.3252  0.90511  22  0.84286  96
95% confidence intervals
>>> proportion(sample, of="aware", equals=1, by="sex").confint(0.9)
  sex     of level     lower     upper
0   f  aware  None  0.537573  0.784123
1   m  aware  None  0.624135  0.840737

Weights are raked to what is known of the population, and every error from then on knows it.

>>> known = margin(pd.Series([8300, 7900], index=pd.Index(["f", "m"], name="sex")))
>>> raked = rake(sample, [known]).sample
>>> raked
<Sample: 96 rows, 24 PSUs in 2 strata, df 22, weights 16200, adjusted>
>>> glm(raked, "aware ~ sex", family="binomial")
of           estimate       se     lower   upper  df   n  statistic         p
(Intercept)   0.72022  0.33174  0.030331  1.4101  21  96      2.171  0.041536
sexm          0.36521  0.41541  -0.49868  1.2291  21  96    0.87916   0.38926
95% confidence intervals
>>> quantile(raked, of="score", probs=(0.25, 0.5))
of     prob  estimate       se  lower  upper  df   n   n_eff
score  0.25         4  0.96438      3      7  22  96   62.68
score   0.5         9  0.72328      8     11  22  96  135.69
95% confidence intervals

Longer recipes answer for nonresponse and cap weights as well.

>>> recipe = [Step(method="trim", upper=1.2, relative_to="mean"),
...           Step(method="rake", margins=(known,))]
>>> weighting = weigh(sample, recipe)
>>> weighting
<Weighting: trim, rake: <Sample: 96 rows, 24 PSUs in 2 strata, df 22, weights 16200, adjusted>>
>>> balance(weighting)[["category", "target", "before", "after"]].round(4)
  category  target  before   after
0        f  0.5123  0.4985  0.5123
1        m  0.4877  0.5015  0.4877
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import pandas as pd

from analysis import hypothesis_tests, quantiles, regression
from analysis.columns import label
from analysis.condition import choose_rows
from analysis.design import Design, Sample
from analysis.errors import AnalysisError
from analysis.estimate import Mask, Names, mean, proportion, ratio, total, variance
from analysis.estimates import Estimates
from analysis.formula import parse_formula
from analysis.hypothesis_tests import RankTest, TestResult, chisq
from analysis.items.in_python import dimensions, item_statistics, option_statistics
from analysis.links import Link
from analysis.marginal_effects import average_marginal_effects
from analysis.quantiles import QuantileOptions
from analysis.regression import Family
from analysis.replicates import ReplicateDesign
from analysis.result import Estimate
from analysis.rows import Options
from analysis.sample_assumptions import Assumptions
from analysis.sample_size import power_to_decide, size_for_interval, size_for_target
from analysis.weighting.in_python import Step, balance, weigh
from analysis.weighting.margins import Margin
from analysis.weighting.rake import Stopping, rake
from analysis.weighting.recipe import Weighting
from instruments.errors import Problem
from instruments.language import say

__all__ = [
    "AnalysisError", "Assumptions", "Design", "Estimate", "Estimates", "Margin", "Options",
    "QuantileOptions", "ReplicateDesign", "Sample", "Step", "Stopping", "TestResult", "Weighting",
    "balance", "chisq", "choose_rows", "dimensions", "glm", "item_statistics", "margin",
    "marginal_effects", "mean", "option_statistics", "power_to_decide", "proportion", "quantile", "rake", "ranktest", "ratio", "size_for_interval",
    "size_for_target", "total", "ttest", "variance", "weigh",
]  # fmt: skip

DEFAULT_QUANTILE = QuantileOptions()


def margin(
    totals: "pd.Series[float] | Mapping[str, float]", *, of: Names = (),
    unit: Literal["total", "share"] = "total",
) -> Margin:  # fmt: skip
    """A margin from a series whose index holds the levels, or from a mapping with `of` named.

    An index of several levels is a crossed margin; its names are the variables.

    >>> margin({"f": 0.51, "m": 0.49}, of="sex", unit="share").targets
    {('f',): 0.51, ('m',): 0.49}

    Raises:
        AnalysisError: no variable is named.
    """
    series = pd.Series(totals)
    named = (of,) if isinstance(of, str) else tuple(of)
    variables = named or tuple(str(name) for name in series.index.names if name is not None)
    if len(variables) != series.index.nlevels:
        what = say("the index of the totals has {count} levels; named are: {variables}.",
                   count=series.index.nlevels, variables=", ".join(variables) or "-")  # fmt: skip
        hint = say("Name the index by the variables, or give their names in `of`.")
        raise AnalysisError(Problem(where="margin", what=what, hint=hint))
    keys = [key if isinstance(key, tuple) else (key,) for key in series.index]
    targets = {
        tuple(map(label, key)): float(total) for key, total in zip(keys, series, strict=True)
    }
    return Margin(name=" × ".join(variables), variables=variables, targets=targets, unit=unit)


def quantile(
    sample: Sample, *, of: Names, probs: float | Sequence[float] = 0.5, by: Names = (),
    where: Mask | None = None, how: QuantileOptions = DEFAULT_QUANTILE,
) -> Estimates:  # fmt: skip
    """Estimate quantiles of numeric variables (R `svyquantile`); `how` chooses rule and interval."""
    asked = (probs,) if isinstance(probs, int | float) else tuple(probs)
    variables = (of,) if isinstance(of, str) else tuple(of)
    groups = (by,) if isinstance(by, str) else tuple(by)
    return quantiles.quantile(
        sample, of=variables, by=groups, where=where, how=replace(how, probs=asked)
    )


def glm(
    sample: Sample, formula: str, *, family: Family = "gaussian", link: Link | None = None,
    where: Mask | None = None, level: float = 0.95,
) -> Estimates:  # fmt: skip
    """Fit a generalized linear model; its coefficients with design-based errors (R `svyglm`)."""
    model = regression.build_model(
        sample, parse_formula(formula), family=family, link=link, where=where
    )
    return regression.fit(sample, model).rows(level)


def marginal_effects(
    sample: Sample, formula: str, *, of: Names = (), by: Names = (), family: Family = "gaussian",
    where: Mask | None = None,
) -> Estimates:  # fmt: skip
    """Fit a model; the average effects of its variables on the mean (Stata `margins, dydx(*)`)."""
    model = regression.build_model(
        sample, parse_formula(formula), family=family, link=None, where=where
    )
    variables = (of,) if isinstance(of, str) else tuple(of)
    groups = (by,) if isinstance(by, str) else tuple(by)
    return average_marginal_effects(sample, regression.fit(sample, model), of=variables, by=groups)


def ttest(sample: Sample, formula: str, *, where: Mask | None = None) -> TestResult:
    """Test a mean against zero, ``y ~ 0``, or two groups, ``y ~ g`` (R `svyttest`)."""
    return hypothesis_tests.ttest(sample, parse_formula(formula), where=where)


def ranktest(
    sample: Sample, formula: str, *, test: RankTest = "wilcoxon", where: Mask | None = None
) -> TestResult:
    """Compare the ranks of groups, ``y ~ g`` (R `svyranktest`)."""
    return hypothesis_tests.ranktest(sample, parse_formula(formula), test=test, where=where)
