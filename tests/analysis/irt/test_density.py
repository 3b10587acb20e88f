"""Traits that are not normal: masses on the nodes, as they are and made smooth."""

import numpy as np
import pytest

from analysis.irt.fit import fit
from analysis.irt.items import ItemModel, NormalPrior, Priors
from analysis.irt.options import FitOptions
from analysis.irt.smoothing import coefficients, density, smoothed
from analysis.irt.standard_errors import covariance, item_errors
from tests.analysis.irt.scales import ITEMS, simulated

FIXED = {item.item: item for item in ITEMS["grm"]}


def skewed(persons: int = 8000) -> np.ndarray:
    """A gamma trait with mean 0, variance 1 and skewness 1."""
    return (np.random.default_rng(5).gamma(4, 1, persons) - 4) / 2


def share_above(population, cut: float) -> float:
    """The mass above a cut, that of its node in part."""
    mass = population.prior(np.zeros(1, int), np.empty((1, 0)))[0]
    width = population.nodes[1] - population.nodes[0]
    return float(mass @ np.clip((population.nodes + width / 2 - cut) / width, 0, 1))


def test_two_moments_are_the_normal_density():
    nodes = np.linspace(-6, 6, 61)
    normal = np.exp(-((nodes - 0.4) ** 2) / (2 * 1.3))
    normal /= normal.sum()
    start = np.exp(-(nodes**2) / 2)
    found = density(smoothed(normal, coefficients(start, 2)), len(nodes))
    np.testing.assert_allclose(found, normal, atol=1e-9)


@pytest.mark.parametrize("moments", [2, 4, 6])
def test_smooth_masses_keep_the_moments(moments):
    nodes = np.linspace(-6, 6, 61)
    share = np.bincount(np.searchsorted(nodes, skewed().clip(-5.9, 5.9)), minlength=61) / 8000
    found = density(smoothed(share, np.zeros(moments)), len(nodes))
    powers = (nodes[:, None] / 6) ** np.arange(1, moments + 1)
    np.testing.assert_allclose(found @ powers, share @ powers, atol=1e-4)
    assert found.min() > 0


def test_free_masses_are_put_on_mean_0_and_variance_1_without_changing_the_likelihood():
    responses = simulated("grm", theta=skewed(3000))
    free = fit(responses, "grm", options=FitOptions(density="npml", tolerance=1e-4))
    people = free.population
    assert people.mean[0] == pytest.approx(0, abs=1e-12)
    assert people.variance[0] == pytest.approx(1, rel=1e-12)
    assert free.log_likelihoods().sum() == pytest.approx(free.log_likelihood, rel=1e-10)
    assert free.log_likelihood > fit(responses, "grm").log_likelihood
    assert free.n_parameters == sum(item.categories for item in free.items) + 60 - 2


def test_only_the_mean_of_free_masses_is_set_where_slopes_are_1():
    free = fit(simulated("grm", theta=1.5 * skewed(3000)), "pcm",
               options=FitOptions(density="npml", tolerance=1e-4))  # fmt: skip
    assert free.population.mean[0] == pytest.approx(0, abs=1e-12)
    assert free.population.variance[0] > 1.3


def test_fixed_items_keep_the_nodes_where_they_are():
    free = fit(simulated("grm", theta=skewed() + 0.3), "grm",
               options=FitOptions(density="npml", moments=4, fixed=FIXED))  # fmt: skip
    assert free.population.nodes[0] == -6
    assert free.population.mean[0] == pytest.approx(0.3, abs=0.05)


@pytest.mark.parametrize("cut", [-0.5, 0.5, 1.5])
def test_a_smooth_density_finds_the_shares_of_a_skewed_trait(cut):
    theta = skewed(20_000)
    responses = simulated("grm", theta=theta)
    smooth = fit(responses, "grm", options=FitOptions(density="npml", moments=6, fixed=FIXED))
    assert share_above(smooth.population, cut) == pytest.approx((theta > cut).mean(), abs=0.015)


