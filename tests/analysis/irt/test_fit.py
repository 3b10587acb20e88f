"""Laws of a calibration: what must not change it, and what it must reach."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.irt.calibration import State
from analysis.irt.curves import probabilities
from analysis.irt.fit import fit, refit
from analysis.irt.items import Grid, ItemModel, ItemParameters, NormalPrior, Priors
from analysis.irt.options import FitOptions
from analysis.irt.population import Population
from analysis.irt.responses import ItemResponses
from analysis.irt.standard_errors import covariance, item_errors
from analysis.irt.standardise import standardised
from tests.analysis.irt.scales import ITEMS, answers, responses_of, simulated

MODELS = ("2pl", "grm", "gpcm")
CLOSE = FitOptions(tolerance=1e-9)
PRIORS = Priors(logit_guessing=NormalPrior(mean=-1.4, sd=0.5),
                log_slope=NormalPrior(mean=0.2, sd=0.5))  # fmt: skip


def weighted(responses: ItemResponses, seed: int = 3) -> ItemResponses:
    rng = np.random.default_rng(seed)
    return replace(responses, weights=rng.uniform(0.3, 2.5, len(responses)))


def brute_force(responses: ItemResponses, items, population: Population) -> float:
    """The log-likelihood with a loop over persons and no tables."""
    nodes = population.nodes
    curves = [probabilities(item, nodes) for item in items]
    weights = np.ones(len(responses)) if responses.weights is None else responses.weights
    group = np.zeros(len(responses), int) if responses.group is None else responses.group
    covariates = responses.covariates
    found = 0.0
    for person, codes in enumerate(responses.codes):
        x = np.empty((1, 0)) if covariates is None else covariates[[person]]
        like = population.prior(group[[person]], x)[0]
        for curve, code in zip(curves, codes, strict=True):
            like = like if code < 0 else like * curve[code]
        found += weights[person] * np.log(like.sum())
    return found * len(responses) / weights.sum()


@pytest.mark.parametrize("model", [*MODELS, "3pl"])
def test_the_log_likelihood_is_that_of_a_plain_loop_over_persons(model):
    responses = weighted(simulated(model, persons=150, missing=0.2))
    fitted = fit(responses, model, options=FitOptions(priors=PRIORS, tolerance=1e-3))
    expected = brute_force(responses, fitted.items, fitted.population)
    assert fitted.log_likelihood == pytest.approx(expected, rel=1e-12)


def test_the_log_likelihood_of_groups_and_regression_is_that_of_a_plain_loop():
    rng = np.random.default_rng(8)
    both = replace(
        simulated("grm", persons=120), group=rng.integers(0, 2, 120), groups=("a", "b"),
        covariates=rng.normal(size=(120, 1)), covariate_names=("x",),
    )  # fmt: skip
    fitted = fit(both, "grm", options=FitOptions(tolerance=1e-3))
    expected = brute_force(both, fitted.items, fitted.population)
    assert fitted.log_likelihood == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("model", MODELS)
def test_the_order_of_persons_changes_nothing(model):
    responses = weighted(simulated(model, missing=0.1))
    order = np.random.default_rng(5).permutation(len(responses))
    shuffled = replace(responses, codes=responses.codes[order], weights=responses.weights[order])
    one, other = fit(responses, model, options=CLOSE), fit(shuffled, model, options=CLOSE)
    np.testing.assert_allclose(one.values, other.values, atol=1e-9)
    np.testing.assert_allclose(one.log_likelihoods()[order], other.log_likelihoods(), atol=1e-8)


def test_large_work_ends_on_all_nodes():
    responses = simulated("grm", persons=2000, missing=0.1)
    one = fit(responses, "grm", options=CLOSE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("analysis.irt.calibration._WORK", 0)
        other = fit(responses, "grm", options=CLOSE)
        coarse = np.sqrt(np.diag(covariance(other)))
    assert len(other.population.nodes) == 61
    np.testing.assert_allclose(one.values, other.values, atol=1e-7)
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(np.sqrt(np.diag(covariance(one))), coarse, rtol=1e-3)


@pytest.mark.parametrize("model", MODELS)
def test_the_order_of_items_changes_nothing(model):
    responses = weighted(simulated(model, missing=0.1))
    turned = responses.subset(responses.items[::-1])
    one, other = fit(responses, model, options=CLOSE), fit(turned, model, options=CLOSE)
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-10)
    for item, again in zip(one.items, other.items[::-1], strict=True):
        assert item.item == again.item
        np.testing.assert_allclose([item.slope, *item.intercepts],
                                   [again.slope, *again.intercepts], atol=1e-7)  # fmt: skip


@given(scale=st.floats(0.01, 1000))
@settings(max_examples=5)
def test_weights_may_be_rescaled(scale):
    responses = weighted(simulated("2pl"))
    larger = replace(responses, weights=responses.weights * scale)
    one, other = fit(responses, "2pl"), fit(larger, "2pl")
    np.testing.assert_allclose(one.values, other.values, atol=1e-8)
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-10)


def test_a_weight_of_two_is_a_person_twice():
    responses = simulated("2pl", persons=200)
    twice = np.random.default_rng(2).random(200) < 0.5
    weights = np.where(twice, 2.0, 1.0)
    repeated = replace(responses, codes=np.concatenate([responses.codes, responses.codes[twice]]))
    one = fit(replace(responses, weights=weights), "2pl", options=CLOSE)
    other = fit(repeated, "2pl", options=CLOSE)
    np.testing.assert_allclose(one.values, other.values, atol=1e-7)
    assert one.log_likelihood / one.n == pytest.approx(other.log_likelihood / other.n, rel=1e-10)


def test_persons_without_answers_are_not_counted():
    responses = simulated("2pl", persons=100)
    nobody = np.full((30, len(responses.items)), -1, dtype=np.int8)
    padded = replace(responses, codes=np.concatenate([responses.codes, nobody]))
    one, other = fit(responses, "2pl", options=CLOSE), fit(padded, "2pl", options=CLOSE)
    assert (other.n, other.log_likelihood) == (100, pytest.approx(one.log_likelihood, rel=1e-12))
    np.testing.assert_allclose(one.values, other.values, atol=1e-8)
    *_, (rows, posterior) = other.posterior()
    prior = other.population.prior(np.zeros(1, int), np.empty((1, 0)))[0]
    np.testing.assert_allclose(posterior[rows][-1], prior, rtol=1e-12)


@pytest.mark.parametrize("model", [*MODELS, "3pl", "pcm", "rsm"])
def test_no_em_step_lowers_the_objective(model):
    source = {"pcm": "gpcm", "rsm": "gpcm"}.get(model, model)
    responses = weighted(simulated(source, persons=250, missing=0.1))
    if model == "rsm":
        responses = responses.subset([i for i, k in zip(responses.items, responses.categories,
                                                        strict=True) if k == 3])  # fmt: skip
    start = fit(responses, model, options=FitOptions(priors=PRIORS, most=1))
    calibration, state = start.calibration, start.state
    by_pattern = calibration.pattern_weights(start.weights)
    reached = []
    for _ in range(15):
        found = calibration.expect(state, by_pattern)
        reached.append(found.log_likelihood + calibration.log_prior(state))
        state = calibration.maximised(state, found)
    assert np.diff(reached).min() > -1e-9
    assert reached[-1] > reached[0] + 1


@pytest.mark.parametrize("model", [*MODELS, "3pl"])
def test_gradients_are_limits_of_differences(model):
    responses = weighted(simulated(model, persons=200, missing=0.1))
    fitted = fit(responses, model, options=FitOptions(priors=PRIORS, most=3))
    calibration, weights = fitted.calibration, fitted.calibration.pattern_weights(fitted.weights)

    def objective(values):
        state = calibration.at(fitted.state, values)
        return calibration.expect(state, weights).log_likelihood + calibration.log_prior(state)

    found = calibration.gradient(fitted.state, calibration.expect(fitted.state, weights))
    steps = 1e-5 * np.eye(len(found))
    limits = [(objective(fitted.values + h) - objective(fitted.values - h)) / 2e-5 for h in steps]
    np.testing.assert_allclose(found, limits, atol=2e-5, rtol=1e-5)


def test_gradients_of_groups_and_regression_are_limits_of_differences():
    rng = np.random.default_rng(4)
    responses = replace(
        weighted(simulated("gpcm", persons=150)), group=rng.integers(0, 3, 150),
        groups=("a", "b", "c"), covariates=rng.normal(size=(150, 2)), covariate_names=("x", "y"),
    )  # fmt: skip
    fitted = fit(responses, "pcm", options=FitOptions(most=3))
    calibration, weights = fitted.calibration, fitted.calibration.pattern_weights(fitted.weights)
    found = calibration.gradient(fitted.state, calibration.expect(fitted.state, weights))
    assert [p.kind for p in fitted.parameters][-7:] == [
        "mean", "mean", "coefficient", "coefficient", *["residual_variance"] * 3,
    ]  # fmt: skip
    for place in range(len(found)):
        sides = []
        for sign in (1, -1):
            values = fitted.values
            values[place] += sign * 1e-5
            state = calibration.at(fitted.state, values)
            sides.append(calibration.expect(state, weights).log_likelihood)
        assert found[place] == pytest.approx((sides[0] - sides[1]) / 2e-5, abs=2e-5, rel=1e-5)


@pytest.mark.parametrize("model", MODELS)
def test_persons_scores_add_up_to_the_gradient(model):
    responses = weighted(simulated(model, missing=0.2))
    fitted = fit(responses, model, options=FitOptions(most=2))
    calibration = fitted.calibration
    weights = fitted.weights * (fitted.n / fitted.weights_sum)
    total = sum(scores.T @ weights[rows] for rows, scores in fitted.scores(rows=64))
    found = calibration.expect(fitted.state, calibration.pattern_weights(fitted.weights))
    np.testing.assert_allclose(total, calibration.gradient(fitted.state, found), atol=1e-8)


@pytest.mark.parametrize("model", [*MODELS, "3pl"])
def test_true_parameters_lie_within_four_standard_errors(model):
    priors = PRIORS if model == "3pl" else Priors()
    fitted = fit(simulated(model, persons=20_000, seed=11), model,
                 options=FitOptions(priors=priors))  # fmt: skip
    assert fitted.converged
    errors = item_errors(fitted, covariance(fitted))
    for found, true, error in zip(fitted.items, ITEMS[model], errors, strict=True):
        assert abs(found.slope - true.slope) < 4 * error.slope
        apart = np.abs(np.subtract(found.thresholds, true.thresholds))
        assert (apart < 4 * np.array(error.thresholds)).all()


def test_groups_are_found_where_they_lie():
    rng = np.random.default_rng(6)
    group = np.repeat([0, 1], 8000)
    theta = np.where(group == 1, 0.6, 0.0) + np.where(group == 1, 1.3, 1.0) * rng.normal(size=16000)
    responses = replace(simulated("2pl", theta=theta), group=group, groups=("a", "b"))
    fitted = fit(responses, "2pl")
    np.testing.assert_allclose(fitted.population.mean, [0, 0.6], atol=0.06)
    np.testing.assert_allclose(fitted.population.variance, [1, 1.69], atol=0.15)
    turned = fit(responses, "2pl", options=FitOptions(reference="b"))
    assert turned.log_likelihood == pytest.approx(fitted.log_likelihood, rel=1e-7)
    assert turned.population.mean[0] == pytest.approx(-0.6 / 1.3, abs=0.06)


def test_a_regression_of_the_trait_is_found():
    rng = np.random.default_rng(7)
    x = rng.normal(size=12_000)
    responses = replace(
        simulated("grm", theta=0.7 * x + rng.normal(size=12_000)),
        covariates=x[:, None], covariate_names=("x",),
    )  # fmt: skip
    fitted = fit(responses, "grm")
    assert fitted.population.coefficients[0] == pytest.approx(0.7, abs=0.05)
    assert fitted.population.variance.tolist() == [1.0]


def test_fixed_items_leave_mean_and_variance_free():
    rng = np.random.default_rng(9)
    responses = simulated("2pl", theta=0.4 + 1.2 * rng.normal(size=10_000))
    fixed = {item.item: item for item in ITEMS["2pl"]}
    fitted = fit(responses, "2pl", options=FitOptions(fixed=fixed))
    assert [p.kind for p in fitted.parameters] == ["mean", "variance"]
    assert fitted.population.mean[0] == pytest.approx(0.4, abs=0.05)
    assert fitted.population.variance[0] == pytest.approx(1.44, abs=0.12)
    assert fitted.items == ITEMS["2pl"]


def test_a_fixed_guess_is_held():
    responses = simulated("3pl", persons=2000)
    models = {item: ItemModel(model="3pl", guessing=0.2) for item in responses.items}
    fitted = fit(responses, models)
    assert [item.guessing for item in fitted.items] == [0.2] * 4
    assert len(fitted.parameters) == 8


def test_items_of_several_models_stand_in_one_scale():
    rng = np.random.default_rng(10)
    items = (*ITEMS["2pl"], *ITEMS["gpcm"], *ITEMS["grm"])
    responses = responses_of(items, answers(items, rng.normal(size=15_000), rng))
    models = {item.item: ItemModel(model=item.model) for item in items}
    fitted = fit(responses, models)
    for found, true in zip(fitted.items, items, strict=True):
        assert found.model == true.model
        assert found.slope == pytest.approx(true.slope, abs=0.12)


def test_the_rating_scale_shares_the_distances_of_its_steps():
    items = [ItemParameters.of_thresholds(f"r{j}", "rsm", slope=1, thresholds=(b - 0.6, b, b + 0.9))
             for j, b in enumerate((-0.7, 0.0, 0.5, 1.0))]  # fmt: skip
    rng = np.random.default_rng(12)
    responses = responses_of(items, answers(items, 1.1 * rng.normal(size=8000), rng))
    fitted = fit(responses, "rsm")
    distances = [np.diff(item.thresholds) for item in fitted.items]
    np.testing.assert_allclose(distances, np.tile(distances[0], (4, 1)), atol=1e-9)
    np.testing.assert_allclose(distances[0], [0.6, 0.9], atol=0.1)
    assert fitted.n_parameters == 4 + 2 + 1
    assert fitted.log_likelihood < fit(responses, "pcm").log_likelihood


def test_replicates_start_warm_and_end_where_a_new_fit_ends():
    responses = simulated("2pl", persons=2000)
    fitted = fit(responses, "2pl")
    weights = np.random.default_rng(1).choice([0.5, 1.5], 2000)
    again, closer = refit(fitted, weights), refit(fitted, weights, tolerance=1e-7)
    anew = fit(replace(responses, weights=weights), "2pl", options=FitOptions(tolerance=1e-7))
    errors = np.sqrt(np.diag(covariance(anew)))
    assert (np.abs(again.values - anew.values) < 0.05 * errors).all()
    np.testing.assert_allclose(closer.values, anew.values, atol=1e-5)
    assert again.iterations < closer.iterations < anew.iterations


def test_an_item_that_runs_against_the_others_is_flagged():
    responses = simulated("2pl", persons=3000)
    codes = responses.codes.copy()
    codes[:, 0] = 1 - codes[:, 0]
    fitted = fit(replace(responses, codes=codes), "2pl")
    assert sum(item.slope for item in fitted.items) > 0
    assert [(flag.item, flag.name) for flag in fitted.flags] == [("k0", "negative_slope")]


def test_a_scale_that_was_not_reached_is_flagged():
    fitted = fit(simulated("2pl"), "2pl", options=FitOptions(most=2))
    assert not fitted.converged
    assert [flag.name for flag in fitted.flags] == ["not_converged"]


def test_two_items_that_agree_wholly_are_flagged_as_separation():
    rng = np.random.default_rng(3)
    theta = rng.normal(size=400)
    codes = np.column_stack([theta > 0, theta > 0, theta > 0.5, theta > -0.5]).astype(np.int8)
    items = tuple(ItemParameters(item=f"k{j}", model="2pl", slope=1, intercepts=(0,))
                  for j in range(4))  # fmt: skip
    fitted = fit(responses_of(items, codes), "2pl", options=FitOptions(most=60))
    assert "separation" in {flag.name for flag in fitted.flags}
    assert np.isfinite(fitted.values).all()


def test_nodes_too_near_for_the_population_are_flagged():
    rng = np.random.default_rng(2)
    items = ITEMS["2pl"]
    responses = responses_of(items, answers(items, 3.0 * rng.normal(size=2000), rng))
    narrow = fit(responses, "rasch", options=FitOptions(grid=Grid.of(31, 4.0)))
    assert "range_too_narrow" in {flag.name for flag in narrow.flags}
    wide = fit(responses, "rasch", options=FitOptions(grid=Grid.of(101, 16.0)))
    assert wide.flags == ()


@pytest.mark.parametrize("density", ["normal", "npml"])
def test_the_mirror_image_of_a_scale_is_turned_back(density):
    rng = np.random.default_rng(4)
    responses = simulated("grm", persons=600)
    if density == "normal":
        responses = replace(responses, group=rng.integers(0, 2, 600), groups=("a", "b"))
    fitted = fit(responses, "grm", options=FitOptions(density=density, tolerance=1e-3))
    calibration, people = fitted.calibration, fitted.population
    slopes = [parameter.kind == "slope" for parameter in calibration.layout.parameters]
    mirrored = replace(
        people, mean=-people.mean, nodes=-people.nodes[::-1],
        mass=None if people.mass is None else people.mass[:, ::-1],
    )  # fmt: skip
    turned = State(free=np.where(slopes, -1, 1) * fitted.state.free, population=mirrored)
    weights = calibration.pattern_weights(fitted.weights)
    same = calibration.expect(turned, weights).log_likelihood
    assert same == pytest.approx(fitted.log_likelihood, rel=1e-12)
    back = standardised(calibration, turned, reference=0)
    np.testing.assert_allclose(back.free, fitted.state.free, atol=1e-9)
    np.testing.assert_allclose(back.population.mean, people.mean, atol=1e-9)
    np.testing.assert_allclose(back.population.nodes, people.nodes, atol=1e-9)
