"""Omega: how much of a score's variance one common factor makes, of items and of categories.

McDonald (1999) from a factor model fitted to covariances; Green & Yang (2009, Psychometrika 74,
155-167) from one fitted to polychoric correlations, in the metric of the observed scores. R:
`lavaan::cfa`, `semTools::compRelSEM`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log, pi, sqrt

import numpy as np
from scipy import optimize, special

from analysis.bivariate import distribution
from analysis.columns import Floats
from analysis.errors import AnalysisError
from analysis.items.polychoric import (
    polychoric,
    rho_scores,
    table_of,
    threshold_scores,
)
from instruments.errors import Problem
from instruments.language import say

_HEYWOOD = 1e-6
_SINGULAR = 1e12
"""Condition of a correlation matrix beyond which a factor's likelihood has no maximum."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FactorModel:
    """One factor fitted to covariances by maximum likelihood, and the omega that follows."""

    total: float
    loadings: Floats
    uniquenesses: Floats
    log_likelihood: float
    chi2: float
    df: int
    cfi: float | None
    rmsea: float | None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OrdinalOmega:
    """One factor fitted to polychoric correlations; omega of the scores and of what lies behind."""

    green_yang: float
    latent_response: float
    loadings: Floats
    thresholds: Floats
    flags: tuple[str, ...] = ()


