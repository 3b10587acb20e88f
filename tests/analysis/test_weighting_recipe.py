"""A recipe keeps its laws: routes that agree, bounds that hold, replicates made by hand."""

from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.design import Design, Sample
from analysis.errors import AnalysisError
from analysis.estimate import mean
from analysis.replicates import ReplicateDesign
from analysis.spec_model import CalibrationSpec
from analysis.spec_recipe import apply_recipe
from analysis.weighting.recipe import Weighting
from tests.analysis.samples import case_sample, cluster_sample

Step = dict[str, Any]
DESIGN = Design(weights="w", strata=("h",), psu=("psu",))
UNKNOWN: Step = {"method": "unknown_eligibility", "status": "status", "classes": "region"}
CLASSES: Step = {"method": "nonresponse", "status": "status", "classes": ["g", "sex"]}
TRIM: Step = {"method": "trim", "upper": 2.5, "relative_to": "mean"}
SEEDS = st.integers(0, 40)


def weigh(data: pd.DataFrame, *steps: Step, design: Design = DESIGN) -> Weighting:
    recipe = [CalibrationSpec.model_validate(step) for step in steps]
    return apply_recipe(Sample.of(data, design), recipe)


def refused(data: pd.DataFrame, *steps: Step) -> str:
    with pytest.raises(AnalysisError) as caught:
        weigh(data, *steps)
    return caught.value.text()


def margin(*variables: str, **totals: float) -> Step:
    """Totals of crossed categories, their levels joined by an underscore."""
    return {"variables": list(variables), "totals": [
        {**dict(zip(variables, name.split("_"), strict=True)), "total": total}
        for name, total in totals.items()
    ]}  # fmt: skip


SEX = margin("sex", f=52_000, m=48_000)
GROUP = margin("g", a=45_000, b=33_000, c=22_000)
CROSSED = [
    margin("region", "sex", N_f=21_000, N_m=19_000, S_f=31_000, S_m=29_000),
    margin("region", "g", N_a=20_000, N_b=13_000, N_c=7_000, S_a=25_000, S_b=20_000, S_c=15_000),
]


def respondents(seed: int) -> pd.DataFrame:
    data = case_sample(seed)
    return data[data["status"] == "1.1"].reset_index(drop=True)


@given(SEEDS)
def test_raking_by_sweeps_and_by_newton_s_method_gives_the_same_weights(seed: int) -> None:
    data = cluster_sample(seed)
    swept = weigh(data, {"method": "rake", "margins": [GROUP, SEX]}).sample
    solved = weigh(data, {"method": "raking", "margins": [GROUP, SEX], "bounds": [0, 1e6]}).sample
    assert solved.weights == pytest.approx(swept.weights, rel=1e-8)
    errors = [mean(one, of="y")[0].se for one in (swept, solved)]
    assert errors[0] == pytest.approx(errors[1], rel=1e-8)


@given(SEEDS)
def test_raking_in_every_region_is_raking_to_margins_crossed_with_region(seed: int) -> None:
    data = respondents(seed)
    apart = weigh(data, {"method": "rake", "by": "region", "margins": [
        {**CROSSED[0], "variables": ["sex"]}, {**CROSSED[1], "variables": ["g"]}]}).sample  # fmt: skip
    crossed = weigh(data, {"method": "rake", "margins": CROSSED}).sample
    assert apart.weights == pytest.approx(crossed.weights, rel=1e-8)
    for variable in ("y", "g"):
        errors = [[row.se for row in mean(one, of=variable)] for one in (apart, crossed)]
        assert errors[0] == pytest.approx(errors[1], rel=1e-7)


@given(SEEDS, st.sampled_from(["logit", "truncated", "raking"]), st.floats(0.3, 0.8),
       st.floats(1.5, 3))  # fmt: skip
def test_bounded_calibration_meets_its_totals_with_every_ratio_inside_the_bounds(
    seed: int, method: str, low: float, high: float
) -> None:
    data = cluster_sample(seed)
    ratio = np.random.default_rng(seed).uniform(low + 0.05, high - 0.05, len(data))
    totals = {"(Intercept)": float((data["w"] * ratio).sum()),
              "x": float((data["w"] * ratio * data["x"]).sum())}  # fmt: skip
    step = {"method": method, "formula": "~ x", "totals": totals, "bounds": [low, high],
            "tolerance": 1e-9}  # fmt: skip
    made = weigh(data, step)
    found = made.sample.weights / data["w"].to_numpy()
    assert found.min() >= low - 1e-12
    assert found.max() <= high + 1e-12
    assert made.sample.weights.sum() == pytest.approx(totals["(Intercept)"], rel=1e-8)
    assert float(made.sample.weights @ data["x"]) == pytest.approx(totals["x"], rel=1e-8)


