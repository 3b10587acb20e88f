"""Replication: the estimate made again with each of R sets of weights.

Factors act on PSUs, so a replicate design is a matrix of PSUs by replicates and sums follow from
sums by PSU; a weighting recipe is run again on the weights of every replicate. Wolter (2007).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.linalg import hadamard

from analysis.columns import Codes, Floats, first_row, numeric
from analysis.errors import AnalysisError
from analysis.stages import Stage
from analysis.successive import list_order, successive_factors
from instruments.errors import Problem
from instruments.language import Message, say

Reweight = Callable[[Floats, Floats], Floats]
"""A step of weighting, from weights and how often each row counts to new weights."""
Kind = Literal["jk1", "jkn", "brr", "fay", "bootstrap", "rao_wu", "sdr", "columns"]
_RANK = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicateDesign:
    """How replicate weights are made, or the pattern of columns that hold them.

    `rho` is Fay's factor, `count` and `seed` are of the bootstraps; `columns`, `scale` and
    `rscales` describe supplied combined weights; `sdr` takes neighbours by the column `order`, else
    as the file lists them, and needs no more replicates than for `count` PSUs. With `mse` the
    variance is around the full-sample estimate, else around the mean of the replicates.
    """

    kind: Kind
    rho: float = 0.3
    count: int = 200
    seed: int = 1
    columns: str = ""
    scale: float = 1.0
    rscales: tuple[float, ...] = ()
    mse: bool = False
    order: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replicates:
    """Factors (or whole weights) per replicate, and how squares add up to a variance.

    `factors` has a row per PSU and multiplies the base weights; where `index` is None it has a row
    per data row and is the weight itself. `recipe` is run on every replicate's weights.
    `stratum` is each PSU's: the factors of a whole stratum add up to the same in every replicate
    and are independent but for that, so the rank of the factors follows by counting.
    """

    factors: Floats
    index: Codes | None
    base: Floats
    scale: float
    rscales: Floats
    mse: bool
    stratum: Codes | None = None
    recipe: tuple[Reweight, ...] = ()
    _kept: dict[int, Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rscales)

    def then(self, reweight: Reweight) -> "Replicates":
        """The same replicates with one more adjustment to run on each."""
        return replace(self, recipe=(*self.recipe, reweight), _kept={})

    def weights(self) -> Iterator[Floats]:
        """The weights of the rows in each replicate, one after the other."""
        for number in range(len(self)):
            yield self._adjusted(number)

    def covariance(self, estimates: Floats, full: Floats) -> tuple[Floats, Codes]:
        """Covariance of estimates (replicates by outputs), and how many were undefined per output.

        Each output leaves out the replicates in which it is itself undefined, as R's `svrVar` does
        for one domain: a small domain that vanishes must not take the others' replicates along.
        """
        apart, lost = self._apart(estimates, full)
        return self.scale * apart.T @ apart, lost

    def variances(self, estimates: Floats, full: Floats) -> tuple[Floats, Codes]:
        """The diagonal of `covariance`, at a fraction of its cost."""
        apart, lost = self._apart(estimates, full)
        return self.scale * np.einsum("ij,ij->j", apart, apart), lost

    def _apart(self, estimates: Floats, full: Floats) -> tuple[Floats, Codes]:
        """Scaled distances of the replicates from their centre; 0 where undefined."""
        defined = np.isfinite(estimates)
        centre = full if self.mse else _means(estimates, defined & (self.rscales > 0)[:, None])
        apart = np.subtract(estimates, centre, out=np.zeros_like(estimates), where=defined)
        apart *= np.sqrt(self.rscales)[:, None]
        lost: Codes = (~defined).sum(axis=0)
        return apart, lost

    def degrees_of_freedom(self, rows: NDArray[np.bool_]) -> float:
        """Rank of the replicate weights in the chosen rows, minus one (R `survey::degf`)."""
        if self.index is None or self.stratum is None:
            return float(_rank(self.factors[rows]) - 1)
        return self.degrees_of_freedom_of(
            np.bincount(self.index[rows], minlength=len(self.factors)) > 0
        )

    def degrees_of_freedom_of(self, present: NDArray[np.bool_]) -> float:
        """The same for chosen PSUs, where factors act on PSUs within strata."""
        if self.stratum is None:
            return float(_rank(self.factors[present]) - 1)
        drawn = np.bincount(self.stratum)
        here = np.bincount(self.stratum[present], minlength=len(drawn))
        whole = (here == drawn) & (drawn > 0)
        rank = here.sum() - whole.sum() + whole.any()
        return float(min(rank, len(self)) - 1)

    def _adjusted(self, number: int) -> Floats:
        if number in self._kept:
            return self._kept[number]
        factors = self.factors[:, number]
        weights = factors if self.index is None else self.base * factors[self.index]
        times = weights / self.base
        for reweight in self.recipe:
            try:
                weights = reweight(weights, times)
            except AnalysisError as error:
                raise AnalysisError(_in_replicate(number + 1, error)) from None
        if self.recipe and len(self) * len(weights) <= _KEEP:
            self._kept[number] = weights
        return weights


def _in_replicate(number: int, error: AnalysisError) -> list[Problem]:
    """The recipe works on the sample, but not without what a replicate leaves out."""
    what = say("in replicate {number} the weighting recipe cannot be done", number=number)
    return [replace(one, what=say("{place}: {problem}", place=what, problem=one.what))
            for one in error.problems]  # fmt: skip


def _means(values: Floats, counted: NDArray[np.bool_]) -> Floats:
    """The mean of every column over its counted entries; 0 where there are none."""
    sums = np.where(counted, values, 0.0).sum(axis=0)
    return np.asarray(sums / np.maximum(counted.sum(axis=0), 1))


_KEEP = 50_000_000


def _rank(factors: Floats) -> int:
    """Rank of the columns, each scaled to length one (R `qr(tol = 1e-5)`)."""
    size = np.sqrt(np.square(factors).sum(axis=0))
    scaled = factors / np.where(size > 0, size, 1.0)
    return int((np.linalg.eigvalsh(scaled.T @ scaled) > _RANK).sum())


def make_replicates(
    given: ReplicateDesign, data: pd.DataFrame, stage: Stage, psu: Codes, base: Floats
) -> Replicates:
    """Build the replicates that a design asks for.

    Raises:
        AnalysisError: the design does not allow the method, or the columns are not there.
    """
    if given.kind == "columns":
        return _from_columns(given, data, base)
    made = (
        _successive(given, data, stage, psu)
        if given.kind == "sdr"
        else _MAKERS[given.kind](given, stage)
    )
    factors, scale, rscales = made
    return Replicates(factors=factors, index=psu, base=base, scale=scale, rscales=rscales,
                      mse=given.mse, stratum=stage.stratum)  # fmt: skip


_Made = tuple[Floats, float, Floats]


def _successive(given: ReplicateDesign, data: pd.DataFrame, stage: Stage, psu: Codes) -> _Made:
    """Differences of neighbours on the list (Fay & Train 1995)."""
    factors = successive_factors(list_order(data, given.order, psu), stage, given.count)
    size = factors.shape[1]
    return factors, 4 / size, np.ones(size)


def _jackknife(given: ReplicateDesign, stage: Stage) -> _Made:
    """Delete one PSU at a time; its stratum's others grow by n/(n-1) (jk1: one stratum)."""
    strata = np.unique(stage.stratum)
    if given.kind == "jk1" and len(strata) > 1:
        raise _refused(say("jk1 is for designs without strata."), say("Use jkn."))
    if (stage.sampled == 1).any():
        raise _refused(say("a stratum has only one PSU, which no jackknife can leave out."),
                       say("Join it with a similar stratum."))  # fmt: skip
    n = stage.sampled
    same = stage.stratum[:, None] == stage.stratum[None, :]
    factors = np.where(same, (n / (n - 1))[:, None], 1.0)
    np.fill_diagonal(factors, 0.0)
    return factors, 1.0, (1 - stage.fraction) * (n - 1) / n