def omega_total(covariance: Floats, *, n: int) -> FactorModel:
    """Fit one factor to covariances that divide by n.

    chi2 is n times the discrepancy; the CFI's baseline has no correlations; RMSEA divides by n.

    Raises:
        AnalysisError: Fewer than three items, or the fit does not converge.
    """
    p = len(covariance)
    if p < 3:
        raise AnalysisError(_too_few(p))
    scale = np.sqrt(np.diag(covariance))
    if (scale <= 0).any() or np.linalg.cond(covariance / np.outer(scale, scale)) > _SINGULAR:
        raise AnalysisError(_singular())
    correlation = covariance / np.outer(scale, scale)
    loadings, uniquenesses = _one_factor(correlation)
    implied = np.outer(loadings, loadings) + np.diag(uniquenesses)
    _, log_sample = np.linalg.slogdet(correlation)
    _, log_implied = np.linalg.slogdet(implied)
    fit = log_implied - log_sample + np.trace(np.linalg.solve(implied, correlation)) - p
    df, chi2, baseline = p * (p - 3) // 2, n * float(fit), -n * float(log_sample)
    own, theta = loadings * scale, uniquenesses * scale**2
    shared = own.sum() ** 2
    likelihood = -n / 2 * (p * log(2 * pi) + log_sample + 2 * np.log(scale).sum() + fit + p)
    return FactorModel(
        total=float(shared / (shared + theta.sum())), loadings=own, uniquenesses=theta,
        log_likelihood=float(likelihood), chi2=chi2, df=df,
        cfi=_cfi(chi2, df, baseline, p * (p - 1) // 2),
        rmsea=sqrt(max(0.0, (chi2 - df) / (df * n))) if df else None,
        flags=(*(("heywood",) if (uniquenesses <= 2 * _HEYWOOD).any() else ()),
               *(() if df else ("saturated",))),
    )  # fmt: skip


def omega_ordinal(codes: Sequence[Floats]) -> OrdinalOmega:
    """Omega of ordered categories; `codes` are ranks from 0 of complete cases.

    Loadings minimise squared distances to the polychoric correlations, each over the asymptotic
    variance of its correlation (diagonally weighted least squares, Muthén 1984).
    """
    if len(codes) < 3:
        raise AnalysisError(_too_few(len(codes)))
    if any(len(one) == 0 or np.ptp(one) == 0 for one in codes):
        raise AnalysisError(_singular())
    found = polychoric(codes)
    if found.bounds:
        raise AnalysisError(_singular())
    variances = _variances(codes, found.correlations, found.thresholds)
    loadings = _weighted_loadings(found.correlations, variances)
    shared, apart = loadings.sum() ** 2, (1 - loadings**2).sum()
    return OrdinalOmega(
        green_yang=_green_yang(loadings, found.thresholds),
        latent_response=float(shared / (shared + apart)),
        loadings=loadings, thresholds=np.concatenate(found.thresholds),
        flags=("heywood",) if (np.abs(loadings) >= 1).any() else (),
    )  # fmt: skip


def _one_factor(correlation: Floats) -> tuple[Floats, Floats]:
    """Loadings and uniquenesses of standardized items, on the logarithm of the uniquenesses."""
    p = len(correlation)
    start = np.clip(1 / np.diag(np.linalg.pinv(correlation)), 0.05, 0.95)

    def loss(values: Floats) -> tuple[float, Floats]:
        loadings, uniquenesses = values[:p], np.exp(values[p:])
        implied = np.outer(loadings, loadings) + np.diag(uniquenesses)
        inverse = np.linalg.inv(implied)
        _, size = np.linalg.slogdet(implied)
        slope = inverse - inverse @ correlation @ inverse
        return (
            float(size + (inverse * correlation).sum()),
            np.concatenate([2 * slope @ loadings, np.diag(slope) * uniquenesses]),
        )

    values, vectors = np.linalg.eigh(correlation)
    lead = vectors[:, -1] * np.sqrt(values[-1])
    lead *= np.sign(lead.sum()) or 1.0
    first = np.concatenate([np.clip(lead, -0.95, 0.95), np.log(start)])
    bounds = [(None, None)] * p + [(log(_HEYWOOD), None)] * p
    found = optimize.minimize(loss, first, jac=True, method="L-BFGS-B", bounds=bounds,
                              options={"maxiter": 5000, "ftol": 1e-15, "gtol": 1e-9})  # fmt: skip
    if not np.isfinite(found.fun):
        raise AnalysisError(Problem(where="omega", what=say("the factor model does not converge.")))
    return found.x[:p], np.exp(found.x[p:])


def _cfi(chi2: float, df: int, baseline: float, baseline_df: int) -> float | None:
    excess = max(baseline - baseline_df, chi2 - df, 0.0)
    return None if excess == 0 else 1 - max(chi2 - df, 0.0) / excess


def _variances(
    codes: Sequence[Floats], correlations: Floats, thresholds: Sequence[Floats]
) -> Floats:
    """Asymptotic variance of each polychoric correlation, thresholds estimated first.

    From the empirical cross products of the scores of both steps (Muthén 1984).
    """
    k, found = len(codes), np.ones_like(correlations)
    mass = np.ones(len(codes[0]))
    for i, j in combinations(range(k), 2):
        shape = (len(thresholds[i]) + 1, len(thresholds[j]) + 1)
        table = table_of(codes[i], codes[j], mass, shape=shape)
        rho = float(correlations[i, j])
        influence = _influence(table, rho, thresholds[i], thresholds[j])
        found[i, j] = found[j, i] = (table * influence**2).sum()
    return found


def _influence(table: Floats, rho: float, rows: Floats, columns: Floats) -> Floats:
    """What a person in each cell does to the correlation."""
    own = rho_scores(rho, rows, columns)
    corrected = own.copy()
    for scores, margin, axis in (
        (threshold_scores(rho, rows, columns), rows, 0),
        (threshold_scores(rho, columns, rows).transpose(0, 2, 1), columns, 1),
    ):
        single = _margin_scores(margin)
        counts = table.sum(axis=1 - axis)
        information = (single * counts) @ single.T
        across = (scores * (table * own)).sum(axis=(1, 2))
        pull = np.linalg.solve(information, across) @ single
        corrected = corrected - (pull[:, None] if axis == 0 else pull[None, :])
    return np.asarray(corrected / (table * own**2).sum())


def _margin_scores(thresholds: Floats) -> Floats:
    """Slope of the logarithm of each category's probability in each threshold."""
    shares = np.diff(np.concatenate(([0.0], special.ndtr(thresholds), [1.0])))
    heights = np.exp(-(thresholds**2) / 2) / sqrt(2 * pi)
    found = np.zeros((len(thresholds), len(thresholds) + 1))
    places = np.arange(len(thresholds))
    found[places, places] = heights / shares[:-1]
    found[places, places + 1] = -heights / shares[1:]
    return found


def _weighted_loadings(correlations: Floats, variances: Floats) -> Floats:
    upper = np.triu_indices(len(correlations), 1)
    wanted, scale = correlations[upper], np.sqrt(variances[upper])

    def residuals(loadings: Floats) -> Floats:
        return np.asarray((wanted - np.outer(loadings, loadings)[upper]) / scale)

    values, vectors = np.linalg.eigh(correlations)
    start = vectors[:, -1] * np.sqrt(max(values[-1], 0.1))
    start = np.clip(start * (np.sign(start.sum()) or 1.0), -0.9, 0.9)
    found = optimize.least_squares(residuals, start, xtol=1e-14, ftol=1e-14, gtol=1e-14)
    return np.asarray(found.x)


def _green_yang(loadings: Floats, thresholds: Sequence[Floats]) -> float:
    """Variance of the sum that the factor makes, over all of it; both under the model."""
    implied = np.outer(loadings, loadings)
    shared = total = 0.0
    for i, rows in enumerate(thresholds):
        for j, columns in enumerate(thresholds):
            expected = special.ndtr(rows).sum() * special.ndtr(columns).sum()
            rho = float(np.clip(implied[i, j], -1.0, 1.0))
            pair = distribution(rows[:, None], columns[None, :], rho).sum() - expected
            shared += pair
            least = special.ndtr(np.minimum(rows[:, None], columns[None, :])).sum() - expected
            total += least if i == j else pair
    return float(shared / total)


def _singular() -> Problem:
    return Problem(
        where="omega",
        what=say("an item never varies or follows from the others, so that no factor can be "
                 "fitted."),
        hint=say("Leave that item out, or ask without omega."),
    )  # fmt: skip


def _too_few(count: int) -> Problem:
    return Problem(
        where="omega", what=say("a factor needs three items or more; there are {count}.",
                                count=count),
        hint=say("Ask for alpha instead, or take more items."),
    )  # fmt: skip
