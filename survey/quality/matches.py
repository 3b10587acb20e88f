"""How alike the most alike answers are, against what chance makes of answers like these.

The maximum percent match of a record is the largest share of equal answers that it has with any
other (Kuriakose & Robbins 2016, Statistical Journal of the IAOS 32:283-291). Their fixed line of
85% depends on the number of items, options and respondents (Simmons et al. 2016), so here chance
sets the line: answers are permuted within strata, item by item, and matched again. Real answers
hang together and agree more than permuted ones, so a match beyond chance is a reason to look.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]

PERMUTATIONS = 19
"""Of so many, the largest chance match is exceeded by an honest file in one of twenty."""
BUDGET = 3_000
"""Records that are looked up again in each permutation; more are sampled."""
_BLOCK = 512
_LEAST_SHARED = 0.5
"""Share of the items that two records must both have answered to be compared."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matches:
    """The nearest other record of each record.

    `share` is the maximum percent match (NaN-free: 0 where no other record can be compared),
    `other` the place of the nearest one or -1, `percentile` the share of chance matches below it.
    `line` is the largest match that chance made; a file without copies exceeds it with
    probability `level`. `looked_up` of the records were matched in each permutation.
    """

    share: Floats
    other: Places
    percentile: Floats
    line: float
    level: float
    looked_up: int
    permutations: int

    @property
    def beyond(self) -> Places:
        """Places of the records above the line, the most alike first."""
        found = np.flatnonzero(self.share > self.line)
        return found[np.argsort(-self.share[found], kind="stable")]


def matches(
    codes: Codes, *, strata: npt.ArrayLike, rng: np.random.Generator,
    permutations: int = PERMUTATIONS, budget: int = BUDGET,
) -> Matches:  # fmt: skip
    """Match each row of `codes` (records by items; -1 is no answer) with every other.

    `strata` are labels within which answers are permuted.
    """
    groups = _groups(strata)
    share, other = nearest(codes, np.arange(len(codes)))
    rows = np.arange(len(codes))
    if len(rows) > budget:
        rows = np.sort(rng.choice(rows, budget, replace=False))
    chance = [nearest(_permuted(codes, groups, rng), rows)[0] for _ in range(permutations)]
    line = max((float(one.max(initial=0)) for one in chance), default=1.0)
    below = np.sort(np.concatenate([*chance, np.zeros(0, dtype=np.float32)]))
    percentile = np.searchsorted(below, share) / max(len(below), 1)
    return Matches(
        share=share, other=other, percentile=percentile.astype(np.float32), line=line,
        level=1 / (1 + permutations * len(rows) / max(len(codes), 1)), looked_up=len(rows),
        permutations=permutations,
    )  # fmt: skip


def nearest(codes: Codes, rows: Places) -> tuple[Floats, Places]:
    """For `rows`, the largest share of equal answers with any other record, and whose it is.

    Equal answers are counted by products of indicator matrices in blocks, so that memory is
    linear in the number of records.
    """
    equal, answered = _indicators(codes)
    least = max(1, int(np.ceil(_LEAST_SHARED * codes.shape[1])))
    share = np.zeros(len(rows), dtype=np.float32)
    other = np.full(len(rows), -1, dtype=np.intp)
    for begin in range(0, len(rows), _BLOCK):
        here = rows[begin : begin + _BLOCK]
        both = answered[here] @ answered.T
        ratio = np.where(both >= least, equal[here] @ equal.T / np.maximum(both, 1), -1)
        ratio[np.arange(len(here)), here] = -1
        best = ratio.argmax(axis=1) if ratio.shape[1] else np.zeros(len(here), dtype=np.intp)
        top = ratio[np.arange(len(here)), best]
        share[begin : begin + len(here)] = np.maximum(top, 0)
        other[begin : begin + len(here)] = np.where(top >= 0, best, -1)
    return share, other


def _indicators(codes: Codes) -> tuple[Floats, Floats]:
    columns = [codes[:, [item]] == np.unique(codes[:, item][codes[:, item] >= 0])
               for item in range(codes.shape[1])]  # fmt: skip
    empty = np.zeros((len(codes), 0), dtype=bool)
    equal = np.concatenate([empty, *columns], axis=1).astype(np.float32)
    return equal, (codes >= 0).astype(np.float32)


def _groups(strata: npt.ArrayLike) -> list[Places]:
    _, at = np.unique(np.asarray(strata), return_inverse=True)
    return [np.flatnonzero(at == group) for group in range(int(at.max(initial=-1)) + 1)]


def _permuted(codes: Codes, groups: list[Places], rng: np.random.Generator) -> Codes:
    """The answers of each item dealt out anew among those of a stratum who answered it."""
    dealt = codes.copy()
    shuffle: Callable[[Codes], Codes] = rng.permutation
    for rows in groups:
        for item in range(codes.shape[1]):
            who = rows[codes[rows, item] >= 0]
            dealt[who, item] = shuffle(codes[who, item])
    return dealt
