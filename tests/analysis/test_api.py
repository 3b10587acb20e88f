"""The interface for notebooks: its examples run, its names stand, and it takes and gives pandas."""

import doctest
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import api, hypothesis_tests, quantiles
from analysis.api import Design, QuantileOptions, ReplicateDesign, Sample, margin, mean, rake, total
from analysis.errors import AnalysisError
from analysis.formula import parse_formula
from tests.analysis.samples import cluster_sample

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in (ROOT / "analysis").rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)
DESIGN = Design(weights="w", strata="h", psu="psu")


def sample() -> Sample:
    return Sample.of(cluster_sample(), DESIGN)


@pytest.mark.parametrize("module", EXAMPLES)
def test_every_example_in_a_docstring_gives_what_it_shows(module):
    result = doctest.testmod(import_module(module))
    assert result.attempted > 0
    assert result.failed == 0


def test_the_interface_itself_is_told_by_examples():
    assert "analysis.api" in EXAMPLES


def test_the_public_names_are_these():
    assert sorted(api.__all__) == api.__all__ == [
        "AnalysisError", "Assumptions", "Design", "Estimate", "Estimates", "Margin", "Options",
        "QuantileOptions", "ReplicateDesign", "Sample", "Step", "Stopping", "TestResult", "Weighting",
        "balance", "chisq", "choose_rows", "dimensions", "glm", "item_statistics", "margin",
        "marginal_effects", "mean", "option_statistics", "power_to_decide", "proportion", "quantile", "rake", "ranktest", "ratio", "size_for_interval",
        "size_for_target", "total", "ttest", "variance", "weigh",
    ]  # fmt: skip
    assert all(hasattr(api, name) for name in api.__all__)


def test_one_column_of_a_design_may_be_given_as_a_text():
    assert Design(weights="w", strata=("h",), psu=("psu",)) == DESIGN
    assert Design(weights="w", fpc="N").fpc == ("N",)


def test_a_sample_tells_what_it_is_in_a_line():
    assert repr(sample()) == "<Sample: 288 rows, 24 PSUs in 4 strata, df 20, weights 37210.9>"
    jackknife = Design(weights="w", psu="psu", replicates=ReplicateDesign(kind="jk1"))
    raked = rake(Sample.of(cluster_sample(), jackknife),
                 [margin({"f": 100, "m": 100}, of="sex")]).sample  # fmt: skip
    assert repr(raked) == (
        "<Sample: 288 rows, 24 PSUs in 1 stratum, df 23, weights 200, 24 replicates, adjusted>"
    )


def test_a_margin_comes_from_a_series_as_pandas_makes_it():
    census = pd.DataFrame(
        {"g": ["a", "a", "b", "b", "c", "c"], "sex": ["f", "m"] * 3, "people": [5, 4, 3, 3, 2, 3]}
    )
    one = margin(census.groupby("g")["people"].sum())
    assert (one.name, one.variables, one.targets) == (
        "g", ("g",), {("a",): 9.0, ("b",): 6.0, ("c",): 5.0},
    )  # fmt: skip
    crossed = margin(census.set_index(["g", "sex"])["people"])
    assert crossed.variables == ("g", "sex")
    assert crossed.targets["b", "m"] == 3.0
    rows = total(rake(sample(), [one, crossed]).sample, of=["g"])
    assert [row.estimate for row in rows] == pytest.approx([9, 6, 5])


def test_levels_that_are_numbers_are_those_of_the_data():
    years = pd.Series({2021.0: 10, 2022.0: 20}).rename_axis("year")
    assert margin(years).targets == {("2021",): 10.0, ("2022",): 20.0}


def test_a_margin_without_a_name_is_refused_with_the_cure():
    with pytest.raises(AnalysisError) as caught:
        margin(pd.Series({"f": 1, "m": 1}))
    assert caught.value.text() == (
        "margin: the index of the totals has 1 levels; named are: -. "
        "Name the index by the variables, or give their names in `of`."
    )


def test_a_recipe_is_carried_out_in_order_and_its_balance_is_a_table():
    drawn, sex = sample(), margin({"f": 0.52, "m": 0.48}, of="sex", unit="share")
    steps = [api.Step(method="trim", upper=2, relative_to="mean"),
             api.Step(method="rake", margins=(sex,))]  # fmt: skip
    weighting = api.weigh(drawn, steps)
    capped = np.sort(drawn.weights)[-1] > 2 * drawn.weights.mean()
    assert capped
    assert weighting.sample.weights.max() < drawn.weights.max()
    table = api.balance(weighting)
    assert table["after"].tolist() == pytest.approx([0.52, 0.48])
    assert table["difference_after"].abs().max() < 1e-9 < table["difference_before"].abs().max()
    assert repr(weighting).startswith("<Weighting: trim, rake: <Sample: 288 rows, 24 PSUs")


def test_one_step_of_raking_is_raking():
    drawn, sex = sample(), margin({"f": 5200, "m": 4800}, of="sex")
    weighting = api.weigh(drawn, [api.Step(method="rake", margins=(sex,))])
    one, two = (mean(each.sample, of="y")[0] for each in (weighting, rake(drawn, [sex])))
    assert one == two


def test_a_step_that_cannot_be_done_is_named_by_its_number():
    gone = margin({"f": 0.5, "x": 0.5}, of="sex", unit="share")
    steps = [api.Step(method="trim", upper=2, relative_to="mean"),
             api.Step(method="rake", margins=(gone,))]  # fmt: skip
    with pytest.raises(AnalysisError, match="calibrate, step 2, margin 'sex'"):
        api.weigh(sample(), steps)


def test_a_condition_in_words_chooses_the_rows_of_an_estimate():
    drawn = sample()
    women = mean(drawn, of="y", where=api.choose_rows(drawn.data, "sex = 'f' and x > 2"))[0]
    mask = ((drawn.data["sex"] == "f") & (drawn.data["x"] > 2)).to_numpy()
    assert women == mean(drawn, of="y", where=mask)[0]


def test_a_pandas_condition_chooses_the_same_rows():
    drawn = sample()
    series = drawn.data["sex"] == "f"
    assert mean(drawn, of="y", where=series)[0] == mean(drawn, of="y", where=series.to_numpy())[0]


def test_models_quantiles_and_tests_are_asked_in_one_line():
    drawn = sample()
    slope = api.glm(drawn, "y ~ x")[1]
    assert slope.of == "x"
    assert slope.p < 1e-6
    halves = api.quantile(drawn, of="y", probs=(0.25, 0.5), how=QuantileOptions(rule="hf7"))
    both = QuantileOptions(probs=(0.25, 0.5), rule="hf7")
    assert halves.rows == quantiles.quantile(drawn, of=("y",), how=both).rows
    assert api.ttest(drawn, "y ~ sex") == hypothesis_tests.ttest(drawn, parse_formula("y ~ sex"))
    assert 0 < api.ranktest(drawn, "y ~ sex").p < 1
    assert 0 < api.chisq(drawn, of=("g", "sex")).p < 1


def test_pandas_types_of_columns_make_no_difference():
    data = cluster_sample()
    nullable = data.convert_dtypes().assign(g=data["g"].astype("category"))
    nullable.loc[3, "y"] = pd.NA
    data.loc[3, "y"] = np.nan
    plain, other = (mean(Sample.of(one, DESIGN), of="y", by="g") for one in (data, nullable))
    assert plain.rows == other.rows
