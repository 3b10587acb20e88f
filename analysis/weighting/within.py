"""Linear calibration inside every PSU to totals of that PSU (R `survey::calibrate(stage = 1)`).

Only the later stages' variance gains from it: the totals of the PSUs themselves stay random.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analysis.columns import Codes, Floats, label
from analysis.design import Sample
from analysis.errors import AnalysisError, refuse
from analysis.formula import build_matrix, parse_formula
from analysis.matrices import as_sparse
from analysis.projection import Step, solve_symmetric
from analysis.weighting.adjustment import Findings, Reweighted
from instruments.errors import Problem
from instruments.language import say


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WithinPsus:
    """Auxiliaries with known totals per PSU; `reach` is the weight of each row's PSU."""

    auxiliaries: Floats
    totals: Floats
    psu: Codes
    reach: Floats

    def reweight(self, weights: Floats, _times: Floats | None = None, /) -> Reweighted:
        """Calibrate the weights inside each PSU to its totals."""
        inside = weights / self.reach
        g = np.ones_like(weights)
        for unit, total in enumerate(self.totals):
            rows = self.psu == unit
            x, w = self.auxiliaries[rows], inside[rows]
            apart = (total - w @ x)[:, None]
            g[rows] = 1 + (x @ solve_symmetric(x.T @ (w[:, None] * x), apart)).ravel()
        return Reweighted(weights=weights * g)

    def steps(self, before: Floats, after: Floats) -> tuple[Step, ...]:
        """One projection per PSU, for the variance of later stages only."""
        rows, terms = self.auxiliaries.shape
        columns = self.psu[:, None] * terms + np.arange(terms)
        shape = (rows, len(self.totals) * terms)
        place = (np.repeat(np.arange(rows), terms), columns.ravel())
        blocks = sparse.csr_array((self.auxiliaries.ravel(), place), shape=shape)
        inside = before / self.reach
        return (Step(auxiliaries=as_sparse(blocks), metric=inside, after=after, taken=after,
                     later_stages=True),)  # fmt: skip

    def findings(self, before: Floats, after: Floats) -> Findings:
        """Nothing: the totals are those of single PSUs."""
        del before, after
        return Findings()


def plan_within(
    sample: Sample, formula: str, totals: Mapping[str, Mapping[str, float]]
) -> WithinPsus:
    """Bind a formula and the totals of its columns in every PSU to a sample."""
    model = build_matrix(
        sample.data, parse_formula(formula), declared=sample.factors, role="calibrate, formula"
    )
    first = sample.psu_of_row()
    units, psu = np.unique(first, return_inverse=True)
    column = sample.design.psu[0] if sample.design.psu else ""
    named = {int(code): label(v) for code, v in zip(psu, sample.data[column], strict=True)}
    names = [named[code] for code in range(len(units))]
    refuse(
        _lacking(name, term)
        for name in names
        for term in model.names
        if term not in totals.get(name, {})
    )
    known = [[float(totals[name][term]) for term in model.names] for name in names]
    fraction = sample.stages[0].fraction[first]
    if (fraction <= 0).any():
        what = say("calibration within PSUs needs the fpc of the first stage.")
        raise AnalysisError(Problem(where="calibrate, stage", what=what))
    return WithinPsus(auxiliaries=model.values, totals=np.array(known), psu=psu, reach=1 / fraction)


def _lacking(psu: str, term: str) -> Problem:
    what = say("PSU {psu} has no total of '{term}'.", psu=psu, term=term)
    return Problem(where="calibrate, totals", what=what, hint=say("Give totals for every PSU."))
