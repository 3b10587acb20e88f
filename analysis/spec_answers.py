"""The questions of a SPEC put to a sample, each answered in the JSON of the contract."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isinf
from typing import Any, get_args

from analysis import agreement, estimate, hypothesis_tests, regression
from analysis.collapse import INSIDE, MARKED
from analysis.condition import choose_rows
from analysis.design import Sample
from analysis.errors import AnalysisError
from analysis.estimate import Mask
from analysis.estimates import Estimates
from analysis.formula import Formula, parse_formula
from analysis.goodness_of_fit import FitTest, goodness_of_fit
from analysis.hypothesis_tests import TestResult
from analysis.intervals import ProportionInterval
from analysis.marginal_effects import average_marginal_effects
from analysis.quantiles import Interval, QuantileOptions, quantile
from analysis.result import Estimate
from analysis.rows import Options
from analysis.spec_model import EstimateSpec, Missing
from analysis.spec_question import incomplete, only_variable, ratio_parts, variables
from instruments.errors import Problem
from instruments.faults import did_you_mean
from instruments.language import say

Json = dict[str, Any]
ESTIMATED = (
    "mean", "total", "variance", "ratio", "proportion", "quantile", "glm", "margins", "kappa",
    "alpha", "contrast",
)  # fmt: skip
"""Statistics whose answer is estimates; the others are tests."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answers:
    """A sample that is asked one question after another; later ones may refer to earlier ones."""

    sample: Sample
    missing: Missing
    _joint: dict[str, Estimates] = field(default_factory=dict)
    _fits: dict[str, regression.Fit] = field(default_factory=dict)

    def ask(self, one: EstimateSpec) -> Json:
        """Answer one question.

        Raises:
            AnalysisError: it cannot be answered.
        """
        if one.statistic in ESTIMATED:
            return shown(one, self.estimates(one))
        tests: dict[str, Callable[[EstimateSpec], Json]] = {
            "chisq": self._chisq, "ttest": self._ttest, "ranktest": self._ranktest,
            "termtest": self._termtest, "gofchisq": self._gofchisq,
        }  # fmt: skip
        return tests[one.statistic](one)

    def estimates(self, one: EstimateSpec) -> Estimates:
        """Answer a question whose answer is estimates, and keep them for later ones.

        Raises:
            AnalysisError: it cannot be answered.
        """
        if one.statistic == "contrast":
            return contrast_from(self._joint, one)
        if one.statistic == "quantile":
            return self._quantile(one)
        makers = {"glm": self._glm, "margins": self._margins, "kappa": self._kappa,
                  "alpha": self._alpha}  # fmt: skip
        found = makers.get(one.statistic, self._estimates)(one)
        self._joint[one.id] = found
        return found

    def _estimates(self, one: EstimateSpec) -> Estimates:
        shared: Json = {"by": one.by, "where": self._where(one), "options": self._options(one)}
        if one.statistic == "ratio":
            tops, under = ratio_parts(one)
            return estimate.ratio(self.sample, numerator=tops, denominator=under, **shared)
        if one.statistic == "proportion" and MARKED in self.sample.data:
            return estimate.share(self.sample, of=only_variable(one), column=MARKED, **shared)
        if one.statistic == "proportion":
            return estimate.proportion(
                self.sample, of=only_variable(one), equals=one.equals, **shared
            )
        makers = {"mean": estimate.mean, "total": estimate.total, "variance": estimate.variance}
        return makers[one.statistic](self.sample, of=variables(one), **shared)

    def _quantile(self, one: EstimateSpec) -> Estimates:
        how = QuantileOptions(probs=one.probs, rule=one.rule, options=self._options(one),
                              interval=_quantile_interval(one))  # fmt: skip
        of = variables(one)
        return quantile(self.sample, of=of, by=one.by, where=self._where(one), how=how)

    def _glm(self, one: EstimateSpec) -> Estimates:
        self._fits[one.id] = self._fitted(one)
        return self._fits[one.id].rows(one.level)

    def _fitted(self, one: EstimateSpec) -> regression.Fit:
        model = regression.build_model(
            self.sample, _formula(one), family=one.family, link=one.link, where=self._where(one)
        )
        return regression.fit(self.sample, model)

    def _margins(self, one: EstimateSpec) -> Estimates:
        fitted = self._fits.get(one.source or "") if one.formula is None else self._fitted(one)
        if fitted is None:
            raise _no_source(one)
        return average_marginal_effects(self.sample, fitted, of=one.of, by=one.by, level=one.level)

    def _kappa(self, one: EstimateSpec) -> Estimates:
        where, pair = self._where(one), _pair(one)
        return agreement.kappa(self.sample, of=pair, where=where, level=one.level)

    def _alpha(self, one: EstimateSpec) -> Estimates:
        where = self._where(one)
        return agreement.alpha(self.sample, of=variables(one), where=where, level=one.level)

    def _chisq(self, one: EstimateSpec) -> Json:
        test = _choice(one, hypothesis_tests.ChisqTest, "F")
        pair = _pair(one)
        return _test(hypothesis_tests.chisq(self.sample, of=pair, test=test,
                                            where=self._where(one)))  # fmt: skip

    def _gofchisq(self, one: EstimateSpec) -> Json:
        test = _choice(one, FitTest, "F")
        return _test(goodness_of_fit(self.sample, of=only_variable(one), expected=one.shares,
                                     test=test, where=self._where(one)))  # fmt: skip

    def _ttest(self, one: EstimateSpec) -> Json:
        found = hypothesis_tests.ttest(self.sample, _formula(one), where=self._where(one))
        return _test(found)

    def _ranktest(self, one: EstimateSpec) -> Json:
        test = _choice(one, hypothesis_tests.RankTest, "wilcoxon")
        return _test(hypothesis_tests.ranktest(self.sample, _formula(one), test=test,
                                               where=self._where(one)))  # fmt: skip

    def _termtest(self, one: EstimateSpec) -> Json:
        fitted = self._fits.get(one.source or "")
        if fitted is None:
            raise _no_source(one)
        term = tuple((one.term or "").replace(" ", "").split(":"))
        test = _choice(one, hypothesis_tests.TermTest, "Wald")
        return _test(hypothesis_tests.termtest(self.sample, fitted, term, test=test))

    def _options(self, one: EstimateSpec) -> Options:
        return Options(
            level=one.level, df=one.df, missing=one.missing or self.missing,
            deff="finite" if one.deff is True else "replace", interval=_proportion_interval(one),
        )  # fmt: skip

    def _where(self, one: EstimateSpec) -> Mask | None:
        if INSIDE in self.sample.data:
            return self.sample.data[INSIDE].to_numpy(dtype=bool)
        return None if one.where is None else choose_rows(self.sample.data, one.where)