def test_a_smooth_density_with_two_moments_is_the_normal_fit():
    responses = simulated("grm", persons=3000)
    normal = fit(responses, "grm", options=FitOptions(fixed=FIXED))
    smooth = fit(responses, "grm", options=FitOptions(fixed=FIXED, density="npml", moments=2))
    assert smooth.log_likelihood == pytest.approx(normal.log_likelihood, abs=1e-4)
    assert smooth.population.mean[0] == pytest.approx(normal.population.mean[0], abs=1e-3)
    assert smooth.n_parameters == normal.n_parameters == 2


def test_nothing_pulls_at_the_coefficients_of_a_smooth_density_where_the_fit_ends():
    responses = simulated("grm", theta=skewed(3000))
    smooth = fit(responses, "grm", options=FitOptions(density="npml", moments=4))
    assert smooth.converged
    pull = sum(scores.sum(axis=0) for _, scores in smooth.scores())
    assert np.abs(pull[-4:]).max() < 0.01
    assert [one.kind for one in smooth.parameters[-4:]] == ["density"] * 4


def test_the_error_of_a_smooth_density_leaves_mean_and_variance_where_they_set_the_scale():
    responses = simulated("grm", theta=skewed(3000))
    smooth = fit(responses, "grm", options=FitOptions(density="npml", moments=4))
    spread = covariance(smooth)
    held = smooth.calibration.people.constraints(smooth.population, reference=0, count=2)
    np.testing.assert_allclose(held @ spread[-4:], 0, atol=1e-8)
    normal = covariance(fit(responses, "grm"))
    assert spread[0, 0] > normal[0, 0]


def test_groups_have_masses_of_their_own():
    from dataclasses import replace

    theta = np.concatenate([skewed(6000), 0.8 - skewed(6000)])
    responses = replace(simulated("grm", theta=theta), group=np.repeat([0, 1], 6000),
                        groups=("a", "b"))  # fmt: skip
    free = fit(responses, "grm", options=FitOptions(density="npml", moments=4))
    people = free.population
    assert people.mean[0] == pytest.approx(0, abs=1e-9)
    assert people.mean[1] == pytest.approx(0.8, abs=0.08)
    third = ((people.nodes - people.mean[:, None]) ** 3 * people.mass).sum(axis=1)
    assert third[0] > 0.3
    assert third[1] < -0.3


def test_a_slope_prior_is_about_the_scale_of_the_report_wherever_the_iteration_began():
    responses = simulated("grm", theta=skewed(3000))
    prior = Priors(log_slope=NormalPrior(mean=0.8, sd=0.1))
    smooth = fit(responses, "grm", options=FitOptions(density="npml", moments=4, priors=prior))
    assert smooth.converged
    values, step = smooth.values, 1e-5

    def height(place: int, sign: int) -> float:
        moved = values.copy()
        moved[place] += sign * step
        there = smooth.calibration.at(smooth.state, moved)
        weights = smooth.calibration.pattern_weights(smooth.weights)
        found = smooth.calibration.expect(there, weights)
        return found.log_likelihood + smooth.calibration.log_prior(there)

    slopes = [(height(place, 1) - height(place, -1)) / (2 * step) for place in range(len(values))]
    assert np.abs(slopes).max() < 0.02


def test_guessing_that_is_found_to_be_0_is_held_there_and_has_no_error():
    responses = simulated("2pl", theta=skewed(3000), seed=3)
    models = {item: ItemModel(model="2pl") for item in responses.items}
    smooth = fit(responses, models | {"k0": ItemModel(model="3pl")},
                 options=FitOptions(density="npml", moments=3))  # fmt: skip
    assert smooth.converged
    assert smooth.items[0].guessing < 2e-4
    errors = item_errors(smooth, covariance(smooth))
    assert errors[0].guessing is None
    assert errors[0].slope is not None
