"""Recovery of the share above a cut over simulated waves whose truth is known.

    python -m tests.soak.awareness [WAVES] [--processes N]

Waves of 2,000 interviews in 100 PSUs of 10 strata, weights unequal, two groups 0.6 SD apart; the cut is
an expected score of 60% on the items, set by a panel with an error. Prints bias and coverage of the
latent and of the observed share, in points, and fails where a bar is missed. Where the trait is skewed
the bars are those of the free density; the bias of the normal model stands beside it, and in how many
waves of a hundred a flag said that the two differ.
"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from os import cpu_count
from time import perf_counter

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit

from analysis.awareness.cut import Cut
from analysis.awareness.domains import Domain
from analysis.awareness.joint import Cuts, JointModel
from analysis.awareness.latent import latent
from analysis.awareness.question import Question
from analysis.design import Design, Sample
from analysis.intervals import logit_interval
from analysis.irt.fit import fit
from analysis.irt.fitted import FittedModel
from analysis.irt.items import ItemModel
from analysis.irt.responses import ItemResponses
from analysis.shares import share

SEED, WAVES = 1371, 1000
"""Of 500 waves a coverage of 95% has a standard error of 1 point, too much for bars 2 points away."""
PSUS, TAKE, STRATA = 100, 20, 10
BETWEEN, APART, SECOND = 0.1, 0.6, 0.4
"""Variance between PSUs, distance of the groups, and the second group's share of the people."""
LEVEL, PANEL, CORRELATION = 0.6, 0.02, 0.5
"""The cut and its panel's standard error as shares of the points; of two traits in a group."""
BIAS, SKEWED_BIAS, LEAST, MOST = 0.5, 1.5, 0.93, 0.97
WHO = ("everybody", "group 1", "group 2")
DESIGN = Design(weights="w", strata=("stratum",), psu=("psu",))


@dataclass(frozen=True, slots=True)
class World:
    """What a wave is drawn from: how many items of each trait, in how many categories."""

    items: tuple[int, ...]
    categories: tuple[int, ...] = (2,)
    skew: float = 0.0
    guessing: float = 0.0

    @property
    def name(self) -> str:
        traits = " and ".join(f"{items} items" for items in self.items)
        return traits + (f", skew {self.skew:g}, guessing {self.guessing:g}" if self.skew else "")

    @property
    def bar(self) -> float:
        """The greatest bias in points."""
        return SKEWED_BIAS if self.skew else BIAS


WORLDS = (World((8,)), World((12,)), World((24,)), World((8, 6), (2, 3)),
          World((12,), skew=1.0, guessing=0.15))  # fmt: skip
Row = tuple[str, int, float, float, float]
"""Method, whose share, error in points, 1 where the interval holds the truth (NaN: none), its width."""


Draw = Callable[[World, int], Iterator[Row]]
"""What a wave of a world finds, by its seed."""


@cache
def curves(world: World, trait: int) -> tuple[np.ndarray, np.ndarray]:
    """Slopes by item, thresholds by item and step."""
    rng = np.random.default_rng([SEED, trait, *world.items])
    items, steps = world.items[trait], world.categories[trait] - 1
    middle = rng.normal(0, 0.9, (items, 1))
    return rng.uniform(0.8, 1.8, items), middle + np.linspace(-0.6, 0.6, steps) * (steps > 1)


@cache
def truth(world: World) -> tuple[float, ...]:
    """Shares of everybody and of each group above the expected cuts, from four million people."""
    traits, group, _ = people(world, np.random.default_rng([SEED, 7]), size=4_000_000)
    above = (traits > [_at(world, trait) for trait in range(len(world.items))]).all(axis=1)
    first, second = (float(above[group == one].mean()) for one in (0, 1))
    return (1 - SECOND) * first + SECOND * second, first, second