def contrast_from(joint: Mapping[str, Estimates], one: EstimateSpec) -> Estimates:
    """Functions of earlier estimates, which `joint` has by id."""
    if not one.expression:
        raise incomplete(say("'{field}' is missing.", field="expression"))
    source = joint.get(one.source or "")
    if source is None:
        raise _no_source(one)
    return source.contrast(one.expression, level=one.level, df=one.df)


def shown(one: EstimateSpec, found: Estimates) -> Json:
    """Estimates in the form of the contract."""
    rows: Json = {"rows": [as_json(row) for row in found]}
    if one.covariance and one.statistic != "quantile":
        rows["covariance"] = found.covariance.tolist()
    return rows


def as_json(row: Estimate) -> Json:
    """A row in the form of the contract; doubles in full, an infinite df as text."""
    shown: Json = {
        "by": dict(row.by), "of": row.of, "level": row.level, "estimate": row.estimate,
        "se": row.se, "ci": list(row.ci), "df": _degrees(row.df),
        "cv": row.cv, "deff": row.deff, "n": row.n, "n_eff": row.n_eff, "flags": list(row.flags),
    }  # fmt: skip
    more = {"prob": row.prob, "statistic": row.statistic, "p": row.p,
            "missing_information": row.missing_information}  # fmt: skip
    return shown | {key: value for key, value in more.items() if value is not None}


def _test(found: TestResult) -> Json:
    df = list(map(_degrees, found.df)) if isinstance(found.df, tuple) else _degrees(found.df)
    row: Json = {"statistic": found.statistic, "df": df, "p": found.p, "n": found.n, "flags": []}
    if found.estimate is not None:
        row["estimate"] = found.estimate
        row["ci"] = None if found.ci is None else list(found.ci)
    return {"rows": [row]}


def _degrees(df: float | None) -> float | str | None:
    return "inf" if df is not None and isinf(df) else df


def _pair(one: EstimateSpec) -> tuple[str, str]:
    if len(one.of) == 2:
        return one.of[0], one.of[1]
    raise incomplete(say("a table is of two variables; {count} are named.", count=len(one.of)))


def _formula(one: EstimateSpec) -> Formula:
    if one.formula is None:
        raise incomplete(say("'{field}' is missing.", field="formula"))
    return parse_formula(one.formula)


def _proportion_interval(one: EstimateSpec) -> ProportionInterval:
    if one.interval is None or one.statistic != "proportion":
        return "logit"
    found: ProportionInterval = _one_of(one.interval, "interval", get_args(ProportionInterval))
    return found


def _quantile_interval(one: EstimateSpec) -> Interval:
    found: Interval = _one_of(one.interval or "mean", "interval", get_args(Interval))
    return found


def _choice(one: EstimateSpec, choices: Any, default: str) -> Any:  # noqa: ANN401 - a Literal type
    return _one_of(one.test or default, "test", get_args(choices))


def _one_of(found: str, name: str, choices: tuple[str, ...]) -> Any:  # noqa: ANN401
    if found in choices:
        return found
    what = say("'{value}' is not known here.", value=found)
    raise AnalysisError(
        Problem(where=f"estimate.{name}", what=what, hint=did_you_mean(found, choices))
    )


def _no_source(one: EstimateSpec) -> AnalysisError:
    what = say("there is no estimate '{source}' before this one that it could start from.",
               source=one.source or "")  # fmt: skip
    hint = say("Name under `from` the id of an estimate above, one that was not refused.")
    return AnalysisError(Problem(where="estimate.from", what=what, hint=hint))
