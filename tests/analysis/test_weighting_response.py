"""Unknown eligibility and nonresponse: weight goes to those who stand for the others, by hand."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from analysis.design import Design, Sample
from analysis.errors import AnalysisError
from analysis.estimate import mean, proportion, total
from analysis.formula import parse_formula
from analysis.regression import build_model, fit
from analysis.spec_model import CalibrationSpec
from analysis.spec_recipe import apply_recipe
from analysis.weighting.recipe import Weighting
from tests.analysis.samples import case_sample

Step = dict[str, Any]
UNKNOWN: Step = {"method": "unknown_eligibility", "status": "status", "classes": "city"}
CLASSES: Step = {"method": "nonresponse", "status": "status", "classes": "city"}
PROPENSITY: Step = {"method": "propensity", "status": "status", "formula": "~ z + sex"}


def cases() -> pd.DataFrame:
    """Two cities: in A 2 of 4 answered, one is not eligible, one unknown; in B 1 of 2, one unknown."""
    return pd.DataFrame({
        "city": list("AAAAAABBB"),
        "status": ["1.1", "1.2", "2.1", "2.27", "4.2", "3.1", "1.1", "2.1", "3.9"],
        "w": [10.0, 20, 10, 20, 30, 18, 5, 15, 10],
        "y": [1.0, 0, np.nan, np.nan, np.nan, np.nan, 1, np.nan, np.nan],
        "age": [30, 40, 50, 60, 30, 40, 50, 60, 30],
    })  # fmt: skip


def weigh(data: pd.DataFrame, *steps: Step) -> Weighting:
    recipe = [CalibrationSpec.model_validate(step) for step in steps]
    return apply_recipe(Sample.of(data, Design(weights="w")), recipe)


def refused(data: pd.DataFrame, *steps: Step) -> str:
    with pytest.raises(AnalysisError) as caught:
        weigh(data, *steps)
    return caught.value.text()


def test_unknown_cases_share_their_weight_among_the_known_of_their_class() -> None:
    weights = weigh(cases(), UNKNOWN).sample.weights
    grown = [10 * 1.2, 20 * 1.2, 10 * 1.2, 20 * 1.2, 30 * 1.2, 0, 5 * 1.5, 15 * 1.5, 0]
    assert weights == pytest.approx(grown)


def test_the_letters_of_outcome_rates_mean_what_the_numbers_do() -> None:
    letters = cases().assign(status=["I", "P", "R", "NC", "NE", "UH", "I", "O", "UO"])
    numbers = weigh(cases(), UNKNOWN, CLASSES).sample.weights
    assert weigh(letters, UNKNOWN, CLASSES).sample.weights.tolist() == numbers.tolist()


def test_a_given_share_of_the_unknown_is_eligible_and_the_rest_stands_for_nobody() -> None:
    weights = weigh(cases(), {**UNKNOWN, "eligible": 0.5}).sample.weights
    assert weights[:4] == pytest.approx(np.array([10, 20, 10, 20]) * 69 / 60)
    assert weights[4:6].tolist() == [30, 0]
    assert weights[6:] == pytest.approx([5 * 1.25, 15 * 1.25, 0])


def test_respondents_take_over_the_weight_of_the_eligible_cases_of_their_class() -> None:
    made = weigh(cases(), UNKNOWN, CLASSES)
    assert made.sample.weights == pytest.approx([24, 48, 0, 0, 0, 0, 30, 0, 0])
    classes = made.applied[1].findings.classes
    assert [(one.name, one.cases, one.takers) for one in classes] == [("A", 4, 2), ("B", 2, 1)]
    assert [one.share for one in classes] == pytest.approx([0.5, 0.25])
    assert [one.factor for one in classes] == pytest.approx([2, 4])


def test_cases_without_an_answer_stay_in_the_design_and_are_counted_in_no_estimate() -> None:
    sample = weigh(cases(), UNKNOWN, CLASSES).sample
    row = proportion(sample, of="city", equals="A")[0]
    assert (row.n, row.estimate) == (3, pytest.approx(72 / 102))
    assert sample.size == 3
    assert sample.stages[0].units == 9
    assert mean(sample, of="age")[0].n == 3
    model = build_model(sample, parse_formula("age ~ 1"), family="gaussian", link=None, where=None)
    assert fit(sample, model).n == 3


def test_an_adjustment_that_keeps_the_sample_s_own_totals_leaves_them_their_error() -> None:
    data = case_sample(4)
    data = data[data["status"].str[0].isin(["1", "2"])].reset_index(drop=True)
    design = Design(weights="w", strata=("h",), psu=("psu",))
    step = CalibrationSpec.model_validate({**CLASSES, "classes": "region"})
    before = total(Sample.of(data, design), of="region")
    after = total(apply_recipe(Sample.of(data, design), [step]).sample, of="region")
    assert [one.estimate for one in after] == pytest.approx([one.estimate for one in before])
    assert [one.se for one in after] == pytest.approx([one.se for one in before])


def test_the_error_of_a_mean_over_classes_is_the_textbook_formula() -> None:
    """A simple random sample with replacement, class sizes estimated (Oh & Scheuren 1983)."""
    rng = np.random.default_rng(11)
    n = 400
    data = pd.DataFrame({"w": 50.0, "city": rng.choice(["A", "B", "C"], n, p=[0.5, 0.3, 0.2])})
    data["y"] = data["city"].map({"A": 1.0, "B": 4.0, "C": 9.0}) + rng.normal(0, 2, n)
    data["status"] = np.where(
        rng.random(n) < data["city"].map({"A": 0.8, "B": 0.6, "C": 0.4}), 1, 2
    )
    row = mean(weigh(data, CLASSES).sample, of="y")[0]
    respondents = data[data["status"] == 1].groupby("city")["y"]
    share = data.groupby("city")["w"].sum() / data["w"].sum()
    means, answered = respondents.mean(), respondents.count()
    within = (share**2 * respondents.var(ddof=0) / answered).sum()
    between = (share * (means - (share * means).sum()) ** 2).sum() / n
    assert row.estimate == pytest.approx((share * means).sum())
    assert row.se**2 == pytest.approx((within + between) * n / (n - 1))


@given(st.integers(0, 30), st.floats(0.01, 100))
def test_rescaled_weights_change_no_factor_of_any_step(seed: int, scale: float) -> None:
    data = case_sample(seed)
    steps = [{**UNKNOWN, "classes": "region"}, {**PROPENSITY, "use": "inverse"}]
    first = weigh(data, *steps).sample.weights
    data["w"] *= scale
    assert weigh(data, *steps).sample.weights == pytest.approx(first * scale, rel=1e-8)


def test_values_of_one_s_own_are_told_under_codes() -> None:
    data = cases()
    data["status"] = data["status"].str[0].map({"1": "yes", "2": "no", "3": "?", "4": "out"})
    codes = {"respondent": "yes", "nonrespondent": ["no"], "unknown": "?", "ineligible": "out"}
    made = weigh(data, {**UNKNOWN, "codes": codes}, {**CLASSES, "codes": codes})
    assert made.sample.weights == pytest.approx([24, 48, 0, 0, 0, 0, 30, 0, 0])


def test_small_classes_and_large_factors_are_told_with_what_to_merge() -> None:
    warnings = [one.text() for one in weigh(cases(), UNKNOWN, CLASSES).warnings]
    assert warnings[-1] == (
        "calibrate, step 2: class 'B' of city: 1 of 2 cases carry 4 times their weight (advised: at "
        "least 20, at most 3 times). Nothing is left of two categories when they are merged: leave "
        "the margin out."
    )


def test_a_class_without_respondents_is_refused_with_its_smallest_neighbour() -> None:
    data = cases()
    data["age"] = pd.cut(data["age"], [0, 35, 45, 55, 99], labels=["18", "36", "46", "56"])
    text = refused(data, UNKNOWN, {**CLASSES, "classes": "age"})
    assert text == (
        "calibrate, step 2, classes 'age': class '56' has 2 cases and nobody to take over their "
        "weight. Merge it with '46' (1 cases)."
    )


@pytest.mark.parametrize(
    ("change", "steps", "message"),
    [
        (
            {}, [CLASSES],
            "calibrate, status 'status': 2 cases of unknown eligibility still have a weight. "
            "Put a step unknown_eligibility before this one.",
        ),
        (
            {"status": ["1.1", "1.2", "2.1", "2.2", "5", "3.1", "1.1", "2.1", "3.9"]}, [UNKNOWN],
            "calibrate, status 'status': '5' (1 cases) does not say what became of a case. "
            "Use AAPOR's codes 1 to 4, or say under `codes` what your values mean.",
        ),
        (
            {"status": ["1.1", "1.2", "5", *"111111"]}, [{**UNKNOWN, "codes": {"respondent": ["1.1", "1.2", "1"]}}],
            "calibrate, status 'status': '5' (1 cases) does not say what became of a case. "
            "Use one of: 1.1, 1.2, 1.",
        ),
        (
            {"status": ["1.1", None, *"1111111"]}, [UNKNOWN],
            "calibrate, status 'status': row 2 has no value (1 such rows). Every case that was "
            "drawn has an outcome; give those without one a code.",
        ),
        (
            {"city": ["A", "A", None, *"AAABBB"]}, [UNKNOWN, CLASSES],
            "calibrate, step 1, classes: row 3 has no value of 'city', so it has no class. Classes "
            "need variables that are known of every case, such as those of the frame.",
        ),
        (
            {}, [{**UNKNOWN, "classes": "town"}],
            "calibrate, classes: 'town' is not a column of the data. "
            "Columns: city, status, w, y, age.",
        ),
        (
            {}, [{"method": "nonresponse"}],
            "calibrate: nonresponse needs `status`, the column that says what became of each case.",
        ),
        ({"status": "2.1"}, [CLASSES], "calibrate, status 'status': no case is a respondent."),
        (
            {"age": [30, 40, np.nan, *range(6)]}, [UNKNOWN, {**PROPENSITY, "formula": "~ age"}],
            "calibrate, step 2, formula: row 3 has no value of 'age'. Predictors of response must "
            "be known of every eligible case.",
        ),
        (
            {"age": [30, 31, 50, 60, 30, 40, 32, 60, 30]},
            [UNKNOWN, {**PROPENSITY, "formula": "~ age"}],
            "calibrate, step 2, formula: response is told without error by age: the chance is 0 or "
            "1 there and no model converges. Leave out age or merge its levels, or use nonresponse "
            "classes.",
        ),
        (
            {"half": np.arange(9) / 2, "whole": np.arange(9.0)},
            [UNKNOWN, {**PROPENSITY, "formula": "~ whole + half"}],
            "calibrate, step 2, formula: column 'half' follows from the others, so response cannot "
            "be modelled with both. Leave 'half' out of the formula.",
        ),
        (
            {}, [UNKNOWN, {"method": "propensity", "status": "status"}],
            "calibrate, step 2: propensity needs `formula`, such as '~ age + region'.",
        ),
    ],
    ids=["unknown left", "code", "own code", "blank", "no class", "column", "no status", "nobody",
         "no predictor", "separated", "collinear", "no formula"],
)  # fmt: skip
def test_what_cannot_be_adjusted_is_refused_with_place_and_cure(
    change: dict[str, Any], steps: list[Step], message: str
) -> None:
    assert refused(cases().assign(**change), *steps) == message


def test_separation_on_one_level_names_its_column() -> None:
    data = case_sample(2)
    data.loc[(data["g"] == "c") & (data["status"] == "2.1"), "status"] = "1.1"
    text = refused(data, {**UNKNOWN, "classes": "region"}, {**PROPENSITY, "formula": "~ z + g"})
    assert "response is told without error by gc:" in text


def test_response_is_modelled_as_a_weighted_logistic_regression() -> None:
    data = case_sample(3)
    made = weigh(data, {**UNKNOWN, "classes": "region"}, {**PROPENSITY, "use": "inverse"})
    before = made.applied[1].before
    eligible = data["status"].isin(["1.1", "2.1"]).to_numpy()
    x = sm.add_constant(np.column_stack([data["z"], data["sex"] == "m"]).astype(float)[eligible])
    answered = (data["status"] == "1.1").to_numpy(dtype=float)[eligible]
    model = sm.GLM(answered, x, family=sm.families.Binomial(), freq_weights=before[eligible])
    chance = np.full(len(data), np.nan)
    chance[eligible] = model.fit(tol=1e-12).fittedvalues
    respondent = (data["status"] == "1.1").to_numpy()
    assert made.sample.weights[respondent] == pytest.approx((before / chance)[respondent])
    assert made.sample.weights[~respondent].tolist() == [0.0] * int((~respondent).sum())


def test_propensity_classes_are_of_equal_size_and_keep_the_weight_of_each() -> None:
    data = case_sample(3)
    made = weigh(data, {**UNKNOWN, "classes": "region"}, {**PROPENSITY, "groups": 5})
    classes = made.applied[1].findings.classes
    sizes = [one.cases for one in classes]
    assert len(classes) == 5
    assert max(sizes) - min(sizes) <= 1
    assert classes[0].share < classes[-1].share
    eligible = data["status"].isin(["1.1", "2.1"]).to_numpy()
    kept = float(made.applied[1].before[eligible].sum())
    assert made.sample.weights.sum() == pytest.approx(kept)


def test_a_model_brings_respondents_near_to_all_cases_in_what_it_knows() -> None:
    data = case_sample(3, strata=6, psus=10, rows=20)
    made = weigh(data, {**UNKNOWN, "classes": "region"}, {**PROPENSITY, "use": "inverse"})
    (z,) = [fit for fit in made.applied[1].findings.fits if fit.margin == "z"]
    assert z.difference_before is not None
    assert z.difference_after is not None
    assert abs(z.difference_before) > 0.1
    assert abs(z.difference_after) < 0.02


def test_a_low_chance_of_response_is_told_with_its_factor() -> None:
    data = case_sample(3)
    data["z"] = data["z"] * 4
    made = weigh(
        data, {**UNKNOWN, "classes": "region"}, {**PROPENSITY, "use": "inverse", "most": 1.2}
    )
    assert any("the lowest chance of response is" in one.text() for one in made.warnings)