def people(
    world: World, rng: np.random.Generator, *, size: int, take: int = TAKE
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Traits, group and weight of a sample in which the second group is drawn more often.

    PSUs have `take` people each.
    """
    drawn = 0.55
    group = (rng.random(size) < drawn).astype(int)
    among = np.repeat(rng.normal(size=(size // take, len(world.items))), take, axis=0)
    own = rng.normal(size=(size, len(world.items)))
    if world.skew:
        shape = 4 / (world.skew / (1 - BETWEEN) ** 1.5) ** 2
        own = (rng.gamma(shape, size=own.shape) - shape) / np.sqrt(shape)
    if len(world.items) == 2:
        own[:, 1] = CORRELATION * own[:, 0] + np.sqrt(1 - CORRELATION**2) * own[:, 1]
    mean = APART * (group - SECOND)
    weight = np.where(group == 1, SECOND / drawn, (1 - SECOND) / (1 - drawn))
    weight = weight * np.exp(0.3 * rng.normal(size=size))
    return mean[:, None] + np.sqrt(BETWEEN) * among + np.sqrt(1 - BETWEEN) * own, group, weight


def wave(world: World, seed: int) -> Iterator[Row]:
    """One wave: what each method finds."""
    rng = np.random.default_rng([SEED, seed, *world.items, int(world.skew)])
    traits, group, weight = people(world, rng, size=PSUS * TAKE)
    psu = np.arange(PSUS * TAKE) // TAKE
    data = pd.DataFrame({"w": weight, "g": group, "psu": psu, "stratum": psu // (PSUS // STRATA)})
    names: list[list[str]] = []
    for trait in range(len(world.items)):
        given = answers(world, trait, traits[:, trait], rng)
        names.append([f"t{trait}i{place}" for place in range(given.shape[1])])
        data[names[-1]] = given
    sample = Sample.of(data, DESIGN)
    masks = [np.ones(len(data), dtype=bool), group == 0, group == 1]
    panel = [LEVEL + PANEL * rng.normal() for _ in names]
    passed = pd.Series(np.all([data[own].mean(axis=1) / (world.categories[t] - 1) >= LEVEL - 1e-9
                               for t, own in enumerate(names)], axis=0).astype(float))  # fmt: skip
    for who, mask in enumerate(masks):
        found = share(sample, passed, of="passed", where=mask)
        yield row_of("observed", world, who, found.estimate or 0.0, found.ci)
    yield from _latent(world, names, data, sample, masks=masks, panel=panel)


def _latent(
    world: World, names: list[list[str]], data: pd.DataFrame, sample: Sample, *,
    masks: list[np.ndarray], panel: list[float],
) -> Iterator[Row]:  # fmt: skip
    """The normal model with its interval; where the trait is skewed, also the free density."""
    fits = [_calibrated(world, data, own) for own in names]
    cuts = Cuts(
        of={t: _cut(one, level) for t, (one, level) in enumerate(zip(fits, panel, strict=True))}
    )
    model = JointModel.of(fits, np.column_stack([np.ones(len(data)), data["g"]]), sample=sample,
                          used=masks[0])  # fmt: skip
    thetas = {t: cuts.of[t].theta(one.items) for t, one in enumerate(fits)}
    for who, one in enumerate(model.shares(cuts, thetas, masks)):
        limits = logit_interval(one.estimate, one.budget.total**0.5, one.df, 0.95)
        yield row_of("latent", world, who, one.estimate, (float(limits[0]), float(limits[1])))
    if world.skew:
        asked = Question(
            calibration=fits[0], responses=ItemResponses.of(data, names[0], weights="w", groups="g"),
            sample=sample, domains=[Domain(by={}, inside=mask) for mask in masks], cut=cuts.of[0],
            density="npml",
        )  # fmt: skip
        for who, one in enumerate(latent(asked)):
            yield row_of("npml", world, who, one.estimate, one.ci)
            flagged = float("normal_model_differs" in one.flags)
            yield "flagged", who, 100 * flagged, float("nan"), float("nan")


def _calibrated(world: World, data: pd.DataFrame, names: list[str]) -> FittedModel:
    """All items together; guessing is known."""
    own = ItemResponses.of(data, names, weights="w")
    models = {name: ItemModel(model="3pl", guessing=world.guessing) if world.guessing
              else ItemModel(model="2pl" if size == 2 else "grm")
              for name, size in zip(own.items, own.categories, strict=True)}  # fmt: skip
    return fit(own, models)


def _cut(fitted: FittedModel, level: float) -> Cut:
    own = fitted.responses
    points = dict(zip(own.items, own.values, strict=True))
    most = sum(worth[-1] for worth in points.values())
    return Cut(value=level * most, se=PANEL * most, items=own.items, points=points)


def answers(world: World, trait: int, theta: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Of persons at `theta` to the items of a trait, persons by items."""
    slopes, thresholds = curves(world, trait)
    chances = rng.random((len(theta), len(slopes), 1))
    reached = world.guessing + (1 - world.guessing) * expit(
        slopes[None, :, None] * (theta[:, None, None] - thresholds[None])
    )
    return np.asarray((chances < reached).sum(axis=2), dtype=float)


def _at(world: World, trait: int) -> float:
    """The expected cut as a value of the true trait."""
    slopes, thresholds = curves(world, trait)

    def apart(theta: float) -> float:
        reached = expit(slopes[:, None] * (theta - thresholds))
        return float(np.mean(world.guessing + (1 - world.guessing) * reached)) - LEVEL

    return float(brentq(apart, -8, 8))


def row_of(
    method: str, world: World, who: int, estimate: float, limits: tuple[float | None, float | None]
) -> Row:
    """An estimate against the truth."""
    true, (low, high) = truth(world)[who], limits
    if low is None or high is None:
        return method, who, 100 * (estimate - true), float("nan"), float("nan")
    return method, who, 100 * (estimate - true), float(low <= true <= high), 100 * (high - low)


def run(
    world: World, waves: Iterable[int], *, processes: int = 1, draw: Draw = wave
) -> pd.DataFrame:
    """Bias, its error, coverage and width of every method and group, over waves."""
    truth(world)
    with ProcessPoolExecutor(processes) as pool:
        rows = [row for found in pool.map(partial(_listed, draw, world), waves) for row in found]
    table = pd.DataFrame(rows, columns=["method", "who", "error", "holds", "width"])
    found = table.groupby(["method", "who"]).agg(
        bias=("error", "mean"), spread=("error", "std"), coverage=("holds", "mean"),
        width=("width", "mean"), waves=("error", "size"),
    )  # fmt: skip
    return found.assign(error=found["spread"] / np.sqrt(found["waves"]))


def _listed(draw: Draw, world: World, seed: int) -> list[Row]:
    return list(draw(world, seed))


def missed(world: World, found: pd.DataFrame) -> list[str]:
    """What of the best method misses its bar."""
    own = found.loc["npml" if world.skew else "latent"]
    return [
        f"{world.name}, {WHO[who]}"
        for who, row in own.iterrows()
        if abs(row["bias"]) > world.bar or not LEAST <= row["coverage"] <= MOST
    ]


def asked_for(about: str | None, waves: int) -> Namespace:
    """How many waves and processes the command line asks for."""
    asked = ArgumentParser(description=about)
    asked.add_argument("waves", type=int, nargs="?", default=waves)
    asked.add_argument("--processes", type=int, default=cpu_count() or 1)
    return asked.parse_args()


def told(name: str, world: World, found: pd.DataFrame, *, waves: int, since: float) -> None:
    """Print what was found of a world."""
    shown = found.rename(index=dict(enumerate(WHO)), level="who").round(3)
    print(f"{name}: true {[round(100 * one, 2) for one in truth(world)]}, "
          f"{waves} waves, {perf_counter() - since:.0f} s\n{shown}\n", flush=True)  # fmt: skip


def main() -> None:
    """Run, print, and fail where a bar is missed."""
    given, misses = asked_for(__doc__, WAVES), []
    for world in WORLDS:
        start = perf_counter()
        found = run(world, range(given.waves), processes=given.processes)
        misses += missed(world, found)
        told(world.name, world, found, waves=given.waves, since=start)
    if misses:
        sys.exit(f"bars missed: {'; '.join(misses)}")


if __name__ == "__main__":
    main()
