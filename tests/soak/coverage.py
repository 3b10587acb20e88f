"""Coverage of 95% intervals over samples of a simulated Hà Nội: three errors, before and after raking.

    python -m tests.soak.coverage [SAMPLES] [--processes N]

Prints the table and fails where a bar is missed: 93 to 97 percent for the city, the groups, and the
communes pooled that have an effective sample of 30 or more from 10 PSUs or more.
"""

import sys
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import product
from os import cpu_count
from time import perf_counter

import numpy as np

from analysis.design import Design, Sample
from analysis.estimate import proportion
from analysis.replicates import ReplicateDesign
from analysis.result import Estimate
from analysis.rows import FEW_PSUS, SMALL_N_EFF
from analysis.weighting.rake import rake
from tests.soak.hanoi import City, build_city, draw_sample

SEED, SAMPLES = 1371, 2000
LEAST, MOST = 0.93, 0.97
DESIGN = Design(weights="w", strata=("stratum",), psu=("psu",))
ERRORS = {
    "Taylor": DESIGN,
    "jackknife": replace(DESIGN, replicates=ReplicateDesign(kind="jkn")),
    "bootstrap": replace(DESIGN, replicates=ReplicateDesign(kind="rao_wu", count=200)),
}
COUNTED = ("city", "groups", "communes")
"""What the bars are about; the rest is printed."""
Kind = tuple[str, bool, str]
"""Kind of error, whether raked, and what was estimated."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many intervals there were, how many held the truth, and the sum of their widths."""

    intervals: int = 0
    covering: int = 0
    width: float = 0.0

    def __add__(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(self.intervals + other.intervals, self.covering + other.covering,
                     self.width + other.width)  # fmt: skip

    @property
    def coverage(self) -> float:
        return self.covering / self.intervals


known_city = cache(build_city)


def tallies(seed: int, sample: int) -> dict[Kind, Tally]:
    """The tallies of one sample."""
    city = known_city(seed)
    data = draw_sample(city, np.random.default_rng([seed, sample]))
    found: dict[Kind, Tally] = defaultdict(Tally)
    for error, raked in product(ERRORS, (False, True)):
        weighted = Sample.of(data, ERRORS[error])
        if raked:
            weighted = rake(weighted, city.margins()).sample
        for what, row, truth in _rows(city, weighted):
            found[error, raked, what] += _tally(row, truth)
    return dict(found)


def run(samples: range, *, seed: int = SEED, processes: int = 1) -> dict[Kind, Tally]:
    """The tallies of many samples together."""
    each = partial(tallies, seed)
    if processes == 1:
        return _added(map(each, samples))
    with ProcessPoolExecutor(processes) as pool:
        return _added(pool.map(each, samples, chunksize=5))


def _added(parts: Iterable[dict[Kind, Tally]]) -> dict[Kind, Tally]:
    total: dict[Kind, Tally] = defaultdict(Tally)
    for one in parts:
        for kind, tally in one.items():
            total[kind] += tally
    return dict(total)


def table(found: dict[Kind, Tally]) -> str:
    """Coverage and mean width by error, raking and what was estimated."""
    lines = [f"{'error':<11}{'weights':<9}{'of':<24}{'intervals':>10}{'coverage':>10}{'width':>8}"]
    for (error, raked, what), one in sorted(found.items()):
        weights = "raked" if raked else "design"
        lines.append(f"{error:<11}{weights:<9}{what:<24}{one.intervals:>10}"
                     f"{one.coverage:>10.4f}{one.width / one.intervals:>8.4f}")  # fmt: skip
    return "\n".join(lines)


def missed(found: dict[Kind, Tally]) -> list[Kind]:
    """What the bars ask for and did not get."""
    return [kind for kind, one in found.items()
            if kind[2] in COUNTED and not LEAST <= one.coverage <= MOST]  # fmt: skip


def _rows(city: City, sample: Sample) -> Iterator[tuple[str, Estimate, float]]:
    everybody = np.ones(len(city.size), dtype=bool)
    yield "city", proportion(sample, of="aware", equals=1)[0], city.truth(everybody)
    groups = city.truths(city.group)
    for row in proportion(sample, of="aware", equals=1, by="group"):
        yield "groups", row, groups[row.by["group"]]
    communes = city.truths(city.commune)
    for row in proportion(sample, of="aware", equals=1, by="commune"):
        yield _commune(row), row, communes[row.by["commune"]]


def _commune(row: Estimate) -> str:
    if "few_psus" in row.flags:
        return f"communes, < {FEW_PSUS} PSUs"
    return "communes" if "n_eff<30" not in row.flags else f"communes, n_eff < {SMALL_N_EFF}"


def _tally(row: Estimate, truth: float) -> Tally:
    low, high = row.ci
    if low is None or high is None:
        return Tally(1, 0, 1.0)
    return Tally(1, int(low <= truth <= high), high - low)


def main() -> None:
    """Run, print, and fail where a bar is missed."""
    asked = ArgumentParser(description=__doc__)
    asked.add_argument("samples", type=int, nargs="?", default=SAMPLES)
    asked.add_argument("--processes", type=int, default=cpu_count() or 1)
    given = asked.parse_args()
    start = perf_counter()
    found = run(range(given.samples), processes=given.processes)
    print(table(found))
    print(f"{given.samples} simulated samples, seed {SEED}, {perf_counter() - start:.0f} s")
    if misses := missed(found):
        sys.exit(f"outside {LEAST:.0%} to {MOST:.0%}: {misses}")


if __name__ == "__main__":
    main()
