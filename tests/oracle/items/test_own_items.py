"""Simulated answers against R's packages; reference.R made the digits in reference.json."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.items.spec import run_items

FOLDER = Path(__file__).parent
R = json.loads((FOLDER / "reference.json").read_text(encoding="utf-8"))
TWO, FOUR = [f"k{place}" for place in range(1, 9)], [f"s{place}" for place in range(1, 7)]
DESIGN = {"weights": "weight", "strata": ["stratum"], "psu": ["psu"]}
CML = {"kind": "irt", "estimator": "cml"}
DIF = {"kind": "dif", "group": "sex", "reference": "nam", "focal": "nu"}
ANALYSES: dict[str, dict[str, Any]] = {
    "two": {"kind": "classical"},
    "four": {"kind": "classical", "items": FOUR, "omega": ["total", "ordinal"]},
    "pairwise": {"kind": "classical", "items": FOUR, "cases": "pairwise"},
    "weighted": {"kind": "classical", "weights": "weight", "design": DESIGN},
    "polychoric": {"kind": "polychoric", "items": FOUR, "cases": "complete"},
    "pair": {"kind": "polychoric", "items": FOUR[:2], "method": "ml", "where": "s5 > 0"},
    "mh": DIF | {"method": "mh"},
    **{test: DIF | {"method": "logistic", "test": test}
       for test in ("both", "uniform", "nonuniform")},
    "mantel": DIF | {"method": "mantel", "items": FOUR},
    "ordered": DIF | {"method": "logistic", "test": "uniform", "items": FOUR},
    "cml": CML | {"model": "rasch"},
    "pcm": CML | {"model": "pcm", "items": FOUR, "where": "s2 > 0 and s5 > 0"},
    "rsm": CML | {"model": "rsm", "items": FOUR, "where": "s2 > 0 and s5 > 0"},
    "andersen": {"kind": "andersen", "model": "cml"},
    "fit": {"kind": "fit", "model": "cml"},
    "contrasting": {"kind": "standard_setting", "method": "contrasting_groups",
                    "group": "trained", "focal": 1},
    "contrasting_design": {"kind": "standard_setting", "method": "contrasting_groups",
                           "group": "trained", "focal": 1, "design": DESIGN},
    "list": {"kind": "list_experiment", "count": "count", "treatment": "listed"},
    "list_design": {"kind": "list_experiment", "count": "count", "treatment": "listed",
                    "design": DESIGN},
    "forced": {"kind": "randomized_response", "of": "coin", "method": "forced",
               "p_truth": 4 / 6, "p_forced_yes": 1 / 6, "design": DESIGN},
    "observed": {"kind": "awareness", "method": "observed", "score": "raw", "raw_cut": 5,
                 "by": ["sex"], "design": DESIGN},
}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    path = tmp_path_factory.mktemp("items") / "spec.yaml"
    path.write_text(json.dumps({
        "data": str(FOLDER / "answers.csv"), "items": TWO,
        "analyses": [{"id": name, **one} for name, one in ANALYSES.items()],
    }))  # fmt: skip
    analyses = run_items(path).document["analyses"]
    assert not [one for one in analyses if "error" in one]
    return {one["id"]: one for one in analyses}


def same(ours: Any, theirs: Any, *, rtol: float = 1e-9, atol: float = 1e-11) -> None:
    np.testing.assert_allclose(np.array(ours, dtype=float), np.array(theirs), rtol=rtol, atol=atol)


@pytest.mark.parametrize("name", ["two", "four"])
def test_classical_statistics_are_those_of_psych(found, name):
    one, expected = found[name], R[name]
    alpha, items = one["alpha"], one["items"]
    same([alpha["estimate"], alpha["standardized"], alpha["average_r"], *alpha["ci"]],
         [expected["alpha"], expected["standardized"], expected["average_r"], *expected["feldt"]])  # fmt: skip
    same(alpha["se"], expected["se"], rtol=2e-3)  # psych divides by n - 1
    for ours, theirs in (("mean", "mean"), ("sd", "sd"), ("item_total", "item_total"),
                         ("corrected_item_total", "corrected")):  # fmt: skip
        same([item[ours] for item in items], expected[theirs])
    for ours, theirs in (("alpha", "if_deleted"), ("lambda6", "lambda6_if_deleted")):
        same([item["if_deleted"][ours] for item in items], expected[theirs])
    lambdas = [one["guttman"][f"lambda{place}"] for place in range(1, 7)]
    same([*lambdas[:3], *lambdas[4:]], [*expected["lambdas"][:3], *expected["lambdas"][4:]])
    assert lambdas[3] >= expected["lambdas"][3] - 1e-9  # psych searches splits, we take the best


def test_kuder_richardson_and_biserial(found):
    one, expected = found["two"], R["two"]
    same([one["kr20"], one["kr21"]], [expected["kr20"], expected["kr21"]])
    same([item["biserial"] for item in one["items"]], expected["biserial"], rtol=2e-3)


def test_pairs_of_answers_and_weights(found):
    one, expected = found["pairwise"], R["pairwise"]
    same(one["alpha"]["estimate"], expected["alpha"])
    same([item["corrected_item_total"] for item in one["items"]], expected["corrected"])
    same([item["if_deleted"]["alpha"] for item in one["items"]], expected["if_deleted"])
    same(one["guttman"]["lambda6"], expected["lambda6"])
    one, expected = found["weighted"], R["weighted"]
    same(one["alpha"]["estimate"], expected["alpha"])
    same([item["mean"] for item in one["items"]], expected["mean"])
    same([item["mean_se"] for item in one["items"]], expected["mean_se"])


def test_polychoric_correlations_are_those_of_psych_and_polycor(found):
    same(found["polychoric"]["correlations"], R["polychoric"]["rho"], rtol=0, atol=2e-5)
    same(found["polychoric"]["thresholds"], R["polychoric"]["tau"], rtol=0, atol=1e-9)
    one, expected = found["pair"], R["pair"]
    same(one["correlations"][0][1], expected["rho"], rtol=0, atol=5e-4)  # optim's stopping rule
    same(one["se"][0][1], expected["se"], rtol=1e-2)
    same(one["thresholds"], [expected["rows"], expected["columns"]], rtol=0, atol=1e-3)


def test_omegas_are_those_of_lavaan(found):
    one, expected = found["four"]["omega"], R["omega"]
    for name in ("total", "chi2", "log_likelihood", "cfi", "rmsea"):
        same(one[name], expected[name], rtol=1e-5, atol=1e-6)
    same(one["loadings"], expected["loadings"], rtol=0, atol=1e-4)
    one, expected = found["four"]["omega_ordinal"], R["omega_ordinal"]
    same(one["loadings"], expected["loadings"], rtol=0, atol=1e-4)
    same(one["thresholds"], expected["thresholds"], rtol=0, atol=1e-6)


def test_differential_functioning_is_that_of_mantelhaen_test_glm_and_polr(found):
    for item in found["mh"]["items"]:
        expected = R["dif"][item["item"]]
        names = ["chi2_uncorrected", "odds_ratio", "log_odds_se", "std_p_dif"]
        if (
            expected["chi2"] != expected["chi2_uncorrected"]
        ):  # R corrects a gap below 1/2 by nothing
            names.append("chi2")
        same([item[name] for name in names], [expected[name] for name in names])
    for test in ("both", "uniform", "nonuniform"):
        for item in found[test]["items"]:
            same(item["chi2"], R["dif"][item["item"]][test], rtol=1e-6, atol=1e-7)
    same([item["delta_r2"] for item in found["both"]["items"]],
         [R["dif"][name]["delta_r2"] for name in TWO], rtol=0, atol=1e-7)  # fmt: skip
    assert "k3" in found["mh"]["flagged"]
    same([item["chi2"] for item in found["mantel"]["items"]],
         [R["ordered"][name]["mantel"] for name in FOUR])  # fmt: skip
    same([item["chi2"] for item in found["ordered"]["items"]],
         [R["ordered"][name]["uniform"] for name in FOUR], rtol=1e-3, atol=2e-4)  # fmt: skip


def test_conditional_likelihood_is_that_of_erm(found):
    one, expected = found["cml"], R["cml"]
    same([item["thresholds"][0] for item in one["items"]], expected["thresholds"], atol=1e-5)
    same([item["se"]["thresholds"][0] for item in one["items"]], expected["se"], rtol=1e-4)
    same(one["log_likelihood"], expected["log_likelihood"], rtol=1e-9)
    same(found["pcm"]["log_likelihood"], expected["pcm_log_likelihood"], rtol=1e-9)
    same(found["rsm"]["log_likelihood"], expected["rsm_log_likelihood"], rtol=1e-9)
    same([found["andersen"]["statistic"], found["andersen"]["df"]],
         [expected["andersen"], expected["df"]], rtol=1e-5)  # fmt: skip
    for name in ("infit", "outfit"):
        same([item[name] for item in found["fit"]["items"]], expected[name], rtol=1e-4)


def test_cuts_and_sensitive_questions_have_the_errors_of_the_design(found):
    expected = R["contrasting"]
    plain, weighted = found["contrasting"], found["contrasting_design"]
    same([plain["cut"], plain["se"]], [expected["cut"], expected["se"]], rtol=1e-6)
    same([weighted["cut"], weighted["se"]], [expected["weighted_cut"], expected["weighted_se"]],
         rtol=1e-6)  # fmt: skip
    expected = R["list"]
    for name, key in (("list", ""), ("list_design", "weighted")):
        keys = (key or "estimate", f"{key}_se" if key else "se")
        same([found[name]["estimate"], found[name]["se"]], [expected[one] for one in keys])
    same([found["forced"]["estimate"], found["forced"]["se"]],
         [R["forced"]["estimate"], R["forced"]["se"]])  # fmt: skip
    rows = found["observed"]["rows"]
    same([[row["estimate"] for row in rows], [row["se"] for row in rows]],
         [R["observed"]["estimate"], R["observed"]["se"]])  # fmt: skip