@given(SEEDS)
def test_the_order_of_margins_and_of_rows_changes_no_weight(seed: int) -> None:
    data = cluster_sample(seed)
    region = margin("h", s0=10_000, s1=20_000, s2=30_000, s3=40_000)
    found = [
        weigh(data, {"method": "rake", "margins": list(order)}).sample.weights
        for order in permutations([GROUP, SEX, region])
    ]
    for weights in found[1:]:
        assert weights == pytest.approx(found[0], rel=1e-8)
    mixed = np.random.default_rng(seed).permutation(len(data))
    again = weigh(data.iloc[mixed].reset_index(drop=True),
                  {"method": "rake", "margins": [GROUP, SEX, region]}).sample  # fmt: skip
    assert again.weights == pytest.approx(found[0][mixed], rel=1e-8)


@given(SEEDS)
def test_handing_weight_over_level_by_level_is_handing_it_over_in_crossed_classes(
    seed: int,
) -> None:
    data = case_sample(seed, strata=4, psus=8, rows=15)
    apart = weigh(data, UNKNOWN, {**CLASSES, "classes": "g", "by": "region"}).sample
    crossed = weigh(data, UNKNOWN, {**CLASSES, "classes": ["region", "g"]}).sample
    assert apart.weights == pytest.approx(crossed.weights)
    errors = [mean(one, of="y")[0].se for one in (apart, crossed)]
    assert errors[0] == pytest.approx(errors[1])


@given(SEEDS)
def test_rescaled_base_weights_change_nothing_that_aims_at_totals(seed: int) -> None:
    data = case_sample(seed, strata=4, psus=8, rows=15)
    steps = (UNKNOWN, CLASSES, {"method": "rake", "margins": [GROUP, SEX]}, TRIM)
    first = weigh(data, *steps)
    data["w"] *= 7
    second = weigh(data, *steps)
    assert second.sample.weights == pytest.approx(first.sample.weights, rel=1e-8)
    errors = [mean(one.sample, of="y")[0].se for one in (first, second)]
    assert errors[0] == pytest.approx(errors[1], rel=1e-7)


@pytest.mark.parametrize("kind", ["jkn", "rao_wu", "bootstrap"])
def test_every_replicate_runs_the_whole_recipe_as_one_would_by_hand(kind: Any) -> None:
    data = case_sample(3, strata=4, psus=12, rows=15)
    steps = (UNKNOWN, CLASSES, {"method": "rake", "margins": [GROUP, SEX]},
             {"method": "trim", "upper": 900.0})  # fmt: skip
    design = Design(weights="w", strata=("h",), psu=("psu",),
                    replicates=ReplicateDesign(kind=kind, count=12))  # fmt: skip
    replicates = weigh(data, *steps, design=design).sample.replicates
    assert replicates is not None
    assert replicates.index is not None
    for number, weights in enumerate(replicates.weights()):
        factors = replicates.factors[replicates.index, number]
        alone = data.assign(w=data["w"] * factors)[factors > 0].reset_index(drop=True)
        by_hand = weigh(alone, *steps, design=Design(weights="w")).sample.weights
        assert weights[factors > 0] == pytest.approx(by_hand, rel=1e-8)
        assert not weights[factors <= 0].any()


def test_a_replicate_in_which_the_recipe_fails_is_named() -> None:
    data = case_sample(3, strata=4, psus=6, rows=15)
    data["island"] = np.where(data["psu"] == 5, "yes", "no")
    design = Design(weights="w", strata=("h",), psu=("psu",),
                    replicates=ReplicateDesign(kind="jkn"))  # fmt: skip
    island = margin("island", yes=4_000, no=96_000)
    made = weigh(data, {"method": "rake", "margins": [island]}, design=design)
    with pytest.raises(AnalysisError) as caught:
        mean(made.sample, of="y")
    assert "in replicate 6 the weighting recipe cannot be done: raking did not" in str(caught.value)


def test_textbook_replicates_cap_each_unit_as_it_was_drawn() -> None:
    data = cluster_sample(2)
    limit = float(np.median(data["w"]))
    design = Design(weights="w", strata=("h",), psu=("psu",),
                    replicates=ReplicateDesign(kind="bootstrap", count=5))  # fmt: skip
    step = {"method": "trim", "upper": limit, "redistribute": False}
    textbook, as_r = (
        weigh(data, {**step, "compatibility": way}, design=design).sample.replicates
        for way in ("textbook", "r")
    )
    assert textbook is not None
    assert as_r is not None
    assert textbook.index is not None
    for number, (own, theirs) in enumerate(zip(textbook.weights(), as_r.weights(), strict=True)):
        times = textbook.factors[textbook.index, number]
        assert own == pytest.approx(np.minimum(data["w"], limit) * times)
        assert theirs == pytest.approx(np.minimum(data["w"] * times, limit))


def test_rows_without_weight_are_neither_lifted_to_a_lower_limit_nor_given_a_share() -> None:
    data = case_sample(2)
    trimmed = weigh(data, UNKNOWN, CLASSES, {"method": "trim", "lower": 100, "upper": 400})
    assert not trimmed.sample.weights[data["status"] != "1.1"].any()
    before = trimmed.applied[-1].before
    assert trimmed.sample.weights.sum() == pytest.approx(before.sum())


