"""Budgets of draws and of posterior masses, completed from the latent share's."""

from analysis.awareness.completed import completed
from analysis.awareness.result import AwarenessRow, Budget


def row(**lines: float) -> AwarenessRow:
    return AwarenessRow(by={}, cut=0.3, estimate=0.4, budget=Budget(**lines), df=30, n=500)


LATENT = row(sampling=4e-4, calibration=1e-4, cut=9e-4)


def test_draws_keep_their_lines_and_gain_that_of_the_items():
    (found,) = completed([row(sampling=3e-4, measurement=2e-4, cut=8e-4)], [LATENT])
    assert found.budget == Budget(sampling=3e-4, measurement=2e-4, calibration=1e-4, cut=8e-4)
    assert found.budget.total == 3e-4 + 2e-4 + 1e-4 + 8e-4


def test_posterior_masses_are_as_uncertain_as_the_latent_share_and_never_surer_than_themselves():
    spread, narrow = completed([row(sampling=3e-4), row(sampling=5e-4)], [LATENT, LATENT])
    assert spread.budget.sampling + spread.budget.measurement == LATENT.budget.sampling
    assert narrow.budget.measurement == 0
    assert narrow.budget.sampling == 5e-4


def test_items_whose_values_are_known_add_no_line():
    (found,) = completed([row(sampling=3e-4, measurement=2e-4)], [row(sampling=4e-4)])
    assert found.budget.calibration is None
