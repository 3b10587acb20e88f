"""A seeded part of the recovery simulation, whose whole is run by `make soak`."""

from dataclasses import replace
from functools import partial
from math import sqrt

import pandas as pd
import pytest

from tests.soak.awareness import LEAST, WHO, WORLDS, run, truth
from tests.soak.awareness_spec import STUDIES, Study, wave


@pytest.mark.heavy
@pytest.mark.parametrize("world", [WORLDS[0], WORLDS[3]], ids=lambda world: world.name)
def test_the_latent_share_is_recovered_for_everybody_and_for_groups(world):
    found = run(world, range(20)).loc["latent"]
    for who in range(len(WHO)):
        row = found.loc[who]
        assert abs(row["bias"]) < 0.5 + 3 * row["error"], found
        assert row["coverage"] >= LEAST - 3 * sqrt(0.05 * 0.95 / row["waves"]), found


@pytest.mark.heavy
def test_a_free_density_recovers_the_share_of_a_skewed_trait_and_says_that_the_normal_model_fails():
    found = run(WORLDS[4], range(10))
    free, flagged = found.loc["npml", 0], found.loc["flagged", 0]
    assert abs(free["bias"]) < 1.5 + 3 * free["error"], found
    assert free["coverage"] >= LEAST - 3 * sqrt(0.05 * 0.95 / free["waves"]), found
    assert flagged["bias"] >= 50, found


@pytest.mark.heavy
def test_counting_scores_misses_the_share_that_the_latent_model_finds():
    found = run(WORLDS[0], range(10))
    observed, latent = (found.loc[method, 0]["bias"] for method in ("observed", "latent"))
    assert abs(observed) > 3 > abs(latent), found


def test_the_truth_of_everybody_lies_between_those_of_the_groups():
    whole, first, second = truth(WORLDS[0])
    assert first < whole < second


def asked(study: Study, waves: int) -> pd.DataFrame:
    """What waves with an adopted cut find, which is free of the panel's noise."""
    return run(study.world, range(waves), draw=partial(wave, replace(study, panel=0.0)))


@pytest.mark.heavy
@pytest.mark.parametrize(("study", "waves"), [(STUDIES[0], 4), (STUDIES[1], 3), (STUDIES[2], 5)],
                         ids=lambda one: getattr(one, "name", None))  # fmt: skip
def test_a_spec_recovers_the_share_without_knowing_guessing_or_asking_all_items(study, waves):
    found = asked(study, waves).loc[study.methods[0]]
    for who in range(len(WHO)):
        row = found.loc[who]
        assert abs(row["bias"]) < study.world.bar + 3 * row["error"], found
        assert row["spread"] < row["width"], found


@pytest.mark.heavy
def test_draws_and_posterior_masses_agree_with_the_latent_share_and_are_no_surer_than_it():
    found = asked(STUDIES[2], 3)
    latent = found.loc["latent"]
    for method, apart, narrower in (("pv", 0.8, 0.9), ("posterior", 0.5, 0.98)):
        own = found.loc[method]
        assert (own["bias"] - latent["bias"]).abs().max() < apart, found
        assert (own["width"] / latent["width"]).min() > narrower, found
