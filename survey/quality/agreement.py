"""Agreement of an interview with its back-check: Cohen's kappa, item by item."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Pairs of answers to one item; kappa is None where only one answer ever occurs."""

    item: str
    pairs: int
    agreed: float
    kappa: float | None
    se: float | None
    ci: tuple[float | None, float | None]


def agreement(
    item: str, first: Sequence[str], second: Sequence[str], *, level: float = 0.95
) -> Agreement:
    """Share of equal answers and Cohen's kappa with its large-sample interval.

    Variance by Fleiss, Cohen & Everitt (1969), equation 13, as in statsmodels
    ``cohens_kappa(...).var_kappa``.
    """
    levels = sorted({*first, *second})
    table = np.zeros((len(levels), len(levels)))
    for one, other in zip(first, second, strict=True):
        table[levels.index(one), levels.index(other)] += 1
    pairs = int(table.sum())
    agreed = float(np.trace(table) / pairs) if pairs else 0.0
    found = _kappa(table / pairs) if pairs else None
    if found is None:
        return Agreement(item=item, pairs=pairs, agreed=agreed, kappa=None, se=None,
                         ci=(None, None))  # fmt: skip
    kappa, variance = found
    se = float(np.sqrt(max(variance, 0.0) / pairs))
    reach = float(stats.norm.ppf((1 + level) / 2)) * se
    limits = (max(kappa - reach, -1.0), min(kappa + reach, 1.0)) if se > 0 else (None, None)
    return Agreement(item=item, pairs=pairs, agreed=agreed, kappa=kappa, se=se or None, ci=limits)


def _kappa(share: npt.NDArray[np.float64]) -> tuple[float, float] | None:
    """Kappa and its variance times the number of pairs."""
    rows, columns, own = share.sum(axis=1), share.sum(axis=0), np.diag(share)
    observed, chance = float(own.sum()), float(rows @ columns)
    if 1 - chance < 1e-12:
        return None
    kappa = (observed - chance) / (1 - chance)
    both = rows[None, :] + columns[:, None]
    agree = own @ (1 - (rows + columns) * (1 - kappa)) ** 2
    apart = (1 - kappa) ** 2 * float(((share - np.diag(own)) * both**2).sum())
    variance = (agree + apart - (kappa - chance * (1 - kappa)) ** 2) / (1 - chance) ** 2
    return float(kappa), float(variance)