def _balanced(given: ReplicateDesign, stage: Stage) -> _Made:
    """Half-samples of a Hadamard matrix, by Fay's factor (McCarthy 1969; Judkins 1990)."""
    _refuse_fpc(stage, given.kind)
    if (stage.sampled != 2).any():
        raise _refused(say("{kind} needs two PSUs in every stratum.", kind=given.kind),
                       say("Pair the PSUs, or use jkn or rao_wu."))  # fmt: skip
    strata, place = np.unique(stage.stratum, return_inverse=True)
    size = 1 << len(strata).bit_length()
    signs = hadamard(size)[1 : len(strata) + 1][place].astype(np.float64)
    second = np.zeros(stage.units, dtype=bool)
    second[np.unique(place, return_index=True)[1]] = True
    signs[second] *= -1
    rho = given.rho if given.kind == "fay" else 0.0
    return 1 + signs * (1 - rho), 1 / (size * (1 - rho) ** 2), np.ones(size)


def _bootstrap(given: ReplicateDesign, stage: Stage) -> _Made:
    """Resample n PSUs of n in each stratum (Canty & Davison 1999; R `survey::bootweights`)."""
    _refuse_fpc(stage, given.kind)
    sizes = np.bincount(stage.stratum)
    mean = float(1 / np.mean(1 / sizes[sizes > 0]))
    factors = _resample(given, stage, lost=0)
    return factors, mean / ((mean - 1) * (given.count - 1)), np.ones(given.count)


