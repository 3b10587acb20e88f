"""A simulated scale against R's own optimiser; reference.R made the digits in reference.json."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.irt.fit import fit
from analysis.irt.fitted import FittedModel
from analysis.irt.items import NormalPrior, Priors
from analysis.irt.options import FitOptions
from analysis.irt.responses import ItemResponses
from analysis.irt.standard_errors import covariance

FOLDER = Path(__file__).parent
REFERENCE = json.loads((FOLDER / "reference.json").read_text(encoding="utf-8"))
TWO, ALL = ["k1", "k2", "k3", "k4"], ["k1", "k2", "k3", "k4", "s1", "s2", "s3"]
PRIORS = Priors(logit_guessing=NormalPrior(mean=-1.5, sd=0.5),
                log_slope=NormalPrior(mean=0.2, sd=0.5))  # fmt: skip
REGRESSION = {"condition_on": ["age10", "group"]}
FITS: dict[str, tuple[list[str], str, dict[str, Any]]] = {
    "2pl": (TWO, "2pl", {}),
    "2pl_weighted": (TWO, "2pl", {"weights": "weight"}),
    "3pl": (TWO, "3pl", {}),
    "grm": (ALL, "grm", {}),
    "gpcm": (ALL, "gpcm", {}),
    "pcm": (ALL, "pcm", {}),
    "grm_groups": (ALL, "grm", {"groups": "group"}),
    "gpcm_weighted": (ALL, "gpcm", {"weights": "weight"}),
    "rasch_regression": (TWO, "rasch", REGRESSION),
    "grm_regression": (ALL, "grm", REGRESSION),
}


def calibrated(name: str) -> FittedModel:
    items, model, named = FITS[name]
    responses = ItemResponses.of(pd.read_csv(FOLDER / "scale.csv"), items, **named)
    priors = PRIORS if model == "3pl" else Priors()
    return fit(responses, model, options=FitOptions(priors=priors, tolerance=1e-8))


@pytest.mark.parametrize("name", FITS)
def test_parameters_and_errors_are_those_of_r(name: str) -> None:
    fitted, expected = calibrated(name), REFERENCE[name]
    assert fitted.log_likelihood == pytest.approx(expected["log_likelihood"], rel=1e-9)
    np.testing.assert_allclose(fitted.values, expected["values"], atol=2e-4, rtol=1e-4)
    errors = np.sqrt(np.diag(covariance(fitted)))
    np.testing.assert_allclose(errors, expected["se"], rtol=1e-3)
    if "log_prior" in expected:
        assert fitted.log_prior == pytest.approx(expected["log_prior"], abs=1e-4)
    else:
        np.testing.assert_allclose(fitted.log_likelihoods()[:5], expected["persons"], atol=1e-4)


def test_the_rasch_model_is_that_of_a_mixed_model() -> None:
    expected = REFERENCE["rasch_glmer"]
    responses = ItemResponses.of(pd.read_csv(FOLDER / "scale.csv"), TWO)
    fitted = fit(responses, "rasch", options=FitOptions(tolerance=1e-8))
    assert fitted.log_likelihood == pytest.approx(expected["log_likelihood"], abs=1e-4)
    found = [item.intercepts[0] for item in fitted.items]
    np.testing.assert_allclose(found, expected["intercepts"], atol=1e-3)
    assert fitted.population.variance[0] == pytest.approx(expected["variance"], abs=3e-3)
