"""How many things a scale measures: eigenvalues beside those of answers without any relation.

Parallel analysis (Horn 1965, Psychometrika 30, 179-185) on polychoric correlations, with the
answers of each item permuted among those who gave one, so that every item keeps its difficulty
(Buja & Eyuboglu 1992). An eigenvalue counts while it is above the 95th percentile of the permuted
ones (Glorfeld 1995). R: `psych::fa.parallel(cor = "poly", sim = FALSE)`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.columns import Floats
from analysis.items.polychoric import polychoric

PERCENTILE = 95.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimensionality:
    """Eigenvalues in falling order, what chance gives in each place, and how many are above it.

    `first_to_second` is the first eigenvalue over the second; `factors` counts from the first on,
    to the first that chance reaches.
    """

    eigenvalues: tuple[float, ...]
    chance_mean: tuple[float, ...]
    chance_upper: tuple[float, ...]
    factors: int
    first_to_second: float | None
    draws: int
    flags: tuple[str, ...] = ()


def dimensionality(
    codes: Sequence[Floats], weights: Floats | None = None, *, draws: int = 20,
    rng: np.random.Generator,
) -> Dimensionality:  # fmt: skip
    """Compare the items (ranks from 0, NaN where missing) with `draws` permutations of themselves."""
    own = polychoric(codes, weights)
    values = _eigenvalues(own.correlations)
    chance = np.array([
        _eigenvalues(polychoric([_permuted(one, rng) for one in codes], weights).correlations)
        for _ in range(draws)
    ])  # fmt: skip
    upper = np.percentile(chance, PERCENTILE, axis=0)
    above = values > upper
    factors = int(len(values) if above.all() else np.argmin(above))
    return Dimensionality(
        eigenvalues=tuple(values.tolist()), chance_mean=tuple(chance.mean(axis=0).tolist()),
        chance_upper=tuple(upper.tolist()), factors=factors,
        first_to_second=float(values[0] / values[1]) if values[1] > 0 else None, draws=draws,
        flags=tuple(_flags(values, factors, at_bound=bool(own.bounds))),
    )  # fmt: skip


def _eigenvalues(matrix: Floats) -> Floats:
    return np.asarray(np.linalg.eigvalsh(matrix)[::-1])


def _permuted(codes: Floats, rng: np.random.Generator) -> Floats:
    known = ~np.isnan(codes)
    found = codes.copy()
    found[known] = rng.permutation(codes[known])
    return found


def _flags(values: Floats, factors: int, *, at_bound: bool) -> list[str]:
    causes = {"not_one_dimension": factors > 1, "no_common_dimension": factors == 0,
              "not_positive_definite": values[-1] <= 0, "correlation_at_bound": at_bound}  # fmt: skip
    return [name for name, holds in causes.items() if holds]
