"""Conditional estimates have the errors of the sample's design."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from analysis.design import Design, Sample
from analysis.irt.conditional import fit_conditional
from analysis.irt.conditional_errors import conditional_design_covariance, conditional_scores
from analysis.irt.responses import ItemResponses
from analysis.items.spec import run_items

ITEMS = [f"k{place}" for place in range(6)]


def answers(size: int = 800) -> pd.DataFrame:
    """Ordered items of three categories and two, some not asked."""
    rng = np.random.default_rng(2)
    chance = expit(rng.normal(size=size)[:, None] - np.linspace(-1, 1, 6))
    codes = rng.binomial(np.array([2, 2, 2, 1, 1, 1]), chance).astype(float)
    codes[rng.random(codes.shape) < 0.1] = np.nan
    return pd.DataFrame(codes, columns=ITEMS).assign(
        w=rng.uniform(0.5, 2, size), psu=np.arange(size) // 4
    )


def fitted(data: pd.DataFrame):
    return fit_conditional(ItemResponses.of(data, ITEMS, weights="w"), "pcm")


def errors(data: pd.DataFrame, **design: tuple[str, ...]) -> np.ndarray:
    sample = Sample.of(data, Design(weights="w", **design))
    found = conditional_design_covariance(fitted(data), sample, rows=np.arange(len(data)))
    return np.sqrt(np.diag(found))


def test_scores_add_up_to_nothing_at_the_estimate_and_their_squares_to_the_information():
    data = answers().assign(w=1.0)
    found = fitted(data)
    scores = conditional_scores(found)
    assert np.abs(scores.sum(axis=0)).max() < 1e-5
    naive = np.sqrt(np.diag(found.covariance))
    assert errors(data) == pytest.approx(naive, rel=0.15)


def test_interviews_copied_within_their_psu_add_nothing():
    once = answers()
    copied = pd.concat([once] * 3)
    assert errors(copied, psu=("psu",)) == pytest.approx(errors(once, psu=("psu",)), rel=1e-6)
    naive = np.sqrt(np.diag(fitted(copied).covariance))
    assert (naive < 0.8 * errors(copied, psu=("psu",))).all()


def test_the_errors_agree_with_those_of_the_jackknife():
    data = answers(240)
    units = data["psu"].unique()
    left = np.array([fitted(data[data["psu"] != unit]).thresholds for unit in units])
    spread = (len(units) - 1) / len(units) * ((left - left.mean(axis=0)) ** 2).sum(axis=0)
    assert errors(data, psu=("psu",)) == pytest.approx(np.sqrt(spread), rel=0.12)


def test_a_spec_with_a_design_is_answered_with_its_errors(tmp_path):
    data = answers()
    data.to_csv(tmp_path / "data.csv", index=False)
    path = tmp_path / "spec.yaml"
    path.write_text(json.dumps({
        "data": "data.csv", "items": ITEMS, "design": {"weights": "w", "psu": ["psu"]},
        "analyses": [{"id": "c", "kind": "irt", "model": "pcm", "estimator": "cml"}],
    }))  # fmt: skip
    (found,) = run_items(path).document["analyses"]
    told = [error for item in found["items"] for error in item["se"]["thresholds"]]
    assert told == pytest.approx(errors(data, psu=("psu",)))
    assert "errors_without_design" not in found["flags"]
