"""Average marginal effects against derivatives by hand, replication and known special cases."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.api import AnalysisError, Design, ReplicateDesign, Sample, glm, marginal_effects, rake
from analysis.api import margin as known
from analysis.estimates import Estimates
from analysis.formula import parse_formula
from analysis.links import LINKS, Link
from analysis.marginal_effects import average_marginal_effects
from analysis.regression import Family, build_model, fit
from analysis.spec import run_spec
from tests.analysis.samples import cluster_sample

DESIGN = Design(weights="w", strata=("h",), psu=("psu",))
FORMULA = "aware ~ g * x + sex"


@pytest.fixture
def data() -> pd.DataFrame:
    return cluster_sample(3)


def effects_of(sample: Sample, family: Family, link: Link) -> Estimates:
    model = build_model(sample, parse_formula(FORMULA), family=family, link=link, where=None)
    return average_marginal_effects(sample, fit(sample, model))


def _mean_outcome(data: pd.DataFrame, beta: dict[str, float], **change: Any) -> float:
    """The weighted mean of the fitted probabilities, written out term by term."""
    d = data.assign(**change)
    eta = beta["(Intercept)"] + beta["x"] * d["x"] + beta["sexm"] * (d["sex"] == "m")
    for level in "bc":
        eta += (beta[f"g{level}"] + beta[f"g{level}:x"] * d["x"]) * (d["g"] == level)
    return float(np.average(1 / (1 + np.exp(-eta)), weights=d["w"]))


def test_effects_are_the_changes_of_the_mean_prediction_worked_out_by_hand(
    data: pd.DataFrame,
) -> None:
    sample = Sample.of(data, DESIGN)
    beta = {row.of: row.estimate or 0.0 for row in glm(sample, FORMULA, family="binomial")}
    found = {(row.of, row.level): row.estimate for row in marginal_effects(
        sample, FORMULA, family="binomial")}  # fmt: skip
    base = _mean_outcome(data, beta, g="a")
    assert found["g", "b"] == pytest.approx(_mean_outcome(data, beta, g="b") - base, abs=1e-12)
    assert found["g", "c"] == pytest.approx(_mean_outcome(data, beta, g="c") - base, abs=1e-12)
    step = 1e-5
    up, down = (_mean_outcome(data, beta, x=data["x"] + s) for s in (step, -step))
    assert found["x", None] == pytest.approx((up - down) / (2 * step), rel=1e-7)
    assert list(found) == [("g", "b"), ("g", "c"), ("x", None), ("sex", "m")]


@pytest.mark.parametrize("link", list(LINKS))
def test_slope_and_curvature_of_a_link_are_the_derivatives_of_its_mean(link: Link) -> None:
    one, x, step = LINKS[link], np.linspace(-2, 1.5, 8), 1e-5
    slope = (one.mean(x + step) - one.mean(x - step)) / (2 * step)
    curvature = (one.slope(x + step) - one.slope(x - step)) / (2 * step)
    np.testing.assert_allclose(one.slope(x), slope, rtol=1e-8)
    np.testing.assert_allclose(one.curvature(x), curvature, rtol=1e-6, atol=1e-9)


def _estimates(found: Estimates) -> np.ndarray:
    return np.array([row.estimate for row in found], dtype=np.float64)


@pytest.mark.parametrize(
    ("family", "link", "near"),
    [("binomial", "logit", 2e-4), ("poisson", "log", 2e-4),
     ("binomial", "probit", 0.06), ("binomial", "cloglog", 0.06)],
)  # fmt: skip
def test_the_error_is_that_of_every_rows_influence_found_by_nudging_its_weight(
    data: pd.DataFrame, family: Family, link: Link, near: float
) -> None:
    # The information is the expected one, as in R: it is the observed one of canonical links only.
    data = data.iloc[::3].reset_index(drop=True)
    sample = Sample.of(data, DESIGN)
    influence = []
    for row in range(len(data)):
        nudge = 1e-2 * (np.arange(len(data)) == row)
        up, down = (
            effects_of(replace(sample, weights=sample.weights + sign * nudge), family, link)
            for sign in (1, -1)
        )
        influence.append((_estimates(up) - _estimates(down)) / 2e-2)
    scores = pd.DataFrame(np.array(influence) * data[["w"]].to_numpy())
    sums = scores.groupby([data["h"], data["psu"]]).sum()
    size = sums.groupby("h")[0].transform("size")
    centred = (sums - sums.groupby("h").transform("mean")).mul(np.sqrt(size / (size - 1)), axis=0)
    expected = np.sqrt(np.square(centred.to_numpy()).sum(axis=0))
    found = np.sqrt(np.diag(effects_of(sample, family, link).covariance))
    np.testing.assert_allclose(found, expected, rtol=near)


def test_the_jackknife_agrees_also_after_raking() -> None:
    data = cluster_sample(4, strata=3, psus=25, rows=6)
    targets = known(pd.Series({"f": 0.6, "m": 0.4}), of="sex", unit="share")
    linear, jackknife = (
        rake(Sample.of(data, replace(DESIGN, replicates=made)), [targets]).sample
        for made in (None, ReplicateDesign(kind="jkn", mse=True))
    )
    for by in ((), ("h",)):
        one, two = (
            marginal_effects(s, "aware ~ sex + x", by=by, family="binomial")
            for s in (linear, jackknife)
        )
        errors = [np.sqrt(np.diag(e.covariance)) for e in (one, two)]
        np.testing.assert_allclose(errors[0], errors[1], rtol=0.08)


def test_in_a_linear_model_the_effects_are_the_coefficients_with_their_errors(
    data: pd.DataFrame,
) -> None:
    sample = Sample.of(data, DESIGN)
    effects, coefficients = (f(sample, "y ~ g + x") for f in (marginal_effects, glm))
    np.testing.assert_allclose(effects.covariance, coefficients.covariance[1:, 1:], rtol=1e-9)
    for effect, coefficient in zip(effects, coefficients[1:], strict=True):
        assert effect.estimate == pytest.approx(coefficient.estimate, rel=1e-12)
        assert effect.p == pytest.approx(coefficient.p, rel=1e-6)


def test_a_domain_has_the_effect_among_its_people_and_its_own_degrees_of_freedom(
    data: pd.DataFrame,
) -> None:
    sample = Sample.of(data, DESIGN, factors={"h": ["s0", "s1", "s2", "s3", "nowhere"]})
    found = marginal_effects(sample, "aware ~ x", by="h", family="binomial")
    pooled = marginal_effects(sample, "aware ~ x", family="binomial")[0]
    shares = [float(data.loc[data["h"] == row.by["h"], "w"].sum()) for row in found]
    mean = np.average([row.estimate or 0.0 for row in found], weights=shares)
    assert mean == pytest.approx(pooled.estimate, rel=1e-12)
    assert [row.df for row in found] == [5, 5, 5, 5, None]
    assert found[4].estimate is None
    assert found[4].flags == ("empty",)


def test_a_variable_outside_the_model_is_refused_with_the_one_that_may_be_meant(
    data: pd.DataFrame,
) -> None:
    sample = Sample.of(data, DESIGN)
    with pytest.raises(AnalysisError) as refused:
        marginal_effects(sample, "aware ~ sex + x", of="sexm", family="binomial")
    assert "'sexm' is not in the model." in str(refused.value)
    assert "'sex'" in str(refused.value)


def test_a_spec_asks_for_the_effects_of_an_earlier_model_and_contrasts_them(
    data: pd.DataFrame, tmp_path: Path
) -> None:
    data.to_csv(tmp_path / "d.csv", index=False)
    design = {"weights": "w", "strata": ["h"], "psu": ["psu"]}
    model = {"formula": "aware ~ g + x", "family": "binomial"}
    spec = {"data": "d.csv", "design": design, "estimates": [
        {"id": "m", "statistic": "glm", **model},
        {"id": "a", "statistic": "margins", "from": "m", "covariance": True},
        {"id": "b", "statistic": "margins", "of": "g", **model},
        {"id": "d", "statistic": "contrast", "from": "a", "expression": "gb - gc"},
        {"id": "e", "statistic": "margins", "from": "nothing"},
    ]}  # fmt: skip
    (tmp_path / "s.yaml").write_text(json.dumps(spec))
    shown = {one["id"]: one for one in run_spec(tmp_path / "s.yaml").document["estimates"]}
    assert [row["of"] for row in shown["a"]["rows"]] == ["g", "g", "x"]
    assert np.array(shown["a"]["covariance"]).shape == (3, 3)
    assert shown["b"]["rows"] == shown["a"]["rows"][:2]
    effects = [row["estimate"] for row in shown["b"]["rows"]]
    assert shown["d"]["rows"][0]["estimate"] == pytest.approx(effects[0] - effects[1])
    assert "no estimate 'nothing'" in shown["e"]["error"]["what"]
