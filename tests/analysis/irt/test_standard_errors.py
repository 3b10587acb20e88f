"""Errors of calibrated parameters: against each other, against theory, and by the design."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.design import Design, Sample
from analysis.irt.fit import fit
from analysis.irt.fitted import FittedModel
from analysis.irt.options import FitOptions
from analysis.irt.responses import ItemResponses
from analysis.irt.standard_errors import (
    covariance,
    cross_product,
    design_covariance,
    influence,
    item_errors,
    observed_information,
)
from analysis.linearize import covariance_of
from analysis.replicates import ReplicateDesign
from analysis.weighting.margins import Margin
from analysis.weighting.rake import rake
from tests.analysis.irt.scales import ITEMS, answers, responses_of, simulated


def clustered(persons: int = 900, seed: int = 4) -> tuple[ItemResponses, pd.DataFrame]:
    """Answers of persons in 30 PSUs of 5 strata whose traits lie together, with weights."""
    rng = np.random.default_rng(seed)
    psu = np.arange(persons) % 30
    theta = rng.normal(0, 0.7, 30)[psu] + rng.normal(0, 0.75, persons)
    items = ITEMS["grm"]
    data = pd.DataFrame({"psu": psu, "stratum": psu % 5, "w": rng.uniform(0.5, 2, persons),
                         "sex": rng.choice(["f", "m"], persons)})  # fmt: skip
    responses = responses_of(items, answers(items, theta, rng, missing=0.1))
    return replace(responses, weights=data["w"].to_numpy()), data


DESIGN = Design(weights="w", strata=("stratum",), psu=("psu",))


@pytest.fixture(scope="module")
def study() -> tuple[FittedModel, Sample]:
    responses, data = clustered()
    return fit(responses, "grm"), Sample.of(data, DESIGN)


def test_under_the_model_all_three_agree():
    fitted = fit(simulated("2pl", persons=20_000), "2pl")
    observed, crossed, sandwich = (
        np.sqrt(np.diag(covariance(fitted, kind)))
        for kind in ("observed", "cross_product", "sandwich")
    )
    np.testing.assert_allclose(crossed, observed, rtol=0.04)
    np.testing.assert_allclose(sandwich, observed, rtol=0.04)


def test_observed_information_is_the_second_difference_of_the_likelihood():
    fitted = fit(simulated("gpcm", persons=300), "pcm")
    calibration, weights = fitted.calibration, fitted.calibration.pattern_weights(fitted.weights)

    def value(moved):
        return calibration.expect(calibration.at(fitted.state, moved), weights).log_likelihood

    found = observed_information(fitted)
    values = fitted.values  # noqa: PD011 - no table of pandas
    steps = 1e-3 * np.eye(len(values))
    for i, j in ((0, 0), (0, 3), (2, 5), (len(values) - 1, len(values) - 1), (1, len(values) - 1)):
        second = sum(
            one * other * value(values + one * steps[i] + other * steps[j])
            for one in (1, -1) for other in (1, -1)
        )  # fmt: skip
        assert found[i, j] == pytest.approx(-second / 4e-6, rel=2e-3, abs=0.05)


def test_errors_shrink_with_the_root_of_the_persons():
    responses = simulated("2pl", persons=500)
    twice = replace(responses, codes=np.concatenate([responses.codes] * 4))
    one, other = (np.sqrt(np.diag(covariance(fit(each, "2pl", options=FitOptions(tolerance=1e-8)))))
                  for each in (responses, twice))  # fmt: skip
    np.testing.assert_allclose(one / other, 2.0, rtol=1e-4)


def test_every_person_a_psu_gives_the_sandwich():
    responses = simulated("2pl", persons=800)
    fitted = fit(responses, "2pl")
    data = pd.DataFrame({"w": np.ones(800)})
    found = design_covariance(fitted, Sample.of(data, Design(weights="w")))
    expected = covariance(fitted, "sandwich") * 800 / 799
    np.testing.assert_allclose(found.matrix, expected, rtol=1e-3, atol=1e-7)
    assert (found.df, found.lost) == (799, 0)


def test_clusters_that_lie_together_make_the_errors_larger(study):
    fitted, sample = study
    naive = np.diag(covariance(fitted))
    assert (np.diag(design_covariance(fitted, sample).matrix) > 1.5 * naive).mean() > 0.5


def test_sums_by_psu_are_what_linearization_of_whole_rows_gives(study):
    fitted, sample = study
    rows = np.concatenate([found for _, found in influence(fitted, covariance(fitted), rows=100)])
    expected = covariance_of(sample, rows, fitted.responses.answered)
    np.testing.assert_allclose(design_covariance(fitted, sample).matrix, expected, rtol=1e-10)


def test_the_jackknife_comes_near_the_linearization(study):
    fitted, sample = study
    _, data = clustered()
    repeated = Sample.of(data, replace(DESIGN, replicates=ReplicateDesign(kind="jkn")))
    found = design_covariance(fitted, repeated)
    linear = np.sqrt(np.diag(design_covariance(fitted, sample).matrix))
    np.testing.assert_allclose(np.sqrt(np.diag(found.matrix)), linear, rtol=0.08)
    assert (found.df, found.lost) == (25, 0)


def test_calibrated_weights_take_what_they_explain_out_of_the_errors():
    rng = np.random.default_rng(2)
    sex = rng.choice(["f", "m"], 2000)
    items = ITEMS["2pl"]
    codes = answers(items, rng.normal(np.where(sex == "f", 1.5, -1.5), 0.5), rng)
    data = pd.DataFrame({"w": np.ones(2000), "sex": sex})
    sample = Sample.of(data, Design(weights="w"))
    margin = Margin(name="sex", variables=("sex",), targets={("f",): 1000, ("m",): 1000})
    raked = rake(sample, [margin]).sample
    responses = replace(responses_of(items, codes), weights=raked.weights)
    fitted = fit(responses, "rasch")
    plain, adjusted = (np.diag(design_covariance(fitted, each).matrix) for each in (sample, raked))
    assert (adjusted[:5] < 0.85 * plain[:5]).all()


def test_a_replicate_that_loses_a_category_is_counted_and_left_out():
    responses, data = clustered(persons=300)
    codes = responses.codes.copy()
    codes[:, 0] = np.where(codes[:, 0] == 2, 1, codes[:, 0])
    codes[data["psu"].to_numpy() == 3, 0] = 2
    fitted = fit(replace(responses, codes=codes), "grm")
    repeated = Sample.of(data, replace(DESIGN, replicates=ReplicateDesign(kind="jkn")))
    found = design_covariance(fitted, repeated)
    assert found.lost == 1
    assert np.isfinite(found.matrix).all()


def test_thresholds_have_errors_by_the_delta_method():
    fitted = fit(simulated("gpcm", persons=3000), "gpcm")
    matrix = covariance(fitted)
    draws = np.random.default_rng(1).multivariate_normal(fitted.values, matrix, size=4000)
    drawn = np.array([[b for item in fitted.items_at(one) for b in item.thresholds]
                      for one in draws])  # fmt: skip
    errors = [se for item in item_errors(fitted, matrix) for se in item.thresholds]
    np.testing.assert_allclose(errors, drawn.std(axis=0), rtol=0.12)


def test_what_is_fixed_has_no_error():
    fitted = fit(simulated("2pl", persons=500), "rasch")
    errors = item_errors(fitted, covariance(fitted))
    assert [one.slope for one in errors] == [None] * 5
    assert [one.guessing for one in errors] == [None] * 5
    assert all(one.thresholds == pytest.approx(one.intercepts) for one in errors)


def test_the_cross_product_is_that_of_the_persons(study):
    fitted, _ = study
    scores = np.concatenate([found for _, found in fitted.scores()])
    weights = fitted.weights * fitted.n / fitted.weights_sum
    expected = (scores * (weights * fitted.responses.answered)[:, None]).T @ scores
    np.testing.assert_allclose(cross_product(fitted), expected, rtol=1e-10)
