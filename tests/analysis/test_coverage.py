"""Ten thousand simulated waves through the project's own variances and intervals.

Two simulated cities, both drawn as the study draws: strata, PSUs with probability proportional to
size with replacement, a fixed take per PSU. In one the share of everybody is exactly 90%, in the
other the share within a domain is exactly 70%. Every wave's sums by PSU are one column, so that all
waves go through `covariance` and `make_rows` as the outputs of one sample.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq
from scipy.special import expit

from analysis.deferred import Deferred
from analysis.design import Design, Sample
from analysis.intervals import t_interval
from analysis.linearize import Answer
from analysis.ratios import Key
from analysis.rows import Options, make_rows
from analysis.variance import covariance, variances

WAVES = 10_000
STRATA, DRAWN, TAKE = 30, 4, 20
POPULATION_PSUS = 30
CHUNK = 500


@dataclass(frozen=True, kw_only=True)
class City:
    """PSUs by stratum: sizes, share in the domain, share aware within the domain."""

    size: np.ndarray
    inside: np.ndarray
    aware: np.ndarray


def build_city(seed: int, *, truth: float, domain: bool) -> City:
    """A simulated city whose share aware in the domain (or overall) is exactly `truth`."""
    rng = np.random.default_rng(seed)
    shape = (STRATA, POPULATION_PSUS)
    size = rng.lognormal(8, 0.5, shape)
    suburban = np.linspace(0, 1, STRATA)[:, None] > 0.4
    inside = np.where(suburban, 1.0, rng.choice([0, 0.3], shape)) if domain else np.ones(shape)
    effect = rng.normal(0, 0.6, shape) + rng.normal(0, 0.4, (STRATA, 1))
    weight = size * inside

    def miss(shift: float) -> float:
        return float((weight * expit(shift + effect)).sum() / weight.sum() - truth)

    return City(size=size, inside=inside, aware=expit(brentq(miss, -9, 9) + effect))


def draw_waves(city: City, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Respondents in the domain and those aware, per drawn PSU and wave: (PSUs, waves)."""
    rng = np.random.default_rng(seed)
    found, aware = [], []
    for h in range(STRATA):
        chance = city.size[h] / city.size[h].sum()
        drawn = rng.choice(POPULATION_PSUS, size=(DRAWN, WAVES), p=chance)
        n = rng.binomial(TAKE, city.inside[h][drawn])
        found.append(n)
        aware.append(rng.binomial(n, city.aware[h][drawn]))
    return np.concatenate(found), np.concatenate(aware)


def frame_of_psus() -> Sample:
    """A sample with one row per drawn PSU, which carries the design and nothing else."""
    psu = np.arange(STRATA * DRAWN)
    data = pd.DataFrame({"h": psu // DRAWN, "psu": psu, "w": 1.0})
    return Sample.of(data, Design(weights="w", strata=("h",), psu=("psu",)))


def wave_intervals(city: City, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Limits of the project's interval and of the Wald interval, (waves, 2) each."""
    people, aware = draw_waves(city, seed)
    weight = np.repeat(city.size.sum(axis=1), DRAWN)[:, None] / (DRAWN * TAKE)
    base, hits = people * weight, aware * weight
    p = hits.sum(axis=0) / base.sum(axis=0)
    scores = (hits - p * base) / base.sum(axis=0)
    sample, own, wald = frame_of_psus(), [], []
    present = people > 0
    for start in range(0, WAVES, CHUNK):
        part = slice(start, start + CHUNK)
        n, share = people[:, part].sum(axis=0), p[part]
        psus = present[:, part].sum(axis=0)
        strata = present[:, part].reshape(STRATA, DRAWN, -1).any(axis=1).sum(axis=0)
        answer = Answer(
            keys=(Key("aware", None, 0),) * len(n), estimate=share, n=n, psus=psus,
            variance=variances(sample, scores[:, part]),
            joint=Deferred(partial(covariance, sample, scores[:, part])), df=(psus - strata).astype(float),
            spread=share * (1 - share) * n / (n - 1), weight=base[:, part].sum(axis=0),
            weight2=(people * weight**2)[:, part].sum(axis=0), divisor=base[:, part].sum(axis=0),
        )  # fmt: skip
        rows = make_rows(answer, [{}], "proportion", Options())
        own += [row.ci for row in rows]
        wald.append(t_interval(share, np.sqrt(answer.variance), answer.df, 0.95))
    return np.array(own, dtype=float), np.concatenate(wald)


def coverage(limits: np.ndarray, truth: float) -> float:
    return float(((limits[:, 0] <= truth) & (truth <= limits[:, 1])).mean())


def false_met(limits: np.ndarray, truth: float) -> float:
    """Share of waves judged met although the truth only equals the target."""
    return float((limits[:, 0] >= truth).mean())


MOST = 0.025 + 3 * np.sqrt(0.025 * 0.975 / WAVES)


@pytest.mark.parametrize("seed", [1371, 2021, 2027])
@pytest.mark.parametrize(("truth", "domain"), [(0.9, False), (0.7, True)])
def test_intervals_cover_and_rarely_say_met_where_the_truth_is_the_target(
    truth: float, domain: bool, seed: int
) -> None:
    own, _ = wave_intervals(build_city(seed, truth=truth, domain=domain), seed + 1)
    assert 0.93 <= coverage(own, truth) <= 0.97
    assert false_met(own, truth) <= MOST


def test_a_wald_interval_says_met_too_often_near_ninety_percent() -> None:
    city = build_city(1371, truth=0.9, domain=False)
    own, wald = wave_intervals(city, 1372)
    assert false_met(wald, 0.9) > MOST
    assert false_met(own, 0.9) <= MOST
