"""The joint share as a SPEC asks for it."""

import json

import numpy as np
import pandas as pd
import pytest

from analysis.items.spec import run_items

N = 1200
K, D = [f"k{place}" for place in range(8)], [f"d{place}" for place in range(8)]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Rows of an awareness analysis of two simulated traits that correlate 0.6."""
    folder, rng = tmp_path_factory.mktemp("joint"), np.random.default_rng(8)
    traits = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=N)
    middles = np.linspace(-1, 1, 8)
    answers = [(rng.random((N, 8)) < 1 / (1 + np.exp(-1.5 * (traits[:, [t]] - middles)))).astype(int)
               for t in (0, 1)]  # fmt: skip
    table = pd.DataFrame(np.hstack(answers), columns=K + D)
    table["sex"], table["psu"] = np.where(np.arange(N) % 2, "f", "m"), np.arange(N) // 12
    table.assign(w=1.0).to_csv(folder / "data.csv", index=False)

    def answered(**changes):
        asked = {"id": "a", "kind": "awareness", "models": ["k", "d"],
                 "cuts": [{"items": K, "expected": 4.0}, {"items": D, "expected": 4.0}], **changes}  # fmt: skip
        models = [{"id": name, "kind": "irt", "model": "2pl", "items": items}
                  for name, items in (("k", K), ("d", D))]  # fmt: skip
        spec = {"data": "data.csv", "design": {"weights": "w", "psu": ["psu"]},
                "analyses": [*models, asked]}  # fmt: skip
        (folder / "spec.yaml").write_text(json.dumps(spec))
        return run_items(folder / "spec.yaml").document["analyses"][-1]

    return answered


def test_both_traits_above_the_middle_is_sheppards_quadrant(run):
    (row,) = run()["rows"]
    assert row["estimate"] == pytest.approx(0.25 + np.arcsin(0.6) / (2 * np.pi), abs=3 * row["se"])
    assert row["correlation"] == pytest.approx(0.6, abs=0.1)
    assert row["margins"] == pytest.approx([0.5, 0.5], abs=0.06)
    low, high = row["frechet"]
    assert low < row["ci"][0] < row["estimate"] < row["ci"][1] < high
    assert row["budget"]["cut"] is None


def test_a_covariance_of_the_cuts_enters_the_budget_of_every_group(run):
    rows = run(by=["sex"], cut_covariance=[[0.04, 0.02], [0.02, 0.04]])["rows"]
    assert [row["by"] for row in rows] == [{"sex": "f"}, {"sex": "m"}]
    for row in rows:
        budget = row["budget"]
        assert budget["cut"] > 0
        lines = (budget["sampling"], budget["calibration"], budget["cut"])
        assert budget["total"] == pytest.approx(sum(lines))


def test_one_cut_for_two_models_is_refused(run):
    found = run(cuts=[{"items": K, "expected": 4.0}])
    assert "a joint share is over two models, with a cut for each." in str(found["error"])


def test_what_is_for_one_trait_is_refused_of_two_rather_than_forgotten(run):
    found = run(cut_se=0.2)
    assert "'cut_se' asks for something of one trait, and a joint share has two." in str(found)
    assert "'method' asks for something" in str(run(method="observed")["error"])
    assert "rows" in run(method="latent")
