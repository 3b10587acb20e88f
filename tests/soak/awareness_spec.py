"""Recovery of the share above a cut as a SPEC asks for it, with what a researcher does not know.

    python -m tests.soak.awareness_spec [WAVES] [--processes N]

Each wave is written as a table with its SPEC and run whole: items calibrated, guessing with them, then
shares of everybody and of the groups by several methods. The first method is held to the bars, its
coverage to within two standard errors of the simulation.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from math import sqrt
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
import yaml

from analysis.items.spec import run_items
from tests.soak.awareness import (
    LEAST,
    LEVEL,
    MOST,
    PANEL,
    SEED,
    WHO,
    Row,
    World,
    answers,
    asked_for,
    people,
    row_of,
    run,
    told,
)

WAVES, PEOPLE = 200, 2000
PRIORS = {"logit_guessing": {"mean": -1.5, "sd": 0.5}, "log_slope": {"mean": 0.2, "sd": 0.5}}
"""The priors that the contract shows."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Study:
    """A world, how it is sampled, and the SPEC's words for its model, methods and replicates.

    `blocks` of items rotate, of which nobody is asked one; 0: everybody is asked everything.
    """

    name: str
    world: World
    model: Mapping[str, Any]
    methods: tuple[str, ...]
    psus: int = 100
    in_stratum: int = 10
    blocks: int = 0
    replicates: Mapping[str, Any] | None = None
    panel: float = PANEL
    """The cut's standard error as a share of the points; 0: adopted."""


STUDIES = (
    Study(name="guessing unknown, skew 1", world=World((12,), skew=1.0, guessing=0.15),
          model={"model": "3pl", "priors": PRIORS}, methods=("npml", "latent")),
    Study(name="booklets, 2 PSUs in a stratum, jackknife", world=World((24,)),
          model={"model": "2pl"}, methods=("latent",), psus=40, in_stratum=2, blocks=3,
          replicates={"kind": "jkn"}),
    Study(name="three categories", world=World((8,), (3,)), model={"model": "grm"},
          methods=("latent", "pv", "posterior", "observed")),
)  # fmt: skip


def wave(study: Study, world: World, seed: int) -> Iterator[Row]:
    """One wave: what each method finds of everybody and of each group."""
    rng = np.random.default_rng([SEED, seed, *world.items, study.psus])
    take = PEOPLE // study.psus
    traits, group, weight = people(world, rng, size=PEOPLE, take=take)
    psu = np.arange(PEOPLE) // take
    given = answers(world, 0, traits[:, 0], rng)
    if study.blocks:
        block = np.arange(given.shape[1]) * study.blocks // given.shape[1]
        given[block == rng.integers(study.blocks, size=(PEOPLE, 1))] = np.nan
    names = [f"k{place}" for place in range(given.shape[1])]
    table = pd.DataFrame(given, columns=names).assign(
        w=weight, g=group, psu=psu, stratum=psu // study.in_stratum
    )
    with TemporaryDirectory() as folder:
        table.to_csv(Path(folder) / "answers.csv", index=False)
        path = Path(folder) / "spec.yaml"
        path.write_text(yaml.safe_dump(_spec(study, names, LEVEL + study.panel * rng.normal())))
        found = run_items(path).document["analyses"]
    for one in found[1:]:
        for row in one["rows"]:
            who = 1 + int(row["by"]["g"]) if row["by"] else 0
            low, high = row["ci"]
            yield row_of(one["id"].split()[0], world, who, row["estimate"], (low, high))
            if "normal" in row:
                flagged = float("normal_model_differs" in row["flags"])
                yield "flagged", who, 100 * flagged, float("nan"), float("nan")


def _spec(study: Study, names: list[str], level: float) -> dict[str, Any]:
    """The SPEC of a wave whose panel finds a cut at `level` of the points."""
    most = sum(size - 1 for size in study.world.categories) * len(names)
    asked = {"kind": "awareness", "model": "m", "cut_se": study.panel * most,
             "cut": {"items": names, "expected": level * most}}  # fmt: skip
    if study.replicates is not None:
        asked["replicates"] = dict(study.replicates)
    shares = [asked | {"id": f"{method} {of}", "method": method, "by": by}
              for method in study.methods for of, by in (("all", []), ("groups", ["g"]))]  # fmt: skip
    return {
        "data": "answers.csv", "items": names, "weights": "w",
        "design": {"strata": ["stratum"], "psu": ["psu"], "weights": "w"},
        "analyses": [{"id": "m", "kind": "irt", **study.model}, *shares],
    }  # fmt: skip


def missed(study: Study, found: pd.DataFrame) -> list[str]:
    """What of the first method misses its bar by more than the chance of so many waves."""
    own = found.loc[study.methods[0]]
    chance = 2 * sqrt(0.05 * 0.95 / own["waves"].min())
    return [
        f"{study.name}, {WHO[who]}"
        for who, row in own.iterrows()
        if abs(row["bias"]) > study.world.bar
        or not LEAST - chance <= row["coverage"] <= MOST + chance
    ]


def main() -> None:
    """Run, print, and fail where a bar is missed."""
    given, misses = asked_for(__doc__, WAVES), []
    for study in STUDIES:
        start = perf_counter()
        found = run(study.world, range(given.waves), processes=given.processes,
                    draw=partial(wave, study))  # fmt: skip
        misses += missed(study, found)
        told(study.name, study.world, found, waves=given.waves, since=start)
    if misses:
        sys.exit(f"bars missed: {'; '.join(misses)}")


if __name__ == "__main__":
    main()
