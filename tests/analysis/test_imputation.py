"""Multiply imputed data: Rubin's rules by hand, and a SPEC on them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.design import Design, Sample
from analysis.errors import AnalysisError
from analysis.estimate import mean
from analysis.estimates import Estimates
from analysis.imputation import combine_imputed
from analysis.spec import run_spec
from tests.analysis.samples import cluster_sample

DESIGN = Design(weights="w", strata=("h",), psu=("psu",))
SPEC = {"design": {"weights": "w", "strata": ["h"], "psu": ["psu"]}}


def imputed(count: int = 4) -> list[pd.DataFrame]:
    """Data sets that differ in every fifth value of y, `aware` and g."""
    made = []
    for number in range(count):
        data, rng = cluster_sample(5), np.random.default_rng([7, number])
        lost = np.arange(len(data)) % 5 == 0
        data["y"] += np.where(lost, rng.normal(0, 2, len(data)), 0)
        data["aware"] = np.where(lost, rng.integers(0, 2, len(data)), data["aware"])
        made.append(data)
    return made


def means(data: list[pd.DataFrame], of: tuple[str, ...] = ("y", "x")) -> list[Estimates]:
    return [mean(Sample.of(one, DESIGN), of=of) for one in data]


def run(folder: Path, estimates: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    stacked = pd.concat(one.assign(imp=i) for i, one in enumerate(imputed()))
    stacked.to_csv(folder / "d.csv", index=False)
    spec = {"data": "d.csv", "imputations": "imp", **SPEC, "estimates": estimates, **more}
    (folder / "s.yaml").write_text(json.dumps(spec))
    return {one["id"]: one for one in run_spec(folder / "s.yaml").document["estimates"]}


def test_estimate_and_error_follow_rubins_rules_and_df_those_of_barnard_and_rubin() -> None:
    found = means(imputed())
    row = combine_imputed(found)[0]
    q = np.array([one[0].estimate for one in found], dtype=np.float64)
    within = float(np.mean([one.covariance[0, 0] for one in found]))
    extra = 1.25 * float(np.var(q, ddof=1))
    assert row.estimate == pytest.approx(q.mean(), rel=1e-14)
    assert row.se == pytest.approx(np.sqrt(within + extra), rel=1e-14)
    gamma, complete = extra / (within + extra), 20.0
    left = (complete + 1) / (complete + 3) * complete * (1 - gamma)
    df = 1 / (gamma**2 / 3 + 1 / left)
    assert row.df == pytest.approx(df, rel=1e-12)
    half = stats.t.ppf(0.975, df) * (row.se or 0)
    assert row.ci == pytest.approx((q.mean() - half, q.mean() + half), rel=1e-12)


def test_what_was_not_imputed_keeps_its_error_and_has_no_missing_information() -> None:
    found = means(imputed())
    pooled, alone = combine_imputed(found, df=np.inf)[1], found[0][1]
    assert pooled.estimate == pytest.approx(alone.estimate, rel=1e-14)
    assert pooled.se == pytest.approx(alone.se, rel=1e-14)
    assert pooled.df == np.inf
    assert pooled.missing_information == pytest.approx(0.0, abs=1e-12)
    imputed_row = combine_imputed(found, df=np.inf)[0]
    assert 0 < (imputed_row.missing_information or 0) < 1
    r_rule = combine_imputed(found, compatibility="r")[0]
    assert (r_rule.df or 0) > (combine_imputed(found)[0].df or 0)


def test_the_joint_covariance_has_within_and_between() -> None:
    found = means(imputed())
    values = np.array([[row.estimate for row in one] for one in found], dtype=np.float64)
    expected = np.mean([one.covariance for one in found], axis=0) + 1.25 * np.cov(values.T)
    np.testing.assert_allclose(combine_imputed(found).covariance, expected, rtol=1e-12, atol=1e-18)


def test_data_sets_with_other_levels_are_refused() -> None:
    data = imputed(2)
    data[1].loc[0, "g"] = "d"
    with pytest.raises(AnalysisError, match="imputation 2 has other levels or domains") as refused:
        combine_imputed(means(data, of=("g",)))
    assert "factors" in str(refused.value)


def test_a_spec_combines_estimates_models_and_contrasts_of_a_stacked_file(tmp_path: Path) -> None:
    model = {"formula": "aware ~ sex + y", "family": "binomial"}
    shown = run(tmp_path, [
        {"id": "m", "statistic": "mean", "of": "y", "by": "sex", "covariance": True},
        {"id": "d", "statistic": "contrast", "from": "m", "expression": "y[sex=f] - y[sex=m]"},
        {"id": "p", "statistic": "proportion", "of": "aware", "equals": 1},
        {"id": "g", "statistic": "glm", **model},
        {"id": "a", "statistic": "margins", "from": "g"},
        {"id": "q", "statistic": "quantile", "of": "y", "probs": [0.5]},
        {"id": "t", "statistic": "ttest", "formula": "y ~ sex"},
    ])  # fmt: skip
    expected = combine_imputed(
        [mean(Sample.of(one, DESIGN), of="y", by="sex") for one in imputed()]
    )
    assert [row["se"] for row in shown["m"]["rows"]] == pytest.approx([r.se for r in expected])
    assert shown["m"]["covariance"] == pytest.approx(expected.covariance)
    difference = shown["d"]["rows"][0]
    assert difference["se"] == pytest.approx(expected.contrast("y[sex=f] - y[sex=m]")[0].se)
    share = shown["p"]["rows"][0]
    logits = np.log(np.array(share["ci"]) / (1 - np.array(share["ci"])))
    middle = np.log(share["estimate"] / (1 - share["estimate"]))
    assert logits.mean() == pytest.approx(middle, rel=1e-9)
    assert all(row["p"] and row["missing_information"] > 0 for row in shown["g"]["rows"])
    assert [row["of"] for row in shown["a"]["rows"]] == ["sex", "y"]
    assert shown["q"]["rows"][0]["se"] > 0
    assert shown["t"]["error"]["what"] == "the tests of imputed data sets cannot be combined."


def test_separate_files_give_the_same_as_one_stacked_file(tmp_path: Path) -> None:
    asked = [{"id": "m", "statistic": "mean", "of": "y"}]
    one = run(tmp_path, asked)
    names = [f"i{number}.csv" for number in range(4)]
    for name, data in zip(names, imputed(), strict=True):
        data.to_csv(tmp_path / name, index=False)
    assert run(tmp_path, asked, imputations=names) == one


@pytest.mark.parametrize(
    ("given", "said"),
    [({"imputations": "w2"}, "'w2' is not a column"),
     ({"imputations": "one"}, "there is only one imputation"),
     ({"imputations": ["d.csv"]}, "two files or more")],
)  # fmt: skip
def test_imputations_that_are_not_there_are_refused(
    given: dict[str, Any], said: str, tmp_path: Path
) -> None:
    imputed()[0].assign(one=1).to_csv(tmp_path / "d.csv", index=False)
    spec = {"data": "d.csv", **SPEC, **given, "estimates": []}
    (tmp_path / "s.yaml").write_text(json.dumps(spec))
    with pytest.raises(AnalysisError) as refused:
        run_spec(tmp_path / "s.yaml")
    assert said in str(refused.value)