def test_what_became_of_cases_may_be_known_for_those_alone_that_count() -> None:
    data = case_sample(2)
    data.loc[data["status"] != "1.1", ["sex", "x"]] = None
    steps = (UNKNOWN, {**CLASSES, "classes": "g"}, {"method": "rake", "margins": [SEX]},
             {"method": "linear", "formula": "~ x", "totals": {"(Intercept)": 1e5, "x": 4e5}})  # fmt: skip
    made = weigh(data, *steps).sample
    assert float(made.weights @ data["x"].fillna(0)) == pytest.approx(4e5)


def test_a_missing_category_is_told_with_the_row_of_the_file_also_after_rows_were_left_out() -> (
    None
):
    data = case_sample(2)
    row = int(np.flatnonzero(data["status"] == "1.1")[40])
    data.loc[row, "sex"] = None
    text = refused(data, UNKNOWN, {**CLASSES, "classes": "g"}, {"method": "rake", "margins": [SEX]})
    assert text.startswith(f"calibrate, step 3, margin 'sex': row {row + 1} has no value of 'sex'")


def test_totals_out_of_reach_of_the_bounds_name_the_reach_and_what_to_merge() -> None:
    data = cluster_sample(1)
    sums = data.groupby("g")["w"].sum()
    step = {"method": "logit", "margins": [margin("g", a=5e3, b=5e3, c=float(sums.sum()) - 1e4)],
            "bounds": [0.5, 2]}  # fmt: skip
    text = refused(data, step)
    counts = data["g"].value_counts()
    assert text.startswith("calibrate, margin 'g': calibration did not converge: 'g: a' reaches ")
    assert "where 5000 is wanted, the worst deviation (" in text
    assert (
        f"Weights between 0.5 and 2 times the given ones bring it to between {sums['a'] / 2:.8g} "
        f"and {2 * sums['a']:.8g}: widen the bounds. Merge it with 'b' ({counts['b']} cases)."
    ) in text


def test_totals_that_only_together_cannot_be_met_say_so() -> None:
    data = cluster_sample(1)
    totals = {
        "(Intercept)": float(data["w"].sum()),
        "x": 1.5 * float((data["w"] * data["x"]).sum()),
    }
    text = refused(data, {"method": "truncated", "formula": "~ x", "totals": totals,
                          "bounds": [0.4, 1.6]})  # fmt: skip
    assert (
        "No weights between 0.4 and 1.6 times the given ones meet all totals together: widen the "
        "bounds. Check the total of 'x', or leave it out." in text
    )


def test_a_margin_that_is_not_told_by_region_is_refused() -> None:
    step = {"method": "rake", "by": "region", "margins": [SEX]}
    assert refused(respondents(1), step) == (
        "calibrate, margin 'region × sex': an entry of the totals names sex, total, not region, "
        "sex, total."
    )


def test_a_fault_in_one_region_names_the_region() -> None:
    margins = [{**margin("region", "sex", N_f=2, S_f=3, S_m=4), "variables": "sex"}]
    text = refused(respondents(1), {"method": "rake", "by": "region", "margins": margins})
    assert text.startswith("calibrate, region 'N', margin 'sex': ")
    assert "respondents are in category 'm', for which there is no target" in text


def test_negative_weights_of_linear_calibration_are_told() -> None:
    data = cluster_sample(1)
    totals = {
        "(Intercept)": float(data["w"].sum()),
        "x": 1.9 * float((data["w"] * data["x"]).sum()),
    }
    made = weigh(data, {"method": "linear", "formula": "~ x", "totals": totals})
    below = int((made.sample.weights < 0).sum())
    assert below > 0
    assert [one.text() for one in made.warnings] == [
        f"calibrate, step 1: {below} calibrated weights are below zero; use truncated, logit or "
        "raking to keep them above it."
    ]


@pytest.mark.parametrize("limits", [{}, {"lower": 3, "upper": 2}])
def test_limits_must_be_given_and_in_order(limits: Step) -> None:
    text = refused(cluster_sample(1), {"method": "trim", **limits})
    assert text == "calibrate: trim needs `lower` or `upper`, the one below the other."


def test_limits_beside_the_mean_weight_cannot_keep_the_sum() -> None:
    text = refused(cluster_sample(1), {"method": "trim", "upper": 10})
    assert "is outside -inf to 10, so the sum cannot be kept. Choose limits on both sides" in text


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"method": "rake", "margins": [SEX], "classes": "g"}, "'classes' is no part of rake."),
        ({"method": "nonresponse", "eligible": 0.5}, "'eligible' is no part of nonresponse."),
        ({"method": "linear", "upper": 3}, "'upper' is no part of linear."),
    ],
)
def test_a_field_that_would_do_nothing_is_refused(step: Step, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CalibrationSpec.model_validate(step)
