"""A seeded part of the recovery simulation, whose whole is run by `make soak`."""

from math import sqrt

import pytest

from tests.soak.awareness import LEAST, WHO, WORLDS, run, truth


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
