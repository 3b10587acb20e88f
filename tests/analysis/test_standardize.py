"""Direct standardization as a step of the recipe."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.design import Design, Sample
from analysis.errors import AnalysisError
from analysis.estimate import mean
from analysis.replicates import ReplicateDesign
from analysis.spec import run_spec
from analysis.spec_model import CalibrationSpec
from analysis.spec_recipe import apply_recipe, recipe_columns
from tests.analysis.samples import cluster_sample

DESIGN = Design(weights="w", strata=("h",), psu=("psu",))
SHARES = {"a": 0.2, "b": 0.3, "c": 0.5}


def standardize(sample: Sample, **more: Any) -> Sample:
    population = [{"g": level, "total": 700 * share} for level, share in SHARES.items()]
    step = {"method": "standardize", "over": "sex", "population": population, **more}
    return apply_recipe(sample, [CalibrationSpec.model_validate(step)]).sample


def test_means_are_the_groups_cell_means_averaged_over_the_standard_population() -> None:
    data = cluster_sample(2)
    found = standardize(Sample.of(data, DESIGN))
    for row in mean(found, of="y", by="sex"):
        expected = 0.0
        for level, share in SHARES.items():
            cell = data[(data["sex"] == row.by["sex"]) & (data["g"] == level)]
            expected += share * np.average(cell["y"], weights=cell["w"])
        assert row.estimate == pytest.approx(expected, rel=1e-12)
    sizes = pd.Series(found.weights).groupby(data["sex"]).sum()
    pd.testing.assert_series_equal(sizes, data.groupby("sex")["w"].sum(), check_names=False)


def test_the_errors_agree_with_the_jackknife() -> None:
    data = cluster_sample(3, strata=3, psus=25, rows=8)
    made = ReplicateDesign(kind="jkn", mse=True)
    one, two = (
        mean(standardize(Sample.of(data, replace(DESIGN, replicates=r))), of="y", by="sex")
        for r in (None, made)
    )
    errors = [np.sqrt(np.diag(found.covariance)) for found in (one, two)]
    np.testing.assert_allclose(errors[0], errors[1], rtol=0.05)


def test_without_groups_the_whole_sample_has_the_standard_composition() -> None:
    data = cluster_sample(2)
    found = standardize(Sample.of(data, DESIGN), over=())
    shares = pd.Series(found.weights).groupby(data["g"]).sum() / found.weights.sum()
    assert shares.to_dict() == pytest.approx(SHARES)


@pytest.mark.parametrize(
    ("change", "said"),
    [({"population": []}, "standardize needs `population`."),
     ({"population": [{"g": "a", "total": 1}, {"g": "a", "total": 2}]}, "names a category twice"),
     ({"population": [{"g": "a", "total": 1}, {"sex": "f", "total": 2}]}, "an entry of the totals"),
     ({"over": "sexx"}, "'sexx' is not a column of the data. Did you mean 'sex'?"),
     ({"population": [{"g": "z", "total": 1}]}, "z")],
)  # fmt: skip
def test_a_population_that_does_not_fit_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(AnalysisError) as refused:
        standardize(Sample.of(cluster_sample(2), DESIGN), **change)
    assert said in str(refused.value)


def test_a_spec_reads_its_columns_and_levels_as_they_are_written(tmp_path: Path) -> None:
    data = cluster_sample(2).assign(g=lambda d: d["g"].map({"a": "No", "b": "Yes", "c": "Yes"}))
    data.to_csv(tmp_path / "d.csv", index=False)
    (tmp_path / "s.yaml").write_text(
        "data: d.csv\ndesign: {weights: w}\ncalibrate:\n"
        "  - {method: standardize, over: sex, population: [{g: No, total: 1}, {g: Yes, total: 3}]}\n"
        "estimates: [{id: a, statistic: proportion, of: g, by: sex}]\n"
    )
    rows = run_spec(tmp_path / "s.yaml").document["estimates"][0]["rows"]
    assert [row["estimate"] for row in rows] == pytest.approx([0.25, 0.75] * 2)
    step = CalibrationSpec.model_validate(
        {
            "method": "standardize",
            "over": "sex",
            "population": json.loads('[{"g": "1", "total": 1}]'),
        }
    )
    assert {"sex", "g"} <= set(recipe_columns(step))