def _rao_wu(given: ReplicateDesign, stage: Stage) -> _Made:
    """Resample n - 1 PSUs of n, rescaled, with the fpc (Rao & Wu 1988; Rao, Wu & Yue 1992)."""
    if (stage.sampled == 1).any():
        raise _refused(say("a stratum has only one PSU, which cannot be resampled."),
                       say("Join it with a similar stratum."))  # fmt: skip
    n = stage.sampled[:, None]
    drawn = _resample(given, stage, lost=1) * n / (n - 1)
    factors = 1 + np.sqrt(1 - stage.fraction)[:, None] * (drawn - 1)
    return factors, 1 / (given.count - 1), np.ones(given.count)


_MAKERS: dict[str, Callable[[ReplicateDesign, Stage], _Made]] = {
    "jk1": _jackknife, "jkn": _jackknife, "brr": _balanced, "fay": _balanced,
    "bootstrap": _bootstrap, "rao_wu": _rao_wu,
}  # fmt: skip


def _resample(given: ReplicateDesign, stage: Stage, *, lost: int) -> Floats:
    """How often each PSU is drawn, per replicate, when `lost` fewer are drawn than there are."""
    rng = np.random.default_rng(given.seed)
    drawn = np.zeros((stage.units, given.count))
    for stratum in np.unique(stage.stratum):
        units = np.flatnonzero(stage.stratum == stratum)
        n = len(units)
        picks = rng.integers(0, n, size=(given.count, n - lost))
        picks += n * np.arange(given.count)[:, None]
        times = np.bincount(picks.ravel(), minlength=n * given.count)
        drawn[units] = times.reshape(given.count, n).T
    return drawn


def _from_columns(given: ReplicateDesign, data: pd.DataFrame, base: Floats) -> Replicates:
    names = [str(name) for name in data.columns if fnmatchcase(str(name), given.columns)]
    if len(names) < 2:
        raise _refused(say("no columns match '{pattern}'.", pattern=given.columns),
                       say("Give a pattern such as rep*."))  # fmt: skip
    weights = np.stack([numeric(data, n, role="design.replicates") for n in names], axis=1)
    bad: NDArray[np.bool_] = ~np.isfinite(weights)
    if bad.any():
        row = first_row(np.asarray(bad.any(axis=1)))
        what = say("row {row}, column '{column}': the replicate weight is missing.",
                   row=row, column=names[int(np.argmax(bad[row - 1]))])  # fmt: skip
        raise _refused(what, say("Every row has a weight in every replicate; 0 is allowed."))
    rscales = np.array(given.rscales or np.ones(len(names)), dtype=np.float64)
    if len(rscales) != len(names):
        what = say("{found} rscales are given for {count} columns.",
                   found=len(rscales), count=len(names))  # fmt: skip
        raise _refused(what, say("Give one for each column, or none."))
    return Replicates(factors=weights, index=None, base=base, scale=given.scale, rscales=rscales,
                      mse=given.mse)  # fmt: skip


def _refuse_fpc(stage: Stage, kind: str) -> None:
    if (stage.fraction > 0).any():
        raise _refused(say("{kind} cannot carry the fpc of the design.", kind=kind),
                       say("Use jk1, jkn or rao_wu, or leave the fpc out."))  # fmt: skip


def _refused(what: Message, hint: Message) -> AnalysisError:
    return AnalysisError(Problem(where="design.replicates", what=what, hint=hint))
