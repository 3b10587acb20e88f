"""From numbers to rows: intervals, design effects, and the flags that keep small domains honest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from analysis import intervals
from analysis.columns import Floats
from analysis.intervals import ProportionInterval
from analysis.linearize import Answer
from analysis.precision import settled
from analysis.result import Estimate

FEW_PSUS = 10
LOW_DF = 8
SMALL_N_EFF = 30

Kind = Literal["mean", "total", "proportion", "variance"]
"""What the rows hold, which decides their interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What may be asked of any estimate.

    `df` overrides the domain's degrees of freedom. `deff` names the reference of the design effect:
    simple random sampling with replacement (`replace`) or without (`finite`). With
    `missing="error"` a missing answer is refused instead of leaving its row out of the domain.
    `interval` is that of proportions.
    """

    level: float = 0.95
    df: float | None = None
    deff: Literal["replace", "finite"] = "replace"
    missing: Literal["casewise", "error"] = "casewise"
    interval: ProportionInterval = "logit"


DEFAULT = Options()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Output:
    """The numbers of one row."""

    estimate: float
    variance: float
    df: float
    own_df: float
    n: int
    psus: int
    spread: float
    weight: float
    weight2: float
    divisor: float
    limits: tuple[float, float]
    lost: int
    share: bool

    @property
    def se(self) -> float:
        return float(np.sqrt(self.variance))

    @property
    def at_bound(self) -> bool:
        """Is it a share that everyone, or nobody, of the sample has?"""
        return self.share and self.variance == 0 and self.spread < 1e-12

    @property
    def unknown(self) -> bool:
        """Does the domain rest on one PSU, so that a ratio has no visible variance?"""
        return self.variance == 0 and self.own_df <= 0


def make_rows(
    found: Answer, labels: Sequence[Mapping[str, str]], kind: Kind, options: Options
) -> tuple[Estimate, ...]:
    """One `Estimate` per output, in their order."""
    variance = found.variance
    df = found.df if options.df is None else np.full(len(found.df), options.df)
    limits = _limits(found, variance, df, kind, options).tolist()
    rows = []
    for i, key in enumerate(found.keys):
        output = _Output(
            estimate=float(found.estimate[i]), variance=float(variance[i]),
            own_df=float(found.df[i]), df=float(df[i]), n=int(found.n[i]),
            psus=int(found.psus[i]), spread=float(found.spread[i]),
            weight=float(found.weight[i]), weight2=float(found.weight2[i]),
            divisor=float(found.divisor[i]),
            limits=tuple(limits[i]), lost=0 if found.lost is None else int(found.lost[i]),
            share=kind == "proportion" or (kind == "mean" and key.level is not None),
        )  # fmt: skip
        empty = Estimate(of=key.of, by=labels[key.domain], level=key.level, estimate=None, se=None,
                         ci=(None, None), confidence=options.level, df=None, n=0,
                         flags=("empty",))  # fmt: skip
        rows.append(empty if output.n == 0 else _filled(empty, output, kind, options))
    return tuple(rows)


def _filled(row: Estimate, output: _Output, kind: Kind, options: Options) -> Estimate:
    deff, n_eff = _design_effect(output, options)
    se = None if output.unknown and kind != "total" else output.se
    size = abs(output.estimate)
    return replace(
        row,
        estimate=output.estimate,
        se=se,
        ci=_interval(output, kind, options),
        df=output.df,
        cv=None if se is None or size == 0 else se / size,
        deff=deff,
        n=output.n,
        n_eff=n_eff,
        flags=_flags(output, kind, n_eff),
    )


def _design_effect(output: _Output, options: Options) -> tuple[float | None, float | None]:
    """Variance over that of a simple random sample of n, and n over it (Kish 1965).

    The reference samples with replacement; `finite` multiplies it by 1 - n/N, N the sum of weights
    (R `svymean(deff = "replace")` and `deff = TRUE`).
    """
    n = output.n
    if output.at_bound:
        return None, output.weight**2 / output.weight2
    if n < 2 or output.unknown or not output.spread > 1e-14 * output.estimate**2:
        return None, None
    if output.variance == 0:
        return 0.0, None
    reference = (output.weight / output.divisor) ** 2 * output.spread / n
    replace = output.variance / reference
    if options.deff == "replace":
        return replace, n / replace
    left = 1 - n / output.weight
    return (replace / left if left > 0 else None), n / replace


def _interval(output: _Output, kind: Kind, options: Options) -> tuple[float | None, float | None]:
    level = options.level
    if output.at_bound or (output.share and (output.unknown or output.df <= 0)):
        n_eff = intervals.bound_size(
            output.weight, output.weight2, n=output.n, df=output.df, level=level
        )
        return _pair(intervals.beta_interval(output.estimate, n_eff, level))
    if output.df <= 0 or (output.variance == 0 and not _fixed(output, kind)):
        return (None, None)
    return output.limits if output.variance > 0 else (output.estimate, output.estimate)


def _limits(found: Answer, variance: Floats, df: Floats, kind: Kind, options: Options) -> Floats:
    """Limits of every output at once; they mean nothing without variance or degrees of freedom."""
    estimate, level, method = found.estimate, options.level, options.interval
    with np.errstate(divide="ignore", invalid="ignore"):
        se = np.sqrt(variance)
        if kind != "proportion" or method == "mean":
            return intervals.t_interval(estimate, se, df, level)
        if method in ("logit", "xlogit"):
            if method == "logit" and found.logit_variance is not None:
                se = np.where(found.logit_variance > 0,
                              np.sqrt(found.logit_variance) * estimate * (1 - estimate), se)  # fmt: skip
            return intervals.logit_interval(estimate, se, df, level)
        if method == "asin":
            return intervals.asin_interval(estimate, se, df, level)
        if method == "likelihood":
            return _likelihood_limits(found, se, df, level)
        if method == "beta":
            n_eff = intervals.effective_size(estimate, se, n=found.n, df=found.df, level=level)
            return intervals.beta_interval(estimate, n_eff, level)
        return intervals.wilson_interval(estimate, estimate * (1 - estimate) / variance, df, level)


def _likelihood_limits(found: Answer, se: Floats, df: Floats, level: float) -> Floats:
    limits = np.full((len(se), 2), np.nan)
    for i in np.flatnonzero((se > 0) & (df > 0)):
        limits[i] = intervals.likelihood_interval(
            found.estimate[i], se[i], df[i], level, n=int(found.n[i])
        )
    return limits


def _fixed(output: _Output, kind: Kind) -> bool:
    """Is there no sampling error by design (a census, or a total met by calibration)?"""
    if output.variance > 0 or output.unknown:
        return False
    return kind == "total" or output.spread > 1e-12 * max(1.0, output.estimate**2)


def _flags(output: _Output, kind: Kind, n_eff: float | None) -> tuple[str, ...]:
    """Why a reader should be careful with this row."""
    found = {
        "p_at_bound": output.at_bound,
        "one_psu": output.psus == 1,
        "few_psus": output.psus < FEW_PSUS,
        "low_df": output.df < LOW_DF,
        "n_eff<30": kind != "total" and n_eff is not None and settled(n_eff) < SMALL_N_EFF,
        "no_sampling_error": _fixed(output, kind),
        "replicates_lost": output.lost > 0,
        "constant": output.variance == 0 and not output.at_bound and not output.unknown
        and not _fixed(output, kind),
    }  # fmt: skip
    return tuple(flag for flag, holds in found.items() if holds)


def _pair(limits: Floats) -> tuple[float, float]:
    return float(limits[0]), float(limits[1])
