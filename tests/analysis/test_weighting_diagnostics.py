"""What is told of weights: how unequal they are, what they meet, and what each step did."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.design import Design, Sample
from analysis.spec import run_spec
from analysis.weighting.diagnostics import distribution, kish
from analysis.weighting_result import MarginFit
from tests.analysis.samples import case_sample


def sample_of(*weights: float) -> Sample:
    return Sample.of(pd.DataFrame({"w": weights}), Design(weights="w"))


def test_equal_weights_are_not_unequal() -> None:
    found = distribution(sample_of(*[3.0] * 200))
    assert found is not None
    assert (found.cv, found.max_to_median, found.top_share) == (0, 1, 0.01)
    assert set(found.quantiles.values()) == {1}
    assert kish(sample_of(*[3.0] * 200)) == (1, 200)


def test_unequal_weights_are_told_in_units_of_their_mean() -> None:
    weights = np.array([1.0] * 148 + [2.0] * 50 + [26.0, 26.0])
    found = distribution(sample_of(*weights))
    assert found is not None
    mean = weights.mean()
    assert found.top_share == pytest.approx(52 / weights.sum())
    assert found.max_to_median == 26
    assert found.quantiles["95"] == pytest.approx(2 / mean)
    deff, n_eff = kish(sample_of(*weights))
    assert deff == pytest.approx(1 + found.cv**2)
    assert n_eff == pytest.approx(200 / deff)


def test_differences_are_in_standard_deviations_of_the_target() -> None:
    share = MarginFit(margin="sex", category="f", target=0.5, before=0.4, after=0.5)
    assert (share.difference_before, share.difference_after) == (pytest.approx(-0.2), 0)
    number = MarginFit(margin="x", category="", target=10, before=13, after=10.5, spread=2)
    assert (number.difference_before, number.difference_after) == (1.5, 0.25)
    assert MarginFit(margin="a", category="b", target=1, before=1, after=1).difference_after is None


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("spec")
    data = case_sample(2)
    data.loc[data["status"] != "1.1", ["y", "x"]] = None
    data.to_csv(folder / "cases.csv", index=False)
    totals = [{"sex": "f", "total": 60_000}, {"sex": "m", "total": 55_000}]
    spec = {
        "data": "cases.csv",
        "design": {"weights": "w", "strata": ["h"], "psu": ["psu"]},
        "calibrate": [
            {"method": "unknown_eligibility", "status": "status", "classes": "region"},
            {"method": "nonresponse", "status": "status", "classes": ["region", "sex"]},
            {"method": "rake", "margins": [{"variables": "sex", "totals": totals}]},
            {"method": "linear", "formula": "~ x",
             "totals": {"(Intercept)": 115_000, "x": 480_000}},
        ],
        "estimates": [{"id": "y", "statistic": "mean", "of": "y"}],
    }  # fmt: skip
    path = folder / "spec.yaml"
    path.write_text(json.dumps(spec), encoding="utf-8")
    document: dict[str, Any] = json.loads(json.dumps(run_spec(path).document, allow_nan=False))
    return document


def test_the_document_of_a_spec_tells_how_unequal_the_weights_are(weights: dict[str, Any]) -> None:
    found = weights["weights"]
    respondents = int((case_sample(2)["status"] == "1.1").sum())
    assert found["n"] == respondents == weights["estimates"][0]["rows"][0]["n"]
    assert found["n_eff"] == pytest.approx(respondents / found["kish_deff"])
    assert found["kish_deff"] == pytest.approx(1 + found["distribution"]["cv"] ** 2)
    assert found["min"] > 0
    assert list(found["distribution"]["quantiles"]) == ["1", "5", "25", "50", "75", "95", "99"]


def test_the_document_compares_targets_with_the_final_weights(weights: dict[str, Any]) -> None:
    found = {(one["margin"], one["category"]): one for one in weights["weights"]["margins"]}
    assert list(found) == [("sex", "f"), ("sex", "m"), ("x", "x")]
    women, x = found["sex", "f"], found["x", "x"]
    assert women["target"] == pytest.approx(60 / 115)
    assert women["after"] != pytest.approx(60 / 115, abs=1e-6), "the last step moved it"
    assert x["after"] == x["target"] == pytest.approx(480 / 115)
    assert abs(x["difference_before"]) > 0.01
    assert x["difference_after"] == pytest.approx(0, abs=1e-9)


def test_the_document_tells_what_every_step_did(weights: dict[str, Any]) -> None:
    steps = weights["weights"]["steps"]
    methods = [one["method"] for one in steps]
    assert methods == ["unknown_eligibility", "nonresponse", "rake", "linear"]
    assert [len(one["classes"]) for one in steps] == [2, 4, 0, 0]
    assert steps[0]["sum"] == pytest.approx(case_sample(2)["w"].sum())
    assert steps[2]["sum"] == pytest.approx(115_000)
    for one in steps[1]["classes"]:
        assert one["factor"] == pytest.approx(1 / one["share"])
    factors = [one["factor"] for one in steps[1]["classes"]]
    assert steps[1]["factors"] == {"min": min(factors), "max": max(factors)}
    balance = steps[1]["balance"]
    assert sum(one["target"] for one in balance) == pytest.approx(1)
    assert all(abs(one["difference_after"]) < 1e-12 for one in balance)


def test_sums_by_category_follow_an_adjustment_for_nonresponse_in_an_engine(
    tmp_path: Path,
) -> None:
    data = case_sample(2)
    data.to_csv(tmp_path / "cases.csv", index=False)
    spec = {
        "data": "cases.csv", "design": {"weights": "w", "strata": ["h"], "psu": ["psu"]},
        "calibrate": [
            {"method": "unknown_eligibility", "status": "status", "classes": "region"},
            {"method": "nonresponse", "status": "status", "classes": ["region", "sex"]},
        ],
        "estimates": [{"id": "y", "statistic": "mean", "of": "y", "by": "g"}],
    }  # fmt: skip
    path = tmp_path / "spec.yaml"
    path.write_text(json.dumps(spec), encoding="utf-8")
    memory, sums = (run_spec(path, engine=name).document for name in ("memory", "duckdb"))
    for own, other in zip(
        memory["estimates"][0]["rows"], sums["estimates"][0]["rows"], strict=True
    ):
        assert (own["n"], own["df"]) == (other["n"], other["df"])
        assert other["estimate"] == pytest.approx(own["estimate"], rel=1e-12)
        assert other["se"] == pytest.approx(own["se"], rel=1e-10)
    for key in ("sum", "min", "max", "kish_deff", "n"):
        assert sums["weights"][key] == pytest.approx(memory["weights"][key], rel=1e-12)
